// What runs beside the roles. A role is one workload, and replicas scale it: a second one under another name
// claims the same work with settings that nobody compares.
#include <algorithm>

#include "checking.h"
#include "document.h"

namespace starter::contracts::conform {

namespace {

/// The role whose words these are, in whatever wrapping; without words, the one whose image runs them by
/// itself.
std::string role_run_by(const Checking& checking, const RenderedRole& container) {
  const auto all = " " + joined(container.command, " ") + " ";
  for (const auto& role : checking.contract.roles)
    if (all.find(" " + joined(role.command, " ") + " ") != all.npos) return role.name;
  if (container.command.empty() && !container.image.empty())
    for (const auto& role : checking.contract.roles) {
      const auto own = checking.rendered.roles.find(role.name);
      if (own != checking.rendered.roles.end() && own->second.image == container.image) return role.name;
    }
  return "";
}

/// A migration that is run by hand is the one that gates the release.
bool is_same_migration(const RenderedRole& gate, const RenderedRole& other) {
  return gate.image == other.image && gate.command == other.command && gate.env == other.env;
}

}  // namespace

void check_workloads(const Checking& checking) {
  const auto& rendered = checking.rendered;
  const auto is_companion = [&](const std::string& name) {
    return std::ranges::count(checking.target.companions, name) != 0;
  };
  const auto unknown = [&](const std::string& name) {
    checking.add("workload.unknown", "", name, "is neither a role nor a companion",
                 "remove it, or name it among the companions in targets.yaml");
  };
  for (const auto& [name, container] : rendered.roles) {
    if (checking.contract.role(name) != nullptr) continue;
    if (const auto role = role_run_by(checking, container); !role.empty())
      checking.add("role.twice", role, name, "runs it a second time", "scale " + role + " by replicas");
    else if (!is_companion(name))
      unknown(name);
  }
  for (const auto& [name, where, container] : rendered.again) {
    const auto& before = rendered.roles.at(name);
    if (name == "migrate" && is_same_migration(before, container)) continue;
    if (checking.contract.role(name) != nullptr)
      checking.add(
          "role.twice", name, where,
          name == "migrate" ? "is another migration than the one that gates" : "runs it a second time",
          name == "migrate" ? "write both from the same local" : "scale " + name + " by replicas");
    else if (const auto role = role_run_by(checking, container); !role.empty())
      checking.add("role.twice", role, where, "runs it a second time", "scale " + role + " by replicas");
    else if (!is_companion(name))
      unknown(name);
  }
  for (const auto& address : rendered.elsewhere)
    if (!is_companion(address)) unknown(address);
}

}  // namespace starter::contracts::conform
