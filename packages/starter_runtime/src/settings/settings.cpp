#include "starter/settings/settings.h"

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "starter/core/range.h"
#include "starter/core/text.h"
#include "starter/core/types.h"
#include "starter/net/host.h"
#include "starter/settings/dotenv.h"

namespace starter::settings {
namespace {

constexpr size_t kMaxSecretFile = 64 * 1024;

struct Complaint {
  std::string code, what, fix;
};

std::string listed(std::string_view allowed) {
  return joined(items_of(allowed, ' '));
}

bool is_allowed(std::string_view item, std::string_view allowed) {
  return contains(items_of(allowed, ' '), item);
}

/// A number and what stands behind it.
bool read_number(std::string_view text, int64_t& number, std::string_view& unit) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  unit = text.substr(static_cast<size_t>(end - text.data()));
  return error == std::errc();
}

struct Unit {
  std::string_view name;
  int64_t factor;
};
constexpr Unit kTimes[] = {{"", 1000},    {"ms", 1},        {"s", 1000},
                           {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr Unit kSizes[] = {
    {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};

bool read_with_unit(std::string_view text, std::span<const Unit> units, int64_t& number) {
  std::string_view name;
  if (!read_number(text, number, name) || number < 0) return false;
  const auto unit = std::ranges::find(units, name, &Unit::name);
  return unit != units.end() && !__builtin_mul_overflow(number, unit->factor, &number);
}

std::optional<bool> read_boolean(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  return std::nullopt;
}

std::string range_text(const Setting& setting) {
  const std::string least = std::to_string(setting.min), most = std::to_string(setting.max);
  if (setting.min == INT64_MIN) return "at most " + most;
  if (setting.max == INT64_MAX) return "at least " + least;
  return "between " + least + " and " + most;
}

std::optional<Complaint> out_of_range(const Setting& setting, int64_t number, std::string_view unit) {
  if (number >= setting.min && number <= setting.max) return std::nullopt;
  return Complaint{"value.range", "is out of range", "use " + range_text(setting) + std::string(unit)};
}

std::optional<Complaint> check_url(const Setting& setting, std::string_view text) {
  const auto single = net::with_first_host(text);
  const auto url = boost::urls::parse_uri(single);
  if (!url || url->host().empty())
    return Complaint{"value.url", "is not an absolute URL", "use the form scheme://host[:port]"};
  if (!setting.allowed.empty() && !is_allowed(std::string_view(url->scheme()), setting.allowed)) {
    return Complaint{"value.scheme", "has another scheme than it may have",
                     "use one of: " + listed(setting.allowed)};
  }
  return std::nullopt;
}

/// The value that an alias stands for.
std::string meant_by(const Setting& setting, std::string text) {
  for (const auto& alias : items_of(setting.aliases, ' '))
    if (alias.size() > text.size() && alias.starts_with(text) && alias[text.size()] == '=')
      return std::string(alias.substr(text.size() + 1));
  return text;
}

/// Checks `text` and reads its number.
std::optional<Complaint> check(const Setting& setting, std::string_view text, int64_t& number) {
  switch (setting.type) {
    case Type::text:
      return out_of_range(setting, static_cast<int64_t>(text.size()), " characters");
    case Type::url:
      return check_url(setting, text);
    case Type::mailbox: {
      Mailbox mailbox;
      if (!Mailbox::from_text(text, mailbox)) return std::nullopt;
      return Complaint{"value.mailbox", "holds no address", "write it like Acme <no-reply@example.com>"};
    }
    case Type::integer: {
      std::string_view rest;
      if (!read_number(text, number, rest) || !rest.empty())
        return Complaint{"value.number", "is not a whole number", "use digits alone"};
      return out_of_range(setting, number, "");
    }
    case Type::boolean: {
      const auto truth = read_boolean(text);
      if (!truth) return Complaint{"value.boolean", "is neither true nor false", "use true or false"};
      number = *truth;
      return std::nullopt;
    }
    case Type::choice:
      if (is_allowed(text, setting.allowed)) return std::nullopt;
      return Complaint{"value.choice", "is not one of its values", "use one of: " + listed(setting.allowed)};
    case Type::list:
      for (const auto& item : items_of(text)) {
        if (setting.allowed.empty() || is_allowed(item, setting.allowed)) continue;
        return Complaint{"value.list", "has an item that is not one of its values",
                         "use, separated by commas: " + listed(setting.allowed)};
      }
      return std::nullopt;
    case Type::duration:
      if (!read_with_unit(text, kTimes, number))
        return Complaint{"value.duration", "is not a time span",
                         "use a number with ms, s, m, h or d, such as 30s"};
      return out_of_range(setting, number, " milliseconds");
    case Type::bytes:
      if (!read_with_unit(text, kSizes, number))
        return Complaint{"value.size", "is not a size",
                         "use a number with B, KiB, MiB or GiB, such as 10MiB"};
      return out_of_range(setting, number, " bytes");
  }
  return std::nullopt;
}

/// A secret from a file, one line feed at its end removed.
std::expected<std::string, Complaint> read_secret_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::unexpected(Complaint{"twin.unreadable", "names a file that can't be read",
                                     "check the path and its permissions"});
  std::string text(kMaxSecretFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad())
    return std::unexpected(
        Complaint{"twin.unreadable", "names a file that can't be read", "check that it is a regular file"});
  const auto size = static_cast<size_t>(file.gcount());
  if (size > kMaxSecretFile)
    return std::unexpected(
        Complaint{"twin.size", "names a file larger than 64 KiB", "name the file with the secret alone"});
  text.resize(size);
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty())
    return std::unexpected(Complaint{"twin.empty", "names an empty file", "write the secret into it"});
  return text;
}

}  // namespace

/// Reads one table; collects problems instead of stopping.
class Settings::Loader {
 public:
  Loader(std::span<const Setting> table, const Source& source, std::span<const Rule> rules)
      : source_(source) {
    for (const Setting& setting : table) {
      settings_.values_.push_back({.setting = &setting});
      read(setting, settings_.values_.back());
    }
    for (const Value& value : settings_.values_) require(value);
    for (const Rule& rule : rules) {
      if (!contains(broken_, rule.variable) && rule.broken(settings_, rule)) {
        complain(rule.variable, {std::string(rule.code), std::string(rule.what), std::string(rule.fix)});
      }
    }
  }

