// What a role lacks. The contract says what it needs: by a condition, by the profile that the target was set
// up with, by the providers that it chose, or because the target itself derives it.
#include <algorithm>

#include "checking.h"

namespace starter::contracts::conform {

namespace {

/// The value in effect for conditions: of this role, else of any, else the default. A reference counts as
/// set.
std::string in_effect(const Checking& checking, const RenderedRole& given, std::string_view name) {
  const std::string wanted(name);
  const auto of = [&](const RenderedRole& role) {
    const auto found = role.env.find(wanted);
    return found == role.env.end() ? "" : found->second.text;
  };
  if (const auto own = of(given); !own.empty()) return own;
  for (const auto& [role, other] : checking.rendered.roles)
    if (const auto value = of(other); !value.empty()) return value;
  const auto* const declared = checking.contract.variable(name);
  return declared == nullptr ? "" : declared->fallback.value_or("");
}

/// The profile that the target says it was set up with.
const Profile* profile_of(const Checking& checking, const RenderedRole& given) {
  const auto environment = in_effect(checking, given, "ENVIRONMENT");
  for (const auto& profile : checking.contract.profiles)
    if (const auto locked = profile.locked.find("ENVIRONMENT");
        locked != profile.locked.end() && locked->second == environment)
      return &profile;
  return nullptr;
}

bool needed_by_provider(const Checking& checking, const RenderedRole& given, const std::string& name) {
  const auto chosen = [&](const char* chooser, const std::vector<Provider>& all) {
    const auto value = in_effect(checking, given, chooser);
    return std::ranges::any_of(all, [&](const Provider& one) {
      return (one.name == value || std::ranges::count(one.aliases, value)) &&
             std::ranges::count(one.required, name);
    });
  };
  return chosen("SECRETS_PROVIDER", checking.contract.secret_managers) ||
         chosen("AUTH_KEY_STORAGE_PROVIDER", checking.contract.secret_managers) ||
         chosen("STORAGE_PROVIDER", checking.contract.object_stores);
}

/// Why the role needs it; empty when it doesn't.
std::string need_of(const Checking& checking, const Variable& variable, const Role& role,
                    const RenderedRole& given) {
  const auto& delivery = checking.delivery(variable);
  if (!variable.is_read_by(role.name) || !delivery.omitted.empty()) return "";
  if (role.environment.contains(variable.name)) return "the role always has it";
  if (role.when_worker_runs.contains(variable.name)) return checking.worker_runs() ? "a worker runs" : "";
  if (!variable.required_when.empty()) {
    const bool holds = checking.contract.condition(variable.required_when).holds([&](std::string_view name) {
      return in_effect(checking, given, name);
    });
    if (holds) return variable.required_when;
  }
  if (const auto* const profile = profile_of(checking, given); profile != nullptr) {
    if (std::ranges::count(profile->required, variable.name))
      return "the profile " + profile->name + " needs it";
    // Without it the role would fall back to what the profile decided against.
    const auto wanted = profile->defaults.find(variable.name);
    if (wanted != profile->defaults.end() && variable.of(role.name).fallback.value_or("") != wanted->second)
      return "the profile " + profile->name + " has " + wanted->second;
  }
  if (variable.required_when.empty() && needed_by_provider(checking, given, variable.name))
    return "its provider needs it";
  if (!variable.required_when.empty()) return "";
  if (delivery.from == "derived" || (delivery.from == "platform" && !delivery.value.empty()))
    return "the target derives it";
  const auto* const input = checking.contract.input(delivery.input);
  const bool fed = input != nullptr && input->type == InputType::string &&
                   input->is_on(checking.target.name) && !input->feeds.empty();
  return fed ? input->name + " feeds it" : "";
}

}  // namespace

void check_needs(const Checking& checking, const Role& role, const RenderedRole& given) {
  for (const auto& variable : checking.contract.variables) {
    if (given.env.contains(variable.name)) continue;
    const auto why = need_of(checking, variable, role, given);
    if (!why.empty())
      checking.add("variable.missing", role.name, variable.name, "is missing (" + why + ")",
                   "give it " + checking.delivery(variable).carry);
  }
}

}  // namespace starter::contracts::conform
