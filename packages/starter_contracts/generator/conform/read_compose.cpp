// What docker compose renders: services, and files that they mount.
#include "document.h"
#include "yaml.h"

namespace starter::contracts::conform {

namespace {

constexpr const char* kRender =
    "docker compose --env-file ops/compose/.env.prod -f ops/compose/docker-compose.prod.yml config";

/// The place of a variable that nobody has put in yet. $$ is a dollar that stays.
bool has_variable(const std::string& value) {
  for (size_t i = 0; i + 1 < value.size(); ++i) {
    if (value[i] != '$') continue;
    const char next = value[i + 1];
    if (next == '{' || next == '_' || std::isalpha(static_cast<unsigned char>(next)) != 0) return true;
    i += next == '$' ? 1 : 0;
  }
  return false;
}

/// Where a file still is as somebody wrote it; empty when it is rendered.
std::string unrendered(const json::value& value, const std::string& path) {
  if (value.is_string()) return has_variable(text(value)) ? path + " is " + text(value) : "";
  if (value.is_object())
    for (const auto& [name, member] : value.get_object()) {
      const auto inside = path + (path.empty() ? "" : ".") + std::string(name);
      // Compose takes these two out when it renders, and what they bring would be missing here.
      if (inside == "include" || (name == "extends" && path.starts_with("services.")))
        return inside + " is there";
      if (auto found = unrendered(member, inside); !found.empty()) return found;
    }
  if (value.is_array())
    for (const auto& item : value.get_array())
      if (auto found = unrendered(item, path); !found.empty()) return found;
  return "";
}

void read_environment(const json::value& environment, RenderedRole& role) {
  const auto add = [&](const std::string& name, const json::value* value) {
    if (value == nullptr || value->is_null())
      role.opaque.push_back({name, "a value of whoever runs docker compose"});
    else
      role.env.emplace(name, Given{false, text(*value)});
  };
  if (environment.is_object())
    for (const auto& [name, value] : environment.get_object()) add(name, &value);
  for (const auto& line : environment.is_array() ? texts(environment) : std::vector<std::string>()) {
    const size_t equals = line.find('=');
    const json::value value(equals == line.npos ? "" : line.substr(equals + 1));
    add(line.substr(0, equals), equals == line.npos ? nullptr : &value);
  }
}

/// Secrets, and configs: those are readable by everybody in the container, so what they give is no reference.
void add_mounts(const json::value& service, const json::value& file, const std::string& list,
                std::vector<Mount>& mounts) {
  const bool secret = list == "secrets";
  for (const auto& one : items(at(service, list))) {
    const auto source = one.is_object() ? text(at(one, "source")) : text(one);
    const auto wanted = text(at(one, "target"));
    const auto inside = wanted.starts_with('/') ? wanted
                        : secret                ? "/run/secrets/" + (wanted.empty() ? source : wanted)
                                                : "/" + (wanted.empty() ? source : wanted);
    const Given given{secret, text(at(at(at(file, list), source), "file"))};
    mounts.push_back({inside, (secret ? "the secret " : "the config ") + source,
                      [given](const std::string&) { return Given(given); }});
  }
}

/// Both services read such a file beside their environment.
void read_bind(const json::value& volume, RenderedRole& role) {
  const auto inside = text(at(volume, "target"));
  if (inside.substr(inside.rfind('/') + 1).starts_with(".env"))
    role.opaque.push_back({"", "the file " + inside});
}

std::set<std::string> waits_for(const json::value& service) {
  std::set<std::string> names;
  const auto& all = at(service, "depends_on");
  if (all.is_object())
    for (const auto& [name, how] : all.get_object())
      if (text(at(how, "condition")) == "service_completed_successfully" &&
          text(at(how, "required")) != "false")
        names.insert(name);
  return names;
}

RenderedRole read_service(const json::value& service, const json::value& file) {
  RenderedRole role{.image = text(at(service, "image")),
                    .command = words(at(service, "entrypoint"), at(service, "command")),
                    .port = number(first(at(service, "expose"))),
                    .after = waits_for(service)};
  read_environment(at(service, "environment"), role);
  for (const auto& one : items(at(service, "env_file")))
    role.opaque.push_back({"", "env_file " + (one.is_object() ? text(at(one, "path")) : text(one))});
  for (const auto& volume : items(at(service, "volumes"))) read_bind(volume, role);
  std::vector<Mount> mounts;
  for (const char* list : {"secrets", "configs"}) add_mounts(service, file, list, mounts);
  settle_files(role, mounts, true);
  if (auto probe = health_probe(texts(at(at(service, "healthcheck"), "test"))); !probe.path.empty())
    role.probes["liveness"] = probe;
  return role;
}

}  // namespace

std::expected<RenderedTarget, Unreadable> read_compose(const std::string& name, const std::string& document) {
  RenderedTarget target{.name = name};
  const auto file = converted(YAML::Load(document));
  if (!at(file, "services").is_object()) return std::unexpected(Unreadable{"has no services", kRender});
  if (const auto raw = unrendered(file, ""); !raw.empty())
    return std::unexpected(Unreadable{"is not rendered yet: " + raw, kRender});
  for (const auto& [service, one] : at(file, "services").get_object())
    put(target, service, "service " + std::string(service), read_service(one, file));
  read_declared(at(file, "x-contract"), target);
  return target;
}

}  // namespace starter::contracts::conform
