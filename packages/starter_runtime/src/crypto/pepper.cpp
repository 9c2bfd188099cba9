#include "starter/crypto/pepper.h"

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::crypto {

std::expected<Peppers, const char*> Peppers::parse(const Secret& setting) {
  Peppers peppers;
  std::string_view rest = setting.reveal();
  for (;;) {
    const size_t comma = rest.find(',');
    const std::string_view value = rest.substr(0, comma);
    if (value.size() < min_length) return std::unexpected("each pepper needs at least 32 bytes");
    if (peppers.entries_.size() == max_count) return std::unexpected("at most four peppers may be active");
    // Six bytes of a keyed digest say nothing about the pepper.
    std::string id = base64url_encode(bytes_of(hmac_sha256(value, "starter pepper id v1")).substr(0, 6));
    if (peppers.find(id)) return std::unexpected("a pepper is listed twice");
    peppers.entries_.push_back({std::move(id), Secret(std::string(value))});
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  return peppers;
}

const Secret* Peppers::find(std::string_view id) const {
  for (const Entry& entry : entries_) {
    if (entry.id == id) return &entry.value;
  }
  return nullptr;
}

Peppers Peppers::derive(std::string_view use) const {
  Peppers derived;
  for (const Entry& entry : entries_) {
    derived.entries_.push_back({entry.id, hkdf_sha256(entry.value.reveal(), "", use, 32)});
  }
  return derived;
}

}  // namespace starter::crypto
