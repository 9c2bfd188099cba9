// What the set-up asks, what it refuses, and that asking ends: the contract of this build, no terminal.
#include "setup/interview.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "starter/contracts/built_in.h"
#include "starter/service/refusals.h"

namespace starter::console::setup {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

Interview begin(const std::string& profile, const std::string& preset) {
  return *Interview::begin(contracts::built_in(), profile, preset);
}

std::vector<std::string> names_of(const Interview& interview) {
  std::vector<std::string> names;
  for (const auto& question : interview.questions()) names.push_back(question.name);
  return names;
}

std::vector<std::string> whats(const std::vector<Objection>& objections) {
  std::vector<std::string> all;
  for (const auto& one : objections) all.push_back(one.what);
  return all;
}

struct Combination {
  std::string profile, preset;
};

std::vector<Combination> combinations() {
  std::vector<Combination> all;
  const auto& contract = contracts::built_in();
  for (const auto& profile : contract.profiles)
    for (const auto& preset : preset_names(contract))
      if (Interview::begin(contract, profile.name, preset)) all.push_back({profile.name, preset});
  return all;
}

}  // namespace

TEST(Interview, A004_20_EveryPresetBeginsWithTheProfilesThatItIsFor) {
  EXPECT_THAT(
      preset_names(contracts::built_in()),
      ::testing::ElementsAre("local", "aws", "azure", "gcp", "other", "single_server", "enterprise_custom"));
  EXPECT_EQ(combinations().size(), 18u);
  const auto refused = Interview::begin(contracts::built_in(), "production", "local");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().exit, Exit::usage);
  EXPECT_EQ(Interview::begin(contracts::built_in(), "prodution", "aws").error().fix, "--profile production");
}

TEST(Interview, A002_46_AsksOnlyWhatProfileAndPresetLeaveOpen) {
  const auto local = names_of(begin("demo", "local"));
  EXPECT_THAT(local, Contains("DATABASE_URL"));
  EXPECT_THAT(local, Not(Contains("project_name"))) << "no blueprint";
  EXPECT_THAT(local, Not(Contains("SECRET_KEY"))) << "it is generated";
  const auto aws = names_of(begin("production", "aws"));
  EXPECT_THAT(aws, Contains("project_name"));
  EXPECT_THAT(aws, Contains("AWS_REGION"));
  EXPECT_THAT(aws, Not(Contains("DATABASE_URL"))) << "the blueprint makes it";
  EXPECT_THAT(aws, Not(Contains("ENVIRONMENT"))) << "the profile fixes it";
  EXPECT_THAT(aws, Not(Contains("VAULT_ADDR")));
  auto own = begin("production", "aws");
  own.take("bring_own_data", {"true"});
  EXPECT_THAT(names_of(own), Contains("DATABASE_URL"));
}

TEST(Interview, AnAnswerOpensAndClosesQuestions) {
  auto interview = begin("staging", "other");
  interview.take("AUTH_KEY_STORAGE_PROVIDER", {"aws_sm"});
  interview.take("SECRETS_PROVIDER", {"aws_sm"});
  EXPECT_THAT(names_of(interview), Contains("AWS_REGION"));
  EXPECT_THAT(names_of(interview), Not(Contains("VAULT_TOKEN")));
  interview.take("SECRETS_PROVIDER", {"vault_hcp"});
  EXPECT_THAT(names_of(interview), Contains("VAULT_NAMESPACE"));
}

TEST(Interview, A002_46_ARuleRefusesTheAnswerThatBreaksItAndNoneBesideIt) {
  auto interview = begin("production", "other");
  EXPECT_FALSE(interview.objection("AUTH_KEY_STORAGE_PROVIDER", "vault_hcp"))
      << "SECRETS_PROVIDER is still to be asked, and its default is nobody's answer";
  EXPECT_TRUE(interview.objection("AUTH_KEY_STORAGE_PROVIDER", "vault_dev"));
  interview.take("AUTH_KEY_STORAGE_PROVIDER", {"vault_hcp"});
  EXPECT_FALSE(interview.objection("SECRETS_PROVIDER", "vault_hcp"));
  EXPECT_TRUE(interview.objection("SECRETS_PROVIDER", "vault_dev"));
  interview.take("SECRETS_PROVIDER", {"vault_dev"});
  EXPECT_FALSE(interview.objection("AUTH_KEY_STORAGE_PROVIDER", "vault_hcp")) << "it is not this one";
  EXPECT_TRUE(interview.objection("SECRETS_PROVIDER", "vault_dev"));
}

