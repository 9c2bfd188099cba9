// What runs in a role's container, what asks it, and what it waits for.
#include <algorithm>

#include "checking.h"

namespace starter::contracts::conform {

void check_process(const Checking& checking, const Role& role, const RenderedRole& given) {
  const auto& rendered = checking.rendered;
  if (given.image.empty()) checking.add("role.image", role.name, "", "has no image", "set the image");
  if (role.name == "migrate") {
    const auto api = rendered.roles.find("api");
    if (api != rendered.roles.end() && api->second.image != given.image)
      checking.add("role.image", role.name, "", "runs another image than the API",
                   "use the image of the API");
  }
  if (given.command != role.command)
    checking.add("role.command", role.name, "", "runs another command, or another entrypoint",
                 "use the command of roles.yaml");
  // A worker serves nothing but its probes; not every platform says a port for that.
  if (given.port != role.port && (role.name != "worker" || given.port != 0))
    checking.add("role.port", role.name, "", "listens on " + std::to_string(given.port),
                 "use " + std::to_string(role.port));
  if (given.job && role.port != 0)
    checking.add("role.missing", role.name, "", "is a job that ends, and nothing keeps it running",
                 "render it as a service");
  const bool gated = std::ranges::count(checking.target.gated, role.name) != 0;
  if (gated && rendered.roles.contains("migrate") && !given.after.contains("migrate"))
    checking.add("role.ungated", role.name, "", "starts before the migration has ended well",
                 "make it wait for the success of migrate");
  for (const auto& [variable, way] : given.opaque)
    checking.add("source.opaque", role.name, variable, "is given by " + way + ", which can't be read here",
                 "list each variable with its value or reference");
}

void check_probes(const Checking& checking, const Role& role, const RenderedRole& given) {
  const auto& target = checking.target;
  for (const auto& [kind, probe] : role.probes) {
    // Nothing is in front of the worker.
    const bool asked = role.name != "worker" || !std::ranges::count(target.probes_of_balancer, kind);
    const auto found = given.probes.find(kind);
    if (found == given.probes.end()) {
      if (asked && std::ranges::count(target.probes, kind))
        checking.add("probe.missing", role.name, kind, "is not probed", "probe " + probe.path);
      continue;
    }
    const auto& asks = found->second;
    if (asks.path != probe.path)
      checking.add("probe.path", role.name, kind, "asks for " + asks.path, "ask for " + probe.path);
    const auto* const other = asks.asks.empty() ? nullptr : checking.contract.role(asks.asks);
    const int port = other != nullptr ? other->port : asks.port != 0 ? asks.port : given.port;
    if (port != probe.port)
      checking.add("probe.port", role.name, kind, "asks port " + std::to_string(port),
                   "ask port " + std::to_string(probe.port));
  }
}

}  // namespace starter::contracts::conform