  std::expected<Settings, std::vector<SettingProblem>> finish() && {
    if (!problems_.empty()) return std::unexpected(std::move(problems_));
    return std::move(settings_);
  }

 private:
  void complain(std::string_view name, Complaint one) {
    problems_.push_back({std::string(name), std::move(one.what), std::move(one.fix), std::move(one.code)});
  }

  std::string find(std::string_view name, Origin& origin) const {
    if (auto text = source_.environment ? source_.environment(name) : std::nullopt; text && !text->empty()) {
      origin = Origin::environment;
      return std::move(*text);
    }
    const auto found = source_.env_file.find(name);
    if (found == source_.env_file.end() || found->second.empty()) return "";
    origin = Origin::env_file;
    return found->second;
  }

  void read(const Setting& setting, Value& value) {
    std::string text = find(setting.name, value.origin);
    if (setting.secret) read_twin(setting, value, text);
    if (text.empty() && value.origin == Origin::unset && !setting.fallback.empty()) {
      text = setting.fallback;
      value.origin = Origin::fallback;
    }
    if (text.empty()) return;
    text = meant_by(setting, std::move(text));
    if (auto complaint = check(setting, text, value.number)) {
      complain(setting.name, std::move(*complaint));
      broken_.push_back(setting.name);
    }
    if (setting.secret) {
      value.secret = Secret(std::move(text));
    } else {
      value.text = std::move(text);
    }
  }

  /// NAME_FILE instead of NAME. What is wrong with it is said about NAME_FILE.
  void read_twin(const Setting& setting, Value& value, std::string& text) {
    const std::string twin = std::string(setting.name) + "_FILE";
    Origin origin = Origin::unset;
    const std::string path = find(twin, origin);
    if (path.empty()) return;
    if (!text.empty() && origin == value.origin) {
      complain(setting.name, {"twin.both", "is set, and so is " + twin, "keep one of the two"});
      return;
    }
    if (!text.empty() && value.origin > origin) return;  // the environment goes before the file .env.local
    auto secret = read_secret_file(path);
    value.origin = Origin::file;
    if (secret) {
      text = std::move(*secret);
    } else {
      complain(twin, std::move(secret.error()));
      broken_.push_back(setting.name);
    }
  }

