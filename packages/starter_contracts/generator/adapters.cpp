// One adapter a target. They look at what the platform will run and believe nothing else; what the target
// says about itself is read apart from that.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>

#include "starter/contracts/conform.h"

namespace starter::contracts {

namespace json = boost::json;

namespace {

/// Never throws: what isn't there is null, so that a broken document ends in findings.
const json::value& at(const json::value& value, std::string_view key) {
  static const json::value null;
  if (!value.is_object()) return null;
  const auto* found = value.get_object().if_contains(key);
  return found == nullptr ? null : *found;
}

const json::value& first(const json::value& value) {
  static const json::value null;
  return value.is_array() && !value.get_array().empty() ? value.get_array().front() : null;
}

/// Items of a list; the value itself if it is none; nothing for null.
std::vector<json::value> items(const json::value& value) {
  if (value.is_array()) return {value.get_array().begin(), value.get_array().end()};
  if (value.is_null()) return {};
  return {value};
}

std::string text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return value.is_null() || value.is_object() || value.is_array() ? "" : json::serialize(value);
}

int number(const json::value& value) {
  return std::atoi(text(value).c_str());
}

std::vector<std::string> texts(const json::value& value) {
  std::vector<std::string> all;
  for (const auto& item : items(value)) all.push_back(text(item));
  return all;
}

bool ends_in(const std::string& name, const std::string& role) {
  return name == role || name.ends_with("-" + role);
}

/// The words of a health check that asks an address: its path.
std::string path_in(const std::string& command) {
  const size_t scheme = command.find("://");
  const size_t slash = command.find('/', scheme == command.npos ? 0 : scheme + 3);
  if (scheme == command.npos || slash == command.npos) return "";
  return command.substr(slash, command.find_first_of(" '\"", slash) - slash);
}

/// The path that a container's own health check asks for. `starter-api healthcheck` asks for /health.
std::string health_path(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  if (all.find("starter-api healthcheck") != all.npos) return "/health";
  return path_in(all);
}

void read_declared(const json::value& said, RenderedTarget& target) {
  const auto& roles = at(said, "roles");
  if (!roles.is_object()) return;
  for (const auto& [name, role] : roles.get_object()) {
    RenderedRole one{.image = text(at(role, "image")),
                     .command = texts(at(role, "command")),
                     .port = number(at(role, "port"))};
    if (at(role, "probes").is_object())
      for (const auto& [kind, path] : at(role, "probes").get_object()) one.probes[kind] = text(path);
    if (at(role, "env").is_object())
      for (const auto& [variable, entry] : at(role, "env").get_object()) {
        const bool reference = text(at(entry, "kind")) == "reference";
        one.env.emplace(variable, Given{reference, text(at(entry, reference ? "reference" : "value"))});
      }
    target.declared.emplace(name, std::move(one));
  }
}

json::value parsed(const std::string& document) {
  boost::system::error_code error;
  auto value = json::parse(document, error);
  return error ? json::value() : value;
}

// --- Terraform

void each_resource(const json::value& module,
                   const std::function<void(const std::string&, const json::value&)>& see) {
  for (const auto& resource : items(at(module, "resources")))
    see(text(at(resource, "type")), at(resource, "values"));
  for (const auto& child : items(at(module, "child_modules"))) each_resource(child, see);
}

RenderedRole read_ecs(const json::value& container) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = texts(at(container, "command")),
                    .port = number(at(first(at(container, "portMappings")), "containerPort"))};
  for (const auto& one : items(at(container, "environment")))
    role.env.emplace(text(at(one, "name")), Given{false, text(at(one, "value"))});
  for (const auto& one : items(at(container, "secrets")))
    role.env.emplace(text(at(one, "name")), Given{true, text(at(one, "valueFrom"))});
  const auto path = health_path(texts(at(at(container, "healthCheck"), "command")));
  if (!path.empty()) role.probes["liveness"] = path;
  return role;
}

void read_aws(const json::value& module, RenderedTarget& target) {
  each_resource(module, [&](const std::string& type, const json::value& values) {
    if (type != "aws_ecs_task_definition") return;
    // A task definition for manual runs holds `migrate` alone; the gate inside the API's is the one that
    // counts.
    const bool manual = ends_in(text(at(values, "family")), "migrate");
    for (const auto& container : items(parsed(text(at(values, "container_definitions"))))) {
      const auto name = text(at(container, "name"));
      if (!manual || !target.roles.contains(name)) target.roles.insert_or_assign(name, read_ecs(container));
    }
  });
  each_resource(module, [&](const std::string& type, const json::value& values) {
    if (type != "aws_lb_target_group") return;
    for (auto& [name, role] : target.roles)
      if (ends_in(text(at(values, "name")), name))
        role.probes["readiness"] = text(at(first(at(values, "health_check")), "path"));
  });
}

