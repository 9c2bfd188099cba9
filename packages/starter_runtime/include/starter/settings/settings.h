// Settings: declared in one table per program, read once at the start, all problems reported together.
//
// A service that starts with half its settings wrong and says so one restart at a time wastes an afternoon.
// So every variable is checked, and each problem names the variable, what is wrong and the fix; never the
// value, which may be a secret pasted into the wrong place. Precedence: environment, then .env.local, then
// the default. An empty variable counts as not set, because Compose and CI pass empty ones. Every secret may
// come from a file named by NAME_FILE.
//
//   constexpr Setting kSettings[] = {
//       {.name = "PORT", .type = Type::integer, .fallback = "8000", .min = 1, .max = 65535, .meaning = "Port
//       of the API."},
//       {.name = "REDIS_URL", .type = Type::url, .allowed = "redis rediss", .secret = true, .meaning = "Cache
//       and limits."}};
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "starter/core/secret.h"
#include "starter/core/types.h"

namespace starter::settings {

enum class Type : uint8_t {
  text,
  integer,
  boolean,   // true, false, 1, 0, yes, no, on, off
  url,       // absolute; `allowed` lists schemes
  mailbox,   // Name <name@example.com>, or the address alone
  choice,    // one of `allowed`
  list,      // separated by commas, empty items dropped; each one of `allowed` if that isn't empty
  duration,  // 250ms, 30s, 15m, 2h, 7d; a bare number means seconds. min and max in milliseconds
  bytes      // 512, 64KiB, 10MiB, 1GiB
};

class Settings;

/// One variable. An aggregate for constexpr tables.
struct Setting {
  std::string_view name;
  Type type = Type::text;
  std::string_view fallback = {};  // in the form of the variable; empty: none
  int64_t min = INT64_MIN;         // of integer, duration (milliseconds), bytes; the length of text
  int64_t max = INT64_MAX;
  std::string_view allowed = {};  // separated by spaces
  std::string_view aliases = {};  // of a choice: "old=allowed other=allowed"
  bool secret = false;            // may come from NAME_FILE; never printed
  bool (*required_when)(const Settings&, const Setting&) = nullptr;  // asked when all others are read
  std::string_view required_reason = {};                             // "when APP_PUBLIC_URL is not loopback"
  std::string_view meaning = {};                                     // one sentence
};

/// What must hold between settings, asked when all of them are read; a rule may meet values that were refused
/// already.
struct Rule {
  std::string_view variable;  // the one to change
  bool (*broken)(const Settings&, const Rule&);
  std::string_view what, fix;
  std::string_view code = {};  // stable, for programs: "hosted.debug"
};

/// For required_when: required in any case.
inline bool always(const Settings&, const Setting&) {
  return true;
}

struct SettingProblem {
  std::string variable, what, fix;
  std::string code;  // stable: value.range, twin.both, required, or that of a rule
  friend bool operator==(const SettingProblem&, const SettingProblem&) = default;
};

/// One line per problem, for stderr.
std::string report_of(const std::vector<SettingProblem>& problems);

/// Where values come from.
struct Source {
  std::function<std::optional<std::string>(std::string_view name)> environment;
  std::map<std::string, std::string, std::less<>> env_file;

  /// The environment of the process and, where there is such a file, .env.local at `path`. The error is a
  /// sentence.
  static std::expected<Source, std::string> process(const std::string& env_file_path);
};

class Settings {
 public:
  /// `table` must outlive the settings.
  static std::expected<Settings, std::vector<SettingProblem>> load(std::span<const Setting> table,
                                                                   const Source& source,
                                                                   std::span<const Rule> rules = {});

  /// Whether it has a value, its default included.
  bool has(std::string_view name) const;

  /// As it was written, for conditions: "set" stands for a secret. Empty when it has no value or no setting
  /// is declared so.
  std::string_view given(std::string_view name) const;

  /// Each throws std::logic_error when the table has no such setting, or it has another type. Without a
  /// value: empty text, 0, false, no items.
  const std::string& text(std::string_view name) const;  // text, url, choice
  int64_t integer(std::string_view name) const;          // integer, bytes
  bool boolean(std::string_view name) const;
  std::chrono::milliseconds duration(std::string_view name) const;
  Mailbox mailbox(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  const Secret& secret(std::string_view name) const;  // those declared secret, whatever their type

  /// "NAME=value  # from .env.local", in the order of the table; secrets as ******, unset ones commented out.
  std::string effective() const;

 private:
  enum class Origin : uint8_t { unset, fallback, env_file, environment, file };
  struct Value {
    const Setting* setting = nullptr;
    Origin origin = Origin::unset;
    std::string text;  // empty when secret
    Secret secret;
    int64_t number = 0;
  };
  class Loader;
  const Value& value(std::string_view name, std::initializer_list<Type> types) const;

  std::vector<Value> values_;
};

}  // namespace starter::settings
