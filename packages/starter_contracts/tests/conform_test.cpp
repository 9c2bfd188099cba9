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
