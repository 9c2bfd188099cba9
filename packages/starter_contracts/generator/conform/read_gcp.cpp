// Cloud Run: services and worker pools with their containers, and jobs.
#include "document.h"

namespace starter::contracts::conform {

namespace {

std::vector<Mount> mounts_of(const json::value& container, const json::value& shape) {
  std::vector<Mount> mounts;
  for (const auto& one : items(at(container, "volume_mounts")))
    for (const auto& volume : items(at(shape, "volumes"))) {
      const auto secret = text(at(first(at(volume, "secret")), "secret"));
      if (text(at(volume, "name")) == text(at(one, "name")) && !secret.empty())
        mounts.push_back({text(at(one, "mount_path")), "a volume of the secret " + secret,
                          [secret](const std::string&) { return Given{true, secret}; }});
    }
  return mounts;
}

RenderedRole read_container(const json::value& container, const json::value& shape) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = words(at(container, "command"), at(container, "args")),
                    .port = number(at(first(at(container, "ports")), "container_port"))};
  for (const auto& one : items(at(container, "env"))) {
    const auto& key = first(at(first(at(one, "value_source")), "secret_key_ref"));
    role.env.emplace(text(at(one, "name")), key.is_null() ? Given{false, text(at(one, "value"))}
                                                          : Given{true, text(at(key, "secret"))});
  }
  for (const char* kind : {"liveness", "startup"}) {
    const auto& probe = first(at(first(at(container, std::string(kind) + "_probe")), "http_get"));
    if (const auto path = text(at(probe, "path")); !path.empty())
      role.probes[kind] = {.path = path, .port = number(at(probe, "port"))};
  }
  settle_files(role, mounts_of(container, shape), false);
  return role;
}

/// A container waits for another one until that one's start-up probe succeeds, and without one for nothing.
std::set<std::string> waits_for(const json::value& container, const json::value& shape) {
  std::set<std::string> names;
  for (const auto& name : texts(at(container, "depends_on")))
    for (const auto& other : items(at(shape, "containers")))
      if (text(at(other, "name")) == name && !first(at(other, "startup_probe")).is_null()) names.insert(name);
  return names;
}

void read_shape(const json::value& shape, const std::string& where, bool job, RenderedTarget& target) {
  for (const auto& container : items(at(shape, "containers"))) {
    auto role = read_container(container, shape);
    role.after = waits_for(container, shape);
    role.job = job;
    put(target, text(at(container, "name")), where, std::move(role));
  }
}

}  // namespace

void read_gcp(const json::value& module, RenderedTarget& target) {
  // The migration beside the API is the one that counts; the job is for manual runs.
  for (const bool job : {false, true})
    each_resource(module, [&](const std::string& type, const json::value& resource) {
      const auto& shape = first(at(at(resource, "values"), "template"));
      const auto where = text(at(resource, "address"));
      const bool serves = type == "google_cloud_run_v2_service" || type == "google_cloud_run_v2_worker_pool";
      if (serves && !job) read_shape(shape, where, job, target);
      if (type == "google_cloud_run_v2_job" && job)
        read_shape(first(at(shape, "template")), where, job, target);
    });
}

}  // namespace starter::contracts::conform
