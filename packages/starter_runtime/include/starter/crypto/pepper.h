// Peppers: secrets of the process that enter password hashes and tokens, and are not in the database.
//
// Several are active at once while one is being replaced: the first makes new values, all of them check old
// ones. Each has a short id, derived from itself, so that what was stored says which one it needs, in
// whatever order the setting lists them.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "starter/core/secret.h"

namespace starter::crypto {

class Peppers {
 public:
  static constexpr size_t min_length = 32, max_count = 4;

  /// From a setting: one to four peppers separated by commas, each at least 32 bytes. The error is a sentence
  /// without a value.
  static std::expected<Peppers, const char*> parse(const Secret& setting);

  /// The id of the pepper that makes new values: 8 characters of base64url.
  const std::string& first_id() const { return entries_.front().id; }
  const Secret& first() const { return entries_.front().value; }

  /// nullptr when that pepper is not active any more.
  const Secret* find(std::string_view id) const;

  struct Entry {
    std::string id;
    Secret value;
  };
  const std::vector<Entry>& entries() const { return entries_; }

  /// The same peppers for another use: each becomes HKDF(pepper, info = use) and keeps its id.
  Peppers derive(std::string_view use) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace starter::crypto