void read_container_app(const json::value& values, RenderedTarget& target) {
  std::map<std::string, std::string> secrets;
  for (const auto& secret : items(at(values, "secret")))
    secrets[text(at(secret, "name"))] = text(at(secret, "key_vault_secret_id"));
  const auto& shape = first(at(values, "template"));
  const auto read = [&](const json::value& container) {
    RenderedRole role{.image = text(at(container, "image")), .command = texts(at(container, "command"))};
    for (const auto& one : items(at(container, "env"))) {
      const auto secret = text(at(one, "secret_name"));
      role.env.emplace(text(at(one, "name")),
                       secret.empty() ? Given{false, text(at(one, "value"))} : Given{true, secrets[secret]});
    }
    for (const char* kind : {"liveness", "readiness", "startup"}) {
      const auto path = text(at(first(at(container, std::string(kind) + "_probe")), "path"));
      if (!path.empty()) role.probes[kind] = path;
    }
    return role;
  };
  for (const auto& container : items(at(shape, "container"))) {
    auto role = read(container);
    role.port = number(at(first(at(values, "ingress")), "target_port"));
    target.roles.insert_or_assign(text(at(container, "name")), std::move(role));
  }
  for (const auto& container : items(at(shape, "init_container")))
    target.roles.insert_or_assign(text(at(container, "name")), read(container));
}

RenderedRole read_cloud_run(const json::value& container) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = texts(at(container, "command")),
                    .port = number(at(first(at(container, "ports")), "container_port"))};
  for (const auto& word : texts(at(container, "args"))) role.command.push_back(word);
  for (const auto& one : items(at(container, "env"))) {
    const auto& key = first(at(first(at(one, "value_source")), "secret_key_ref"));
    role.env.emplace(text(at(one, "name")), key.is_null() ? Given{false, text(at(one, "value"))}
                                                          : Given{true, text(at(key, "secret"))});
  }
  for (const char* kind : {"liveness", "startup"}) {
    const auto path =
        text(at(first(at(first(at(container, std::string(kind) + "_probe")), "http_get")), "path"));
    if (!path.empty()) role.probes[kind] = path;
  }
  return role;
}

void read_gcp(const json::value& module, RenderedTarget& target) {
  each_resource(module, [&](const std::string& type, const json::value& values) {
    if (type == "google_cloud_run_v2_service")
      for (const auto& container : items(at(first(at(values, "template")), "containers")))
        target.roles.insert_or_assign(text(at(container, "name")), read_cloud_run(container));
    if (type == "google_cloud_run_v2_job")
      for (const auto& container :
           items(at(first(at(first(at(values, "template")), "template")), "containers")))
        target.roles.try_emplace(text(at(container, "name")), read_cloud_run(container));
  });
}

std::expected<RenderedTarget, std::string> read_terraform(const std::string& name,
                                                          const std::string& document) {
  auto values = terraform_values(document);
  if (!values) return std::unexpected(values.error());
  RenderedTarget target{.name = name};
  const auto& module = at(*values, "root_module");
  if (name == "aws") read_aws(module, target);
  if (name == "gcp") read_gcp(module, target);
  if (name == "azure")
    each_resource(module, [&](const std::string& type, const json::value& app) {
      if (type == "azurerm_container_app") read_container_app(app, target);
    });
  if (at(*values, "outputs").is_object())
    for (const auto& [output, value] : at(*values, "outputs").get_object()) {
      target.outputs.insert(output);
      if (output == "contract") read_declared(at(value, "value"), target);
    }
  return target;
}

// --- YAML

json::value converted(const YAML::Node& node) {
  if (node.IsMap()) {
    json::object object;
    for (const auto& member : node) object[member.first.Scalar()] = converted(member.second);
    return object;
  }
  if (node.IsSequence()) {
    json::array array;
    for (const auto& item : node) array.push_back(converted(item));
    return array;
  }
  return node.IsScalar() ? json::value(node.Scalar()) : json::value();
}

// --- Kubernetes

/// "secret/key" to the key in the secret store.
std::map<std::string, std::string> external_secrets(const std::vector<json::value>& documents) {
  std::map<std::string, std::string> keys;
  for (const auto& document : documents) {
    if (text(at(document, "kind")) != "ExternalSecret") continue;
    const auto& spec = at(document, "spec");
    for (const auto& one : items(at(spec, "data")))
      keys[text(at(at(spec, "target"), "name")) + "/" + text(at(one, "secretKey"))] =
          text(at(at(one, "remoteRef"), "key"));
  }
  return keys;
}

