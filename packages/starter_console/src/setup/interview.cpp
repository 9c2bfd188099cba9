#include "setup/interview.h"

#include <algorithm>

#include "frame/invocation.h"
#include "starter/core/range.h"
#include "starter/core/text.h"

namespace starter::console::setup {

using contracts::Contract;
using contracts::Variable;

namespace {

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

const contracts::Preset* preset_of(const Contract& contract, const std::string& name) {
  if (const auto* own = named(contract.presets, name); own != nullptr && own->clouds.empty()) return own;
  for (const auto& preset : contract.presets)
    if (contains(preset.clouds, name)) return &preset;
  return nullptr;
}

Failure unknown(const char* kind, const std::string& name, const std::vector<std::string>& known) {
  const auto near = nearest(name, known);
  return {.code = std::string("setup.") + kind,
          .what = "There is no " + std::string(kind) + " \"" + name + "\".",
          .why = "It is one of " + joined(known) + ".",
          .fix = "--" + std::string(kind) + " " + (near.empty() ? known[0] : near),
          .exit = Exit::usage,
          .docs = "docs/ops/setup-wizard-presets.md"};
}

}  // namespace

std::string_view name_of(Origin origin) {
  constexpr std::string_view kNames[] = {
      "flag", "typed", "answers file", "env file", "fixed by profile", "generated", "suggested", "default"};
  return kNames[static_cast<std::size_t>(origin)];
}

std::vector<std::string> preset_names(const Contract& contract) {
  std::vector<std::string> names;
  for (const auto& preset : contract.presets) {
    if (preset.clouds.empty()) names.push_back(preset.name);
    names.insert(names.end(), preset.clouds.begin(), preset.clouds.end());
  }
  return names;
}

Outcome<Interview> Interview::begin(const Contract& contract, const std::string& profile,
                                    const std::string& preset) {
  std::vector<std::string> profiles;
  for (const auto& one : contract.profiles) profiles.push_back(one.name);
  const auto* const strictness = named(contract.profiles, profile);
  if (strictness == nullptr) return unknown("profile", profile, profiles);
  const auto* const place = preset_of(contract, preset);
  if (place == nullptr) return unknown("preset", preset, preset_names(contract));
  if (!contains(place->profiles, profile))
    return Failure{.code = "setup.combination",
                   .what = "The preset " + preset + " is not for the profile " + profile + ".",
                   .why = "It is for " + joined(place->profiles) + ".",
                   .fix = "--preset " + preset + " --profile " + place->profiles[0],
                   .exit = Exit::usage,
                   .docs = "docs/ops/setup-wizard-presets.md"};
  Interview interview(contract, *strictness, preset);
  interview.suggestions_ = strictness->defaults;
  for (const auto& [name, value] : place->defaults) interview.suggestions_[name] = value;
  if (const auto* const cloud = named(contract.clouds, preset)) {
    for (const auto& [name, value] : cloud->defaults) interview.suggestions_[name] = value;
    interview.brought_ = cloud->brings;
    interview.target_ = contract.target(cloud->target);
  }
  return interview;
}

bool Interview::is_read_by_services(const contracts::Variable& variable) {
  constexpr std::string_view kServices[] = {"api", "worker", "migrate", "web", "console"};
  return std::ranges::any_of(kServices, [&](auto role) { return variable.is_read_by(role); });
}

}  // namespace starter::console::setup
