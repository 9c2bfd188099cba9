// What helm renders: everything with a pod in it, and what its pods take their variables from.
#include "document.h"
#include "yaml.h"

namespace starter::contracts::conform {

namespace {

/// ConfigMaps, Secrets and ExternalSecrets of the documents: their entries, by name.
struct Sources {
  using Entries = std::map<std::string, Given>;
  std::map<std::string, Entries> maps, secrets;
  std::set<std::string> partly;  // secrets that have more than the documents show
};

Sources sources_of(const std::vector<json::value>& documents) {
  Sources all;
  for (const auto& document : documents) {
    const auto kind = text(at(document, "kind")), name = text(at(at(document, "metadata"), "name"));
    if (kind == "ConfigMap") {
      auto& entries = all.maps[name];
      if (at(document, "data").is_object())
        for (const auto& [key, value] : at(document, "data").get_object())
          entries[key] = {false, text(value)};
    }
    if (kind == "Secret") {
      auto& entries = all.secrets[name];
      for (const char* list : {"data", "stringData"})
        if (at(document, list).is_object())
          for (const auto& [key, value] : at(document, list).get_object())
            entries[key] = {true, name + "/" + std::string(key), text(value)};
    }
    if (kind == "ExternalSecret") {
      const auto& spec = at(document, "spec");
      const auto own = text(at(at(spec, "target"), "name"));
      auto& entries = all.secrets[own.empty() ? name : own];
      for (const auto& one : items(at(spec, "data")))
        entries[text(at(one, "secretKey"))] = {true, text(at(at(one, "remoteRef"), "key"))};
      if (!items(at(spec, "dataFrom")).empty()) all.partly.insert(own.empty() ? name : own);
    }
  }
  return all;
}

/// One that isn't among the documents exists already, and is known by its name and key.
Given secret_of(const Sources& sources, const std::string& name, const std::string& key) {
  const auto secret = sources.secrets.find(name);
  if (secret != sources.secrets.end())
    if (const auto entry = secret->second.find(key); entry != secret->second.end()) return entry->second;
  return {true, name + "/" + key};
}

void read_whole(const json::value& from, const Sources& sources, RenderedRole& role) {
  const auto prefix = text(at(from, "prefix"));
  const auto map = text(at(at(from, "configMapRef"), "name")),
             secret = text(at(at(from, "secretRef"), "name"));
  const auto& all = map.empty() ? sources.secrets : sources.maps;
  const auto found = all.find(map.empty() ? secret : map);
  if (found == all.end() || (map.empty() && sources.partly.contains(secret))) {
    role.opaque.push_back({"", "envFrom of the " + (map.empty() ? "Secret " + secret : "ConfigMap " + map)});
    return;
  }
  for (const auto& [key, given] : found->second) role.env.emplace(prefix + key, given);
}

void read_variable(const json::value& one, const Sources& sources, RenderedRole& role) {
  const auto name = text(at(one, "name"));
  const auto& from = at(one, "valueFrom");
  if (!from.is_object()) {
    role.env.emplace(name, Given{false, text(at(one, "value"))});
    return;
  }
  const auto& secret = at(from, "secretKeyRef");
  const auto& map = at(from, "configMapKeyRef");
  if (secret.is_object()) {
    role.env.emplace(name, secret_of(sources, text(at(secret, "name")), text(at(secret, "key"))));
    return;
  }
  if (const auto found = sources.maps.find(text(at(map, "name")));
      map.is_object() && found != sources.maps.end())
    if (const auto entry = found->second.find(text(at(map, "key"))); entry != found->second.end()) {
      role.env.emplace(name, entry->second);
      return;
    }
  std::string way;
  for (const auto& [kind, value] : from.get_object()) way += std::string(kind) + " ";
  role.opaque.push_back({name, "valueFrom " + way.substr(0, way.size() - (way.empty() ? 0 : 1))});
}

/// The key that a volume shows as that file.
std::string key_of(const json::value& volume, const std::string& file) {
  for (const auto& item : items(at(volume, "items")))
    if (text(at(item, "path")) == file) return text(at(item, "key"));
  return file;
}

std::vector<Mount> mounts_of(const json::value& container, const json::value& pod, const Sources& sources) {
  std::vector<Mount> mounts;
  for (const auto& one : items(at(container, "volumeMounts")))
    for (const auto& volume : items(at(pod, "volumes"))) {
      if (text(at(volume, "name")) != text(at(one, "name"))) continue;
      for (const char* kind : {"secret", "configMap", "csi", "projected", "downwardAPI"}) {
        const auto& inside = at(volume, kind);
        if (inside.is_null()) continue;
        const auto name = text(at(inside, "secretName")), part = text(at(one, "subPath"));
        const bool secret = std::string_view(kind) == "secret";
        const auto given = [=, &sources](const std::string& file) {
          if (!secret) return Given{false, std::string(kind) + "/" + file};
          return secret_of(sources, name, key_of(inside, file.empty() ? part : file));
        };
        mounts.push_back({text(at(one, "mountPath")), std::string("a volume of kind ") + kind, given});
      }
    }
  return mounts;
}

RenderedProbe probe_of(const json::value& container, const std::string& kind) {
  const auto& asks = at(at(container, kind + "Probe"), "httpGet");
  RenderedProbe probe{.path = text(at(asks, "path")), .port = number(at(asks, "port"))};
  // A port has a number, or the name that the container gives it; a name that it doesn't give leads nowhere.
  if (probe.port != 0 || probe.path.empty()) return probe;
  probe.port = -1;
  for (const auto& one : items(at(container, "ports")))
    if (text(at(one, "name")) == text(at(asks, "port"))) probe.port = number(at(one, "containerPort"));
  return probe;
}

RenderedRole read_container(const json::value& container, const json::value& pod, const Sources& sources) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = words(at(container, "command"), at(container, "args")),
                    .port = number(at(first(at(container, "ports")), "containerPort"))};
  for (const auto& one : items(at(container, "env"))) read_variable(one, sources, role);
  for (const auto& one : items(at(container, "envFrom"))) read_whole(one, sources, role);
  for (const char* kind : {"liveness", "readiness", "startup"})
    if (auto probe = probe_of(container, kind); !probe.path.empty()) role.probes[kind] = probe;
  settle_files(role, mounts_of(container, pod, sources), false);
  return role;
}

