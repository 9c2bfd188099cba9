// docs/ops/setup-wizard-presets.md: what the wizard knows before it asks.
#include <algorithm>

#include "writers.h"

namespace starter::contracts {

namespace {

std::string values(const std::map<std::string, std::string>& all) {
  std::string out;
  for (const auto& [name, value] : all) out += (out.empty() ? "`" : ", `") + name + "=" + value + "`";
  return out.empty() ? "–" : out;
}

std::string names(const std::vector<std::string>& all) {
  return all.empty() ? "–" : "`" + joined(all, "`, `") + "`";
}

std::string profile_part(const Profile& profile) {
  std::string out = "\n### " + profile.name + "\n\n" + profile.meaning + ".\n\n| | |\n| --- | --- |\n";
  out += "| suggested | " + values(profile.defaults) + " |\n";
  out += "| fixed | " + values(profile.locked) + " |\n";
  out += "| must be given | " + names(profile.required) + " |\n";
  if (profile.rules.empty()) return out;
  out += "\n| Refused when | Why | Instead |\n| --- | --- | --- |\n";
  for (const auto& rule : profile.rules)
    out += "| `" + cell(rule.when) + "` | " + cell(rule.refuse) + " | " + cell(rule.fix) + " |\n";
  return out;
}

std::string preset_row(const std::string& flag, const Preset& preset, const Cloud* cloud) {
  auto defaults = preset.defaults;
  if (cloud != nullptr)
    for (const auto& [name, value] : cloud->defaults) defaults[name] = value;
  return "| `" + flag + "` | " + cell(preset.meaning) + " | " + joined(preset.profiles, ", ") + " | " +
         values(defaults) + " | " + (cloud == nullptr ? "–" : names(cloud->brings)) + " |\n";
}

}  // namespace

std::string write_presets(const Contract& contract) {
  std::string out =
      std::string("<!-- Written by `starter-console contract render` from ") + kSource +
      "; change that. -->\n\n# Profiles and presets of the set-up wizard\n\n"
      "`starter-console setup wizard --profile PROFILE --preset PRESET` asks only for what these two and the "
      "answers before leave open. How to run it: [first deployment](first-deployment.md).\n\n"
      "## Profiles\n\nHow strict a deployment is.\n";
  for (const auto& profile : contract.profiles) out += profile_part(profile);
  out +=
      "\n## Presets\n\nWhere it goes. What the blueprint of a cloud makes is not asked for; `bring_own_data` "
      "makes it ask for the data stores.\n\n"
      "| `--preset` | Means | Profiles | Suggested | Made by the blueprint |\n| --- | --- | --- | --- | --- "
      "|\n";
  for (const auto& preset : contract.presets) {
    if (preset.clouds.empty()) out += preset_row(preset.name, preset, nullptr);
    for (const auto& name : preset.clouds)
      out += preset_row(name, preset, &*std::ranges::find(contract.clouds, name, &Cloud::name));
  }
  out += "\n## Generated\n\nThe wizard makes these secrets at random unless there is a value already: ";
  std::vector<std::string> made;
  for (const auto& variable : contract.variables)
    if (variable.generated > 0) made.push_back(variable.name);
  return out + names(made) + ".\n";
}

}  // namespace starter::contracts
