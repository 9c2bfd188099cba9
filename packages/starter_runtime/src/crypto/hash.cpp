#include "starter/crypto/hash.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "starter/core/clock.h"

namespace starter::crypto {
namespace {

constexpr size_t kKeySize = 32, kNonceSize = 12, kTagSize = 16;

/// Never null: an empty view may be, and libsodium declares its arguments as not null.
const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data() ? bytes.data() : "");
}
unsigned char* data_of(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// Fetched once: an implicit fetch on each call takes a lock inside OpenSSL 3.
const EVP_CIPHER* aes_256_gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

void require(bool ok) {
  if (!ok) throw std::runtime_error("AES-256-GCM failed inside OpenSSL");
}

void require_key(const Secret& key) {
  if (key.size() != kKeySize) throw std::invalid_argument("an AES-256 key has 32 bytes");
}

}  // namespace

Digest sha256(std::string_view message) {
  Digest digest;
  crypto_hash_sha256(digest.data(), data_of(message), message.size());
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, data_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, data_of(message), message.size());
  Digest digest;
  crypto_auth_hmacsha256_final(&state, digest.data());
  sodium_memzero(&state, sizeof state);
  return digest;
}

Secret hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info, size_t length) {
  if (length > 255 * sizeof(Digest)) throw std::invalid_argument("HKDF-SHA-256 gives at most 8160 bytes");
  const Digest pseudo_random_key = hmac_sha256(salt, key);
  std::string out, block;
  out.reserve(length + sizeof(Digest));  // never grows, so that no copy of the key is left behind
  for (unsigned char counter = 1; out.size() < length; ++counter) {
    std::string message = block + std::string(info) + static_cast<char>(counter);
    block = bytes_of(hmac_sha256(bytes_of(pseudo_random_key), message));
    out += block;
  }
  out.resize(length);
  sodium_memzero(block.data(), block.size());
  return Secret(std::move(out));
}

bool constant_time_equal(std::string_view left, std::string_view right) {
  return left.size() == right.size() && sodium_memcmp(data_of(left), data_of(right), left.size()) == 0;
}

std::string aes_gcm_seal(const Secret& key, std::string_view plaintext, std::string_view associated) {
  require_key(key);
  std::string out(kNonceSize + plaintext.size() + kTagSize, '\0');
  random_bytes({data_of(out), kNonceSize});
  const CipherContext context(EVP_CIPHER_CTX_new());
  int written = 0;
  require(context && EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), data_of(key.reveal()), data_of(out),
                                         nullptr) == 1);
  if (!associated.empty()) {
    require(EVP_EncryptUpdate(context.get(), nullptr, &written, data_of(associated),
                              static_cast<int>(associated.size())) == 1);
  }
  if (!plaintext.empty()) {
    require(EVP_EncryptUpdate(context.get(), data_of(out) + kNonceSize, &written, data_of(plaintext),
                              static_cast<int>(plaintext.size())) == 1);
  }
  unsigned char* const tag = data_of(out) + kNonceSize + plaintext.size();
  require(EVP_EncryptFinal_ex(context.get(), tag, &written) == 1);
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag) == 1);
  return out;
}

std::optional<Secret> aes_gcm_open(const Secret& key, std::string_view sealed, std::string_view associated) {
  require_key(key);
  if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;
  const std::string_view ciphertext = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize)), plaintext(ciphertext.size(), '\0');
  const CipherContext context(EVP_CIPHER_CTX_new());
  int written = 0;
  require(context && EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), data_of(key.reveal()), data_of(sealed),
                                         nullptr) == 1);
  if (!associated.empty()) {
    require(EVP_DecryptUpdate(context.get(), nullptr, &written, data_of(associated),
                              static_cast<int>(associated.size())) == 1);
  }
  if (!ciphertext.empty()) {
    require(EVP_DecryptUpdate(context.get(), data_of(plaintext), &written, data_of(ciphertext),
                              static_cast<int>(ciphertext.size())) == 1);
  }
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1);
  Secret opened(std::move(plaintext));  // wiped if the tag is wrong
  unsigned char nothing[kTagSize];
  if (EVP_DecryptFinal_ex(context.get(), nothing, &written) != 1) return std::nullopt;
  return opened;
}

}  // namespace starter::crypto
