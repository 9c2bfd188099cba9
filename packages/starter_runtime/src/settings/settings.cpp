#include "starter/settings/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace starter {
namespace {

constexpr size_t kMaxValue = 64 * 1024;

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::optional<std::string> file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kMaxValue + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

bool parse_boolean(std::string_view text, bool& out) {
  for (const auto& [word, value] : {std::pair{"true", true}, {"1", true}, {"yes", true}, {"on", true},
                                    {"false", false}, {"0", false}, {"no", false}, {"off", false}}) {
    if (text == word) return out = value, true;
  }
  return false;
}

bool is_url(std::string_view text) {
  const size_t scheme = text.find("://");
  return scheme != text.npos && scheme > 0 && text.size() > scheme + 3 && text.find_first_of(" \t\n") == text.npos;
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

/// What is wrong with a value and how to mend it; empty if nothing is.
std::pair<std::string, std::string> fault_of(const Setting& setting, std::string_view value) {
  switch (setting.type) {
    case SettingType::integer: {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc() || end != value.data() + value.size()) return {"is not a whole number", "Write digits only"};
      if (number < setting.minimum || number > setting.maximum) {
        return {"is out of range", "Choose a number from " + std::to_string(setting.minimum) + " to " + std::to_string(setting.maximum)};
      }
      return {};
    }
    case SettingType::boolean: {
      bool ignored;
      if (!parse_boolean(value, ignored)) return {"is neither true nor false", "Write true or false"};
      return {};
    }
    case SettingType::choice:
      if (std::find(setting.choices.begin(), setting.choices.end(), value) == setting.choices.end()) {
        return {"is not one of the known values", "Choose one of " + joined(setting.choices)};
      }
      return {};
    case SettingType::url:
      if (!is_url(value)) return {"is not a URL", "Write it with its scheme, for example https://app.example.com"};
      return {};
    case SettingType::text:
    case SettingType::list:
      return {};
  }
  return {};
}

struct Cursor {
  std::string_view text;
  size_t line = 1;
};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

/// A quoted value may span lines; answers false if its end is missing.
bool read_quoted(Cursor& at, char quote, std::string& out) {
  while (!at.text.empty()) {
    char c = at.text.front();
    at.text.remove_prefix(1);
    if (c == quote) return true;
    if (c == '\n') ++at.line;
    if (c == '\\' && quote == '"' && !at.text.empty()) {
      c = at.text.front();
      at.text.remove_prefix(1);
      if (c == 'n') c = '\n';
      else if (c == 't') c = '\t';
      else if (c == 'r') c = '\r';
    }
    out += c;
  }
  return false;
}

std::string read_plain(Cursor& at) {
  const size_t end = std::min(at.text.find('\n'), at.text.size());
  auto line = at.text.substr(0, end);
  at.text.remove_prefix(end);
  // A comment needs a blank before it, so that URLs and passwords may hold '#'.
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '#' && (line[i - 1] == ' ' || line[i - 1] == '\t')) {
      line = line.substr(0, i);
      break;
    }
  }
  return std::string(trimmed(line));
}

void skip_line(Cursor& at) { at.text.remove_prefix(std::min(at.text.find('\n'), at.text.size())); }

void read_line(Cursor& at, EnvFile& out) {
  const size_t number = at.line;
  const auto complain = [&](std::string what) {
    out.problems.push_back({"line " + std::to_string(number), std::move(what), "Write NAME=value"});
    skip_line(at);
  };
  const auto line = at.text.substr(0, at.text.find('\n'));
  const auto bare = trimmed(line);
  if (bare.empty() || bare.front() == '#') return skip_line(at);
  const size_t equals = line.find('=');
  if (equals == line.npos) return complain("has no '='");
  auto name = trimmed(line.substr(0, equals));
  if (name.starts_with("export ")) name = trimmed(name.substr(7));
  if (!is_name(name)) return complain("has a name that no variable can have");
  at.text.remove_prefix(equals + 1);
  while (!at.text.empty() && (at.text.front() == ' ' || at.text.front() == '\t')) at.text.remove_prefix(1);
  std::string value;
  if (!at.text.empty() && (at.text.front() == '"' || at.text.front() == '\'')) {
    const char quote = at.text.front();
    at.text.remove_prefix(1);
    if (!read_quoted(at, quote, value)) return complain("has a quote that is never closed");
    if (const auto rest = trimmed(at.text.substr(0, at.text.find('\n'))); !rest.empty() && rest.front() != '#') {
      return complain("goes on behind the closing quote");
    }
    skip_line(at);
  } else {
    value = read_plain(at);
  }
  if (value.size() > kMaxValue) return complain("is too long");
  out.values.push_back({number, std::string(name), std::move(value)});
}

}  // namespace