  void require(const Value& value) {
    const Setting& setting = *value.setting;
    if (!setting.required_when || value.origin != Origin::unset || contains(broken_, setting.name)) return;
    if (!setting.required_when(settings_, setting)) return;
    std::string what = "is required";
    if (!setting.required_reason.empty()) what += " " + std::string(setting.required_reason);
    std::string fix = "set it";
    if (setting.secret) fix += ", or " + std::string(setting.name) + "_FILE";
    if (!setting.meaning.empty()) fix += ": " + std::string(setting.meaning);
    complain(setting.name, {"required", std::move(what), std::move(fix)});
  }

  const Source& source_;
  Settings settings_;
  std::vector<SettingProblem> problems_;
  std::vector<std::string_view> broken_;
};

std::expected<Settings, std::vector<SettingProblem>> Settings::load(std::span<const Setting> table,
                                                                    const Source& source,
                                                                    std::span<const Rule> rules) {
  return Loader(table, source, rules).finish();
}

std::expected<Source, std::string> Source::process(const std::string& env_file_path) {
  Source source;
  source.environment = [](std::string_view name) -> std::optional<std::string> {
    const char* const text = std::getenv(std::string(name).c_str());
    return text ? std::optional<std::string>(text) : std::nullopt;
  };
  if (env_file_path.empty() || !std::filesystem::exists(env_file_path)) return source;
  if (std::filesystem::is_directory(env_file_path))
    return std::unexpected(env_file_path + " is a directory; a file with lines NAME=value belongs there");
  std::ifstream file(env_file_path, std::ios::binary);
  if (!file) return std::unexpected(env_file_path + " can't be read; check its permissions");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = parse_dotenv(text);
  if (!parsed) return std::unexpected(env_file_path + ": " + parsed.error());
  source.env_file = std::move(*parsed);
  return source;
}

std::string report_of(const std::vector<SettingProblem>& problems) {
  std::string out;
  for (const auto& problem : problems)
    out += problem.variable + " " + problem.what + "; " + problem.fix + "\n";
  return out;
}

const Settings::Value& Settings::value(std::string_view name, std::initializer_list<Type> types) const {
  const auto found = std::ranges::find(values_, name, [](const Value& value) { return value.setting->name; });
  if (found == values_.end()) throw std::logic_error("no setting is declared as " + std::string(name));
  if (types.size() > 0 && !contains(types, found->setting->type)) {
    throw std::logic_error("the setting " + std::string(name) + " has another type");
  }
  return *found;
}

bool Settings::has(std::string_view name) const {
  return value(name, {}).origin != Origin::unset;
}

std::string_view Settings::given(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, [](const Value& value) { return value.setting->name; });
  if (found == values_.end() || found->origin == Origin::unset) return "";
  return found->setting->secret ? "set" : std::string_view(found->text);
}

const std::string& Settings::text(std::string_view name) const {
  const Value& found = value(name, {Type::text, Type::url, Type::choice});
  if (found.setting->secret) throw std::logic_error("the setting " + std::string(name) + " is a secret");
  return found.text;
}

int64_t Settings::integer(std::string_view name) const {
  return value(name, {Type::integer, Type::bytes}).number;
}
bool Settings::boolean(std::string_view name) const {
  return value(name, {Type::boolean}).number != 0;
}

std::chrono::milliseconds Settings::duration(std::string_view name) const {
  return std::chrono::milliseconds(value(name, {Type::duration}).number);
}

Mailbox Settings::mailbox(std::string_view name) const {
  Mailbox mailbox;
  Mailbox::from_text(value(name, {Type::mailbox}).text, mailbox);
  return mailbox;
}

std::vector<std::string> Settings::list(std::string_view name) const {
  return items_of(value(name, {Type::list}).text);
}

const Secret& Settings::secret(std::string_view name) const {
  const Value& found = value(name, {});
  if (!found.setting->secret)
    throw std::logic_error("the setting " + std::string(name) + " is not declared secret");
  return found.secret;
}

std::string Settings::effective() const {
  static constexpr std::string_view origins[] = {"not set", "default", "from .env.local",
                                                 "from the environment", "from a file"};
  std::string out;
  for (const Value& value : values_) {
    if (value.origin == Origin::unset) out += "# ";
    out += value.setting->name;
    out += '=';
    if (value.origin != Origin::unset) out += value.setting->secret ? "******" : value.text;
    out += "  # ";
    out += origins[static_cast<size_t>(value.origin)];
    out += '\n';
  }
  return out;
}

}  // namespace starter::settings
