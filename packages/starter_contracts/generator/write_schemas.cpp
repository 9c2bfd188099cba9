// JSON Schemas: of an environment, and of the chart's values.
#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "writers.h"

namespace starter::contracts {

namespace json = boost::json;

namespace {

void indent(std::string& out, const json::value& value, size_t depth) {
  const std::string pad((depth + 1) * 2, ' ');
  const auto list = [&](const auto& all, char open, char close, auto write) {
    if (all.empty()) return static_cast<void>((out += open, out += close));
    out += open;
    bool first = true;
    for (const auto& one : all) {
      out += std::exchange(first, false) ? "\n" + pad : ",\n" + pad;
      write(one);
    }
    out += "\n" + std::string(depth * 2, ' ') + close;
  };
  if (value.is_object()) {
    list(value.get_object(), '{', '}', [&](const auto& member) {
      out += json::serialize(json::value(member.key())) + ": ";
      indent(out, member.value(), depth + 1);
    });
  } else if (value.is_array() &&
             std::ranges::any_of(value.get_array(), [](const auto& one) { return one.is_object(); })) {
    list(value.get_array(), '[', ']', [&](const auto& one) { indent(out, one, depth + 1); });
  } else {
    out += json::serialize(value);
  }
}

std::string printed(const json::value& value) {
  std::string out;
  indent(out, value, 0);
  return out + "\n";
}

std::string alternatives(const std::vector<std::string>& words) {
  return "(" + joined(words, "|") + ")";
}

/// A range is said as numbers, and held by a pattern: minimum and maximum of JSON Schema pass over text.
void add_range(const Variable& variable, json::object& shape) {
  if (!variable.min) return;
  shape["pattern"] = "^" + range_pattern(variable) + "$";
  shape["minimum"] = static_cast<int64_t>(*variable.min);
  if (variable.max) shape["maximum"] = static_cast<int64_t>(*variable.max);
}

/// What a value of the environment looks like; all of them are text.
json::object shape_of(const Variable& variable) {
  json::object shape{{"type", "string"}};
  const std::string whole = "^(?:";
  if (variable.pattern) shape["pattern"] = whole + variable.pattern->text() + ")$";
  switch (variable.type) {
    case Type::integer:
      shape["pattern"] = "^-?[0-9]+$";
      add_range(variable, shape);
      break;
    case Type::number:
      shape["pattern"] = "^-?[0-9]+([.][0-9]+)?$";
      add_range(variable, shape);
      break;
    case Type::boolean:
      shape["enum"] =
          json::value_from(std::vector<std::string>{"true", "false", "1", "0", "yes", "no", "on", "off"});
      break;
    case Type::choice: {
      auto all = variable.allowed;
      for (const auto& [alias, value] : variable.value_aliases) all.push_back(alias);
      shape["enum"] = json::value_from(all);
      break;
    }
    case Type::url:
      shape["pattern"] =
          "^" +
          (variable.allowed.empty() ? std::string("[a-z][a-z0-9+.-]*") : alternatives(variable.allowed)) +
          "://";
      break;
    case Type::mailbox:
      shape["pattern"] = "^([^<>]*<)?[^ <>@]+@[^ <>@]+[.][^ <>@]+>?$";
      break;
    default:
      if (variable.min) shape["minLength"] = static_cast<int64_t>(*variable.min);
      if (variable.max) shape["maxLength"] = static_cast<int64_t>(*variable.max);
  }
  return shape;
}

json::object described(const Variable& variable) {
  auto shape = shape_of(variable);
  json::object out{{"description", variable.meaning + "."}};
  for (auto& [key, value] : shape) out[key] = value;
  if (variable.fallback) out["default"] = *variable.fallback;
  if (variable.secret) out["writeOnly"] = true;
  return out;
}

std::string name_pattern(const std::string& name) {
  const size_t open = name.find('<'), close = name.find('>');
  return "^" + name.substr(0, open) + "[A-Z0-9_]+" + name.substr(close + 1) + "$";
}

/// Variables as members of an object; those with a placeholder by pattern.
void add_members(const Contract& contract, json::object& schema, auto wanted, auto shape) {
  json::object properties, patterns;
  for (const auto& variable : contract.variables) {
    if (!wanted(variable)) continue;
    if (variable.name.find('<') == std::string::npos)
      properties[variable.name] = shape(variable);
    else
      patterns[name_pattern(variable.name)] = shape(variable);
  }
  schema["properties"] = properties;
  if (!patterns.empty()) schema["patternProperties"] = patterns;
}

json::object of_env(const Contract& contract, const std::string& role) {
  json::object schema{
      {"type", "object"}, {"description", "Variables in the open"}, {"additionalProperties", false}};
  add_members(
      contract, schema,
      [&](const auto& one) {
        return one.is_read_by(role) && !one.secret && one.unused.empty() &&
               one.targets.at("kubernetes").omitted.empty();
      },
      [&](const auto& one) { return json::value(described(one.of(role))); });
  return schema;
}

// Anything may be kept in a secret, also what need not be: a name is then dropped from the plain list.
json::object secrets_with(const Contract& contract, const std::string& role, const char* about, auto shape) {
  json::object schema{{"type", "object"}, {"description", about}, {"additionalProperties", false}};
  add_members(
      contract, schema,
      [&](const auto& one) {
        return one.is_read_by(role) && one.unused.empty() && one.targets.at("kubernetes").omitted.empty();
      },
      shape);
  return schema;
}

json::object keys_of_secrets(const Contract& contract, const std::string& role) {
  return secrets_with(contract, role, "Each variable with its key in the secret store",
                      [](const auto&) { return json::value{{"type", "string"}, {"minLength", 1}}; });
}

json::object of_secrets(const Contract& contract, const std::string& role) {
  return secrets_with(contract, role, "Values, for externalSecrets.enabled false", [&](const auto& one) {
    auto shape = shape_of(one.of(role));
    if (!shape.contains("minLength")) shape["minLength"] = 1;
    return json::value(std::move(shape));
  });
}

json::object object_of(json::object properties) {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

json::object reference(const char* name) {
  return {{"$ref", std::string("#/$defs/") + name}};
}

json::value of_role(const Contract& contract, const std::string& role) {
  json::object properties{
      {"image", {{"type", "string"}}},         {"env", of_env(contract, role)},
      {"secrets", of_secrets(contract, role)}, {"secretName", {{"type", "string"}}},
      {"resources", reference("resources")},   {"replicas", {{"type", "integer"}, {"minimum", 1}}}};
  if (role == "worker") properties["enabled"] = {{"type", "boolean"}};
  return object_of(std::move(properties));
}

// It runs the image of the API, once for each rollout.
json::value of_migrations(const Contract& contract) {
  return object_of({{"enabled", {{"type", "boolean"}}},
                    {"mode", {{"enum", json::array{"init", "hook"}}}},
                    {"env", of_env(contract, "migrate")},
                    {"secrets", of_secrets(contract, "migrate")},
                    {"secretName", {{"type", "string"}}},
                    {"resources", reference("resources")}});
}

json::object definitions() {
  const json::value text{{"type", "string"}};
  const json::value amount{{"type", "object"},
                           {"additionalProperties", {{"type", json::array{"string", "number"}}}}};
  json::object all;
  all["resources"] = object_of({{"requests", amount}, {"limits", amount}});
  all["hosts"] = {{"type", "array"}, {"items", object_of({{"host", text}})}};
  all["tls"] = {
      {"type", "array"},
      {"items", object_of({{"secretName", text}, {"hosts", {{"type", "array"}, {"items", text}}}})}};
  all["scale"] = object_of({{"minReplicas", {{"type", "integer"}, {"minimum", 1}}},
                            {"maxReplicas", {{"type", "integer"}, {"minimum", 1}}}});
  return all;
}

}  // namespace

std::string write_settings_schema(const Contract& contract) {
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "Environment of this project"},
                      {"description",
                       "Every variable that is read, or comes with a feature. Values are text: minimum and "
                       "maximum say the range "
                       "of a number, its pattern holds it."},
                      {"type", "object"}};
  add_members(
      contract, schema, [](const auto& one) { return one.unused.empty(); },
      [](const Variable& one) {
        auto out = described(one);
        // Where two roles read a variable differently, either shape will do here.
        if (!one.by_role.empty()) {
          json::array shapes{shape_of(one)};
          for (const auto& [role, other] : one.by_role)
            if (json::value shape = shape_of(other); std::ranges::find(shapes, shape) == shapes.end())
              shapes.push_back(std::move(shape));
          if (shapes.size() > 1) out = {{"description", one.meaning + "."}, {"anyOf", shapes}};
        }
        out["x-roles"] = json::value_from(one.roles);
        if (!one.required_when.empty()) out["x-required-when"] = one.required_when;
        if (!one.awaits.empty()) out["x-awaits"] = one.awaits;
        return json::value(out);
      });
  return printed(schema);
}

