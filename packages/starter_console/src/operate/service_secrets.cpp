#include "operate/service_secrets.h"

#include <algorithm>
#include <set>

#include "frame/invocation.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"
#include "system/files.h"

namespace starter::console::operate {

using contracts::Contract;
using contracts::Variable;

namespace {

/// What every role that reads it takes.
std::size_t most(const Variable& variable) {
  int least = variable.values;
  for (const auto& [role, reading] : variable.by_role) least = std::min(least, reading.values);
  return static_cast<std::size_t>(least);
}

constexpr std::string_view kDocs = "docs/how-to/rotate-keys.md";

std::set<std::string> log_ins(const Contract& contract) {
  std::set<std::string> all;
  for (const auto* list : {&contract.secret_managers, &contract.object_stores})
    for (const auto& provider : *list)
      for (const auto* names : {&provider.required, &provider.one_of, &provider.optional})
        all.insert(names->begin(), names->end());
  return all;
}

bool is_referenced(const Variable& variable) {
  return std::ranges::any_of(variable.targets,
                             [](const auto& one) { return one.second.carry == "reference"; });
}

Failure no_step(const Variable& variable, std::string why, std::string fix) {
  return {.code = "secrets.step",
          .what = variable.name + " can't take this step.",
          .why = std::move(why),
          .fix = std::move(fix),
          .exit = Exit::usage,
          .docs = std::string(kDocs)};
}

}  // namespace

std::vector<const Variable*> service_secrets(const Contract& contract) {
  const auto not_these = log_ins(contract);
  std::vector<const Variable*> all;
  for (const auto& variable : contract.variables) {
    const bool a_name = variable.name.find('<') == std::string::npos;
    if (variable.secret && a_name && variable.name != kSigningSecret && variable.unused.empty() &&
        !not_these.contains(variable.name) && is_referenced(variable))
      all.push_back(&variable);
  }
  return all;
}

Outcome<const Variable*> service_secret(const Contract& contract, const std::string& name) {
  std::vector<std::string> names;
  for (const auto* one : service_secrets(contract)) {
    if (one->name == name) return one;
    names.push_back(one->name);
  }
  const auto near = nearest(name, names);
  return Failure{
      .code = "secrets.unknown",
      .what = "No service takes a secret " + name + ".",
      .why = near.empty() ? "The contract has none of that name." : "The nearest one is " + near + ".",
      .fix = "starter-console contract show" + (near.empty() ? "" : " " + near),
      .exit = Exit::usage,
      .docs = "docs/security/secrets-providers.md"};
}

std::vector<Variable> rotatable_secrets(const Contract& contract) {
  std::vector<Variable> all;
  for (const auto* one : service_secrets(contract))
    if (one->generated > 0 && one->values > 1) all.push_back(*one);
  all.push_back(*contract.variable(kSigningSecret));
  return all;
}

Outcome<Variable> rotatable_secret(const Contract& contract, const std::string& name) {
  for (auto& one : rotatable_secrets(contract))
    if (one.name == name) return std::move(one);
  static_cast<void>(CHECKED(service_secret(contract, name)));
  return Failure{.code = "secrets.not_ours",
                 .what = name + " is not made here, so it can't be made anew here.",
                 .why = "It is the other side's: its owner gives out a new one.",
                 .fix = "starter-console secrets push " + name + "   # once the new one is set",
                 .exit = Exit::usage,
                 .docs = std::string(kDocs)};
}

void add_reference(References& all, const Variable& variable, const std::string& reference) {
  for (const auto& role : contracts::built_in().roles)
    if (variable.is_read_by(role.name)) all[role.name + "_secrets"][variable.name] = reference;
}

RotationStep due_step(const std::string& value) {
  return parts_of(value).size() < 2 ? RotationStep::add : RotationStep::use;
}

Outcome<std::string> rotated(const Variable& variable, const std::string& value, RotationStep step) {
  auto parts = parts_of(value);
  if (parts.empty()) return no_step(variable, "It has no value yet.", "starter-console setup wizard");
  if (step == RotationStep::add) {
    if (parts.size() >= most(variable))
      return no_step(variable, "It has " + std::to_string(most(variable)) + " values already.",
                     "--step drop");
    return value + "," + random_secret(static_cast<std::size_t>(variable.generated));
  }
  if (parts.size() < 2)
    return no_step(variable, "It has one value, and there is no other to use.", "--step add");
  if (step == RotationStep::drop) return std::string(parts.front());
  std::ranges::rotate(parts, parts.end() - 1);
  return joined(parts, ",");
}

}  // namespace starter::console::operate
