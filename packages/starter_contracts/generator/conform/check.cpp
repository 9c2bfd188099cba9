#include <algorithm>

#include "checking.h"

namespace starter::contracts {

namespace conform {

std::string literal_of(const RenderedRole& role, const std::string& name) {
  const auto found = role.env.find(name);
  return found == role.env.end() || found->second.reference ? "" : found->second.text;
}

std::string Checking::literal(const std::string& role, const std::string& name) const {
  const auto found = rendered.roles.find(role);
  return found == rendered.roles.end() ? "" : literal_of(found->second, name);
}

namespace {

void check_outputs(const Checking& checking) {
  if (checking.target.kind != "terraform") return;
  for (const auto& output : checking.contract.outputs)
    if (output.is_on(checking.target.name) && !checking.rendered.outputs.contains(output.name))
      checking.add("output.missing", "", output.name, "is no output", "add it: " + output.meaning);
}

void check_target(const Checking& checking) {
  const auto& rendered = checking.rendered;
  for (const auto& role : checking.contract.roles) {
    const auto found = rendered.roles.find(role.name);
    // A worker of its own is a choice; the others are the deployment.
    if (found == rendered.roles.end()) {
      if (role.name != "worker" || rendered.declared.contains("worker"))
        checking.add("role.missing", role.name, "", "is not rendered", "render it");
      continue;
    }
    check_process(checking, role, found->second);
    check_probes(checking, role, found->second);
    check_variables(checking, role, found->second);
    check_needs(checking, role, found->second);
  }
  check_apart(checking);
  check_references(checking);
  check_workloads(checking);
  check_outputs(checking);
  check_declared(checking);
}

}  // namespace

}  // namespace conform

std::vector<Finding> check_targets(const Contract& contract, const std::vector<RenderedTarget>& targets) {
  std::vector<Finding> findings;
  for (const auto& rendered : targets)
    conform::check_target({contract, rendered, *contract.target(rendered.name), findings});
  for (size_t i = 0; i < targets.size(); ++i)
    for (size_t j = i + 1; j < targets.size(); ++j)
      conform::check_between(contract, targets[i], targets[j], findings);
  return findings;
}

}  // namespace starter::contracts
