// Five targets are one deployment, and whatever makes them another is found. The faults below are put into
// what targets render, in their own formats; each class of them names the code that must be reported.
#include "starter/contracts/conform.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "tests/folder.h"
#include "tests/json_schema.h"
#include "tests/native.h"
#include "tests/repository.h"
#include "tests/trials.h"

namespace starter::contracts::testing {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

RenderedTarget rendered(const Native& native) {
  auto result = read_target(native.target(), native.document());
  EXPECT_TRUE(result) << native.target().name << " " << (result ? "" : result.error());
  return result ? std::move(*result) : RenderedTarget{.name = native.target().name};
}

std::vector<Native> natives() {
  std::vector<Native> all;
  for (const auto& target : contract().targets) all.emplace_back(target);
  return all;
}

std::vector<RenderedTarget> all_rendered(const std::vector<Native>& natives) {
  std::vector<RenderedTarget> all;
  for (const auto& native : natives) all.push_back(rendered(native));
  return all;
}

std::string listed(const std::vector<Finding>& findings) {
  std::string out;
  for (const auto& one : findings)
    out += one.code + " " + one.target + " " + one.role + " " + one.name + ": " + one.what + "; " + one.fix +
           "\n";
  return out;
}

TEST(Conform, A004_02_A004_13_FiveTargetsAreOneDeployment) {
  const auto all = all_rendered(natives());
  for (const auto& target : all)
    EXPECT_EQ(target.roles.size() - (target.name == "compose" ? 2 : 0), 4u) << target.name;
  EXPECT_EQ(listed(check_targets(contract(), all)), "");
}

TEST(Conform, ReadsWhatTerraformReallyPrints) {
  if (!has_program("terraform")) GTEST_SKIP() << "terraform is not installed";
  const Folder folder;
  std::filesystem::create_directories(folder.path / "tests");
  std::ofstream(folder.path / "tests/contract.tftest.hcl")
      << "run \"contract\" {\n  command = apply\n}\nrun \"plan\" {\n  command = plan\n}\n";
  std::ofstream(folder.path / "main.tf") << R"(
output "api_url" { value = "https://api.example.com" }
output "contract" {
  value = { target = "gcp", roles = { api = {
    image = "r/api:1", command = ["starter-api", "serve"], port = 8000, probes = { liveness = "/health" },
    env = { LOG_LEVEL = { kind = "plain", value = "INFO" }, DATABASE_URL = { kind = "reference", reference = "db" } } } } }
})";
  ASSERT_THAT(terraform(folder.path, "init -input=false"), ::testing::Not(::testing::StartsWith("failed")));
  const auto target = read_target(*contract().target("gcp"), terraform(folder.path, "test -json -verbose"));
  ASSERT_TRUE(target) << target.error();
  EXPECT_THAT(target->outputs, ::testing::ElementsAre("api_url", "contract"));
  const auto& api = target->declared.at("api");
  EXPECT_EQ(api.port, 8000);
  EXPECT_EQ(api.probes.at("liveness"), "/health");
  EXPECT_EQ(api.env.find("DATABASE_URL")->second, (Given{true, "db"}));
  EXPECT_EQ(api.env.find("LOG_LEVEL")->second, (Given{false, "INFO"}));
}

TEST(Conform, DeclaredContractsHaveTheirShape) {
  const auto schema =
      boost::json::parse(read(root() / "packages/starter_contracts/contract/target.schema.json"));
  for (auto& native : natives()) {
    boost::json::object roles;
    for (const auto& role : contract().roles) roles[role.name] = native.declared(role.name);
    EXPECT_THAT(
        schema_problems(schema, boost::json::object{{"target", native.target().name}, {"roles", roles}}),
        IsEmpty());
  }
}

TEST(Conform, A004_43_EveryFindingIsDocumentedAndTheDecisionIsLogged) {
  EXPECT_THAT(read(root() / "docs/decisions/README.md"), HasSubstr("(0017-one-deployment-contract.md)"));
  EXPECT_FALSE(read(root() / "docs/decisions/0017-one-deployment-contract.md").empty());
  const auto page = read(root() / "docs/contracts/README.md");
  for (const auto& [code, about] : finding_codes())
    EXPECT_THAT(page, HasSubstr("| `" + code + "` | " + about + " |\n"));
}