std::string write_values_schema(const Contract& contract) {
  const json::value text{{"type", "string"}}, flag{{"type", "boolean"}};
  json::object roles, data;
  json::object properties;
  for (const auto& role : contract.roles) {
    if (role.name == "migrate")
      properties["migrations"] = of_migrations(contract);
    else
      properties[role.name] = of_role(contract, role.name);
    data[role.name] = object_of({{"data", keys_of_secrets(contract, role.name)}});
  }
  data["enabled"] = flag;
  data["secretStoreRef"] =
      object_of({{"name", text}, {"kind", {{"enum", json::array{"SecretStore", "ClusterSecretStore"}}}}});
  properties["nameOverride"] = text;
  properties["environment"] = text;
  properties["imagePullSecrets"] = {{"type", "array"}, {"items", object_of({{"name", text}})}};
  properties["ingress"] = object_of({{"enabled", flag},
                                     {"className", text},
                                     {"annotations", {{"type", "object"}, {"additionalProperties", text}}},
                                     {"hosts", reference("hosts")},
                                     {"tls", reference("tls")},
                                     {"apiHosts", reference("hosts")},
                                     {"apiTls", reference("tls")}});
  properties["ingressPaths"] = object_of({{"api", text}, {"web", text}, {"apiHost", text}});
  properties["externalSecrets"] = object_of(data);
  properties["autoscaling"] =
      object_of({{"enabled", flag},
                 {"targetCPUUtilizationPercentage", {{"type", "integer"}, {"minimum", 1}, {"maximum", 100}}},
                 {"api", reference("scale")},
                 {"web", reference("scale")}});
  properties["guards"] = object_of({{"enabled", flag}});
  properties["global"] = {{"type", "object"}};
  auto schema = object_of(std::move(properties));
  json::object out{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "Values of the chart"},
      {"description", std::string("Written by starter-console contract render from ") + kSource}};
  for (auto& [key, value] : schema) out[key] = value;
  out["$defs"] = definitions();
  return printed(out);
}

}  // namespace starter::contracts
