// Which secret managers this release can reach. The contract names more than have a client; a new client is
// one line here and nothing in those who use it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "starter/providers/environment.h"
#include "starter/providers/secret_store.h"

namespace starter::providers {

/// By the name in the contract's providers.yaml, such as aws_sm.
bool has_client(std::string_view provider);

/// Those that have one, for sentences about the others.
std::vector<std::string_view> with_client();

/// The variable that names the secret there which signs requests; empty for a provider without a client.
std::string_view signing_variable(std::string_view provider);

/// The error is a sentence about a variable, or about a provider without a client.
std::expected<std::unique_ptr<SecretStore>, std::string> open_secret_store(std::string_view provider,
                                                                           const Executor& executor,
                                                                           const Environment& environment);

}  // namespace starter::providers
