// What a role is given, how it is asked and what a target says of it: one class for each mistake.
#include "tests/faults.h"
#include "tests/repository.h"

namespace starter::contracts::testing {

std::vector<std::string> serving() {
  return {"api", "web", "worker", "migrate"};
}

namespace {

/// Some of them, the same in every run.
std::vector<std::string> some(std::vector<std::string> all, size_t count, Random& random) {
  while (all.size() > count) all.erase(all.begin() + static_cast<long>(random.below(all.size())));
  return all;
}

}  // namespace

std::vector<FaultClass> plain_faults() {
  return {
      {"a plain variable is dropped",
       [](Native& native, Random& random) {
         std::vector<Fault> all;
         for (const auto& role : serving())
           for (const auto& name : some(native.plain(role), 3, random))
             all.push_back(
                 {role + " " + name, [=](Native& one) { one.drop(role, name); }, "declared.differs"});
         return all;
       }},
      {"a needed variable is dropped, and from what is declared too",
       [](Native&, Random&) {
         std::vector<Fault> all;
         const std::pair<const char*, const char*> needed[] = {
             {"api", "ALLOWED_HOSTS"}, {"api", "APP_PUBLIC_URL"},  {"api", "SECRETS_PROVIDER"},
             {"web", "API_BASE_URL"},  {"worker", "HOST"},         {"api", "ENABLE_BILLING_STREAM_REPLAY"},
             {"api", "DATABASE_URL"},  {"worker", "DATABASE_URL"}, {"migrate", "MIGRATE_DATABASE_URL"},
             {"api", "SECRET_KEY"},    {"web", "WEB_TIER_SECRET"}, {"web", "HOSTNAME"}};
         for (const auto& [role, name] : needed)
           all.push_back({std::string(role) + " " + name,
                          [=](Native& one) {
                            one.drop(role, name);
                            one.declared(role).at("env").as_object().erase(name);
                          },
                          "variable.missing"});
         return all;
       }},
      {"a variable is renamed",
       [](Native& native, Random& random) {
         std::vector<Fault> all;
         for (const auto& role : {"api", "web", "worker"})
           for (const auto& name : some(native.plain(role), 2, random))
             all.push_back({std::string(role) + " " + name,
                            [=](Native& one) {
                              const auto value = one.value(role, name);
                              one.drop(role, name);
                              one.add(role, name + "S", value);
                            },
                            "variable.unknown"});
         return all;
       }},
      {"a secret is given in the open",
       [](Native& native, Random& random) {
         std::vector<Fault> all;
         for (const auto& role : serving())
           for (const auto& name : some(native.secrets(role), 3, random))
             all.push_back(
                 {role + " " + name,
                  [=](Native& one) { one.set(role, name, "0123456789012345678901234567890123456789"); },
                  "variable.literal_secret"});
         return all;
       }},
      {"a name is in both lists",
       [](Native& native, Random& random) {
         std::vector<Fault> all;
         for (const auto& role : {"api", "worker"})
           for (const auto& name : some(native.secrets(role), 1, random))
             all.push_back({std::string(role) + " " + name, [=](Native& one) { one.add(role, name, "x"); },
                            "variable.literal_secret"});
         return all;
       }},
      {"a variable that another role reads",
       [](Native&, Random&) {
         std::vector<Fault> all;
         const std::pair<const char*, const char*> wrong[] = {{"web", "SIGNUP_ACCESS_POLICY"},
                                                              {"worker", "ALLOWED_HOSTS"},
                                                              {"migrate", "LOG_LEVEL"},
                                                              {"api", "API_BASE_URL"},
                                                              {"web", "DATABASE_POOL_SIZE"}};
         for (const auto& [role, name] : wrong)
           all.push_back({std::string(role) + " " + name, [=](Native& one) { one.add(role, name, "INFO"); },
                          "variable.extra"});
         all.push_back(
             {"api NO_COLOR", [](Native& one) { one.add("api", "NO_COLOR", "1"); }, "variable.extra"});
         all.push_back({"api JWT_ALGORITHM", [](Native& one) { one.add("api", "JWT_ALGORITHM", "HS256"); },
                        "variable.extra"});
         return all;
       }},
      {"a secret that another role reads",
       [](Native&, Random&) {
         std::vector<Fault> all;
         const std::tuple<const char*, const char*, const char*> wrong[] = {
             {"api", "MIGRATE_DATABASE_URL", "migrate"},
             {"worker", "MIGRATE_DATABASE_URL", "migrate"},
             {"web", "MIGRATE_DATABASE_URL", "migrate"},
             {"api", "WORKER_DATABASE_URL", "worker"},
             {"web", "DATABASE_URL", "api"},
             {"migrate", "SECRET_KEY", "api"}};
         for (const auto& [role, name, other] : wrong) {
           const std::string by = role, variable = name, from = other;
           all.push_back({by + " " + variable, [=](Native& one) { one.lend(by, variable, from); },
                          "variable.foreign_secret"});
           // And where the target admits it.
           all.push_back({by + " " + variable + ", declared",
                          [=](Native& one) {
                            one.lend(by, variable, from);
                            one.declared(by).at("env").as_object()[variable] =
                                one.declared(from).at("env").at(variable);
                          },
                          "variable.foreign_secret"});
         }
         for (const char* role : {"api", "worker", "migrate"})
           all.push_back({std::string(role) + " BACKUP_DATABASE_URL",
                          [=](Native& one) { one.add(role, "BACKUP_DATABASE_URL", "postgresql://b:c@d/e"); },
                          "variable.foreign_secret"});
         return all;
       }},
      {"a reserved name is set",
       [](Native& native, Random&) {
         std::vector<Fault> all;
         for (const auto& name : native.target().reserved)
           all.push_back(
               {"api " + name, [=](Native& one) { one.add("api", name, "8000"); }, "variable.reserved"});
         return all;
       }},
      {"a value is not allowed",
       [](Native&, Random&) {
         std::vector<Fault> all;
         const std::tuple<const char*, const char*, const char*> wrong[] = {
             {"api", "LOG_LEVEL", "LOUD"},
             {"api", "DRAIN_SECONDS", "soon"},
             {"web", "ENVIRONMENT", "stage"},
             {"worker", "DRAIN_SECONDS", "9999"},
             {"api", "SECRETS_PROVIDER", "keychain"},
             {"api", "APP_PUBLIC_URL", "app.example.com"}};
         for (const auto& [role, name, value] : wrong)
           all.push_back({std::string(role) + " " + name, [=](Native& one) { one.set(role, name, value); },
                          "variable.value"});
         return all;
       }},
      {"a derived value differs",
       [](Native&, Random&) {
         std::vector<Fault> all;
         const std::tuple<const char*, const char*, const char*> wrong[] = {
             {"api", "ALLOWED_ORIGINS", "https://other.example.com"},
             {"api", "ALLOWED_HOSTS", "*"},
             {"web", "NODE_ENV", "development"},
             {"worker", "HOST", "127.0.0.1"},
             {"api", "BILLING_RETRY_DEPLOYMENT_MODE", "inline"}};
         for (const auto& [role, name, value] : wrong)
           all.push_back({std::string(role) + " " + name, [=](Native& one) { one.set(role, name, value); },
                          "variable.derived"});
         return all;
       }},
      {"worker flags on two roles, or on none",
       [](Native&, Random&) {
         std::vector<Fault> all;
         for (const char* flag : {"ENABLE_BILLING_RETRY_WORKER", "ENABLE_BILLING_STREAM_REPLAY"}) {
           all.push_back({std::string("api ") + flag, [=](Native& one) { one.set("api", flag, "true"); },
                          "variable.derived"});
           all.push_back({std::string("worker ") + flag,
                          [=](Native& one) { one.set("worker", flag, "false"); }, "variable.derived"});
         }
         return all;
       }},
      {"one target has another value, and says so",
       [](Native&, Random&) {
         std::vector<Fault> all;
         const std::tuple<const char*, const char*, const char*> other[] = {
             {"api", "LOG_LEVEL", "DEBUG"},
             {"web", "API_BASE_URL", "https://api2.example.com"},
             {"worker", "MAIL_FROM", "Other <other@example.com>"},
             {"web", "ENVIRONMENT", "production"}};
         for (const auto& [role, name, value] : other)
           all.push_back({std::string(role) + " " + name,
                          [=](Native& one) {
                            one.set(role, name, value);
                            one.declared(role).at("env").as_object()[name] = {{"kind", "plain"},
                                                                              {"value", value}};
                          },
                          "variable.differs"});
         return all;
       }},
      {"references are swapped",
       [](Native&, Random&) {
         return std::vector<Fault>{
             {"api", [](Native& one) { one.swap("api", "DATABASE_URL", "REDIS_URL"); }, "declared.differs"},
             {"migrate", [](Native& one) { one.swap("migrate", "DATABASE_URL", "MIGRATE_DATABASE_URL"); },
              "declared.differs"}};
       }},
      {"two secrets share a reference",
       [](Native&, Random&) {
         return std::vector<Fault>{
             {"api", [](Native& one) { one.share("api", "SECRET_KEY", "AUTH_PASSWORD_PEPPER"); },
              "reference.shared"},
             {"worker", [](Native& one) { one.share("worker", "WORKER_DATABASE_URL", "DATABASE_URL"); },
              "reference.shared"}};
       }},
      {"a probe asks elsewhere",
       [](Native& native, Random&) {
         std::vector<Fault> all;
         for (const auto& role : {"api", "web", "worker"})
           for (const auto& kind : native.probes(role))
             all.push_back({std::string(role) + " " + kind,
                            [=](Native& one) { one.probe(role, kind, "/healthz"); }, "probe.path"});
         return all;
       }},
      {"liveness asks for readiness",
       [](Native&, Random&) {
         return std::vector<Fault>{
             {"api", [](Native& one) { one.probe("api", "liveness", "/health/ready"); }, "probe.path"},
             {"web", [](Native& one) { one.probe("web", "liveness", "/api/health/ready"); }, "probe.path"}};
       }},
      {"a probe is lost",
       [](Native& native, Random&) {
         std::vector<Fault> all;
         for (const auto& role : {"api", "web", "worker"})
           for (const auto& kind : native.probes(role))
             all.push_back(
                 {std::string(role) + " " + kind,
                  [=](Native& one) {
                    one.drop_probe(role, kind);
                    one.declared(role).at("probes").as_object().erase(kind);
                  },
                  native.target().name == "aws" && kind == "readiness" ? "probe.path" : "probe.missing"});
         return all;
       }},
      {"another command",
       [](Native&, Random&) {
         std::vector<Fault> all;
         for (const auto& role : serving())
           all.push_back({role, [=](Native& one) { one.command(role, "--debug"); }, "role.command"});
         return all;
       }},
      {"another port",
       [](Native&, Random&) {
         std::vector<Fault> all;
         for (const std::string role : {"api", "web"})
           all.push_back({role, [=](Native& one) { one.port(role, 8080); }, "role.port"});
         return all;
       }},
      {"the migration of another image, or none at all",
       [](Native&, Random&) {
         return std::vector<Fault>{
             {"migrate", [](Native& one) { one.image("migrate", "ghcr.io/example/starter-api:1.3.0"); },
              "role.image"},
             {"web", [](Native& one) { one.image("web", ""); }, "role.image"}};
       }},
      {"a role is lost",
       [](Native&, Random&) {
         std::vector<Fault> all;
         for (const auto& role : serving())
           all.push_back({role, [=](Native& one) { one.drop_role(role); }, "role.missing"});
         return all;
       }},
      {"an output is lost",
       [](Native& native, Random&) {
         std::vector<Fault> all;
         if (native.target().kind != "terraform") return all;
         for (const auto& output : contract().outputs)
           if (output.is_on(native.target().name))
             all.push_back(
                 {output.name, [=](Native& one) { one.drop_output(output.name); }, "output.missing"});
         return all;
       }},
      {"what is declared is not what is rendered",
       [](Native&, Random&) {
         return std::vector<Fault>{
             {"value",
              [](Native& one) {
                one.declared("api").at("env").as_object()["LOG_LEVEL"] = {{"kind", "plain"},
                                                                          {"value", "ERROR"}};
              },
              "declared.differs"},
             {"kind",
              [](Native& one) {
                one.declared("api").at("env").as_object()["DATABASE_URL"] = {{"kind", "plain"},
                                                                             {"value", "x"}};
              },
              "declared.differs"},
             {"port", [](Native& one) { one.declared("web")["port"] = 80; }, "declared.differs"},
             {"probe",
              [](Native& one) { one.declared("web")["probes"] = boost::json::object{{"liveness", "/"}}; },
              "declared.differs"},
             {"command", [](Native& one) { one.declared("worker")["command"] = boost::json::array{"sleep"}; },
              "declared.differs"},
             {"image", [](Native& one) { one.declared("api")["image"] = "other"; }, "declared.differs"}};
       }},
  };
}

}  // namespace starter::contracts::testing
