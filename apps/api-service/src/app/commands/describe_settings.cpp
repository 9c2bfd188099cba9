#include "app/commands/describe_settings.h"

#include <boost/json.hpp>

#include "app/infrastructure/migrations.h"
#include "app/services/tenants/service.h"
#include "app/settings.h"
#include "starter/service/settings_table.h"

namespace starter {
namespace {

namespace json = boost::json;

struct Effective {
  json::value value;   // null: none
  std::string source;  // "not set", "default", "from the environment", ...
};

/// Loaded alone, so that what is wrong with another setting doesn't hide this one.
Effective read_alone(settings::Setting setting, const settings::Source& source) {
  setting.required_when = nullptr;
  const auto loaded = settings::Settings::load({&setting, 1}, source);
  if (!loaded) return {nullptr, "refused"};
  // "NAME=value  # origin\n", with "# " before it when it is not set.
  std::string line = loaded->effective();
  line.pop_back();
  const size_t mark = line.rfind("  # ");
  Effective out{nullptr, line.substr(mark + 4)};
  const size_t equals = line.find('=');
  if (loaded->has(setting.name)) out.value = json::value(line.substr(equals + 1, mark - equals - 1));
  return out;
}

std::string_view name_of(settings::Type type) {
  switch (type) {
    case settings::Type::text:
      return "text";
    case settings::Type::integer:
      return "integer";
    case settings::Type::boolean:
      return "boolean";
    case settings::Type::url:
      return "url";
    case settings::Type::mailbox:
      return "mailbox";
    case settings::Type::choice:
      return "choice";
    case settings::Type::list:
      return "list";
    case settings::Type::duration:
      return "duration";
    case settings::Type::bytes:
      return "bytes";
  }
  return "text";
}

/// What is wrong with NAME or with NAME_FILE.
json::value problem_of(std::string_view name, const std::vector<settings::SettingProblem>& problems) {
  std::string text;
  for (const auto& problem : problems) {
    if (problem.variable != name && problem.variable != std::string(name) + "_FILE") continue;
    text += (text.empty() ? "" : " ") + problem.variable + " " + problem.what + "; " + problem.fix + ".";
  }
  return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace

std::string describe_settings(const settings::Source& source) {
  const auto loaded = load_settings(source);
  const auto problems = loaded ? std::vector<settings::SettingProblem>() : loaded.error();
  json::array all;
  for (const auto& setting : service::settings_table()) {
    const auto effective = read_alone(setting, source);
    all.push_back(
        {{"name", setting.name},
         {"meaning", setting.meaning},
         {"type", name_of(setting.type)},
         {"allowed", setting.allowed},
         {"default", setting.fallback.empty() ? json::value(nullptr) : json::value(setting.fallback)},
         {"secret", setting.secret},
         {"value", effective.value},
         {"source", effective.source},
         {"problem", problem_of(setting.name, problems)}});
  }
  json::array names, reserved;
  for (const auto& migration : migrations()) names.push_back(json::value(migration.name));
  for (const auto word : tenants::reserved_slugs()) reserved.push_back(json::value(word));
  return json::serialize(
      json::object{{"settings", all}, {"migrations", names}, {"reserved_slugs", reserved}});
}

}  // namespace starter
