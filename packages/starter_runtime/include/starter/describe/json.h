// JSON in and out of described types.
#pragma once

#include <string>
#include <string_view>

#include "starter/core/result.h"
#include "starter/describe/type_info.h"

namespace starter::json {

/// What a document may cost. A body is bounded before it gets here; the depth keeps the parser's stack flat.
inline constexpr size_t max_depth = 32;
/// Strings without a limit of their own, and arrays, are cut off here.
inline constexpr size_t max_text = 4096, max_items = 1000;

namespace detail {
Result<> decode(std::string_view document, const TypeInfo& type, void* out);
void encode(const void* value, const TypeInfo& type, std::string& out);
}  // namespace detail

/// Decodes RFC 8259 JSON. Every invalid, missing, unknown and duplicate member is reported at once, with its
/// JSON pointer, as problems::request_invalid; a document that is no JSON at all has one error with pointer
/// "".
template <class T>
Result<T> decode(std::string_view document) {
  T value{};
  if (auto done = detail::decode(document, type_of<T>, &value); !done) return std::move(done).error();
  return value;
}

/// Appends `value` as JSON without white space.
template <class T>
void encode(const T& value, std::string& out) {
  detail::encode(&value, type_of<T>, out);
}
template <class T>
std::string encode(const T& value) {
  std::string out;
  detail::encode(&value, type_of<T>, out);
  return out;
}

/// Appends `text` as a JSON string with its quotes.
void append_quoted(std::string_view text, std::string& out);

}  // namespace starter::json
