#include "frame/values.h"

#include <boost/json.hpp>

#include "dev/scripts.h"
#include "dev/stack.h"
#include "dev/suites.h"
#include "operate/api_binary.h"
#include "operate/service_secrets.h"
#include "setup/interview.h"
#include "starter/contracts/built_in.h"
#include "starter/contracts/table.h"

namespace starter::console {

namespace {

std::vector<std::string> setting_names(const Invocation& invocation) {
  std::vector<std::string> names;
  const auto description = operate::describe_api(invocation);
  if (!description) return names;
  for (const auto& setting : description->at("settings").as_array())
    names.emplace_back(setting.at("name").as_string());
  return names;
}

std::vector<std::string> suite_names(const dev::Workspace& workspace) {
  std::vector<std::string> names;
  const auto suites = dev::load_suites(workspace);
  if (!suites) return names;
  for (const auto& suite : *suites) names.push_back(suite.name);
  return names;
}

// NAME= of every variable that may be a flag of the set-up.
std::vector<std::string> assignable_names() {
  std::vector<std::string> names;
  for (const auto& variable : contracts::table::variables())
    if (variable.reading == 0 && !variable.secret && variable.unused.empty())
      names.push_back(std::string(variable.name) + "=");
  return names;
}

std::vector<std::string> names_of(const std::vector<contracts::Provider>& providers) {
  std::vector<std::string> names;
  for (const auto& one : providers) names.push_back(one.name);
  return names;
}

}  // namespace

std::vector<std::string> known_values(const Invocation& invocation, std::string_view what) {
  if (what == "settings") return setting_names(invocation);
  if (what == "presets") return setup::preset_names(contracts::built_in());
  if (what == "variables") return assignable_names();
  if (what == "secret-managers") return names_of(contracts::built_in().secret_managers);
  if (what == "object-stores") return names_of(contracts::built_in().object_stores);
  if (what == "service-secrets") {
    std::vector<std::string> secrets;
    for (const auto* one : operate::service_secrets(contracts::built_in())) secrets.push_back(one->name);
    return secrets;
  }
  if (what == "rotatable-secrets") {
    std::vector<std::string> secrets;
    for (const auto& one : operate::rotatable_secrets(contracts::built_in())) secrets.push_back(one.name);
    return secrets;
  }
  const auto workspace = dev::Workspace::find();
  if (!workspace) return {};
  if (what == "suites") return suite_names(*workspace);
  if (what == "benchmarks") return dev::script_names(*workspace, "bench");
  std::vector<std::string> names;
  for (const auto& part : dev::part_facts(workspace->ports())) names.push_back(part.name);
  return names;
}

}  // namespace starter::console
