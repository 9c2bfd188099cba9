// Five targets are one deployment, and whatever makes them another is found. The faults below are put into
// what targets render, in their own formats; each class of them names the code that must be reported.
#include "starter/contracts/conform.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/faults.h"
#include "tests/folder.h"
#include "tests/json_schema.h"
#include "tests/repository.h"
#include "tests/trials.h"

namespace starter::contracts::testing {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

RenderedTarget rendered(const Native& native) {
  auto result = read_target(native.target(), native.document());
  EXPECT_TRUE(result) << native.target().name << " " << (result ? "" : result.error().why);
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
  ASSERT_TRUE(target) << target.error().why;
  EXPECT_THAT(target->outputs, ::testing::ElementsAre("api_url", "contract"));
  const auto& api = target->declared.at("api");
  EXPECT_EQ(api.port, 8000);
  EXPECT_EQ(api.probes.at("liveness").path, "/health");
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
  const auto page = read(root() / "docs/contracts/findings.md");
  for (const auto& [code, about] : finding_codes())
    EXPECT_THAT(page, HasSubstr("| `" + code + "` | " + about.says + " | " + about.fix + " |\n"));
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

std::vector<FaultClass> fault_classes() {
  std::vector<FaultClass> all;
  for (auto classes :
       {plain_faults(), workload_faults(), source_faults(), reference_faults(), agreed_faults()})
    std::ranges::move(classes, std::back_inserter(all));
  return all;
}

std::set<std::string> codes_of(const std::vector<Finding>& findings) {
  std::set<std::string> codes;
  for (const auto& one : findings) {
    codes.insert(one.code);
    EXPECT_TRUE(finding_codes().contains(one.code)) << one.code;
    EXPECT_FALSE(one.fix.empty());
  }
  return codes;
}

TEST(Conform, A004_53_EveryMutationIsCaught) {
  const auto whole = all_rendered(natives());
  Random random(5);
  size_t killed = 0, total = 0;
  std::set<std::string> codes;
  for (const auto& fault_class : fault_classes()) {
    size_t of_class = 0, killed_of_class = 0;
    for (auto native : natives()) {
      for (const auto& fault : fault_class.faults(native, random)) {
        auto damaged = native;
        fault.make(damaged);
        auto all = whole;
        for (auto& target : all)
          if (target.name == native.target().name) target = rendered(damaged);
        const auto findings = check_targets(contract(), all);
        const bool seen = codes_of(findings).contains(fault.code);
        ++of_class;
        killed_of_class += seen;
        codes.insert(fault.code);
        EXPECT_TRUE(seen) << fault_class.name << ", " << native.target().name << " " << fault.what
                          << " should be " << fault.code << ":\n"
                          << listed(findings);
      }
    }
    EXPECT_GE(of_class, 2u) << fault_class.name;
    std::cout << killed_of_class << " / " << of_class << "  " << fault_class.name << "\n";
    killed += killed_of_class, total += of_class;
  }
  std::cout << "mutations caught: " << killed << " / " << total << " in " << fault_classes().size()
            << " classes\n";
  EXPECT_GE(total, 200u);
  // Two codes have tests of their own below.
  codes.insert({"variable.twice", "reference.empty"});
  for (const auto& [code, about] : finding_codes())
    EXPECT_TRUE(codes.contains(code)) << code << " is proven by no mutation";
}

TEST(Conform, A004_53_ASecondWorkerAndItsCompanionsAreNamed) {
  for (auto native : natives()) {
    native.copy("worker", "mailer", "mailer");
    const auto said = listed(check_targets(contract(), {rendered(native)}));
    EXPECT_THAT(said, HasSubstr("role.twice " + native.target().name +
                                " worker mailer: runs it a second time; scale worker by replicas\n"));
  }
}

TEST(Conform, WhatAProfileDecidedIsNotLeftToADefault) {
  auto other = contract();
  for (auto& profile : other.profiles) profile.defaults["SIGNUP_ACCESS_POLICY"] = "public";
  for (auto native : natives()) {
    native.drop("api", "SIGNUP_ACCESS_POLICY");
    native.declared("api").at("env").as_object().erase("SIGNUP_ACCESS_POLICY");
    const auto target = rendered(native);
    EXPECT_EQ(listed(check_targets(contract(), {target})), "");
    EXPECT_THAT(listed(check_targets(other, {target})),
                HasSubstr("api SIGNUP_ACCESS_POLICY: is missing (the profile staging has public)"));
  }
}

TEST(Conform, AnUnrenderedComposeFileSaysHowItIsRendered) {
  const auto& target = *contract().target("compose");
  const auto refused = [&](const std::string& text) {
    const auto result = read_target(target, text);
    EXPECT_FALSE(result) << text;
    if (result) return std::string();
    EXPECT_THAT(result.error().command, HasSubstr("docker compose --env-file ops/compose/.env.prod -f "));
    return result.error().why;
  };
  EXPECT_EQ(refused("services: {api: {image: '${API_IMAGE}'}}"),
            "is not rendered yet: services.api.image is ${API_IMAGE}");
  EXPECT_EQ(refused("services: {api: {environment: [A=1, 'LOG_LEVEL=$LOG_LEVEL']}}"),
            "is not rendered yet: services.api.environment is LOG_LEVEL=$LOG_LEVEL");
  EXPECT_EQ(refused("services: {api: {extends: {service: base}}}"),
            "is not rendered yet: services.api.extends is there");
  EXPECT_EQ(refused("include: [other.yml]\nservices: {}"), "is not rendered yet: include is there");
  // A dollar that was meant is written twice, and stays.
  EXPECT_TRUE(read_target(target, "services: {api: {command: [sh, -c, 'echo $${HOME} $$HOME 5$']}}"));
}

TEST(Conform, SourcesThatCanBeReadAreRead) {
  const auto& target = *contract().target("kubernetes");
  const auto read_api = [&](const std::string& more) {
    const auto result = read_target(target, R"(
kind: ConfigMap
metadata: {name: settings}
data: {LOG_LEVEL: INFO}
---
kind: Secret
metadata: {name: keys}
stringData: {SECRET_KEY: a-value}
---
kind: Deployment
spec:
  template:
    spec:
      volumes: [{name: keys, secret: {secretName: keys}}]
      containers:
        - name: api
)" + more);
    EXPECT_TRUE(result) << result.error().why;
    return result->roles.at("api");
  };
  auto api = read_api(
      "          envFrom: [{configMapRef: {name: settings}}, {prefix: B_, secretRef: {name: keys}}]\n");
  EXPECT_EQ(api.env.find("LOG_LEVEL")->second, (Given{false, "INFO"}));
  EXPECT_EQ(api.env.find("B_SECRET_KEY")->second, (Given{true, "keys/SECRET_KEY"}));
  EXPECT_THAT(api.opaque, IsEmpty());
  api = read_api(
      "          env: [{name: SECRET_KEY_FILE, value: /keys/SECRET_KEY},\n"
      "                {name: LOG_LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: LOG_LEVEL}}}]\n"
      "          volumeMounts: [{name: keys, mountPath: /keys}]\n");
  EXPECT_EQ(api.env.find("SECRET_KEY")->second, (Given{true, "keys/SECRET_KEY"}));
  EXPECT_EQ(api.env.find("LOG_LEVEL")->second, (Given{false, "INFO"}));
  EXPECT_THAT(api.opaque, IsEmpty());
}

TEST(Conform, OneValueInTwoSecretsOfADevelopmentClusterIsNoDifference) {
  auto native = Native(*contract().target("kubernetes"));
  auto target = rendered(native);
  const auto place = [&](const std::string& role, const std::string& holds) {
    for (auto* of : {&target.roles, &target.declared})
      of->at(role).env.find("SECRET_KEY")->second = {true, "starter-" + role + "/SECRET_KEY", holds};
  };
  place("api", "one value"), place("worker", "one value");
  EXPECT_EQ(listed(check_targets(contract(), {target})), "");
  place("worker", "another");
  EXPECT_THAT(listed(check_targets(contract(), {target})),
              HasSubstr("reference.differs kubernetes worker SECRET_KEY"));
}

TEST(Conform, AHookBeforeTheReleaseIsAGateAndATestRunsNothing) {
  auto native = Native(*contract().target("kubernetes"));
  auto text = native.document();
  native.open_gate("restartPolicy");
  EXPECT_THAT(listed(check_targets(contract(), {rendered(native)})), HasSubstr("role.ungated"));
  const auto hook = [](const std::string& when, const std::string& name) {
    return "---\nkind: Job\nmetadata: {name: j, annotations: {helm.sh/hook: '" + when +
           "'}}\nspec: {template: {spec: {containers: [{name: " + name + ", image: i}]}}}\n";
  };
  const auto gated =
      read_target(native.target(), native.document() + hook("pre-install,pre-upgrade", "migrate"));
  ASSERT_TRUE(gated);
  EXPECT_THAT(listed(check_targets(contract(), {*gated})), ::testing::Not(HasSubstr("role.ungated")));
  const auto tested = read_target(native.target(), text + hook("test", "asks"));
  ASSERT_TRUE(tested);
  EXPECT_EQ(listed(check_targets(contract(), {*tested})), "");
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