std::string_view name_of(SettingSource source) {
  switch (source) {
    case SettingSource::environment: return "environment";
    case SettingSource::file: return "file";
    case SettingSource::env_file: return ".env.local";
    case SettingSource::default_value: return "default";
    case SettingSource::unset: break;
  }
  return "unset";
}

EnvFile parse_env_file(std::string_view text) {
  EnvFile out;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Cursor at{text};
  while (!at.text.empty() && out.problems.size() < 100) {
    read_line(at, out);
    if (!at.text.empty() && at.text.front() == '\n') {
      at.text.remove_prefix(1);
      ++at.line;
    }
  }
  return out;
}

EnvironmentLookup process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

/// Fills SettingValues; a struct so that it can be a friend.
struct SettingReader {
  const EnvironmentLookup& environment;
  std::map<std::string, std::string> from_file;
  SettingsRead out;

  void read(const Setting& setting) {
    SettingValues::Entry entry;
    const std::string name(setting.name);
    if (auto direct = environment(name); direct && !direct->empty()) {
      entry = {std::move(*direct), SettingSource::environment};
    } else if (setting.secret && read_secret_file(name, entry)) {
      // done
    } else if (const auto found = from_file.find(name); found != from_file.end() && !found->second.empty()) {
      entry = {found->second, SettingSource::env_file};
    } else if (!setting.default_value.empty()) {
      entry = {std::string(setting.default_value), SettingSource::default_value};
    }
    if (entry.source == SettingSource::unset) {
      if (setting.required) complain(name, "is not set", "Set " + name + (setting.secret ? " or " + name + "_FILE" : ""));
    } else if (auto [what, fix] = fault_of(setting, entry.value); !what.empty()) {
      complain(name, what, fix);
    }
    out.values.entries_.emplace(name, std::move(entry));
  }

  bool read_secret_file(const std::string& name, SettingValues::Entry& entry) {
    const auto path = environment(name + "_FILE");
    if (!path || path->empty()) return false;
    auto text = file_text(*path);
    if (!text) {
      complain(name + "_FILE", "names a file that can't be read", "Check the path and the file's owner and mode");
      return false;
    }
    entry = {std::string(trimmed(*text)), SettingSource::file};
    return !entry.value.empty();
  }

  void complain(std::string name, std::string what, std::string fix) {
    out.problems.push_back({std::move(name), std::move(what), std::move(fix)});
  }
};

SettingsRead read_settings(std::span<const Setting> table, const EnvironmentLookup& environment, const std::string& env_file) {
  SettingReader reader{environment, {}, {}};
  if (!env_file.empty()) {
    if (const auto text = file_text(env_file)) {
      auto parsed = parse_env_file(*text);
      for (auto& line : parsed.values) reader.from_file[line.name] = std::move(line.value);
      for (auto& problem : parsed.problems) reader.complain(env_file + " " + problem.name, problem.what, problem.fix);
    }
  }
  for (const auto& setting : table) reader.read(setting);
  return std::move(reader.out);
}

const SettingValues::Entry& SettingValues::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw std::logic_error("setting " + std::string(name) + " is not declared");
  return found->second;
}

std::string SettingValues::text(std::string_view name) const { return entry(name).value; }
Secret SettingValues::secret(std::string_view name) const { return Secret(entry(name).value); }
bool SettingValues::is_set(std::string_view name) const { return entry(name).source != SettingSource::unset; }
SettingSource SettingValues::source(std::string_view name) const { return entry(name).source; }

int64_t SettingValues::integer(std::string_view name) const {
  int64_t value = 0;
  const auto& text = entry(name).value;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool SettingValues::boolean(std::string_view name) const {
  bool value = false;
  parse_boolean(entry(name).value, value);
  return value;
}

std::vector<std::string> SettingValues::list(std::string_view name) const {
  std::vector<std::string> out;
  std::istringstream stream(entry(name).value);
  for (std::string part; std::getline(stream, part, ',');) {
    if (const auto item = trimmed(part); !item.empty()) out.emplace_back(item);
  }
  return out;
}

std::string explain(std::span<const SettingProblem> problems) {
  std::string out;
  for (const auto& problem : problems) out += problem.name + " " + problem.what + ". " + problem.fix + ".\n";
  return out;
}

}  // namespace starter