/// The pod of a document: its own, that of its template, or that of its jobs. Null when it has none.
const json::value& pod_of(const json::value& document) {
  const auto& spec = at(document, "spec");
  const auto& job = at(at(spec, "jobTemplate"), "spec");
  const auto& pod = at(at(job.is_object() ? job : spec, "template"), "spec");
  return pod.is_object() ? pod : spec;
}

/// A hook of helm: a test runs nothing that serves, and one before the release is waited for by all of it.
bool is_hook(const json::value& document, const std::string& kind) {
  return text(at(at(at(document, "metadata"), "annotations"), "helm.sh/hook")).find(kind) !=
         std::string::npos;
}

void read_pod(const json::value& pod, const std::string& where, bool job, const std::set<std::string>& hooks,
              const Sources& sources, RenderedTarget& target) {
  std::set<std::string> before = hooks;
  for (const auto& container : items(at(pod, "initContainers"))) {
    const auto name = text(at(container, "name"));
    put(target, name, where, read_container(container, pod, sources));
    // One that is started again and again stays beside the others, which don't wait for its end.
    if (text(at(container, "restartPolicy")) != "Always") before.insert(name);
  }
  for (const auto& container : items(at(pod, "containers"))) {
    auto role = read_container(container, pod, sources);
    role.after = before;
    role.job = job;
    put(target, text(at(container, "name")), where, std::move(role));
  }
}

/// A list is as many documents as it has items.
void add_document(const json::value& document, std::vector<json::value>& all) {
  if (text(at(document, "kind")) != "List") return all.push_back(document);
  for (const auto& item : items(at(document, "items"))) add_document(item, all);
}

}  // namespace

std::expected<RenderedTarget, Unreadable> read_kubernetes(const std::string& name,
                                                          const std::string& document) {
  RenderedTarget target{.name = name};
  std::vector<json::value> documents;
  for (const auto& node : YAML::LoadAll(document)) add_document(converted(node), documents);
  const auto sources = sources_of(documents);
  std::set<std::string> hooks;
  for (const auto& one : documents) {
    const auto said = text(at(at(at(one, "metadata"), "annotations"), "starter/contract"));
    if (!said.empty()) read_declared(parsed(said), target);
    if (is_hook(one, "pre-install") && is_hook(one, "pre-upgrade"))
      for (const auto& container : items(at(pod_of(one), "containers")))
        hooks.insert(text(at(container, "name")));
  }
  // What serves is read before what ends by itself, so that the gate of the API is the migration that counts.
  for (const bool jobs : {false, true})
    for (const auto& one : documents) {
      const auto kind = text(at(one, "kind"));
      if (is_hook(one, "test") || jobs != (kind == "Job" || kind == "CronJob")) continue;
      read_pod(pod_of(one), kind + " " + text(at(at(one, "metadata"), "name")), jobs, hooks, sources, target);
    }
  return target;
}

}  // namespace starter::contracts::conform
