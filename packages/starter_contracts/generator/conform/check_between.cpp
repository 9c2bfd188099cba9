// Two targets side by side: what means the same on both has the same value there, or is on neither.
#include <algorithm>

#include "checking.h"

namespace starter::contracts::conform {

namespace {

/// Whether the contract itself tells two targets apart in this variable.
bool is_own(const Contract& contract, const Variable& variable, const std::string& a, const std::string& b) {
  const auto& one = variable.targets.at(a);
  const auto& other = variable.targets.at(b);
  if (one.value != other.value || one.from != other.from || one.input != other.input) return true;
  const auto* const input = contract.input(one.input);
  return input != nullptr && (input->per_target || !input->fallbacks.empty());
}

/// Whether a choice of the target decides about it: what it needs is said by its condition or its provider.
bool is_chosen(const Contract& contract, const Variable& variable) {
  const auto lists = [&](const Provider& provider) {
    return std::ranges::count(provider.required, variable.name) ||
           std::ranges::count(provider.one_of, variable.name) ||
           std::ranges::count(provider.optional, variable.name);
  };
  return !variable.required_when.empty() || std::ranges::any_of(contract.secret_managers, lists) ||
         std::ranges::any_of(contract.object_stores, lists);
}

/// `a` gives what `b` doesn't, and no default makes that the same.
void check_absent(const Contract& contract, const RenderedTarget& a, const RenderedTarget& b,
                  std::vector<Finding>& findings) {
  for (const auto& [name, role] : a.roles) {
    const auto other = b.roles.find(name);
    if (other == b.roles.end()) continue;
    for (const auto& [variable, entry] : role.env) {
      const auto* const declared = contract.variable(variable);
      if (declared == nullptr || !declared->is_read_by(name) || other->second.env.contains(variable))
        continue;
      if (is_own(contract, *declared, a.name, b.name) || is_chosen(contract, *declared)) continue;
      if (!declared->targets.at(b.name).omitted.empty()) continue;
      const bool by_default = !entry.reference && declared->of(name).fallback.value_or("") == entry.text;
      if (!by_default)
        findings.push_back({"variable.differs", b.name, name, variable, "is missing, and given on " + a.name,
                            "give it on both, or on neither"});
    }
  }
}

}  // namespace

void check_between(const Contract& contract, const RenderedTarget& a, const RenderedTarget& b,
                   std::vector<Finding>& findings) {
  for (const auto& [name, role] : a.roles) {
    const auto other = b.roles.find(name);
    if (other == b.roles.end()) continue;
    for (const auto& [variable, entry] : role.env) {
      const auto value = literal_of(other->second, variable);
      const auto* const declared = contract.variable(variable);
      if (entry.reference || value.empty() || declared == nullptr ||
          is_own(contract, *declared, a.name, b.name))
        continue;
      if (value != entry.text)
        findings.push_back({"variable.differs", b.name, name, variable,
                            "is " + value + ", and " + entry.text + " on " + a.name, "make them the same"});
    }
  }
  check_absent(contract, a, b, findings);
  check_absent(contract, b, a, findings);
}

}  // namespace starter::contracts::conform
