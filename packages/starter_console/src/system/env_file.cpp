#include "system/env_file.h"

#include <algorithm>
#include <cstdlib>

#include "frame/invocation.h"
#include "starter/settings/dotenv.h"
#include "system/files.h"

namespace starter::console {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

// One assignment in a file that was parsed before: from `begin` to the end of its line, which is not its own
// line when a quoted value goes on.
struct Assignment {
  std::size_t begin = 0, end = 0;
  std::string name;
  std::string rest;  // " # comment" behind the value
};

std::string_view name_before(std::string_view head) {
  while (!head.empty() && is_blank(head.front())) head.remove_prefix(1);
  if (head.starts_with("export ")) head.remove_prefix(7);
  while (!head.empty() && is_blank(head.front())) head.remove_prefix(1);
  while (!head.empty() && is_blank(head.back())) head.remove_suffix(1);
  return head;
}

// Where the value that begins at `at` ends.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  const char quote = at < text.size() ? text[at] : '\n';
  if (quote == '"' || quote == '\'') {
    for (++at; at < text.size() && text[at] != quote; ++at)
      if (text[at] == '\\' && quote == '"') ++at;
    return std::min(at + 1, text.size());
  }
  const auto end = std::min(text.find('\n', at), text.size());
  for (auto i = at; i < end; ++i)
    if (text[i] == '#' && (i == at || is_blank(text[i - 1]))) return i;
  return end;
}

// The assignment in the line that begins here, or one without a name.
Assignment assignment_at(std::string_view text, std::size_t begin) {
  Assignment one{.begin = begin, .end = std::min(text.find('\n', begin), text.size())};
  const auto line = text.substr(begin, one.end - begin);
  const auto first = line.find_first_not_of(" \t\r");
  const auto equals = line.find('=');
  if (first == line.npos || line[first] == '#' || equals == line.npos) return one;
  one.name = name_before(line.substr(0, equals));
  auto value = begin + equals + 1;
  while (value < text.size() && is_blank(text[value])) ++value;
  const auto behind = end_of_value(text, value);
  one.end = std::min(text.find('\n', behind), text.size());
  one.rest = text.substr(behind, one.end - behind);
  const auto comment = one.rest.find('#');
  one.rest = comment == one.rest.npos ? "" : " " + one.rest.substr(comment);
  return one;
}

bool is_plain(std::string_view value) {
  return std::ranges::all_of(value, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 ||
           std::string_view("_./:@%+,=-~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

Outcome<EnvValues> read_env_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return EnvValues{};
  auto parsed = settings::parse_dotenv(CHECKED(read_file(path)));
  if (parsed) return std::move(*parsed);
  const auto& wrong = parsed.error();  // "line 3, column 7 has no =", "the file is larger than 1 MiB"
  constexpr std::string_view kLine = "line ";
  const bool in_line = wrong.starts_with(kLine);
  return Failure{.code = "settings.file",
                 .what = path + " can't be read as a file of settings.",
                 .why = in_line ? "Its " + wrong + "." : "It can't be one: " + wrong + ".",
                 .fix = in_line ? editor_command(path, std::atoi(wrong.c_str() + kLine.size())) +
                                      "   # NAME=value, one a line"
                                : "ls -l " + pasted(path) + "   # is it the right one?"};
}

std::string env_line(std::string_view name, std::string_view value) {
  std::string line(name);
  line += '=';
  if (is_plain(value)) return line += value;
  // Next.js expands $ whatever the quotes and resolves no \" or \\; within single quotes both take a text as
  // it stands.
  const auto has = [&](std::string_view characters) { return value.find_first_of(characters) != value.npos; };
  if (!has("'$\r\n")) return line + "'" + std::string(value) + "'";
  line += '"';
  for (const char c : value) {
    const auto special = std::string_view("\n\r\"\\$").find(c);
    if (special == std::string_view::npos)
      line += c;
    else
      line += std::string("\\") + "nr\"\\$"[special];
  }
  return line + '"';
}

std::string edited_env(std::string_view text, const EnvValues& values, std::string_view heading) {
  const auto present = settings::parse_dotenv(text);
  std::string out;
  auto missing = values;
  for (std::size_t at = 0; at < text.size();) {
    const auto one = assignment_at(text, at);
    const auto whole = text.substr(at, std::min(one.end + 1, text.size()) - at);
    at = one.end + 1;
    const auto wanted = missing.find(one.name);
    if (one.name.empty() || wanted == missing.end()) {
      out += whole;
      continue;
    }
    const bool same =
        present && present->contains(one.name) && present->find(one.name)->second == wanted->second;
    if (same)
      out += whole;
    else if (!wanted->second.empty())
      out += env_line(one.name, wanted->second) + one.rest + "\n";
    missing.erase(wanted);
  }
  std::erase_if(missing, [](const auto& one) { return one.second.empty(); });
  if (missing.empty()) return out;
  if (!out.empty() && out.back() != '\n') out += '\n';
  const auto head = "# " + std::string(heading) + "\n";
  if (out.find(head) == out.npos) out += (out.empty() ? "" : "\n") + head;
  for (const auto& [name, value] : missing) out += env_line(name, value) + "\n";
  return out;
}

}  // namespace starter::console
