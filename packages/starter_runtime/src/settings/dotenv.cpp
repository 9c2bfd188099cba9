#include "starter/settings/dotenv.h"

#include <algorithm>

#include "starter/core/text.h"

namespace starter::settings {
namespace {

constexpr size_t kMaxFile = 1024 * 1024, kMaxVariables = 2000;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// "line 3, column 7", counted from 1 in bytes.
std::string place_of(std::string_view text, size_t at) {
  const auto before = text.substr(0, at);
  const auto line = std::ranges::count(before, '\n') + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(at - before.rfind('\n'));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), rest_(text) {}

  /// nullptr at the end of the file, else what is wrong at place().
  const char* read(std::map<std::string, std::string, std::less<>>& out) {
    while (!rest_.empty()) {
      skip_spaces();
      if (rest_.empty()) break;
      if (rest_.front() == '#' || rest_.front() == '\n') {
        skip_line();
        continue;
      }
      if (const char* problem = variable(out)) return problem;
    }
    return nullptr;
  }
  std::string place() const { return place_of(text_, wrong_); }

 private:
  const char* variable(std::map<std::string, std::string, std::less<>>& out) {
    const size_t began = here();
    wrong_ = began;
    const size_t end = rest_.find_first_of("=\n");
    if (end == rest_.npos || rest_[end] != '=') return "has no =";
    std::string_view name = rest_.substr(0, end);
    if (name.starts_with("export ")) name.remove_prefix(7);
    while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
    while (!name.empty() && is_space(name.front())) name.remove_prefix(1);
    if (!is_name(name)) return "has a name that isn't made of letters, digits and _";
    if (out.size() >= kMaxVariables) return "is one variable too many (2,000)";
    rest_.remove_prefix(end + 1);
    skip_spaces();
    std::string value;
    if (const char* problem = read_value(value)) return problem;
    wrong_ = began;
    if (value.find('\0') != value.npos) return "has a zero byte in its value";
    return out.emplace(name, std::move(value)).second ? nullptr : "sets a variable that is set already";
  }

  const char* read_value(std::string& out) {
    if (rest_.empty()) return nullptr;
    if (rest_.front() != '"' && rest_.front() != '\'') return plain(out);
    const char quote = rest_.front();
    wrong_ = here();
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != quote) {
      if (rest_.front() == '\\' && quote == '"' && rest_.size() > 1) {
        rest_.remove_prefix(1);
        append_escape(out);
      } else {
        out += rest_.front();
      }
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return "opens a quote that is never closed";
    rest_.remove_prefix(1);
    skip_spaces();
    wrong_ = here();
    if (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '#')
      return "has text after the closing quote";
    return nullptr;
  }

  void append_escape(std::string& out) {
    static constexpr std::string_view from = "nrt\"\\$", to = "\n\r\t\"\\$";
    const size_t i = from.find(rest_.front());
    if (i == from.npos) out += '\\';
    out += i == from.npos ? rest_.front() : to[i];
  }

  const char* plain(std::string& out) {
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view value = rest_.substr(0, end);
    for (size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '#' && (i == 0 || is_space(value[i - 1]))) value = value.substr(0, i);
    }
    while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
    out = value;
    rest_.remove_prefix(end);
    return nullptr;
  }

  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  void skip_line() {
    const size_t end = rest_.find('\n');
    rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
  }
  size_t here() const { return text_.size() - rest_.size(); }

  std::string_view text_, rest_;
  size_t wrong_ = 0;  // where the problem is
};

}  // namespace

std::expected<std::map<std::string, std::string, std::less<>>, std::string> parse_dotenv(
    std::string_view text) {
  if (text.size() > kMaxFile) return std::unexpected("the file is larger than 1 MiB");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (const auto good = utf8_part(text); good < text.size())
    return std::unexpected(place_of(text, good) + " is not UTF-8");
  std::map<std::string, std::string, std::less<>> variables;
  Parser parser(text);
  if (const char* problem = parser.read(variables)) return std::unexpected(parser.place() + " " + problem);
  return variables;
}

}  // namespace starter::settings
