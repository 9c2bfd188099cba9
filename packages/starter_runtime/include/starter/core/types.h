// Strong types of the wire and of the database: each knows its text form and its limits.
//
// A scalar is any type with `static const char* from_text(std::string_view, T&)` (nullptr or a sentence that
// says what is wrong) and `to_text(std::string&) const`; the codec, the query string and Postgres all use
// these two.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "starter/core/clock.h"

namespace starter {

/// A UUID. New ones are version 7 (RFC 9562 section 5.7): they sort by time of creation.
struct Uuid {
  std::array<unsigned char, 16> bytes{};

  static Uuid v7(WallTime now);
  static const char* from_text(std::string_view text, Uuid& out);
  void to_text(std::string& out) const;
  std::string text() const {
    std::string out;
    to_text(out);
    return out;
  }
  bool is_nil() const { return *this == Uuid{}; }
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// A moment in UTC with microseconds; RFC 3339 in JSON, ISO in Postgres.
struct Timestamp {
  WallTime at{};
  static const char* from_text(std::string_view text, Timestamp& out);
  void to_text(std::string& out) const;
  std::string text() const {
    std::string out;
    to_text(out);
    return out;
  }
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// An e-mail address, trimmed and lower-cased in the domain part and the local part; at most 254 bytes (RFC
/// 5321 section 4.5.3.1.3). Delivery decides whether it exists, so only the shape is checked.
struct Email {
  std::string value;
  static constexpr size_t max_length = 254;
  static const char* from_text(std::string_view text, Email& out);
  void to_text(std::string& out) const { out += value; }
  friend bool operator==(const Email&, const Email&) = default;
};

/// Somebody who sends or gets mail (RFC 5322 section 3.4): `Name <name@example.com>`, the name in quotes or
/// not, or the address alone.
struct Mailbox {
  std::string name;  // UTF-8, may be empty
  Email address;
  static const char* from_text(std::string_view text, Mailbox& out);
};

/// Lower-case letters, digits and single hyphens, 3 to 40 characters, starts with a letter: safe in a URL.
struct Slug {
  std::string value;
  static constexpr size_t max_length = 40;
  static const char* from_text(std::string_view text, Slug& out);
  void to_text(std::string& out) const { out += value; }
  friend bool operator==(const Slug&, const Slug&) = default;
};

namespace detail {
/// Trims, then refuses control characters and lengths (in code points) outside the limits.
const char* bounded_text(std::string_view text, size_t min, size_t max, std::string& out);
const char* bounded_secret(std::string_view text, size_t min, size_t max);
void wipe(std::string& text) noexcept;
}  // namespace detail

/// Text that a person typed, Min to Max code points after trimming, no control characters.
template <size_t Min, size_t Max>
struct Name {
  std::string value;
  static constexpr size_t min_length = Min, max_length = Max;
  static const char* from_text(std::string_view text, Name& out) {
    return detail::bounded_text(text, Min, Max, out.value);
  }
  void to_text(std::string& out) const { out += value; }
  friend bool operator==(const Name&, const Name&) = default;
};

/// A secret in a request (password, token): bounded, never printed, wiped. It can be read from JSON but not
/// written.
template <size_t Min, size_t Max>
struct SecretText {
  std::string value;
  static constexpr size_t min_length = Min, max_length = Max;
  SecretText() = default;
  SecretText(const SecretText&) = default;
  SecretText(SecretText&&) noexcept = default;
  SecretText& operator=(const SecretText&) = default;
  SecretText& operator=(SecretText&&) noexcept = default;
  ~SecretText() { detail::wipe(value); }
  static const char* from_text(std::string_view text, SecretText& out) {
    if (const char* wrong = detail::bounded_secret(text, Min, Max)) return wrong;
    out.value = text;
    return nullptr;
  }
  std::string_view reveal() const { return value; }
};

/// An integer between two limits, both included.
template <int64_t Min, int64_t Max>
struct Int {
  int64_t value = Min;
  static constexpr int64_t minimum = Min, maximum = Max;
};

/// Bytes in the database (bytea); not part of any JSON document.
struct Bytes {
  std::string value;
  static const char* from_text(std::string_view text, Bytes& out);  // \x hex form of Postgres
  void to_text(std::string& out) const;
};

}  // namespace starter

template <>
struct std::hash<starter::Uuid> {
  size_t operator()(const starter::Uuid& id) const noexcept {
    size_t out;
    std::memcpy(&out, id.bytes.data() + 8, sizeof out);  // the random half
    return out;
  }
};
