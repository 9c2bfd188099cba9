// A secret manager as a command uses it: one answer after the other, within --timeout, and what goes wrong in
// three lines.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "frame/invocation.h"
#include "starter/providers/environment.h"
#include "starter/providers/secret_store.h"

namespace starter::console::operate {

class SecretManager {
 public:
  /// `provider` is a name of the contract that has a client. Failure secrets.settings names the variable.
  static Outcome<SecretManager> open(const std::string& provider, const providers::Environment& environment,
                                     std::chrono::seconds timeout);

  /// Secrets as files below a folder.
  static SecretManager files(const std::filesystem::path& folder);

  /// Nothing when there is none, or it has no value yet.
  Outcome<std::optional<providers::StoredSecret>> get(const std::string& name);

  /// Writes only what is still at `expected`, which is empty when nothing was there. The new version. Failure
  /// secret.changed (exit 6).
  Outcome<std::string> put(const std::string& name, const Secret& value, const std::string& expected);

  Outcome<std::vector<std::string>> list(const std::string& prefix);

  /// Logs in for real; whether the secret has a value.
  Outcome<bool> probe(const std::string& name);

 private:
  SecretManager(std::string title, std::chrono::seconds timeout);
  template <class T>
  Outcome<T> wait_for(Task<Result<T>> task);
  SteadyTime deadline() const;

  std::string title_;
  std::chrono::seconds timeout_;
  std::unique_ptr<asio::io_context> loop_;
  std::unique_ptr<providers::SecretStore> store_;
};

/// A problem of a secret manager in three lines.
Failure secret_failure(const std::string& title, const Problem& problem);

/// The environment that a client logs in with: --env-file or .env.local below the process's own.
Outcome<providers::Environment> provider_environment(const Invocation& invocation);

}  // namespace starter::console::operate
