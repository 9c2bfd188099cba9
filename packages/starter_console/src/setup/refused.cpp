#include "setup/refused.h"

#include <algorithm>

#include "starter/net/host.h"
#include "starter/service/refusals.h"
#include "starter/service/settings_table.h"

namespace starter::console::setup {

namespace {

bool is_read(std::string_view name) {
  const auto table = service::settings_table();
  return std::ranges::find(table, name, &settings::Setting::name) != table.end();
}

std::vector<settings::SettingProblem> of_secrets_to_come(const contracts::Contract& contract,
                                                         const Values& values) {
  std::vector<settings::SettingProblem> all;
  const auto address = values.find("APP_PUBLIC_URL");
  if (address == values.end() || net::is_on_this_machine(address->second)) return all;
  for (const auto& [name, value] : values) {
    const auto* const variable = contract.variable(name);
    if (variable == nullptr || !variable->secret || is_read(name) || !service::is_placeholder(value))
      continue;
    all.push_back({name, "is a placeholder", "set the one of this deployment", "hosted.placeholder"});
  }
  return all;
}

}  // namespace

std::vector<settings::SettingProblem> refused_by_services(const contracts::Contract& contract,
                                                          Values values) {
  auto all = of_secrets_to_come(contract, values);
  const settings::Source source{.environment = {}, .env_file = std::move(values)};
  auto loaded = settings::Settings::load(service::settings_table(), source, service::refusals());
  if (!loaded) std::ranges::move(loaded.error(), std::back_inserter(all));
  return all;
}

}  // namespace starter::console::setup
