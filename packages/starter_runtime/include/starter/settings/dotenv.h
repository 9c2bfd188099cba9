// Reads .env files: NAME=value lines for development.
//
//   # a comment          export NAME=value         NAME='taken literally'
//   NAME=value # comment NAME="with \n escapes"    NAME="over
//                                                  several lines"
//
// Nothing is expanded and no shell is involved: what stands there is the value.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace starter::settings {

/// The variables of a file, or a sentence with line and column (from 1, in bytes) and never its content.
/// Refuses a name that stands there twice, text after a closing quote, more than 1 MiB or 2,000 variables.
std::expected<std::map<std::string, std::string, std::less<>>, std::string> parse_dotenv(
    std::string_view text);

}  // namespace starter::settings
