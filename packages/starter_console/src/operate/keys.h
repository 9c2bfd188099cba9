// The keyset file of the access tokens, as an operator changes it: created once, rotated in two steps with an
// overlap, so that no token is refused at any time.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "frame/invocation.h"
#include "starter/core/clock.h"
#include "starter/crypto/keyset.h"

namespace starter::console::operate {

struct KeyPlan {
  std::filesystem::path path;
  std::chrono::seconds publish_for{};  // how long a next key is published before it may sign
  std::chrono::seconds verify_for{};   // how long the old key verifies afterwards
};

/// From AUTH_KEY_STORAGE_PATH, AUTH_JWKS_MAX_AGE_SECONDS and ACCESS_TOKEN_EXPIRE_MINUTES.
Outcome<KeyPlan> key_plan(const Invocation& invocation);

/// Failures keys.missing (exit 5), keys.unusable.
Outcome<crypto::Keyset> load_keys(const KeyPlan& plan);

/// Writes atomically with mode 0600 and leaves the file to the user that had it: the API runs as somebody
/// else.
Outcome<> save_keys(const KeyPlan& plan, const crypto::Keyset& keyset);

/// What a rotation would do now.
enum class Step { publish, wait, promote };
Step next_step(const crypto::Keyset& keyset, WallTime now);
std::string_view name_of(Step step);

/// "4 d 3 h", "12 min", "8 s".
std::string in_words(std::chrono::seconds time);

}  // namespace starter::console::operate
