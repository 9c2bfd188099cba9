#include "starter/crypto/ed25519.h"

#include <sodium.h>

#include <algorithm>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::crypto {
namespace {

/// Never null: an empty view may be, and libsodium declares its arguments as not null.
const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data() ? bytes.data() : "");
}

}  // namespace

std::expected<PublicKey, const char*> PublicKey::import(std::string_view raw) {
  if (raw.size() != 32) return std::unexpected("an Ed25519 public key has 32 bytes");
  if (crypto_core_ed25519_is_valid_point(data_of(raw)) != 1) {
    return std::unexpected(
        "is not a usable Ed25519 public key: non-canonical, off the curve, or of small order");
  }
  PublicKey key;
  std::ranges::copy(raw, key.bytes_.begin());
  return key;
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  return signature.size() == sizeof(Signature) &&
         crypto_sign_verify_detached(data_of(signature), data_of(message), message.size(), bytes_.data()) ==
             0;
}

std::string PublicKey::thumbprint() const {
  return base64url_encode(
      bytes_of(sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + base64url_encode(raw()) + R"("})")));
}

PrivateKey PrivateKey::generate() {
  std::string seed(crypto_sign_SEEDBYTES, '\0');
  randombytes_buf(seed.data(), seed.size());
  return *from_seed(Secret(std::move(seed)));
}

std::expected<PrivateKey, const char*> PrivateKey::from_seed(const Secret& seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) return std::unexpected("an Ed25519 private key has 32 bytes");
  PrivateKey key;
  std::string expanded(crypto_sign_SECRETKEYBYTES, '\0');
  crypto_sign_seed_keypair(key.public_.bytes_.data(), reinterpret_cast<unsigned char*>(expanded.data()),
                           data_of(seed.reveal()));
  key.expanded_ = Secret(std::move(expanded));
  return key;
}

Signature PrivateKey::sign(std::string_view message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, data_of(message), message.size(),
                       data_of(expanded_.reveal()));
  return signature;
}

Secret PrivateKey::seed() const {
  return Secret(std::string(expanded_.reveal().substr(0, crypto_sign_SEEDBYTES)));
}

}  // namespace starter::crypto
