// Digests, message authentication, key derivation and authenticated encryption: the few primitives that
// everything else is made of. All of them are pure and may be called from any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "starter/core/secret.h"

namespace starter::crypto {

/// 32 bytes of SHA-256 or HMAC-SHA-256.
using Digest = std::array<unsigned char, 32>;

inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// FIPS 180-4.
Digest sha256(std::string_view message);

/// RFC 2104 with SHA-256 (vectors: RFC 4231). The key may have any length.
Digest hmac_sha256(std::string_view key, std::string_view message);

/// HKDF with SHA-256 (RFC 5869); `length` is at most 8160 bytes. One root secret serves several uses, each
/// with its own `info`, so that a value made for one use means nothing in another.
Secret hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info, size_t length);

/// Takes the same time wherever equal-sized inputs differ; different sizes are unequal at once.
bool constant_time_equal(std::string_view left, std::string_view right);

/// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: returns nonce || ciphertext || 128-bit tag.
/// `key` has 32 bytes, else std::invalid_argument. One key may seal 2^32 messages; `associated` is
/// authenticated and not stored.
std::string aes_gcm_seal(const Secret& key, std::string_view plaintext, std::string_view associated);

/// Empty when the key, the associated data or any bit of `sealed` is another.
std::optional<Secret> aes_gcm_open(const Secret& key, std::string_view sealed, std::string_view associated);

}  // namespace starter::crypto
