// What a role is given: whether it reads that, in this form and with this value.
#include <algorithm>

#include "checking.h"

namespace starter::contracts::conform {

namespace {

std::string host_of(const std::string& url) {
  const size_t scheme = url.find("://");
  if (scheme == url.npos) return "";
  auto host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  return host.substr(0, host.find(':'));
}

/// What a derived variable, or one that the role always has, must be. Empty when only the platform knows.
std::string expected(const Checking& checking, const Role& role, const std::string& name,
                     const Delivery& delivery) {
  if (checking.worker_runs() && role.when_worker_runs.contains(name)) return role.when_worker_runs.at(name);
  if (role.environment.contains(name)) return role.environment.at(name);
  if (delivery.from == "platform") return delivery.value;
  if (delivery.from != "derived") return "";
  if (delivery.value == "{app_public_url}") return checking.literal(role.name, "APP_PUBLIC_URL");
  if (delivery.value == "{host of api_base_url}") return host_of(checking.literal("web", "API_BASE_URL"));
  return delivery.value.starts_with('{') ? "" : delivery.value;
}

void check_derived(const Checking& checking, const Role& role, const std::string& name,
                   const Delivery& delivery, const std::string& value) {
  if (!checking.worker_runs() && role.when_worker_runs.contains(name)) return;
  const auto wanted = expected(checking, role, name, delivery);
  if (!wanted.empty() && wanted != value)
    checking.add("variable.derived", role.name, name, "is " + value, "it follows to be " + wanted);
}

void check_variable(const Checking& checking, const Role& role, const std::string& name, const Given& entry) {
  const auto add = [&](const std::string& code, const std::string& what, const std::string& fix) {
    checking.add(code, role.name, name, what, fix);
  };
  if (std::ranges::count(checking.target.reserved, name))
    return add("variable.reserved", "is set by the platform itself", "leave it out");
  const auto* const declared = checking.contract.variable(name);
  if (declared == nullptr)
    return add("variable.unknown", "is not in the contract", "declare it, or leave it out");
  if (declared->secret && !declared->is_read_by(role.name))
    return add("variable.foreign_secret", "is a secret that this role doesn't read",
               "leave it out: whoever breaks into this role has it");
  if (!declared->is_read_by(role.name) || !declared->unused.empty())
    return add("variable.extra", "is not read by this role", "leave it out");
  const auto& delivery = checking.delivery(*declared);
  if (!delivery.omitted.empty())
    return add("variable.extra", "is left out here: " + delivery.omitted, "leave it out");
  if (entry.reference) {
    if (entry.text.empty()) add("reference.empty", "refers to nothing", "name the secret");
    return;
  }
  if (declared->secret)
    return add("variable.literal_secret", "is a secret in the open", "give it by reference");
  const auto problem = problem_of_value(declared->of(role.name), entry.text);
  if (!problem.empty()) return add("variable.value", "has a value that " + problem, "change it");
  check_derived(checking, role, name, delivery, entry.text);
}

}  // namespace

void check_variables(const Checking& checking, const Role& role, const RenderedRole& given) {
  for (const auto& [name, entry] : given.env) {
    if (given.env.count(name) > 1 && given.env.find(name)->second == entry)
      checking.add("variable.twice", role.name, name, "is given twice", "drop one of the two");
    check_variable(checking, role, name, entry);
  }
}

void check_apart(const Checking& checking) {
  std::map<std::string, std::pair<std::string, std::string>> seen;  // variable to value and role
  for (const auto& role : checking.contract.roles) {
    const auto given = checking.rendered.roles.find(role.name);
    if (given == checking.rendered.roles.end()) continue;
    for (const auto& [name, entry] : given->second.env) {
      const auto* const declared = checking.contract.variable(name);
      if (declared == nullptr || entry.reference || declared->secret) continue;
      const auto* const input = checking.contract.input(checking.delivery(*declared).input);
      if (input == nullptr || input->type == InputType::map) continue;
      const auto [first, added] = seen.try_emplace(name, entry.text, role.name);
      if (!added && first->second.first != entry.text)
        checking.add("variable.apart", role.name, name,
                     "is " + entry.text + ", and " + first->second.first + " of " + first->second.second,
                     "write both from " + input->name);
    }
  }
}

}  // namespace starter::contracts::conform