RenderedRole read_pod(const json::value& container, const std::map<std::string, std::string>& keys) {
  RenderedRole role{.image = text(at(container, "image")),
                    .command = texts(at(container, "command")),
                    .port = number(at(first(at(container, "ports")), "containerPort"))};
  for (const auto& word : texts(at(container, "args"))) role.command.push_back(word);
  for (const auto& one : items(at(container, "env"))) {
    const auto& key = at(at(one, "valueFrom"), "secretKeyRef");
    if (key.is_null()) {
      role.env.emplace(text(at(one, "name")), Given{false, text(at(one, "value"))});
      continue;
    }
    const auto inside = text(at(key, "name")) + "/" + text(at(key, "key"));
    const auto found = keys.find(inside);
    role.env.emplace(text(at(one, "name")), Given{true, found == keys.end() ? inside : found->second});
  }
  for (const char* kind : {"liveness", "readiness", "startup"}) {
    const auto path = text(at(at(at(container, std::string(kind) + "Probe"), "httpGet"), "path"));
    if (!path.empty()) role.probes[kind] = path;
  }
  return role;
}

std::expected<RenderedTarget, std::string> read_helm(const std::string& name, const std::string& document) {
  RenderedTarget target{.name = name};
  std::vector<json::value> documents;
  for (const auto& node : YAML::LoadAll(document)) documents.push_back(converted(node));
  const auto keys = external_secrets(documents);
  for (const auto& one : documents) {
    const auto said = text(at(at(at(one, "metadata"), "annotations"), "starter/contract"));
    if (!said.empty()) read_declared(parsed(said), target);
    if (text(at(one, "kind")) != "Deployment") continue;
    const auto& pod = at(at(at(one, "spec"), "template"), "spec");
    for (const char* list : {"containers", "initContainers"})
      for (const auto& container : items(at(pod, list)))
        target.roles.insert_or_assign(text(at(container, "name")), read_pod(container, keys));
  }
  return target;
}

// --- Compose

std::multimap<std::string, std::string> compose_environment(const json::value& environment) {
  std::multimap<std::string, std::string> all;
  if (environment.is_object())
    for (const auto& [name, value] : environment.get_object()) all.emplace(name, text(value));
  for (const auto& line : environment.is_array() ? texts(environment) : std::vector<std::string>()) {
    const size_t equals = std::min(line.find('='), line.size());
    all.emplace(line.substr(0, equals), equals == line.size() ? "" : line.substr(equals + 1));
  }
  return all;
}

RenderedRole read_service(const json::value& service, const json::value& files) {
  RenderedRole role{.image = text(at(service, "image")),
                    .command = texts(at(service, "command")),
                    .port = number(first(at(service, "expose")))};
  std::map<std::string, std::string> mounted;  // path in the container to file on the host
  for (const auto& secret : items(at(service, "secrets"))) {
    const auto source = secret.is_object() ? text(at(secret, "source")) : text(secret);
    const auto wanted = text(at(secret, "target"));
    const auto inside =
        wanted.starts_with('/') ? wanted : "/run/secrets/" + (wanted.empty() ? source : wanted);
    mounted[inside] = text(at(at(files, source), "file"));
  }
  for (const auto& [name, value] : compose_environment(at(service, "environment"))) {
    const bool file = name.ends_with("_FILE");
    const auto found = mounted.find(value);
    if (file)
      role.env.emplace(name.substr(0, name.size() - 5),
                       Given{true, found == mounted.end() ? "" : found->second});
    else
      role.env.emplace(name, Given{false, value});
  }
  const auto path = health_path(texts(at(at(service, "healthcheck"), "test")));
  if (!path.empty()) role.probes["liveness"] = path;
  return role;
}

std::expected<RenderedTarget, std::string> read_compose(const std::string& name,
                                                        const std::string& document) {
  RenderedTarget target{.name = name};
  const auto file = converted(YAML::Load(document));
  if (!at(file, "services").is_object()) return std::unexpected("has no services");
  for (const auto& [service, one] : at(file, "services").get_object())
    target.roles.emplace(service, read_service(one, at(file, "secrets")));
  read_declared(at(file, "x-contract"), target);
  return target;
}

}  // namespace

std::expected<json::value, std::string> terraform_values(const std::string& document) {
  json::value values;
  // `terraform show` has them under `values`, `terraform test` right in `test_state`. A plan hides what is
  // not known yet.
  const auto take = [&](const json::value& line) {
    if (at(line, "values").is_object()) values = at(line, "values");
    if (at(line, "test_state").is_object()) values = at(line, "test_state");
  };
  if (const auto whole = parsed(document); whole.is_object()) {
    take(whole);
  } else {
    for (size_t begin = 0; begin < document.size();) {
      const size_t end = std::min(document.find('\n', begin), document.size());
      take(parsed(document.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  if (!values.is_object()) return std::unexpected("holds no state of Terraform (a run with command = apply)");
  return values;
}

std::expected<RenderedTarget, std::string> read_target(const Target& target, const std::string& document) {
  try {
    if (target.kind == "helm") return read_helm(target.name, document);
    if (target.kind == "compose") return read_compose(target.name, document);
    return read_terraform(target.name, document);
  } catch (const YAML::Exception& error) {
    return std::unexpected("is no YAML in line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
}

}  // namespace starter::contracts
