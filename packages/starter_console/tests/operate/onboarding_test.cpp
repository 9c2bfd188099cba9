// Providers onboarded from the contract alone: what is asked, in which words, and in a terminal.
#include "operate/onboarding.h"

#include <gmock/gmock.h>

#include "operate/service_secrets.h"
#include "starter/contracts/built_in.h"
#include "starter/testing/http_peer.h"
#include "starter/testing/process.h"
#include "tests/setup/operator.h"
#include "tests/setup/screen.h"

namespace starter::console::testing {

using namespace operate;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::Peer;

// ---- the core, without a provider

contracts::Contract contract_with_an_unknown_provider() {
  auto files = contracts::built_in_files();
  auto& text = files.at("providers.yaml");
  const std::string entry = R"(secrets:
  novel_sm:
    title: A secret manager of next year
    hosted: true
    aliases: [novel]
    required: [VAULT_ADDR, VAULT_TOKEN, VAULT_TRANSIT_KEY]
    optional: []
    signing: VAULT_TRANSIT_KEY
    keyset_name: {means: name of a drawer, pattern: "[a-z]+", example: drawer}
    prompts:
      - {variable: VAULT_ADDR, ask: "Where does it answer?", example: "https://novel.example.com"}
)";
  text.replace(text.find("secrets:\n"), 9, entry);
  // Its name and alias are values that the variables may have.
  for (const char* path : {"environment/secrets.yaml", "environment/keys.yaml"})
    for (const auto& [before, after] : {std::pair{"azure_kv, gcp_sm]", "azure_kv, gcp_sm, novel_sm]"},
                                        {"{vault: vault_hcp", "{novel: novel_sm, vault: vault_hcp"}})
      files.at(path).replace(files.at(path).find(before), std::string_view(before).size(), after);
  auto loaded = contracts::load(files);
  if (!loaded) throw std::runtime_error(contracts::report_of(loaded.error()));
  return std::move(*loaded);
}

TEST(Onboarding, A002_23AProviderThatNobodyHereKnowsIsAskedForFromItsEntryAlone) {
  const auto contract = contract_with_an_unknown_provider();
  const auto* provider = *Onboarding::find(contract.secret_managers, "novel", "x");
  EXPECT_EQ(provider->name, "novel_sm");
  auto onboarding = Onboarding::of_secrets(contract, *provider, true, true);
  EXPECT_THAT(onboarding.missing(), ElementsAre("VAULT_ADDR", "VAULT_TOKEN", "AUTH_KEY_SECRET_NAME"));
  const auto questions = onboarding.questions();
  EXPECT_EQ(questions.front().ask, "Where does it answer?");
  EXPECT_TRUE(std::ranges::find(questions, "VAULT_TOKEN", &Onboarding::Question::name)->secret);
  onboarding.know("VAULT_ADDR", "not an address");
  onboarding.know("VAULT_TOKEN", "t");
  onboarding.know("AUTH_KEY_SECRET_NAME", "UPPER");
  ASSERT_EQ(onboarding.objections().size(), 2u);
  EXPECT_THAT(onboarding.objections()[1], HasSubstr("name of a drawer, such as drawer"));
  EXPECT_THAT(onboarding.objections()[0], Not(HasSubstr("not an address"))) << "never the value";
  onboarding.know("VAULT_ADDR", "https://novel.example.com");
  onboarding.know("AUTH_KEY_SECRET_NAME", "drawer");
  EXPECT_THAT(onboarding.missing(), IsEmpty());
  EXPECT_THAT(onboarding.objections(), IsEmpty());
  EXPECT_EQ(onboarding.lines().at("SECRETS_PROVIDER"), "novel_sm");
  EXPECT_EQ(onboarding.lines().at("AUTH_KEY_STORAGE_PROVIDER"), "novel_sm");
}

TEST(Onboarding, A002_64EveryProviderOfTheContractHasWhatItAsksFor) {
  const auto& contract = contracts::built_in();
  EXPECT_EQ(contract.secret_managers.size() + contract.object_stores.size(), 12u);
  for (const auto& provider : contract.secret_managers) {
    const auto onboarding = Onboarding::of_secrets(contract, provider, true, true);
    for (const auto& question : onboarding.questions()) {
      EXPECT_NE(contract.variable(question.name), nullptr) << question.name;
      EXPECT_FALSE(question.ask.empty()) << question.name;
    }
    EXPECT_FALSE(onboarding.missing().empty()) << provider.name;
  }
  for (const auto& provider : contract.object_stores) {
    const auto onboarding = Onboarding::of_storage(contract, provider);
    EXPECT_EQ(onboarding.missing().empty(), provider.name == "filesystem") << provider.name;
    EXPECT_EQ(onboarding.lines().at("STORAGE_PROVIDER"), provider.name);
  }
}

