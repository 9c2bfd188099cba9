#include "exports/deployment.h"

#include <algorithm>

#include "starter/contracts/built_in.h"

namespace starter::console::exports {

using contracts::Contract;
using contracts::Input;
using contracts::InputType;
using contracts::Target;
using contracts::Variable;
using setup::Interview;
using setup::Origin;

namespace {

constexpr std::string_view kDocs = "docs/ops/terraform-export.md";

// The preset whose blueprint this target is. A single server takes whatever was set up.
std::string preset_for(const Contract& contract, const std::string& target, const std::string& known) {
  if (contract.target(target)->kind == "compose" && !known.empty()) return known;
  return std::ranges::find(contract.clouds, target, &contracts::Cloud::target)->name;
}

std::string profile_for(const Contract& contract, const setup::Given& given) {
  if (!given.profile.empty()) return given.profile;
  // Whoever says environment=production means that profile.
  for (const auto& [name, answer] : given.answers)
    if (name == "environment" || name == "ENVIRONMENT")
      for (const auto& profile : contract.profiles)
        if (profile.name == answer.value) return profile.name;
  return "demo";
}

// Where the secrets of another target are: no reference on this one.
void forget_other_references(const Target& target, setup::Given& given) {
  std::erase_if(given.answers, [&](const auto& one) {
    const auto& [name, answer] = one;
    return answer.origin == Origin::file && name.find("_secrets.") != name.npos && target.reference &&
           !target.reference->matches(answer.value);
  });
}

bool is_of_web_alone(const Variable& variable, std::string_view role) {
  const auto& own = variable.of(role);
  return own.meaning != variable.meaning || own.fallback != variable.fallback;
}

// Variables in the open that no input of their own carries.
Environment environment_of(const Interview& interview, std::string_view role) {
  Environment all;
  for (const auto& [name, answer] : interview.settled()) {
    const auto& variable = *interview.contract().variable(name);
    const auto& delivery = variable.targets.at(interview.target()->name);
    if (!variable.is_read_by(role) || variable.secret || is_of_web_alone(variable, role)) continue;
    if (is_left_over(interview, variable, answer)) continue;
    if (delivery.omitted.empty() && delivery.carry == "plain" && delivery.from == "input" &&
        delivery.input.empty())
      all[name] = answer.value;
  }
  return all;
}

bool is_read_apart(const Interview& interview, const Environment& worker) {
  return std::ranges::any_of(
      worker, [&](const auto& one) { return !interview.contract().variable(one.first)->is_read_by("api"); });
}

// Roles whose references are this one's as well: the worker reads what the API does, the migration makes both
// their log-ins.
std::vector<std::string> lenders_of(std::string_view role) {
  if (role == "worker") return {"api"};
  if (role == "migrate") return {"api", "worker"};
  return {};
}

Environment borrowed(const Interview& interview, const std::string& role) {
  Environment all;
  for (const auto& lender : lenders_of(role))
    for (const auto& [name, reference] : interview.entries(lender + "_secrets"))
      if (const auto* variable = interview.contract().variable(name);
          variable != nullptr && variable->is_read_by(role))
        all.emplace(name, reference);
  return all;
}

// Where a reference that is missing belongs; a role that borrows it is not named.
void note_pending(const Variable& variable, const std::string& role, Deployment& deployment) {
  const auto reads = [&](const std::string& lender) { return variable.is_read_by(lender); };
  if (std::ranges::any_of(lenders_of(role), reads)) return;
  auto& maps = deployment.belongs_into[variable.name];
  if (maps.empty()) deployment.pending.push_back(variable.name);
  maps.push_back(role + "_secrets");
}

// Secrets that the role needs or has, with the reference that was given for each.
void add_secrets(const Interview& interview, const std::string& role, Deployment& deployment) {
  auto given = interview.entries(role + "_secrets");
  const auto lent = borrowed(interview, role);
  // A worker without a map of its own has the API's as it is.
  if (role != "worker" || !given.empty()) given.insert(lent.begin(), lent.end());
  deployment.references[role].insert(given.begin(), given.end());
  const auto settled = interview.settled();
  for (const auto& variable : interview.contract().variables) {
    const auto& delivery = variable.targets.at(interview.target()->name);
    if (!variable.secret || !variable.is_read_by(role) || variable.name.find('<') != std::string::npos)
      continue;
    if (!delivery.omitted.empty() || !variable.unused.empty() || interview.is_brought(variable)) continue;
    const auto value = settled.find(variable.name);
    if (value == settled.end() && (interview.need_of(variable).empty() || variable.since.empty())) continue;
    if (given.contains(variable.name) || lent.contains(variable.name)) continue;
    deployment.values[role][variable.name] = value != settled.end() ? value->second.value : "";
    note_pending(variable, role, deployment);
  }
}

Failure refused(const Interview& interview, const std::vector<std::string>& why) {
  std::string all, flags;
  for (const auto& one : why) {
    all += (all.empty() ? "" : " ") + one;
    const auto name = one.substr(0, one.find(' '));
    const auto flag = setup::answer_flag(interview.contract(), name);
    const auto* const input = interview.contract().input(name);
    const bool may_be_flag = input != nullptr && !input->secret && input->type != InputType::map;
    if (may_be_flag && flags.find(flag) == flags.npos) flags += (flags.empty() ? "" : " ") + flag;
  }
  return {.code = "export.refused",
          .what = "The blueprint for " + interview.target()->title + " would refuse these values.",
          .why = all,
          .fix = flags.empty() ? "--var NAME=VALUE" : flags,
          .exit = Exit::usage,
          .docs = std::string(kDocs)};
}

Failure refused_entry(std::string code, const std::string& entry, const std::string& what, std::string why,
                      std::string fix) {
  return {.code = std::move(code),
          .what = entry + " " + what,
          .why = std::move(why),
          .fix = std::move(fix),
          .exit = Exit::usage,
          .docs = std::string(kDocs)};
}

// A secret reaches the roles that read it, by reference, and nobody else.
Outcome<> check_secrets(const Interview& interview, const std::string& role) {
  const auto secret = [&](const std::string& name) -> const Variable* {
    const auto* const variable = interview.contract().variable(name);
    return variable != nullptr && variable->secret ? variable : nullptr;
  };
  for (const auto& [name, reference] : interview.entries(role + "_secrets"))
    if (const auto* variable = secret(name); variable != nullptr && !variable->is_read_by(role))
      return refused_entry("export.foreign_secret", role + "_secrets." + name, "is a secret of another role.",
                           "The role " + role + " doesn't read it, and whoever breaks into it would have it.",
                           "starter-console contract show " + name);
  for (const auto& [name, value] : interview.entries(role + "_env"))
    if (secret(name) != nullptr)
      return refused_entry("export.secret_in_env", role + "_env." + name, "is a secret in the open.",
                           "It would stand in the export, in the plan and in the state.",
                           "starter-console secrets push " + name);
  return {};
}

// A value where a reference belongs would stand in the state for everyone to read.
Outcome<> check_references(const Deployment& deployment) {
  if (!deployment.target->reference) return {};
  for (const auto& [role, references] : deployment.references)
    for (const auto& [name, reference] : references)
      if (!deployment.target->reference->matches(reference))
        return refused_entry("export.reference", role + "_secrets." + name, "is no reference to a secret.",
                             "On " + deployment.target->title + " one looks like " +
                                 deployment.target->reference_example + "; a value must never stand here.",
                             "starter-console contract show " + name);
  return {};
}

}  // namespace

// Set up for another place, and without use in this one: AWS_REGION where no provider is Amazon's.
bool is_left_over(const Interview& interview, const Variable& variable, const setup::Answer& answer) {
  return answer.origin == Origin::file && !variable.required_when.empty() &&
         interview.need_of(variable).empty();
}

Outcome<Interview> known(const Invocation& invocation, const std::string& target) {
  const auto& contract = contracts::built_in();
  auto at = setup::places();
  if (invocation.has("--env-file")) {
    at.api_file = invocation.get("--env-file");
    if (std::error_code error; !std::filesystem::exists(at.api_file, error))
      return file_failure("read", at.api_file, ENOENT);
  }
  auto given = CHECKED(setup::read_given(invocation, contract, at));
  const auto preset = preset_for(contract, target, given.preset);
  given.profile = profile_for(contract, given);
  // Elsewhere one's own servers have no demo.
  given.preset = given.profile == "demo" && preset == "enterprise_custom" ? "single_server" : preset;
  setup::forget_other_suggestions(contract, given);
  forget_other_references(*contract.target(target), given);
  auto interview = CHECKED(setup::begin(contract, given));
  interview.aim_at(*contract.target(target));
  return interview;
}

bool is_anything_said(const Invocation& invocation) {
  std::error_code error;
  for (const auto* flag : {"--var", "--answers-file", "--env-file"})
    if (invocation.has(flag)) return true;
  return std::filesystem::exists(setup::places().answers(), error);
}

Outcome<Deployment> filled(const Interview& interview) {
  const auto refusals = interview.refusals();
  if (!refusals.empty()) return refused(interview, refusals);
  Deployment deployment{.target = interview.target(), .profile = interview.profile()};
  for (const auto& input : interview.contract().inputs) {
    if (!input.is_on(deployment.target->name) || input.type == InputType::map) continue;
    if (auto value = interview.said(input); !value.empty())
      deployment.inputs.push_back({&input, std::move(value), input.secret});
  }
  for (const auto& role : interview.contract().roles) {
    CHECKED(check_secrets(interview, role.name));
    auto env = environment_of(interview, role.name);
    for (auto& [name, value] : interview.entries(role.name + "_env")) env[name] = value;
    if (role.name == "worker" && !is_read_apart(interview, env)) env.clear();  // without it those of the API
    deployment.env[role.name] = std::move(env);
    add_secrets(interview, role.name, deployment);
  }
  CHECKED(check_references(deployment));
  return deployment;
}

Deployment blank(const Contract& contract, const Target& target) {
  Deployment deployment{.target = &target, .profile = {}};
  for (const auto& input : contract.inputs)
    if (input.is_on(target.name) && input.type != InputType::map)
      deployment.inputs.push_back({&input, "", input.secret});
  return deployment;
}

}  // namespace starter::console::exports