TEST(Interview, A002_46_WhatEveryDeploymentSaysForItselfIsAskedWhateverItsDefault) {
  for (const auto& [profile, preset] : combinations())
    if (preset != "local")
      EXPECT_THAT(names_of(begin(profile, preset)), Contains("project_name")) << profile << " " << preset;
  auto server = begin("production", "single_server");
  server.take("COMPOSE_PROJECT_NAME", {"acme"});
  EXPECT_THAT(names_of(server), Not(Contains("project_name"))) << "said by another name";
}

TEST(Interview, A002_46_ARuleAboutWhatIsStillOpenAsksForNothingElse) {
  auto interview = begin("production", "enterprise_custom");
  EXPECT_THAT(names_of(interview), Contains("REDIS_URL"));
  EXPECT_THAT(names_of(interview), Not(Contains("REDIS_PLAINTEXT_ALLOWED")));
  EXPECT_TRUE(interview.objection("REDIS_URL", "redis://redis.acme.test:6379/0"));
}

TEST(Interview, RefusesAtOnceInTheWordsOfTheContract) {
  const auto interview = begin("production", "aws");
  EXPECT_EQ(interview.objection("APP_PUBLIC_URL", "http://app.example.com")->what,
            "APP_PUBLIC_URL is plain http.");
  EXPECT_THAT(interview.objection("project_name", "No")->what, HasSubstr("3 to 20 lower-case letters"));
  EXPECT_THAT(interview.objection("api_image", "ghcr.io/acme/api:latest")->what,
              HasSubstr("a tag other than latest"));
  EXPECT_THAT(interview.objection("DEBUG", "true")->what, HasSubstr("fixed to false"));
  EXPECT_THAT(interview.objection("STORAGE_PROVIDER", "filesystem")->what, HasSubstr("STORAGE_PROVIDER"));
  const auto secret = interview.objection("SMTP_URL", "hunter2-without-a-scheme");
  EXPECT_THAT(secret->what + secret->fix, Not(HasSubstr("hunter2"))) << "a value is never shown";
  EXPECT_FALSE(interview.objection("APP_PUBLIC_URL", "https://app.example.com"));
}

TEST(Interview, A000_45_RefusesWhatTheServicesWouldRefuseInTheirWords) {
  const std::map<std::string_view, std::string> bad{{"APP_PUBLIC_URL", "http://app.acme.test"},
                                                    {"DEBUG", "true"},
                                                    {"STARTER_FAILPOINTS", "mail.sent=crash"},
                                                    {"SMTP_URL", "smtp://127.0.0.1:25"},
                                                    {"ALLOWED_HOSTS", "*"},
                                                    {"ALLOWED_ORIGINS", "*"},
                                                    {"AUTH_KEY_STORAGE_BACKEND", "file"},
                                                    {"STORAGE_PROVIDER", "memory"},
                                                    {"REDIS_URL", "redis://redis.acme.test:6379/0"}};
  std::set<std::string_view> tried;
  for (const auto& rule : service::refusals()) {
    // One is what nobody answers, and a set-up makes; the other is a matter of the release.
    if (rule.code == "hosted.web_tier_secret" || rule.code == "keys.no_client") continue;
    const auto* const variable = contracts::built_in().variable(rule.variable);
    const auto value = rule.code == "secret.form"          ? std::string("short")
                       : rule.code != "hosted.placeholder" ? bad.at(rule.variable)
                       : variable->type == contracts::Type::url
                           ? variable->allowed.back() + "://u:changeme@h.acme.test"
                           : "changeme-" + std::string(40, 'x');
    // A blueprint's own refusal of a store comes first, in other words.
    auto interview = begin("demo", rule.variable == "STORAGE_PROVIDER" ? "local" : "other");
    interview.take("APP_PUBLIC_URL", {"https://app.acme.test"});
    const auto objection = interview.objection(rule.variable, value);
    ASSERT_TRUE(objection) << rule.variable << " " << rule.code;
    tried.insert(rule.code);
    if (rule.code == "secret.form") continue;  // the contract's own length comes first
    EXPECT_EQ(objection->what, std::string(rule.variable) + " " + std::string(rule.what) + ".");
    EXPECT_EQ(objection->fix.substr(1), std::string(rule.fix).substr(1) + ".");
    interview.take(std::string(rule.variable), {value});
    EXPECT_THAT(whats(interview.objections()), Contains(objection->what)) << "all answers together";
    auto home = begin("demo", "local");
    if (rule.variable != "APP_PUBLIC_URL")  // which says where it is
      EXPECT_FALSE(home.objection(rule.variable, value)) << rule.variable << " on one's own machine";
  }
  EXPECT_EQ(tried.size(), 11u);
}

