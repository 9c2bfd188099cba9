// ECS: task definitions hold the containers, services run them, target groups ask them.
#include "document.h"

namespace starter::contracts::conform {

namespace {

RenderedRole read_container(const json::value& container) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = words(at(container, "entryPoint"), at(container, "command")),
                    .port = number(at(first(at(container, "portMappings")), "containerPort"))};
  for (const auto& one : items(at(container, "environment")))
    role.env.emplace(text(at(one, "name")), Given{false, text(at(one, "value"))});
  for (const auto& one : items(at(container, "secrets")))
    role.env.emplace(text(at(one, "name")), Given{true, text(at(one, "valueFrom"))});
  for (const auto& one : items(at(container, "environmentFiles")))
    role.opaque.push_back({"", "environmentFiles " + text(at(one, "value"))});
  for (const auto& one : items(at(container, "dependsOn")))
    if (text(at(one, "condition")) == "SUCCESS") role.after.insert(text(at(one, "containerName")));
  if (auto probe = health_probe(texts(at(at(container, "healthCheck"), "command"))); !probe.path.empty())
    role.probes["liveness"] = probe;
  return role;
}

/// The services of each task definition. A second one runs its containers a second time, and without one
/// nobody runs them but by hand.
void read_services(const json::value& module, const std::map<std::string, std::string>& families,
                   RenderedTarget& target) {
  for (const auto& [definition, family] : families) {
    std::vector<std::string> services;
    each_resource(module, [&](const std::string& type, const json::value& resource) {
      const auto runs = text(at(at(resource, "values"), "task_definition"));
      if (type == "aws_ecs_service" &&
          (runs == definition || runs == family || runs.starts_with(family + ":")))
        services.push_back(text(at(resource, "address")));
    });
    for (auto& [name, role] : target.roles) {
      if (!ends_in(family, name)) continue;
      role.job = services.empty();
      for (size_t i = 1; i < services.size(); ++i) target.again.push_back({name, services[i], role});
    }
  }
}

/// What the load balancer asks. Without a port of its own it asks the one that it sends requests to.
void read_target_group(const json::value& values, RenderedTarget& target) {
  const auto& check = first(at(values, "health_check"));
  for (auto& [name, role] : target.roles) {
    if (!ends_in(text(at(values, "name")), name)) continue;
    const int own = number(at(check, "port"));
    role.probes["readiness"] = {.path = text(at(check, "path")),
                                .port = own != 0 ? own : number(at(values, "port"))};
  }
}

}  // namespace

void read_aws(const json::value& module, RenderedTarget& target) {
  std::map<std::string, std::string> families;
  // A task definition for manual runs holds `migrate` alone; the gate inside the API's is the one that
  // counts.
  for (const bool manual : {false, true})
    each_resource(module, [&](const std::string& type, const json::value& resource) {
      const auto& values = at(resource, "values");
      const auto family = text(at(values, "family"));
      if (type != "aws_ecs_task_definition" || ends_in(family, "migrate") != manual) return;
      families[text(at(values, "arn"))] = family;
      for (const auto& container : items(parsed(text(at(values, "container_definitions")))))
        put(target, text(at(container, "name")), text(at(resource, "address")), read_container(container));
    });
  read_services(module, families, target);
  each_resource(module, [&](const std::string& type, const json::value& resource) {
    if (type == "aws_lb_target_group") read_target_group(at(resource, "values"), target);
  });
}

}  // namespace starter::contracts::conform
