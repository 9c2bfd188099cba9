// Container Apps: an app or a job with its containers, those that run before them, and its secrets.
#include "document.h"

namespace starter::contracts::conform {

namespace {

using Secrets = std::map<std::string, std::string>;  // name in the app to where it is in the vault

std::vector<Mount> mounts_of(const json::value& container, const json::value& shape, const Secrets& secrets) {
  std::vector<Mount> mounts;
  for (const auto& one : items(at(container, "volume_mounts")))
    for (const auto& volume : items(at(shape, "volume"))) {
      if (text(at(volume, "name")) != text(at(one, "name")) || text(at(volume, "storage_type")) != "Secret")
        continue;
      const auto given = [secrets](const std::string& file) {
        const auto found = secrets.find(file);
        return Given{true, found == secrets.end() ? "" : found->second};
      };
      mounts.push_back({text(at(one, "path")), "a volume of secrets", given});
    }
  return mounts;
}

RenderedRole read_container(const json::value& container, const json::value& shape, const Secrets& secrets) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = words(at(container, "command"), at(container, "args"))};
  for (const auto& one : items(at(container, "env"))) {
    const auto secret = text(at(one, "secret_name"));
    const auto found = secrets.find(secret);
    role.env.emplace(text(at(one, "name")), secret.empty()
                                                ? Given{false, text(at(one, "value"))}
                                                : Given{true, found == secrets.end() ? "" : found->second});
  }
  for (const char* kind : {"liveness", "readiness", "startup"}) {
    const auto& probe = first(at(container, std::string(kind) + "_probe"));
    if (const auto path = text(at(probe, "path")); !path.empty())
      role.probes[kind] = {.path = path, .port = number(at(probe, "port"))};
  }
  settle_files(role, mounts_of(container, shape, secrets), false);
  return role;
}

void read_app(const json::value& resource, bool job, RenderedTarget& target) {
  const auto& values = at(resource, "values");
  const auto where = text(at(resource, "address"));
  Secrets secrets;
  for (const auto& secret : items(at(values, "secret")))
    secrets[text(at(secret, "name"))] = text(at(secret, "key_vault_secret_id"));
  const auto& shape = first(at(values, "template"));
  std::set<std::string> before;
  for (const auto& container : items(at(shape, "init_container"))) {
    put(target, text(at(container, "name")), where, read_container(container, shape, secrets));
    before.insert(text(at(container, "name")));
  }
  for (const auto& container : items(at(shape, "container"))) {
    auto role = read_container(container, shape, secrets);
    role.port = number(at(first(at(values, "ingress")), "target_port"));
    role.after = before;
    role.job = job;
    put(target, text(at(container, "name")), where, std::move(role));
  }
}

}  // namespace

void read_azure(const json::value& module, RenderedTarget& target) {
  for (const bool job : {false, true})
    each_resource(module, [&](const std::string& type, const json::value& resource) {
      if (type == (job ? "azurerm_container_app_job" : "azurerm_container_app"))
        read_app(resource, job, target);
    });
}

}  // namespace starter::contracts::conform