TEST(Interview, A000_45_KnowsASecretOfAReleaseToComeAndWhatIsKeptElsewhere) {
  auto interview = begin("staging", "other");
  interview.take("APP_PUBLIC_URL", {"https://app.acme.test"});
  EXPECT_EQ(interview.objection("MINIO_SECRET_KEY", "minioadmin")->what,
            "MINIO_SECRET_KEY is a placeholder.");
  EXPECT_EQ(interview.objection("api_env.DEBUG", "true")->what, "DEBUG is on in a hosted environment.");
  interview.take("SMTP_URL", {"smtp://127.0.0.1:25"});
  EXPECT_THAT(whats(interview.objections()),
              Contains("SMTP_URL points at this machine in a hosted environment."));
  interview.take("api_secrets.SMTP_URL", {"acme/smtp-url"});
  EXPECT_THAT(whats(interview.objections()), Not(Contains(HasSubstr("SMTP_URL")))) << "that one is used";
}

TEST(Interview, TheKeysetNameHasTheShapeOfItsProvider) {
  auto interview = begin("staging", "azure");
  EXPECT_THAT(interview.objection("AUTH_KEY_SECRET_NAME", "secret/starter/keyset")->what,
              HasSubstr("name of a secret"));
  EXPECT_FALSE(interview.objection("AUTH_KEY_SECRET_NAME", "starter-keyset"));
  interview.take("AUTH_KEY_STORAGE_PROVIDER", {"vault_hcp"});
  EXPECT_FALSE(interview.objection("AUTH_KEY_SECRET_NAME", "secret/starter/keyset"));
}

TEST(Interview, ANameOrAnArnFeedsTheInputOfItsShape) {
  auto interview = begin("staging", "aws");
  const auto& contract = contracts::built_in();
  const std::string arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys-a1b2c3";
  for (const auto& [value, takes_arn] :
       {std::pair{arn, true}, std::pair{std::string("starter-keyset"), false}}) {
    EXPECT_FALSE(interview.objection("AUTH_KEY_SECRET_NAME", value)) << value;
    interview.take("AUTH_KEY_SECRET_NAME", {value});
    EXPECT_EQ(interview.said(*contract.input("auth_key_secret_arn")), takes_arn ? value : "");
    EXPECT_EQ(interview.said(*contract.input("auth_key_secret_name")), value);
  }
}

TEST(Interview, SecretsAreGeneratedOnceAndOnlyWhereTheContractSaysSo) {
  auto interview = begin("staging", "aws");
  interview.take("APP_PUBLIC_URL", {"https://app.example.com"});
  interview.generate_secrets();
  const auto first = interview.effective("AUTH_PASSWORD_PEPPER");
  EXPECT_EQ(first.size(), 48u);
  EXPECT_NE(first, interview.effective("SECRET_KEY")) << "each purpose has its own";
  EXPECT_EQ(interview.effective("WEB_TIER_SECRET").size(), 48u);
  EXPECT_FALSE(interview.answers().contains("SMTP_URL"));
  interview.generate_secrets();
  EXPECT_EQ(interview.effective("AUTH_PASSWORD_PEPPER"), first);
}

TEST(Interview, A002_46_AskingEndsWhateverIsAnswered) {
  // Any order of good answers ends with nothing open; each one closes its question.
  std::mt19937 random(46);
  for (const auto& [profile, preset] : combinations()) {
    for (int trial = 0; trial < 20; ++trial) {
      auto interview = begin(profile, preset);
      int asked = 0;
      while (const auto question = interview.next()) {
        ASSERT_LT(++asked, 200) << profile << " " << preset << " asks " << question->name << " again";
        const auto& choices = question->choices;
        const auto answer = choices.empty() ? "x" : choices[random() % choices.size()];
        interview.take(question->name, {answer});
      }
      interview.accept_suggestions();
      EXPECT_FALSE(interview.next());
    }
  }
}

TEST(Interview, NoQuestionIsWithoutWordsAndEveryOneHasASection) {
  for (const auto& [profile, preset] : combinations()) {
    for (const auto& question : begin(profile, preset).questions()) {
      EXPECT_FALSE(question.ask.empty()) << question.name;
      EXPECT_FALSE(question.section.empty()) << question.name;
      EXPECT_FALSE(question.because.empty() && question.suggestion.empty())
          << question.name << " has neither a reason nor a suggestion";
    }
  }
}

}  // namespace starter::console::setup
