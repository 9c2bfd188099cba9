// Something else runs, runs twice, or runs too early.
#include "tests/faults.h"

namespace starter::contracts::testing {

namespace {

/// Ways of one target, each as a fault.
std::vector<Fault> each_of(const std::vector<std::string>& ways, const std::string& code,
                           const std::function<void(Native&, const std::string&)>& make) {
  std::vector<Fault> all;
  for (const auto& way : ways) all.push_back({way, [=](Native& one) { make(one, way); }, code});
  return all;
}

std::vector<Fault> second_workloads(Native& native, Random&) {
  std::vector<Fault> all;
  for (const std::string role : {"worker", "api", "web"}) {
    all.push_back({role, [=](Native& one) { one.copy(role, role + "-b", role + "-b"); }, "role.twice"});
    all.push_back({role + " behind a shell",
                   [=](Native& one) {
                     const bool web = role == "web";
                     const std::string words = web             ? "node server.js"
                                               : role == "api" ? "starter-api serve"
                                                               : "starter-api worker";
                     one.copy(role, "extra", "extra");
                     one.run("extra", {"sh", "-c", "exec " + words + " 2>&1"});
                   },
                   "role.twice"});
    all.push_back({role + " without words",
                   [=](Native& one) {
                     one.copy(role, "extra", "extra");
                     one.run("extra", {});
                   },
                   "role.twice"});
    if (native.target().name != "compose") {
      all.push_back({role + ", its container named the same",
                     [=](Native& one) { one.copy(role, role + "-b", role); }, "role.twice"});
      if (native.target().name != "aws")
        all.push_back(
            {role + " of another kind", [=](Native& one) { one.copy_as_job(role, "extra"); }, "role.twice"});
    }
    if (native.target().name == "aws")
      all.push_back({role + " by a second service", [=](Native& one) { one.serve_twice(role, "extra"); },
                     "role.twice"});
  }
  if (native.target().name == "compose")
    all.push_back(
        {"a companion", [](Native& one) { one.run("postgres", {"starter-api", "worker"}); }, "role.twice"});
  return all;
}

std::vector<Fault> strangers(Native& native, Random&) {
  std::vector<Fault> all;
  for (const std::string role : {"api", "worker"})
    all.push_back({"beside " + role,
                   [=](Native& one) { one.beside(role, "forwarder", "ghcr.io/other/forwarder:3"); },
                   "workload.unknown"});
  all.push_back({"of its own",
                 [](Native& one) {
                   one.copy("worker", "cleaner", "cleaner");
                   one.image("cleaner", "ghcr.io/other/cleaner:3");
                   one.run("cleaner", {"clean"});
                 },
                 "workload.unknown"});
  const std::map<std::string, std::vector<std::string>> elsewhere{
      {"aws", {"aws_instance", "aws_lambda_function", "aws_apprunner_service"}},
      {"azure", {"azurerm_container_group", "azurerm_linux_web_app"}},
      {"gcp", {"google_cloud_run_service", "google_compute_instance"}}};
  if (const auto found = elsewhere.find(native.target().name); found != elsewhere.end())
    for (const auto& type : found->second)
      all.push_back({type, [=](Native& one) { one.resource_of(type, "extra"); }, "workload.unknown"});
  return all;
}

std::vector<Fault> entrypoints(Native&, Random&) {
  std::vector<Fault> all;
  for (const auto& role : serving())
    for (const auto& words : {std::vector<std::string>{"/bin/sh", "-c"}, {"/bin/wrapper"}})
      all.push_back(
          {role + " " + words[0], [=](Native& one) { one.entrypoint(role, words); }, "role.command"});
  return all;
}

std::vector<Fault> other_words(Native&, Random&) {
  std::vector<Fault> all;
  const std::pair<const char*, std::vector<std::string>> wrong[] = {
      {"api", {"starter-api", "worker"}},
      {"worker", {"starter-api", "serve"}},
      {"migrate", {"starter-api", "config"}},
      {"web", {"npm", "run", "dev"}},
      {"api", {}},
      {"migrate", {"starter-api", "migrate", "&&", "true"}}};
  for (const auto& [role, words] : wrong) {
    const std::string name = role;
    all.push_back({name + " " + (words.empty() ? "without" : words.back()),
                   [=](Native& one) {
                     one.run(name, words);
                     boost::json::array said;
                     for (const auto& word : words) said.push_back(boost::json::value(word));
                     one.declared(name)["command"] = said;
                   },
                   "role.command"});
  }
  return all;
}

std::vector<Fault> probe_ports(Native& native, Random&) {
  std::vector<Fault> all;
  for (const std::string role : {"api", "web", "worker"})
    for (const auto& kind : native.probes(role))
      all.push_back(
          {role + " " + kind, [=](Native& one) { one.probe_port(role, kind, 9999); }, "probe.port"});
  return all;
}

std::vector<Fault> probes_of_others(Native& native, Random&) {
  if (native.target().name != "aws" && native.target().name != "compose") return {};
  return {
      {"worker asks for the API",
       [](Native& one) { one.ask("worker", {"CMD", "starter-api", "healthcheck"}); }, "probe.port"},
      {"API asks for a worker",
       [](Native& one) { one.ask("api", {"CMD", "starter-api", "healthcheck", "--worker"}); }, "probe.port"}};
}

std::vector<Fault> open_gates(Native& native, Random&) {
  return each_of(native.gates(), "role.ungated",
                 [](Native& one, const std::string& way) { one.open_gate(way); });
}

std::vector<Fault> jobs(Native& native, Random&) {
  std::vector<Fault> all;
  if (native.target().name == "compose") return all;
  for (const std::string role : {"api", "web", "worker"})
    all.push_back({role, [=](Native& one) { one.as_job(role); }, "role.missing"});
  return all;
}

/// What is run by hand is the same as the gate.
std::vector<Fault> other_migrations(Native& native, Random&) {
  if (native.target().name == "compose") return {};
  return {{"with another image",
           [](Native& one) {
             one.copy("api", "again", "again");
             one.rename("again", "migrate");
           },
           "role.twice"}};
}

}  // namespace

std::vector<FaultClass> workload_faults() {
  return {{"a role runs a second time", second_workloads},
          {"something runs that nobody declared", strangers},
          {"an entrypoint stands before the command", entrypoints},
          {"a role runs other words, and says so", other_words},
          {"a probe asks another port", probe_ports},
          {"a health check asks for another role", probes_of_others},
          {"nothing waits for the migration", open_gates},
          {"a role that serves is run at times", jobs},
          {"a second migration is another one", other_migrations}};
}

}  // namespace starter::contracts::testing
