#include <algorithm>

#include "exports/writers.h"
#include "starter/net/host.h"
#include "system/env_file.h"

namespace starter::console::exports {

using contracts::Variable;
using setup::Interview;

namespace {

// What Compose itself reads: from an input, or derived from one.
std::string value_for_compose(const Interview& interview, const Variable& variable) {
  const auto& delivery = variable.targets.at("compose");
  if (delivery.value == "{host of app_public_url}")
    return net::host_of(interview.effective("app_public_url"));
  if (delivery.value == "{host of api_base_url}") return net::host_of(interview.effective("api_base_url"));
  if (!delivery.input.empty()) return interview.effective(delivery.input);
  const auto own = interview.answers().find(variable.name);
  return own == interview.answers().end() ? "" : own->second.value;
}

bool is_carried(const Variable& variable) {
  return variable.unused.empty() && variable.targets.at("compose").omitted.empty() &&
         variable.name.find('<') == std::string::npos;
}

std::string lower(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace

std::string compose_text(const Interview& interview) {
  const auto settled = interview.settled();
  EnvValues values;
  for (const auto& variable : interview.contract().variables) {
    if (!is_carried(variable) || variable.secret || variable.targets.at("compose").carry != "plain") continue;
    // What the Compose file sets itself is not repeated.
    const bool of_compose = variable.is_read_by("compose");
    if (!of_compose && variable.targets.at("compose").from != "input") continue;
    const auto own = settled.find(variable.name);
    const bool ours = own != settled.end() && !is_left_over(interview, variable, own->second);
    auto value = of_compose ? value_for_compose(interview, variable) : ours ? own->second.value : "";
    if (!value.empty() && value != variable.fallback) values[variable.name] = std::move(value);
  }
  return edited_env("# Secrets are files beside it, in the folder secrets.\n", values,
                    "Written by starter-console infra compose export, profile " + interview.profile());
}

std::map<std::string, std::string> compose_secrets(const Interview& interview) {
  std::map<std::string, std::string> files;
  for (const auto& [name, answer] : interview.settled()) {
    const auto& variable = *interview.contract().variable(name);
    if (variable.secret && is_carried(variable)) files[lower(name)] = answer.value;
  }
  return files;
}

}  // namespace starter::console::exports
