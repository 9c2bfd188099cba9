// Public keys alone, for whoever verifies and never signs.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "starter/crypto/keyset.h"

namespace starter::crypto {

/// Reads a JWK set (RFC 7517) as Keyset::jwks() writes it: Ed25519 keys with their kid, at most 64. A set
/// says of no key until when it counts. Keys of other kinds are left out; one with a private half is refused,
/// like a set without any key of ours. The error is a sentence part about "the JWK set", without a value.
std::expected<std::vector<VerifyingKey>, std::string> parse_jwks(std::string_view json);

/// The key that verifies for `kid` at `at`; nullptr if there is none.
const PublicKey* find_key(std::span<const VerifyingKey> keys, std::string_view kid, WallTime at);

}  // namespace starter::crypto
