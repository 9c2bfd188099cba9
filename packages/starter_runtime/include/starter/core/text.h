// What the bytes of a text must be, wherever they come from; lists as people write them into one line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace starter {

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Postgres stores no other text.
bool is_utf8(std::string_view text);

/// How many of its first bytes are.
std::size_t utf8_part(std::string_view text);

/// Without the blanks, tabs and line ends around it.
std::string_view trimmed(std::string_view text);

/// What stands between the separators, as it stands there; empty parts are dropped. For secrets, in which a
/// blank counts.
std::vector<std::string_view> parts_of(std::string_view list, char separator = ',');

/// The same without the blanks around each item.
std::vector<std::string> items_of(std::string_view list, char separator = ',');

/// "a, b, c"
template <class Words>
std::string joined(const Words& words, std::string_view between = ", ") {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : between).append(word);
  return out;
}

}  // namespace starter
