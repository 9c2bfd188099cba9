// The keyset of the access tokens, as an operator changes it: created once, rotated in two steps with an
// overlap, so that no token is refused at any time. It is a file, or a secret of a secret manager.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "frame/invocation.h"
#include "operate/secret_manager.h"
#include "starter/core/clock.h"
#include "starter/crypto/keyset.h"

namespace starter::console::operate {

struct KeyPlan {
  std::string provider;                // of secrets; empty: a file
  std::string secret;                  // its name there; or the file
  std::chrono::seconds publish_for{};  // how long a next key is published before it may sign
  std::chrono::seconds verify_for{};   // how long the old key verifies afterwards
};

/// From AUTH_KEY_STORAGE_BACKEND and what it needs, AUTH_JWKS_MAX_AGE_SECONDS and
/// ACCESS_TOKEN_EXPIRE_MINUTES.
Outcome<KeyPlan> key_plan(const Invocation& invocation);

struct StoredKeys {
  crypto::Keyset keyset;
  std::string version;  // what a change must start from
};

/// Where the keys live. A change is written only when nobody else made one since they were read.
class KeyStorage {
 public:
  static Outcome<KeyStorage> open(const Invocation& invocation, const KeyPlan& plan);

  /// "/etc/starter/keyset.json", "the secret starter/keyset in aws_sm".
  std::string place() const;

  /// One command at a time on this machine.
  std::filesystem::path lock() const;

  /// Nothing when none were made. Failure keys.unusable.
  Outcome<std::optional<StoredKeys>> find();

  /// Failures keys.missing (exit 5), keys.unusable.
  Outcome<StoredKeys> load();

  /// Failure secret.changed (exit 6). A file is written atomically with mode 0600 and left to the user that
  /// had it: the API runs as somebody else.
  Outcome<> save(const crypto::Keyset& keyset, const std::string& expected);

 private:
  KeyStorage(KeyPlan plan, std::string name, SecretManager manager);

  KeyPlan plan_;
  std::string name_;
  SecretManager manager_;
};

/// What a rotation would do now.
enum class Step { publish, wait, promote };
Step next_step(const crypto::Keyset& keyset, WallTime now);
std::string_view name_of(Step step);

}  // namespace starter::console::operate
