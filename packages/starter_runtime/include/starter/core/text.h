// What the bytes of a text must be, wherever they come from.
#pragma once

#include <string_view>

namespace starter {

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Postgres stores no other text.
bool is_utf8(std::string_view text);

/// Without the blanks, tabs and line ends around it.
std::string_view trimmed(std::string_view text);

}  // namespace starter
