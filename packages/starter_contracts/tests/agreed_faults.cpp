// What is rendered and what is declared agree, and both are wrong.
#include "tests/faults.h"
#include "tests/repository.h"

namespace starter::contracts::testing {

namespace {

namespace json = boost::json;

/// Everything that this role is given and can't do without, by the contract as it stands.
std::vector<Fault> dropped(Native& native, Random&) {
  std::vector<Fault> all;
  for (const auto& role : serving()) {
    auto names = native.plain(role);
    for (const auto& name : native.secrets(role)) names.push_back(name);
    for (const auto& name : names) {
      // What falls back to the same value is the same deployment.
      const auto& variable = contract().variable(name)->of(role);
      const bool open = name == "LOG_LEVEL" || name == "SIGNUP_ACCESS_POLICY";
      if (open && variable.fallback == native.value(role, name)) continue;
      all.push_back({role + " " + name,
                     [=](Native& one) {
                       one.drop(role, name);
                       one.declared(role).at("env").as_object().erase(name);
                     },
                     // The contract leaves it open; that the other targets have it decides.
                     name == "WORKER_DATABASE_URL" ? "variable.differs" : "variable.missing"});
    }
  }
  return all;
}

std::vector<Fault> strange_members(Native&, Random&) {
  const auto entry = [](Native& one) -> json::object& {
    return one.declared("api").at("env").at("LOG_LEVEL").as_object();
  };
  return {
      {"at the top", [](Native& one) { one.declaration()["version"] = 2; }, "declared.unknown"},
      {"of a role", [](Native& one) { one.declared("worker")["secrets"] = json::array(); },
       "declared.unknown"},
      {"of a role, misspelled",
       [](Native& one) { one.declared("web")["prots"] = one.declared("web").at("port"); },
       "declared.unknown"},
      {"of an entry", [=](Native& one) { entry(one)["sensitive"] = true; }, "declared.unknown"},
      {"another kind", [=](Native& one) { entry(one)["kind"] = "literal"; }, "declared.unknown"},
      {"a number for a list", [](Native& one) { one.declared("api")["command"] = 3; }, "declared.unknown"},
      {"of another target", [](Native& one) { one.declaration()["target"] = "other"; }, "declared.unknown"},
      {"another probe",
       [](Native& one) { one.declared("api").at("probes").as_object()["alive"] = "/health"; },
       "declared.unknown"}};
}

/// An input is one value, whoever reads it.
std::vector<Fault> one_role_differs(Native& native, Random&) {
  std::vector<Fault> all;
  const std::tuple<const char*, const char*, const char*> other[] = {
      {"web", "ENVIRONMENT", "production"},
      {"worker", "APP_PUBLIC_URL", "https://other.example.com"},
      {"migrate", "ENVIRONMENT", "test"}};
  for (const auto& [role, name, value] : other)
    if (!native.value(role, name).empty())
      all.push_back({std::string(role) + " " + name,
                     [=](Native& one) {
                       one.set(role, name, value);
                       one.declared(role).at("env").as_object()[name] = {{"kind", "plain"}, {"value", value}};
                     },
                     "variable.apart"});
  return all;
}

}  // namespace

std::vector<FaultClass> agreed_faults() {
  return {{"anything is dropped, and from what is declared too", dropped},
          {"a declaration has members that nobody knows", strange_members},
          {"one role has another value of an input, and says so", one_role_differs}};
}

}  // namespace starter::contracts::testing
