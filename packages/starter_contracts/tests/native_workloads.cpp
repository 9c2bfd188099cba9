// What runs, how often, by which words and in which order.
#include <algorithm>

#include "tests/json_walk.h"
#include "tests/native.h"

namespace starter::contracts::testing {

namespace json = boost::json;

namespace {

json::array words_of(const std::vector<std::string>& words) {
  json::array all;
  for (const auto& word : words) all.push_back(json::value(word));
  return all;
}

void rename_container(json::value& workload, const std::string& from, const std::string& to) {
  each(workload, [&](json::object& object) {
    if (is_text(object, "name", from) && object.contains("image")) object["name"] = to;
    return false;
  });
}

}  // namespace

json::array& Native::resources() {
  json::array* found = nullptr;
  for (auto& document : documents_)
    each(document, [&](json::object& object) {
      auto* const all = object.if_contains("resources");
      if (all != nullptr) found = &all->as_array();
      return found != nullptr;
    });
  if (found == nullptr) throw std::logic_error("the fixture has no resources");
  return *found;
}

/// The document, or resource, that holds the container of a role.
json::object& Native::workload(const std::string& role) {
  if (is("compose")) return container(role);
  auto holds = [&](json::value& one) {
    return each(
        one, [&](json::object& object) { return is_text(object, "name", role) && object.contains("image"); });
  };
  if (is("kubernetes")) {
    for (auto& document : documents_)
      if (holds(document)) return document.as_object();
  } else {
    for (auto& one : resources())
      if (one.at("mode") == "managed" && holds(one)) return one.as_object();
  }
  throw std::logic_error("the fixture has no workload of " + role);
}

json::object& Native::pod(const std::string& role) {
  auto& inside = workload(role);
  if (is("kubernetes")) return inside.at("spec").at("template").at("spec").as_object();
  return inside.at("values").at("template").at(0).as_object();
}

void Native::copy(const std::string& role, const std::string& name, const std::string& inside) {
  json::value again = workload(role);
  if (is("compose")) {
    documents_.front().at("services").as_object()[name] = again;
    return;
  }
  rename_container(again, role, inside);
  if (is("kubernetes")) {
    again.at("metadata").as_object()["name"] = "starter-" + name;
    documents_.push_back(again);
    return;
  }
  auto& object = again.as_object();
  object["name"] = name;
  object["address"] = "module.compute." + json::value_to<std::string>(object["type"]) + "." + name;
  object.at("values").as_object()[is("aws") ? "family" : "name"] = "starter-staging-" + name;
  if (is("aws")) object.at("values").as_object()["arn"] = "arn:aws:ecs:::task-definition/" + name + ":1";
  resources().push_back(again);
}

void Native::turn_into_job(json::object& workload) {
  if (is("kubernetes")) {
    workload["kind"] = "CronJob";
    workload["spec"] = {{"schedule", "* * * * *"}, {"jobTemplate", {{"spec", workload["spec"]}}}};
  }
  if (is("azure")) workload["type"] = "azurerm_container_app_job";
  if (is("gcp")) {
    workload["type"] = "google_cloud_run_v2_job";
    auto& pod = workload.at("values").at("template");
    pod = json::array{{{"template", pod}}};
  }
}

void Native::copy_as_job(const std::string& role, const std::string& inside) {
  copy(role, inside, inside);
  turn_into_job((is("kubernetes") ? documents_.back() : resources().back()).as_object());
}

void Native::as_job(const std::string& role) {
  if (is("aws")) resource("aws_ecs_service", role)["task_definition"] = "";
  turn_into_job(workload(role));
}

void Native::serve_twice(const std::string& role, const std::string& service) {
  json::value again = resource("aws_ecs_service", role);
  again.as_object()["name"] = "starter-staging-" + service;
  resources().push_back({{"address", "module.compute.aws_ecs_service." + service},
                         {"mode", "managed"},
                         {"type", "aws_ecs_service"},
                         {"name", service},
                         {"values", again}});
}

void Native::beside(const std::string& role, const std::string& name, const std::string& image) {
  const json::object other{{"name", name}, {"image", image}, {"command", json::array{"forward"}}};
  if (is("compose"))
    documents_.front().at("services").as_object()[name] = {{"image", image},
                                                           {"command", json::array{"forward"}}};
  else if (is("aws"))
    workload(role).at("values").at("container_definitions").as_array().push_back(other);
  else
    pod(role).at(is("azure") ? "container" : "containers").as_array().push_back(other);
}

void Native::resource_of(const std::string& type, const std::string& name) {
  resources().push_back({{"address", type + "." + name},
                         {"mode", "managed"},
                         {"type", type},
                         {"name", name},
                         {"values", {{"name", name}}}});
}

void Native::entrypoint(const std::string& role, const std::vector<std::string>& words) {
  auto& inside = container(role);
  if (is("aws"))
    inside["entryPoint"] = words_of(words);
  else if (is("compose"))
    inside["entrypoint"] = words_of(words);
  else if (is("azure"))
    inside["args"] = words_of(words);
  else
    inside["command"] = words_of(words);
}

void Native::run(const std::string& name, const std::vector<std::string>& words) {
  auto& inside = container(name);
  inside["command"] = words_of(words);
  if (!is("compose")) inside.erase("args");
}

void Native::ask(const std::string& role, const std::vector<std::string>& words) {
  if (is("aws")) container(role).at("healthCheck").as_object()["command"] = words_of(words);
  if (is("compose")) container(role).at("healthcheck").as_object()["test"] = words_of(words);
}

void Native::rename(const std::string& from, const std::string& to) {
  container(from)["name"] = to;
}

void Native::probe_port(const std::string& role, const std::string& kind, int port) {
  auto& inside = container(role);
  const auto path = json::value_to<std::string>(declared(role).at("probes").at(kind));
  const json::array asks{"CMD", "curl", "-f", "http://127.0.0.1:" + std::to_string(port) + path};
  if (is("aws") && kind == "readiness")
    resource("aws_lb_target_group", role).at("health_check").at(0).as_object()["port"] = std::to_string(port);
  else if (is("aws"))
    inside.at("healthCheck").as_object()["command"] = asks;
  else if (is("compose"))
    inside.at("healthcheck").as_object()["test"] = asks;
  else if (is("azure"))
    inside.at(kind + "_probe").at(0).as_object()["port"] = port;
  else if (is("gcp"))
    inside.at(kind + "_probe").at(0).at("http_get").at(0).as_object()["port"] = port;
  else
    inside.at(kind + "Probe").at("httpGet").as_object()["port"] = port;
}

std::vector<std::string> Native::gates() const {
  if (is("aws")) return {"no dependsOn", "START", "COMPLETE"};
  if (is("azure")) return {"beside"};
  if (is("gcp")) return {"no depends_on", "no startup_probe"};
  if (is("kubernetes")) return {"beside", "restartPolicy"};
  return {"api", "worker", "service_started", "optional"};
}

void Native::open_gate(const std::string& way) {
  if (is("aws")) {
    auto& api = container("api");
    if (way == "no dependsOn")
      api.erase("dependsOn");
    else
      api.at("dependsOn").at(0).as_object()["condition"] = way;
  } else if (is("gcp")) {
    if (way == "no depends_on") container("api").erase("depends_on");
    if (way == "no startup_probe") container("migrate").erase("startup_probe");
  } else if (is("compose")) {
    const bool whole = way == "api" || way == "worker";
    if (whole) {
      container(way).erase("depends_on");
      return;
    }
    auto& waits = container("api").at("depends_on").at("migrate").as_object();
    if (way == "optional") waits["required"] = false;
    if (way == "service_started") waits["condition"] = way;
  } else if (way == "restartPolicy") {
    container("migrate")["restartPolicy"] = "Always";
  } else {
    auto& inside = pod("api");
    const bool azure = is("azure");
    auto& first = inside.at(azure ? "init_container" : "initContainers").as_array();
    auto& all = inside.at(azure ? "container" : "containers").as_array();
    for (const auto& one : first) all.push_back(one);
    first.clear();
  }
}

}  // namespace starter::contracts::testing
