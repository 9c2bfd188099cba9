// contract render, show and check, on a copy of the contract.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;

class ContractCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.put("dev", "");
    folder.put("CMakePresets.json", "{}");
    fs::create_directories(folder / "packages/starter_contracts");
    fs::copy(source / "packages/starter_contracts/contract", folder / "packages/starter_contracts/contract",
             fs::copy_options::recursive);
  }

  Ran run(std::vector<std::string> words) const {
    words.insert(words.begin(), "contract");
    return run_console(words, {{"STARTER_ROOT", folder.path().string()}});
  }

  void edit(const fs::path& file, const std::string& old, const std::string& now) const {
    auto text = *read_file(folder / file);
    const auto at = text.find(old);
    ASSERT_NE(at, text.npos);
    folder.put(file, text.replace(at, old.size(), now));
  }

  std::vector<std::string> fixtures() const {
    const auto at = source / "packages/starter_contracts/tests/fixtures";
    return {
        "check",          "--aws",        at / "aws.jsonl",       "--azure",   at / "azure.jsonl", "--gcp",
        at / "gcp.jsonl", "--kubernetes", at / "kubernetes.yaml", "--compose", at / "compose.yaml"};
  }

  const fs::path source = STARTER_SOURCE_ROOT;
  const fs::path inventory = "docs/trackers/CONSOLE_ENV_INVENTORY.md";
  TemporaryFolder folder;
};

TEST_F(ContractCommand, A002_32_RendersOnceAndThenNoMore) {
  EXPECT_THAT(run({"render", "--dry-run"}).out, HasSubstr("would write " + inventory.string()));
  EXPECT_FALSE(fs::exists(folder / "docs"));
  const auto first = run({"render"});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("wrote " + inventory.string()));
  EXPECT_TRUE(*read_file(folder / inventory) == *read_file(source / inventory));
  EXPECT_THAT(run({"render"}).out, HasSubstr("no change"));
  EXPECT_EQ(run({"render", "--check"}).status, 0);
}

TEST_F(ContractCommand, H1_ChecksOutsideACloneWithTheContractOfTheProgram) {
  auto words = fixtures();
  words.insert(words.begin(), "contract");
  const TemporaryFolder elsewhere;
  const auto checked = run_console(words, {{"STARTER_ROOT", ""}}, elsewhere.path());
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("5 targets, 0 findings"));
}

TEST_F(ContractCommand, CheckPrintsHowAFileDiffersAndChangesNothing) {
  ASSERT_EQ(run({"render"}).status, 0);
  edit("packages/starter_contracts/contract/environment/mail.yaml", "Sender of every mail",
       "Who every mail is from");
  const auto before = *read_file(folder / inventory);
  const auto checked = run({"render", "--check"});
  EXPECT_EQ(checked.status, 3);
  EXPECT_THAT(checked.out, HasSubstr("--- " + inventory.string()));
  EXPECT_THAT(checked.out, HasSubstr("\n+ | `MAIL_FROM`"));
  EXPECT_THAT(checked.out, HasSubstr("Next: starter-console contract render"));
  EXPECT_EQ(*read_file(folder / inventory), before);
}

TEST_F(ContractCommand, NamesAMistakeWithItsLineInThreeLines) {
  edit("packages/starter_contracts/contract/environment/mail.yaml", "    type: url", "    type: uri");
  const auto refused = run({"render"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("environment/mail.yaml:"));
  EXPECT_THAT(refused.err, HasSubstr("unknown type"));
  EXPECT_FALSE(fs::exists(folder / "docs"));
}

TEST_F(ContractCommand, ShowsOneVariableWithoutAClone) {
  const auto shown = run_console({"contract", "show", "SSO_OKTA_CLIENT_SECRET"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, HasSubstr("comes with sso"));
  EXPECT_THAT(run_console({"contract", "show", "PORT"}).out, HasSubstr("gcp            left out: Cloud Run"));
  const auto unknown = run_console({"contract", "show", "DATABSE_URL"});
  EXPECT_EQ(unknown.status, 5);
  EXPECT_THAT(unknown.err, HasSubstr("fix: starter-console contract show DATABASE_URL"));
  const auto all = boost::json::parse(run_console({"contract", "show", "--json"}).out);
  EXPECT_GT(all.at("variables").as_array().size(), 300u);
}

TEST_F(ContractCommand, A004_53_ChecksFiveTargets) {
  const auto good = run(fixtures());
  EXPECT_EQ(good.status, 0) << good.out << good.err;
  EXPECT_THAT(good.out, HasSubstr("5 targets, 0 findings"));
  auto text = *read_file(source / "packages/starter_contracts/tests/fixtures/compose.yaml");
  text.replace(text.find("API_BASE_URL"), 12, "API_BASE_URI");
  folder.put("broken.yaml", text);
  const auto bad = run({"check", "--compose", folder / "broken.yaml", "--json"});
  EXPECT_EQ(bad.status, 3);
  const auto findings = boost::json::parse(bad.out).at("findings").as_array();
  EXPECT_TRUE(
      std::ranges::any_of(findings, [](const auto& one) { return one.at("code") == "variable.unknown"; }));
}

TEST_F(ContractCommand, CheckRefusesNothingAndWhatItCantRead) {
  EXPECT_EQ(run({"check"}).status, 2);
  folder.put("empty", "");
  EXPECT_THAT(run({"check", "--aws", folder / "empty"}).err, HasSubstr("holds no state of Terraform"));
  EXPECT_EQ(run({"check", "--aws", folder / "absent"}).status, 5);
  folder.put("source.yml", "services: {api: {image: \"${API_IMAGE}\"}}");
  const auto source = run({"check", "--compose", folder / "source.yml"});
  EXPECT_EQ(source.status, 1);
  EXPECT_THAT(source.err, HasSubstr("It is not rendered yet: services.api.image is ${API_IMAGE}."));
  EXPECT_THAT(source.err, HasSubstr("fix: docker compose --env-file ops/compose/.env.prod -f "));
}

}  // namespace starter::console::testing