TEST(Onboarding, WhatIsForDevelopmentIsRefusedWhereItIsHosted) {
  const auto& contract = contracts::built_in();
  const auto* files = *Onboarding::find(contract.object_stores, "filesystem", "x");
  auto onboarding = Onboarding::of_storage(contract, *files);
  EXPECT_THAT(onboarding.objections(), IsEmpty());
  onboarding.know("APP_PUBLIC_URL", "https://app.example.com");
  ASSERT_EQ(onboarding.objections().size(), 1u);
  EXPECT_THAT(onboarding.objections()[0], HasSubstr("is for development"));
}

TEST(Rotation, KeepsTheOldValueUntilItIsDropped) {
  const auto* key = *service_secret(contracts::built_in(), "SECRET_KEY");
  const auto added = *rotated(*key, "old", RotationStep::add);
  EXPECT_THAT(added, StartsWith("old,"));
  const auto fresh = added.substr(4);
  EXPECT_GE(fresh.size(), 32u);
  EXPECT_EQ(*rotated(*key, added, RotationStep::use), fresh + ",old");
  EXPECT_EQ(*rotated(*key, fresh + ",old", RotationStep::drop), fresh);
  EXPECT_FALSE(rotated(*key, "old", RotationStep::use));
  EXPECT_FALSE(rotated(*key, "old", RotationStep::drop)) << "the only one stays";
  EXPECT_FALSE(rotated(*key, "a,b,c,d", RotationStep::add)) << "four are the most that services take";
  EXPECT_EQ(rotatable_secret(contracts::built_in(), "DATABASE_URL").error().code, "secrets.not_ours");
}

// ---- in a terminal

class OnboardingInATerminal : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!find_program("tmux")) GTEST_SKIP() << "tmux is not installed";
  }
  Operator someone;
};

INSTANTIATE_TEST_SUITE_P(Widths, OnboardingInATerminal, ::testing::Values(80, 40),
                         [](const auto& info) { return std::to_string(info.param) + "x24"; });

TEST_P(OnboardingInATerminal, A002_32AsksOneThingAtATimeAndHidesSecrets) {
  const Screen screen(GetParam(), 24, {"secrets", "onboard", "vault", "--for", "signing"}, someone.folder());
  ASSERT_TRUE(screen.shows("Where does Vault answer?"));
  screen.type("nonsense");
  ASSERT_TRUE(screen.shows("is not of the form"));
  screen.type("https://vault.example.com");
  ASSERT_TRUE(screen.shows("Which namespace?"));
  screen.type("");
  ASSERT_TRUE(screen.shows("It needs an answer."));
  screen.type("admin");
  ASSERT_TRUE(screen.shows("Which token logs in?"));
  screen.type("canary-of-the-terminal");
  ASSERT_TRUE(screen.shows("Which transit key signs?"));
  screen.press("C-c");
  ASSERT_TRUE(screen.shows("Ctrl-C"));
  EXPECT_FALSE(fs::exists(someone.folder() / ".env.local")) << "nothing was written";
  EXPECT_THAT(screen.shown(), Not(HasSubstr("canary-of-the-terminal")));
}

TEST_P(OnboardingInATerminal, AsksOnlyForTheRestOfWhatFlagsSay) {
  const Screen screen(GetParam(), 24,
                      {"secrets", "onboard", "vault", "--for", "signing", "--var",
                       "VAULT_ADDR=https://vault.example.com", "--var", "VAULT_NAMESPACE=admin"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("Which token logs in?"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("Where does Vault answer?")));
  screen.type("canary-of-the-terminal");
  ASSERT_TRUE(screen.shows("Next: starter-console providers validate"));
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("VAULT_TOKEN=canary-of-the-terminal"));
}

TEST_P(OnboardingInATerminal, CtrlCEndsTheWaitForAProvider) {
  const Peer silent([](const std::string&) { return std::string(); });
  someone.put(".env.local",
              "AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=b\nAWS_ENDPOINT_URL_SECRETS_MANAGER=" +
                  silent.url() + "\n");
  const Screen screen(GetParam(), 24,
                      {"secrets", "onboard", "aws_sm", "--for", "keys", "--timeout", "300", "--var",
                       "AWS_REGION=eu-central-1"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("Where do the signing keys live?"));
  screen.type("starter/keyset");
  test::wait_until("the provider is asked", [&] { return silent.accepted > 0; });
  screen.press("C-c");
  ASSERT_TRUE(screen.shows("Ctrl-C"));
  EXPECT_THAT(someone.read(".env.local"), Not(HasSubstr("AUTH_KEY")));
}

}  // namespace starter::console::testing
