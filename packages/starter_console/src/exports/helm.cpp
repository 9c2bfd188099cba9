#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>

#include "exports/writers.h"

namespace starter::console::exports {

namespace json = boost::json;
using contracts::Input;
using contracts::InputType;

namespace {

json::object& below(json::object& root, const std::string& name) {
  auto& member = root[name];
  if (!member.is_object()) member = json::object();
  return member.get_object();
}

// "api.image" -> {"api": {"image": ...}}
void put(json::object& root, const std::string& path, json::value value) {
  json::object* at = &root;
  std::size_t from = 0;
  for (auto dot = path.find('.'); dot != path.npos; from = dot + 1, dot = path.find('.', from))
    at = &below(*at, path.substr(from, dot - from));
  (*at)[path.substr(from)] = std::move(value);
}

json::value typed(const Input& input, const std::string& text) {
  if (input.type == InputType::boolean) return text == "true";
  if (input.type == InputType::number && !text.empty()) return std::stoll(text);
  return json::string(text);
}

void emit(YAML::Emitter& out, const json::value& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.get_object()) {
      out << YAML::Key << std::string(key) << YAML::Value;
      emit(out, member);
    }
    out << YAML::EndMap;
  } else if (value.is_string()) {
    out << YAML::DoubleQuoted << std::string(value.get_string()) << YAML::Auto;
  } else {
    out << json::serialize(value);
  }
}

// Where the chart has what is a role's.
std::string section_of(const std::string& role) {
  return role == "migrate" ? "migrations" : role;
}

json::object object_of(const Environment& entries) {
  json::object all;
  for (const auto& [name, value] : entries) all[name] = value;
  return all;
}

}  // namespace

std::string helm_text(const Deployment& deployment, Mode mode, const Form& form) {
  json::object values;
  for (const auto& value : deployment.inputs) {
    const auto path = value.input->paths.find("kubernetes");
    // Registries are pull secrets of the cluster, which no values file holds.
    if (path == value.input->paths.end() || path->second == "imagePullSecrets" || path->second == "api.env")
      continue;
    if (mode == Mode::filled || value.input->required)
      put(values, path->second, typed(*value.input, value.text));
  }
  for (const auto& [role, entries] : deployment.env)
    for (const auto& [name, value] : entries)
      put(values, section_of(role) + ".env." + name, json::string(value));
  // The chart refuses an empty key: what has no reference yet can't be forgotten.
  for (const auto& [role, references] : deployment.references) {
    auto all = references;
    if (const auto own = deployment.values.find(role); own != deployment.values.end() && !form.secrets)
      for (const auto& [name, value] : own->second) all.emplace(name, "");
    if (!all.empty()) put(values, "externalSecrets." + role + ".data", object_of(all));
  }
  if (form.secrets && !deployment.values.empty()) {
    put(values, "externalSecrets.enabled", false);
    for (auto [role, entries] : deployment.values) {
      std::erase_if(entries, [](const auto& one) { return one.second.empty(); });
      put(values, section_of(role) + ".secrets", object_of(entries));
    }
  }
  YAML::Emitter out;
  emit(out, values);
  return "# Written by starter-console infra helm export" +
         (mode == Mode::filled ? ", profile " + deployment.profile : std::string()) + ".\n" + out.c_str() +
         "\n";
}

}  // namespace starter::console::exports
