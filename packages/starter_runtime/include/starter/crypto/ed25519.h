// Ed25519 signatures (RFC 8032) for access tokens and audit checkpoints.
//
// Several verifiers accept forged signatures under the eight public keys of small order, so a public key can
// only be made through import(), which refuses them, and verification is the strict form of libsodium:
// canonical S, no R of small order.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>

#include "starter/core/secret.h"

namespace starter::crypto {

using Signature = std::array<unsigned char, 64>;

/// A public key that was checked on the way in. Cheap to copy.
class PublicKey {
 public:
  /// `raw` is the 32-byte encoding of RFC 8032 section 5.1.2. Refuses a wrong length, non-canonical
  /// encodings, what is not on the curve or not in the prime-order group; the error is a sentence without the
  /// value.
  static std::expected<PublicKey, const char*> import(std::string_view raw);

  /// RFC 8032 section 5.1.7, with S below the group order. About 35 us.
  bool verify(std::string_view message, std::string_view signature) const;

  std::string_view raw() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

  /// The JWK thumbprint of RFC 7638 over the members crv, kty, x (RFC 8037 appendix A.3), base64url: used as
  /// `kid`.
  std::string thumbprint() const;

  friend bool operator==(const PublicKey&, const PublicKey&) = default;

 private:
  friend class PrivateKey;
  std::array<unsigned char, 32> bytes_{};
};

/// A signing key. Wiped when destroyed.
class PrivateKey {
 public:
  static PrivateKey generate();

  /// From the 32-byte seed that RFC 8032 calls the private key.
  static std::expected<PrivateKey, const char*> from_seed(const Secret& seed);

  Signature sign(std::string_view message) const;
  const PublicKey& public_key() const { return public_; }
  Secret seed() const;

 private:
  PrivateKey() = default;
  Secret expanded_;  // seed || public key, the form libsodium signs with
  PublicKey public_;
};

}  // namespace starter::crypto
