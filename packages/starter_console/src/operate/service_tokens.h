// Tokens of service accounts: an order that the deployment's signing secret vouches for, and what the API
// makes of it. Whoever may read that secret may issue tokens; nobody signs in.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "frame/invocation.h"
#include "starter/core/clock.h"

namespace starter::console::operate {

struct TokenOrder {
  std::string audience, tenant, account;
  std::vector<std::string> scopes;
  std::chrono::minutes ttl{};
  std::optional<std::chrono::minutes> overlap;  // after which the account's other tokens end
  bool create = false;
  std::string by;
};

/// The order as the API reads it (TokenOrder of its service_accounts/types.h): valid for two minutes from
/// `now`.
std::string order_text(const TokenOrder& order, const std::string& nonce, WallTime now);

/// {"payload", "proof"}. Signs with what --env-file and the environment configure; the order is new each
/// time. Failures signing.unavailable and those of a secret manager.
Outcome<std::string> signed_order(const Invocation& invocation, const TokenOrder& order);

struct IssuedToken {
  std::string token, id, account_id, expires_at;
  long rotated = 0;
};

/// Sends it to the API. Failures carry the API's own code, its title and what to do, and never the order.
Outcome<IssuedToken> issue_token(const std::string& api, const std::string& body,
                                 std::chrono::seconds timeout);

}  // namespace starter::console::operate
