// infra deps: the tools of each target, on machines that have them, lack them, or have them too old.
#include "checks/deps.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/setup/operator.h"

namespace starter::console::checks {

using console::testing::Operator;
using console::testing::TemporaryFolder;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

Machine with(std::map<std::string, std::string> programs, bool logged_in = true) {
  return {.ask = [programs](const std::vector<std::string>& argv) -> std::optional<std::string> {
            const auto name = argv.size() > 1 && argv[1] == "compose" ? "docker compose" : argv[0];
            const auto one = programs.find(name);
            return one == programs.end() ? std::nullopt : std::optional(one->second);
          },
          .is_set = [](const std::string&) { return false; },
          .has_file = [logged_in](const std::string&) { return logged_in; }};
}

std::vector<std::string> codes(const std::string& target, const Machine& machine) {
  std::vector<std::string> all;
  for (const auto& one : examine_needs(target, machine))
    if (one.severity > Severity::info) all.push_back(one.id);
  return all;
}

const std::map<std::string, std::string> kAll{
    {"terraform", "Terraform v1.13.4\non linux_amd64\n"},
    {"aws", "aws-cli/2.15.30 Python/3.11.8 Linux/6.1\n"},
    {"az", "{\n  \"azure-cli\": \"2.60.0\"\n}\n"},
    {"gcloud", "Google Cloud SDK 470.0.0\n"},
    {"helm", "v3.22.0+g1234567\n"},
    {"kubectl", "Client Version: v1.31.2\nKustomize Version: v5.4.2\n"},
    {"docker", "Docker version 27.1.1, build 6312585\n"},
    {"docker compose", "Docker Compose version v2.40.3\n"}};

}  // namespace

TEST(Needs, A000_19_OfEveryTargetAreMetByAMachineThatHasAll) {
  EXPECT_THAT(deps_targets(), ::testing::ElementsAre("aws", "azure", "gcp", "kubernetes", "compose"));
  for (const auto& target : deps_targets()) {
    EXPECT_THAT(codes(target, with(kAll)), IsEmpty()) << target;
    std::vector<std::string> ids;
    for (const auto& one : examine_needs(target, with(kAll))) ids.push_back(one.id);
    EXPECT_THAT(ids, Contains("deps.account")) << target;
    EXPECT_THAT(ids, Contains("deps.permissions")) << target;
  }
}

TEST(Needs, ToolsAreAskedForTheirVersionAndAskNobodyThemselves) {
  const TemporaryFolder programs;
  programs.put("terraform", "#!/bin/sh\necho \"Terraform v1.99.${CHECKPOINT_DISABLE:-asked its maker}\"\n",
               0755);
  const Operator someone;
  const auto path = programs.path().string() + ":" + std::getenv("PATH");
  EXPECT_THAT(someone.run({"infra", "deps", "--provider", "aws", "--json"}, {{"PATH", path}}).out,
              HasSubstr("1.99.1"));
}

TEST(Needs, TellWhatIsMissingTooOldOrNotLoggedIn) {
  EXPECT_THAT(codes("aws", with({}, false)), UnorderedElementsAre("deps.missing", "deps.login"));
  EXPECT_THAT(codes("compose", with({})), UnorderedElementsAre("deps.missing", "deps.missing"));
  EXPECT_THAT(codes("gcp", with({{"terraform", "Terraform v1.9.8"}})), UnorderedElementsAre("deps.version"));
  EXPECT_THAT(codes("kubernetes", with({{"helm", "what?"}, {"kubectl", "Client Version: v1.26.0"}})),
              UnorderedElementsAre("deps.unknown", "deps.version"));
  const auto old = examine_needs("gcp", with({{"terraform", "Terraform v1.9.8"}}));
  EXPECT_THAT(old.front().evidence, HasSubstr("found: 1.9.8, wanted: 1.11.0 or newer"));
  EXPECT_THAT(old.front().fix, HasSubstr("https://developer.hashicorp.com/terraform/install"));
}

TEST(Needs, VersionsAreReadOutOfWhatProgramsPrintAndComparedAsNumbers) {
  EXPECT_EQ(version_in("aws-cli/2.15.30 Python/3.11.8"), "2.15.30");
  EXPECT_EQ(version_in("v3.22.0+g1234567"), "3.22.0");
  EXPECT_EQ(version_in("no version 7 here"), "");
  EXPECT_EQ(version_in("Terraform v1.11"), "1.11");
  EXPECT_TRUE(is_at_least("1.11.0", "1.11.0"));
  EXPECT_TRUE(is_at_least("1.13.4", "1.9.0"));
  EXPECT_TRUE(is_at_least("2.0", "1.99.99"));
  EXPECT_FALSE(is_at_least("1.9.8", "1.11.0"));
  EXPECT_FALSE(is_at_least("1.11", "1.11.1"));
}

TEST(Needs, TheCommandEndsWithThreeWhereAToolIsMissingAndTakesTheTargetFromTheSetUp) {
  const Operator someone;
  const TemporaryFolder programs;
  const std::map<std::string, std::string> empty{{"PATH", programs.path().string()}};
  const auto none = someone.run({"infra", "deps", "--provider", "aws", "--json"}, empty);
  EXPECT_EQ(none.status, 3);
  EXPECT_EQ(boost::json::parse(none.out).at("target"), "aws");
  const auto nowhere = someone.run({"infra", "deps"}, empty);
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("fix: starter-console infra deps --provider aws"));
  someone.put("var/setup/answers.yaml", "profile: staging\npreset: gcp\n");
  programs.put("terraform", "#!/bin/sh\necho 'Terraform v1.12.0'\n", 0755);
  const auto set_up = someone.run({"infra", "deps", "--json"}, empty);
  EXPECT_EQ(boost::json::parse(set_up.out).at("target"), "gcp") << set_up.out << set_up.err;
  EXPECT_EQ(set_up.status, 0) << set_up.out;
}

}  // namespace starter::console::checks
