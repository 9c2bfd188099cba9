// Settings from the environment: declared once in a table, read once at start, every problem reported together.
//
// Precedence: process environment, then NAME_FILE (a file that holds the value, for secrets mounted by a platform),
// then the `.env.local` file, then the default. No message ever repeats a value.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "starter/core/secret.h"

namespace starter {

enum class SettingType : uint8_t { text, integer, boolean, url, choice, list };

struct Setting {
  std::string_view name;
  SettingType type = SettingType::text;
  std::string_view default_value{};
  bool secret = false;
  bool required = false;
  int64_t minimum = 0, maximum = INT64_MAX;     // of an integer
  std::span<const std::string_view> choices{};  // of a choice
  std::string_view meaning{};                   // one sentence, shown by `config explain`
};

/// One thing that is wrong, as three parts of a sentence for the operator.
struct SettingProblem {
  std::string name, what, fix;
};

/// Where a value came from.
enum class SettingSource : uint8_t { environment, file, env_file, default_value, unset };
std::string_view name_of(SettingSource source);

class SettingValues {
 public:
  /// Names must be in the table; asking for another one is a bug and throws.
  std::string text(std::string_view name) const;
  Secret secret(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::vector<std::string> list(std::string_view name) const;
  bool is_set(std::string_view name) const;
  SettingSource source(std::string_view name) const;

 private:
  friend struct SettingReader;
  struct Entry {
    std::string value;
    SettingSource source = SettingSource::unset;
  };
  const Entry& entry(std::string_view name) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

struct SettingsRead {
  SettingValues values;
  std::vector<SettingProblem> problems;
};

/// What the process can be asked for: getenv in production, a map in tests. nullopt is unset.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
EnvironmentLookup process_environment();

/// Reads the whole table. `env_file` may name a file that does not exist.
SettingsRead read_settings(std::span<const Setting> table, const EnvironmentLookup& environment, const std::string& env_file);

struct EnvFileLine {
  size_t line;
  std::string name, value;
};
struct EnvFile {
  std::vector<EnvFileLine> values;
  std::vector<SettingProblem> problems;  // with the line number in `name`
};
/// KEY=value lines as Docker, Next.js and shells write them: comments, optional `export`, single and double quotes.
EnvFile parse_env_file(std::string_view text);

/// The problems as lines for stderr: "NAME: what. fix".
std::string explain(std::span<const SettingProblem> problems);

}  // namespace starter
