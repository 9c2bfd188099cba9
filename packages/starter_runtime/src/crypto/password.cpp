#include "starter/crypto/password.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <optional>

#include "starter/core/clock.h"
#include "starter/crypto/hash.h"

namespace starter::crypto {
namespace {

constexpr unsigned kMemoryKiB = 19 * 1024, kPasses = 2;
constexpr unsigned kMaxMemoryKiB = 64 * 1024, kMaxPasses = 4;
constexpr std::string_view kPrefix = "$argon2id$v=19$m=";
constexpr size_t kMaxStored = 160;

/// What stands in a stored text; `plain` is it without the keyid, as libsodium reads it.
struct Stored {
  unsigned memory_kib = 0, passes = 0;
  std::string key_id, plain;
};

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool take_number(std::string_view& text, unsigned& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return error == std::errc();
}

std::optional<Stored> parse(std::string_view text) {
  if (text.size() > kMaxStored) return std::nullopt;
  Stored stored;
  std::string_view rest = text;
  if (!take(rest, kPrefix) || !take_number(rest, stored.memory_kib) || !take(rest, ",t=") ||
      !take_number(rest, stored.passes) || !take(rest, ",p=1")) {
    return std::nullopt;
  }
  stored.plain = text.substr(0, text.size() - rest.size());
  if (!take(rest, ",keyid=")) return std::nullopt;
  const size_t dollar = rest.find('$');
  if (dollar == rest.npos) return std::nullopt;
  stored.key_id = rest.substr(0, dollar);
  stored.plain += rest.substr(dollar);
  if (stored.memory_kib > kMaxMemoryKiB || stored.passes > kMaxPasses ||
      stored.plain.size() >= crypto_pwhash_STRBYTES) {
    return std::nullopt;
  }
  return stored;
}

bool matches(const std::string& plain, const Digest& peppered) {
  const auto input = bytes_of(peppered);
  return crypto_pwhash_str_verify(plain.c_str(), input.data(), input.size()) == 0;
}

/// In the alphabet of a hash: RFC 4648 section 4 without padding.
std::string random_base64(size_t bytes) {
  std::string text = random_token(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return text;
}

}  // namespace

std::string PasswordHasher::make_decoy() const {
  return std::string(kPrefix) + std::to_string(kMemoryKiB) + ",t=" + std::to_string(kPasses) +
         ",p=1,keyid=" + peppers_.first_id() + "$" + random_base64(16) + "$" + random_base64(32);
}

std::string PasswordHasher::hash(const Secret& password) const {
  Digest peppered = hmac_sha256(peppers_.first().reveal(), password.reveal());
  char plain[crypto_pwhash_STRBYTES];
  const int failed =
      crypto_pwhash_str_alg(plain, reinterpret_cast<const char*>(peppered.data()), peppered.size(), kPasses,
                            size_t{kMemoryKiB} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  sodium_memzero(peppered.data(), peppered.size());
  if (failed != 0) throw std::bad_alloc();
  std::string stored(plain);
  return stored.insert(stored.find('$', kPrefix.size()), ",keyid=" + peppers_.first_id());
}

bool PasswordHasher::verify(const Secret& password, std::string_view stored_text) const {
  const auto stored = parse(stored_text);
  const Secret* const pepper = stored ? peppers_.find(stored->key_id) : nullptr;
  Digest peppered = hmac_sha256(pepper ? pepper->reveal() : std::string_view(), password.reveal());
  // Without a usable hash the decoy is verified in its place, so that the time says nothing.
  const bool same = matches(pepper ? stored->plain : parse(decoy_)->plain, peppered);
  sodium_memzero(peppered.data(), peppered.size());
  return pepper && same;
}

bool PasswordHasher::needs_rehash(std::string_view stored_text) const {
  const auto stored = parse(stored_text);
  return !stored || stored->memory_kib != kMemoryKiB || stored->passes != kPasses ||
         stored->key_id != peppers_.first_id();
}

}  // namespace starter::crypto
