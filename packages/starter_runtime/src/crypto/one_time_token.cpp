#include "starter/crypto/one_time_token.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "starter/crypto/encoding.h"

namespace starter::crypto {
namespace {

constexpr size_t kOneTimeLength = 64, kMaxRefreshLength = 112, kStampSize = sizeof(RefreshToken::stamp);

std::string_view bytes_of_id(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

std::optional<Uuid> id_of(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  Uuid id;
  std::ranges::copy(bytes, reinterpret_cast<char*>(id.bytes.data()));
  return id;
}

Digest one_time_mac(const Secret& key, const Uuid& id, std::string_view purpose) {
  return hmac_sha256(key.reveal(), std::string(bytes_of_id(id)) + std::string(purpose));
}

/// 16 and 8 bytes, then what is left: no two inputs share a message.
Digest refresh_mac(const Secret& key, const Uuid& family, int64_t generation, std::string_view rest) {
  std::string message(bytes_of_id(family));
  for (int shift = 56; shift >= 0; shift -= 8) message += static_cast<char>(generation >> shift);
  message += rest;
  return hmac_sha256(key.reveal(), message);
}

}  // namespace

std::string OneTimeTokens::derive(const Uuid& id, std::string_view purpose) const {
  std::string bytes(bytes_of_id(id));
  bytes += bytes_of(one_time_mac(peppers_.first(), id, purpose));
  return base64url_encode(bytes);
}

std::optional<Uuid> OneTimeTokens::verify(std::string_view token, std::string_view purpose) const {
  if (token.size() != kOneTimeLength) return std::nullopt;
  const auto bytes = base64url_decode(token);
  if (!bytes) return std::nullopt;
  const auto id = id_of(std::string_view(*bytes).substr(0, 16));
  bool ours = false;
  for (const auto& pepper : peppers_.entries()) {
    ours |= constant_time_equal(bytes_of(one_time_mac(pepper.value, *id, purpose)),
                                std::string_view(*bytes).substr(16));
  }
  return ours ? id : std::nullopt;
}

std::optional<RefreshToken> RefreshToken::parse(std::string_view text) {
  if (text.size() > kMaxRefreshLength) return std::nullopt;
  const size_t first = text.find('.');
  const size_t second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos) return std::nullopt;

  const std::string_view number = text.substr(first + 1, second - first - 1);
  RefreshToken token;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), token.generation);
  if (error != std::errc() || end != number.data() + number.size() || token.generation < 0)
    return std::nullopt;
  if (number.front() == '-' || (number.front() == '0' && number.size() > 1)) return std::nullopt;

  const auto id = base64url_decode(text.substr(0, first));
  const auto mac = base64url_decode(text.substr(second + 1));
  if (!id || !mac || mac->size() != token.stamp.size() + token.proof.size()) return std::nullopt;
  const auto family = id_of(*id);
  if (!family) return std::nullopt;
  token.family = *family;
  std::memcpy(token.stamp.data(), mac->data(), token.stamp.size());
  std::memcpy(token.proof.data(), mac->data() + token.stamp.size(), token.proof.size());
  return token;
}

std::optional<std::string> RefreshTokens::derive(const Uuid& family, int64_t generation,
                                                 std::string_view salt, std::string_view key_id) const {
  const Secret *const key = peppers_.find(key_id), *const stamp_key = stamps_.find(key_id);
  if (!key || !stamp_key) return std::nullopt;
  std::string token = base64url_encode(bytes_of_id(family));
  token += '.';
  token += std::to_string(generation);
  token += '.';
  const Digest proof = refresh_mac(*key, family, generation, salt);
  const Digest stamp = refresh_mac(*stamp_key, family, generation, bytes_of(proof));
  base64url_append(std::string(bytes_of(stamp).substr(0, kStampSize)).append(bytes_of(proof)), token);
  return token;
}

bool RefreshTokens::verify_stamp(const RefreshToken& token) const {
  const std::string_view stamp(reinterpret_cast<const char*>(token.stamp.data()), token.stamp.size());
  bool ours = false;
  for (const auto& pepper : stamps_.entries()) {
    const Digest mac = refresh_mac(pepper.value, token.family, token.generation, bytes_of(token.proof));
    ours |= constant_time_equal(bytes_of(mac).substr(0, kStampSize), stamp);
  }
  return ours;
}

bool RefreshTokens::verify(const RefreshToken& token, std::string_view salt, std::string_view key_id) const {
  const Secret* const key = peppers_.find(key_id);
  return key && constant_time_equal(bytes_of(refresh_mac(*key, token.family, token.generation, salt)),
                                    bytes_of(token.proof));
}

}  // namespace starter::crypto