TEST(Conform, MatrixNamesEveryVariableOnce) {
  const auto matrix = matrix_of(contract(), all_rendered(natives()));
  EXPECT_THAT(
      matrix,
      HasSubstr(
          "api                                   aws         azure       gcp         kubernetes  compose"));
  EXPECT_THAT(matrix, HasSubstr("DATABASE_URL                          reference   reference   reference   "
                                "reference   reference\n"));
  EXPECT_THAT(
      matrix,
      HasSubstr("S3_BUCKET                             plain       -           -           -           -\n"));
}

TEST(Conform, DamagedDocumentsAreRefusedOrFoundAndNeverCrash) {
  Random random(4);
  const auto whole = natives();
  for (int i = 0; i < trials(60, 3'000); ++i) {
    const auto& native = random.pick(whole);
    auto text = native.document();
    text.resize(random.below(text.size()));
    if (const auto result = read_target(native.target(), text))
      EXPECT_FALSE(check_targets(contract(), {*result}).empty()) << native.target().name;
  }
  for (const char* text :
       {"", "[]", "{}", "null", "{\"values\":{}}", "services: 3", "a: [", "services: {api: 3}"})
    for (const auto& native : whole)
      if (const auto result = read_target(native.target(), text))
        EXPECT_FALSE(check_targets(contract(), {*result}).empty());
}

// --- mutations

struct Fault {
  std::string what;
  std::function<void(Native&)> make;
  std::string code;  // must be among the findings
};

struct FaultClass {
  const char* name;
  std::function<std::vector<Fault>(Native&, Random&)> faults;
};

std::vector<std::string> serving() {
  return {"api", "web", "worker", "migrate"};
}

/// Some of them, the same in every run.
std::vector<std::string> some(std::vector<std::string> all, size_t count, Random& random) {
  while (all.size() > count) all.erase(all.begin() + static_cast<long>(random.below(all.size())));
  return all;
}

const std::vector<FaultClass>& fault_classes() {
  static const std::vector<FaultClass> classes{
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
  return classes;
}

TEST(Conform, A004_53_EveryMutationIsCaught) {
  const auto whole = all_rendered(natives());
  Random random(5);
  size_t killed = 0, total = 0;
  std::set<std::string> codes;
  for (const auto& fault_class : fault_classes()) {
    size_t of_class = 0;
    for (auto native : natives()) {
      for (const auto& fault : fault_class.faults(native, random)) {
        auto damaged = native;
        fault.make(damaged);
        auto all = whole;
        for (auto& target : all)
          if (target.name == native.target().name) target = rendered(damaged);
        const auto findings = check_targets(contract(), all);
        std::set<std::string> seen;
        for (const auto& one : findings) {
          seen.insert(one.code);
          EXPECT_TRUE(finding_codes().contains(one.code)) << one.code;
          EXPECT_FALSE(one.fix.empty());
        }
        ++total, ++of_class;
        killed += seen.contains(fault.code);
        codes.insert(fault.code);
        EXPECT_TRUE(seen.contains(fault.code)) << fault_class.name << ", " << native.target().name << " "
                                               << fault.what << " should be " << fault.code << ":\n"
                                               << listed(findings);
      }
    }
    EXPECT_GE(of_class, 2u) << fault_class.name;
  }
  std::cout << "mutations caught: " << killed << " / " << total << " in " << fault_classes().size()
            << " classes\n";
  EXPECT_GE(total, 200u);
  // Two codes have tests of their own below.
  codes.insert({"variable.twice", "reference.empty"});
  for (const auto& [code, about] : finding_codes())
    EXPECT_TRUE(codes.contains(code)) << code << " is proven by no mutation";
}

TEST(Conform, SameEntryTwiceAndEmptyReferencesAreFound) {
  for (auto& native : natives()) {
    auto target = rendered(native);
    target.roles.at("api").env.emplace("LOG_LEVEL", Given{false, "INFO"});
    target.roles.at("api").env.find("DATABASE_URL")->second.text.clear();
    const auto said = listed(check_targets(contract(), {target}));
    EXPECT_THAT(said, HasSubstr("variable.twice"));
    EXPECT_THAT(said, HasSubstr("reference.empty"));
  }
}

TEST(Conform, A000_37_WithoutAWorkerTheFlagsAreTheOperators) {
  for (auto& native : natives()) {
    auto target = rendered(native);
    target.roles.erase("worker");
    target.declared.erase("worker");
    for (const char* flag : {"ENABLE_BILLING_RETRY_WORKER", "ENABLE_BILLING_STREAM_REPLAY"})
      for (auto* of : {&target.roles, &target.declared}) of->at("api").env.find(flag)->second.text = "true";
    EXPECT_EQ(listed(check_targets(contract(), {target})), "") << native.target().name;
  }
}

}  // namespace starter::contracts::testing
