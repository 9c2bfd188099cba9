#include "tests/native.h"

#include <algorithm>
#include <functional>
#include <sstream>

#include "tests/json_walk.h"
#include "tests/repository.h"

namespace starter::contracts::testing {

namespace json = boost::json;

namespace {

/// Text with JSON in it: container definitions, the chart's annotation.
void unpack(json::object& object, std::string_view key) {
  auto* const found = object.if_contains(key);
  if (found != nullptr && found->is_string()) *found = json::parse(found->get_string());
}

void pack(json::object& object, std::string_view key) {
  auto* const found = object.if_contains(key);
  if (found != nullptr && !found->is_string()) *found = json::value(json::serialize(*found));
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Native::Native(const Target& target) : target_(&target) {
  const auto folder = root() / "packages/starter_contracts/tests/fixtures";
  if (target.kind == "terraform") {
    std::istringstream in(read(folder / (target.name + ".jsonl")));
    for (std::string line; std::getline(in, line);) documents_.push_back(json::parse(line));
  } else {
    for (const auto& node : YAML::LoadAll(read(folder / (target.name + ".yaml"))))
      documents_.push_back(as_json(node));
  }
  for (auto& document : documents_)
    each(document, [](json::object& object) {
      unpack(object, "container_definitions");
      unpack(object, "starter/contract");
      return false;
    });
}

std::string Native::document() const {
  std::string out;
  for (auto document : documents_) {
    each(document, [](json::object& object) {
      pack(object, "container_definitions");
      pack(object, "starter/contract");
      return false;
    });
    // JSON is YAML.
    out += (is("kubernetes") ? "---\n" : "") + json::serialize(document) + "\n";
  }
  return out;
}

json::object& Native::container(const std::string& role) {
  json::object* found = nullptr;
  for (auto& document : documents_) {
    if (is("compose")) return document.at("services").at(role).as_object();
    each(document, [&](json::object& object) {
      if (!is_text(object, "name", role) || !object.contains("image")) return false;
      found = &object;
      return true;
    });
  }
  if (found == nullptr) throw std::logic_error("the fixture has no role " + role);
  return *found;
}

json::array& Native::env(const std::string& role) {
  return container(role).at(is("aws") ? "environment" : "env").as_array();
}

json::object& Native::resource(const std::string& type, const std::string& name) {
  json::object* found = nullptr;
  for (auto& document : documents_)
    each(document, [&](json::object& object) {
      if (!is_text(object, "type", type) || !is_text(object, "name", name)) return false;
      found = &object.at("values").as_object();
      return true;
    });
  if (found == nullptr) throw std::logic_error("the fixture has no " + type + "." + name);
  return *found;
}

std::vector<std::string> Native::plain(const std::string& role) {
  std::vector<std::string> names;
  if (is("compose")) {
    for (const auto& member : container(role).at("environment").as_object())
      if (!member.key().ends_with("_FILE")) names.emplace_back(member.key());
    return names;
  }
  for (const auto& one : env(role))
    if (one.at("name").is_string() && one.as_object().contains("value") && one.at("value").is_string())
      names.push_back(json::value_to<std::string>(one.at("name")));
  return names;
}

std::vector<std::string> Native::secrets(const std::string& role) {
  std::vector<std::string> names;
  if (is("compose")) {
    for (const auto& member : container(role).at("environment").as_object())
      if (member.key().ends_with("_FILE"))
        names.emplace_back(member.key().substr(0, member.key().size() - 5));
    return names;
  }
  const auto known = plain(role);
  for (const auto& one : is("aws") ? container(role).at("secrets").as_array() : env(role)) {
    auto name = json::value_to<std::string>(one.at("name"));
    if (is("aws") || std::ranges::find(known, name) == known.end()) names.push_back(std::move(name));
  }
  return names;
}

std::string Native::value(const std::string& role, const std::string& variable) {
  if (is("compose")) return json::value_to<std::string>(container(role).at("environment").at(variable));
  for (const auto& one : env(role))
    if (is_text(one.as_object(), "name", variable)) return json::value_to<std::string>(one.at("value"));
  return "";
}

void Native::drop(const std::string& role, const std::string& variable) {
  auto& inside = container(role);
  if (is("compose")) {
    inside.at("environment").as_object().erase(variable);
    inside.at("environment").as_object().erase(variable + "_FILE");
    return;
  }
  for (const char* list : {"env", "environment", "secrets"}) {
    auto* const all = inside.if_contains(list);
    if (all == nullptr) continue;
    auto& array = all->as_array();
    for (size_t i = array.size(); i-- > 0;)
      if (is_text(array[i].as_object(), "name", variable)) array.erase(array.begin() + static_cast<long>(i));
  }
}

void Native::add(const std::string& role, const std::string& variable, const std::string& value) {
  if (is("compose"))
    container(role).at("environment").as_object()[variable] = value;
  else
    env(role).push_back({{"name", variable}, {"value", value}});
}

json::array& Native::references(const std::string& role) {
  return is("aws") ? container(role).at("secrets").as_array() : env(role);
}

json::value& Native::reference(const std::string& role, const std::string& variable) {
  if (is("compose")) return container(role).at("environment").at(variable + "_FILE");
  for (auto& one : references(role))
    if (is_text(one.as_object(), "name", variable))
      return one.at(is("aws")     ? "valueFrom"
                    : is("azure") ? "secret_name"
                    : is("gcp")   ? "value_source"
                                  : "valueFrom");
  throw std::logic_error("the fixture has no secret " + variable);
}

void Native::share(const std::string& role, const std::string& variable, const std::string& other) {
  reference(role, variable) = json::value(reference(role, other));
}

void Native::swap(const std::string& role, const std::string& variable, const std::string& other) {
  std::swap(reference(role, variable), reference(role, other));
}

void Native::lend(const std::string& role, const std::string& variable, const std::string& other) {
  if (is("compose")) {
    container(role).at("environment").as_object()[variable + "_FILE"] = reference(other, variable);
    return;
  }
  for (const auto& one : references(other))
    if (is_text(one.as_object(), "name", variable)) {
      references(role).push_back(json::value(one));
      return;
    }
  throw std::logic_error("the fixture has no secret " + variable);
}

void Native::command(const std::string& role, const std::string& word) {
  container(role).at("command").as_array().push_back(json::value(word));
}

void Native::image(const std::string& role, const std::string& image) {
  container(role)["image"] = image;
}

void Native::port(const std::string& role, int port) {
  auto& inside = container(role);
  if (is("aws")) inside.at("portMappings").at(0).as_object()["containerPort"] = port;
  if (is("azure"))
    resource("azurerm_container_app", role).at("ingress").at(0).as_object()["target_port"] = port;
  if (is("gcp")) inside.at("ports").at(0).as_object()["container_port"] = port;
  if (is("kubernetes")) inside.at("ports").at(0).as_object()["containerPort"] = port;
  if (is("compose")) inside.at("expose").as_array()[0] = std::to_string(port);
}

std::vector<std::string> Native::probes(const std::string& role) {
  std::vector<std::string> kinds;
  if (role == "migrate") return kinds;
  for (const auto& kind : target_->probes)
    if (!is("aws") || kind != "readiness" || role != "worker") kinds.push_back(kind);
  return kinds;
}

void Native::probe(const std::string& role, const std::string& kind, const std::string& path) {
  auto& inside = container(role);
  const json::array words{"CMD", "curl", "-f", "http://127.0.0.1" + path};
  if (is("aws") && kind == "readiness")
    resource("aws_lb_target_group", role).at("health_check").at(0).as_object()["path"] = path;
  else if (is("aws"))
    inside.at("healthCheck").as_object()["command"] = words;
  else if (is("compose"))
    inside.at("healthcheck").as_object()["test"] = words;
  else if (is("azure"))
    inside.at(kind + "_probe").at(0).as_object()["path"] = path;
  else if (is("gcp"))
    inside.at(kind + "_probe").at(0).at("http_get").at(0).as_object()["path"] = path;
  else
    inside.at(kind + "Probe").at("httpGet").as_object()["path"] = path;
}

void Native::drop_probe(const std::string& role, const std::string& kind) {
  if (is("aws") && kind == "readiness") {
    resource("aws_lb_target_group", role)["health_check"] = json::array();
    return;
  }
  container(role).erase(is("aws")          ? "healthCheck"
                        : is("compose")    ? "healthcheck"
                        : is("kubernetes") ? kind + "Probe"
                                           : kind + "_probe");
}

void Native::drop_role(const std::string& role) {
  if (is("compose")) {
    documents_.front().at("services").as_object().erase(role);
    return;
  }
  for (auto& document : documents_)
    each(document, [&](json::object& object) {
      if (is_text(object, "name", role) && object.contains("image"))
        object["name"] = lower(role) + "-renamed";
      return false;
    });
}

void Native::drop_output(const std::string& output) {
  for (auto& document : documents_)
    each(document, [&](json::object& object) {
      auto* const outputs = object.if_contains("outputs");
      return outputs != nullptr && outputs->as_object().erase(output) > 0;
    });
}

json::object& Native::declaration() {
  json::object* found = nullptr;
  for (auto& document : documents_)
    each(document, [&](json::object& object) {
      if (!object.contains("target") || !object.contains("roles")) return false;
      found = &object;
      return true;
    });
  if (found == nullptr) throw std::logic_error("the fixture declares nothing");
  return *found;
}

json::object& Native::declared(const std::string& role) {
  return declaration().at("roles").at(role).as_object();
}

}  // namespace starter::contracts::testing
