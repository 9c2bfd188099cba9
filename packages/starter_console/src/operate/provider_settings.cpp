#include "operate/provider_settings.h"

#include <boost/json.hpp>
#include <filesystem>

#include "frame/audit.h"
#include "operate/configuration.h"
#include "setup/answers_file.h"
#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"
#include "starter/providers/registry.h"

namespace starter::console::operate {

namespace {

Outcome<std::string> text_or_nothing(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::string();
  return read_file(path);
}

// Two products in one account must not write over each other's secrets.
std::string project() {
  const auto path = setup::places().answers();
  const auto text = text_or_nothing(path);
  const auto answers = setup::parse_answers(contracts::built_in(), path.string(), text ? *text : "");
  if (!answers) return "starter";
  const auto name = answers->values.find("project_name");
  return name == answers->values.end() || name->second.empty() ? "starter" : name->second;
}

}  // namespace

Flag provider_file_flag() {
  return {"--env-file", "FILE", "The file to read and write (.env.local of the API)"};
}

std::string env_path(const Invocation& invocation) {
  return invocation.get("--env-file", setup::places().api_file.string());
}

Outcome<EnvValues> read_env(const Invocation& invocation) {
  const auto path = env_path(invocation);
  std::error_code error;
  if (invocation.has("--env-file") && !std::filesystem::exists(path, error)) return no_env_file(path);
  return read_env_file(path);
}

Outcome<providers::Environment> environment_with(const EnvValues& file) {
  auto source = settings::Source::process("");
  if (!source)
    return Failure{.code = "settings.environment",
                   .what = "The environment can't be read.",
                   .why = source.error() + ".",
                   .fix = "env"};
  source->env_file = file;
  return providers::environment_of(std::move(*source));
}

Flag prefix_flag() {
  return {"--prefix", "TEXT",
          "What names begin with (PROJECT/ENVIRONMENT/, the project of the set-up or starter)"};
}

std::string prefix_of(const Invocation& invocation, const providers::Environment& environment) {
  const auto label = environment("ENVIRONMENT");
  return invocation.get("--prefix", project() + "/" + (label.empty() ? "development" : label) + "/");
}

Outcome<std::optional<FileLock>> lock_settings(const Invocation& invocation) {
  if (invocation.dry_run()) return std::nullopt;
  return std::optional(
      CHECKED(FileLock::take(var_folder() / "lock/setup", "Another command changes the settings.",
                             CHECKED(invocation.lock_patience()))));
}

std::string onboarding_command(const std::string& flags) {
  auto names = providers::with_client();
  const auto first = std::string(names.front());
  names.erase(names.begin());
  return "starter-console secrets onboard " + first + flags +
         (names.empty() ? "" : "   # or " + joined(names));
}

boost::json::array json_of(const std::vector<std::string>& all) {
  return boost::json::array(all.begin(), all.end());
}

std::vector<std::string> changed_lines(const std::string& path, const EnvValues& before,
                                       const EnvValues& lines) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : lines) {
    const auto found = before.find(name);
    if (found == before.end())
      changes.push_back("added " + name);
    else if (found->second != value)
      changes.push_back("changed " + name);
  }
  if (!lines.empty() && is_open_beyond(path)) changes.push_back("closed " + path + " to others");
  return changes;
}

Outcome<NewFile> file_with(const std::string& path, EnvValues lines, const std::string& heading) {
  for (const auto& [name, value] : EnvValues(lines)) {
    if (name.ends_with("_FILE")) lines.emplace(name.substr(0, name.size() - 5), "");
  }
  return NewFile{path, edited_env(CHECKED(text_or_nothing(path)), lines, heading)};
}

}  // namespace starter::console::operate
