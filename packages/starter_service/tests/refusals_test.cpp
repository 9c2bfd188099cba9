// Each refusal by itself: a configuration that starts, one thing wrong with it, and exactly that is said. On
// one's own machine none of the rules for hosted services counts.
#include "starter/service/refusals.h"

#include <gmock/gmock.h>

#include <set>

#include "starter/contracts/table.h"
#include "starter/core/text.h"
#include "starter/crypto/pepper.h"
#include "starter/providers/registry.h"
#include "starter/service/settings_table.h"

namespace starter::service {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

using Values = std::map<std::string, std::string, std::less<>>;

Values hosted() {
  return {{"APP_PUBLIC_URL", "https://app.acme.test"},
          {"DATABASE_URL", "postgresql://app:pw@db.acme.test/starter"},
          {"REDIS_URL", "rediss://:pw@redis.acme.test:6379/0"},
          {"SMTP_URL", "smtps://mailer:pw@mail.acme.test:465"},
          {"AUTH_PASSWORD_PEPPER", std::string(40, 'a')},
          {"AUTH_REFRESH_TOKEN_PEPPER", std::string(40, 'b')},
          {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", std::string(40, 'c')},
          {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", std::string(40, 'd')},
          {"SECRET_KEY", std::string(40, 'e')},
          {"WEB_TIER_SECRET", std::string(40, 'f')},
          {"ALLOWED_HOSTS", "api.acme.test"},
          {"AUTH_KEY_STORAGE_BACKEND", "secret-manager"},
          {"AUTH_KEY_STORAGE_PROVIDER", "aws_sm"},
          {"AUTH_KEY_SECRET_NAME", "starter-keyset"},
          {"AWS_REGION", "eu-central-1"}};
}

std::vector<std::string> refused(Values values) {
  const settings::Source source{.environment = {}, .env_file = std::move(values)};
  const auto loaded = settings::Settings::load(settings_table(), source, refusals());
  std::vector<std::string> codes;
  if (!loaded)
    for (const auto& problem : loaded.error()) codes.push_back(problem.code + " " + problem.variable);
  return codes;
}

struct Case {
  const char* name;
  Values changes;  // an empty value takes the variable out
  std::string says;
  bool everywhere = false;  // also on one's own machine
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"PlainHttp", {{"APP_PUBLIC_URL", "http://app.acme.test"}}, "hosted.plain_http APP_PUBLIC_URL"},
      {"Debug", {{"DEBUG", "on"}}, "hosted.debug DEBUG"},
      {"TestFixtures",
       {{"STARTER_FAILPOINTS", "mail.sent=crash"}},
       "hosted.test_fixtures STARTER_FAILPOINTS"},
      {"NoWebTierSecret", {{"WEB_TIER_SECRET", ""}}, "hosted.web_tier_secret WEB_TIER_SECRET"},
      {"MailServerOfThisMachine", {{"SMTP_URL", ""}}, "hosted.mail_server SMTP_URL"},
      {"AnyHost", {{"ALLOWED_HOSTS", "api.acme.test,*"}}, "hosted.any_host ALLOWED_HOSTS"},
      {"AnyOrigin", {{"ALLOWED_ORIGINS", "*"}}, "hosted.any_origin ALLOWED_ORIGINS"},
      {"KeysInAFile", {{"AUTH_KEY_STORAGE_BACKEND", "file"}}, "hosted.file_keys AUTH_KEY_STORAGE_BACKEND"},
      {"PlainRedis", {{"REDIS_URL", "redis://redis.acme.test"}}, "hosted.plain_redis REDIS_URL"},
      {"PlaceholderPepper",
       {{"AUTH_PASSWORD_PEPPER", "Change-Me-" + std::string(40, 'x')}},
       "hosted.placeholder AUTH_PASSWORD_PEPPER"},
      {"PlaceholderRefreshPepper",
       {{"AUTH_REFRESH_TOKEN_PEPPER", "your-secret-" + std::string(40, 'x')}},
       "hosted.placeholder AUTH_REFRESH_TOKEN_PEPPER"},
      {"PlaceholderMailPepper",
       {{"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", "placeholder" + std::string(40, 'x')}},
       "hosted.placeholder AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER"},
      {"PlaceholderResetPepper",
       {{"AUTH_PASSWORD_RESET_TOKEN_PEPPER", "local-dev" + std::string(40, 'x')}},
       "hosted.placeholder AUTH_PASSWORD_RESET_TOKEN_PEPPER"},
      {"PlaceholderSecretKey",
       {{"SECRET_KEY", "EXAMPLE" + std::string(40, 'x')}},
       "hosted.placeholder SECRET_KEY"},
      {"PlaceholderWebTierSecret",
       {{"WEB_TIER_SECRET", "changeme" + std::string(40, 'x')}},
       "hosted.placeholder WEB_TIER_SECRET"},
      {"PlaceholderSigningSecret",
       {{"SERVICE_ACCOUNT_SIGNING_SECRET", "changeme" + std::string(40, 'x')}},
       "hosted.placeholder SERVICE_ACCOUNT_SIGNING_SECRET"},
      {"PlaceholderInAList",
       {{"AUTH_PASSWORD_PEPPER", std::string(40, 'a') + ",Example" + std::string(40, 'x')}},
       "hosted.placeholder AUTH_PASSWORD_PEPPER"},
      {"PasswordOfTheDatabase",
       {{"DATABASE_URL", "postgresql://app:changeme@db.acme.test/starter"}},
       "hosted.placeholder DATABASE_URL"},
      {"PasswordOfTheWorkersDatabase",
       {{"WORKER_DATABASE_URL", "postgresql://worker:Postgres@db.acme.test/starter"}},
       "hosted.placeholder WORKER_DATABASE_URL"},
      {"PasswordOfTheOwner",
       {{"MIGRATE_DATABASE_URL", "postgres://owner:postgres@db.acme.test/starter"}},
       "hosted.placeholder MIGRATE_DATABASE_URL"},
      {"PasswordOfRedisEncoded",
       {{"REDIS_URL", "rediss://:pass%77ord@redis.acme.test:6379/0"}},
       "hosted.placeholder REDIS_URL"},
      {"PasswordOfTheMailServer",
       {{"SMTP_URL", "smtps://mailer:change-me-now@mail.acme.test:465"}},
       "hosted.placeholder SMTP_URL"},
      {"PasswordOfTheDemo", {{"DEMO_PASSWORD", "password"}}, "hosted.placeholder DEMO_PASSWORD"},
      {"KeyOfAnExample",
       {{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", std::string(40, 'k')}},
       "hosted.placeholder AWS_ACCESS_KEY_ID"},
      {"SecretKeyOfAnExample",
       {{"AWS_ACCESS_KEY_ID", "AKIAACME"},
        {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}},
       "hosted.placeholder AWS_SECRET_ACCESS_KEY"},
      {"SessionTokenOfAnExample",
       {{"AWS_SESSION_TOKEN", "your-secret-token"}},
       "hosted.placeholder AWS_SESSION_TOKEN"},
      {"TokenOfAnExample",
       {{"AWS_CONTAINER_AUTHORIZATION_TOKEN", "example-token"}},
       "hosted.placeholder AWS_CONTAINER_AUTHORIZATION_TOKEN"},
      {"FilesOfOneMachine", {{"STORAGE_PROVIDER", "filesystem"}}, "hosted.storage STORAGE_PROVIDER"},
      {"FilesInMemory", {{"STORAGE_PROVIDER", "memory"}}, "hosted.storage STORAGE_PROVIDER"},
      {"NoPepper", {{"AUTH_PASSWORD_PEPPER", ""}}, "required AUTH_PASSWORD_PEPPER", true},
      {"NoRefreshPepper", {{"AUTH_REFRESH_TOKEN_PEPPER", ""}}, "required AUTH_REFRESH_TOKEN_PEPPER", true},
      {"NoMailPepper",
       {{"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", ""}},
       "required AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER",
       true},
      {"NoResetPepper",
       {{"AUTH_PASSWORD_RESET_TOKEN_PEPPER", ""}},
       "required AUTH_PASSWORD_RESET_TOKEN_PEPPER",
       true},
      {"NoSecretKey", {{"SECRET_KEY", ""}}, "required SECRET_KEY", true},
      {"ShortPepper", {{"SECRET_KEY", "short"}}, "secret.form SECRET_KEY", true},
      {"ShortWebTierSecret", {{"WEB_TIER_SECRET", "short"}}, "secret.form WEB_TIER_SECRET", true},
      {"SecretManagerWithoutProvider",
       {{"AUTH_KEY_STORAGE_PROVIDER", ""}},
       "required AUTH_KEY_STORAGE_PROVIDER",
       true},
      {"SecretManagerWithoutName", {{"AUTH_KEY_SECRET_NAME", ""}}, "required AUTH_KEY_SECRET_NAME", true},
      {"SecretManagerWithoutClient",
       {{"AUTH_KEY_STORAGE_PROVIDER", "infisical_self_host"}},
       "keys.no_client AUTH_KEY_STORAGE_PROVIDER",
       true},
  };
  return all;
}

class Refusal : public ::testing::TestWithParam<Case> {
 protected:
  static Values with(const Values& changes) {
    auto values = hosted();
    for (const auto& [name, value] : changes) values[name] = value;
    return values;
  }
};

INSTANTIATE_TEST_SUITE_P(Table, Refusal, ::testing::ValuesIn(cases()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Refusal, A000_45_IsSaidAloneAndOnlyWhereItHolds) {
  EXPECT_THAT(refused(with(GetParam().changes)), ElementsAre(GetParam().says));
  auto at_home = with(GetParam().changes);
  at_home["APP_PUBLIC_URL"] = "http://localhost:3000";
  if (GetParam().everywhere) {
    EXPECT_THAT(refused(at_home), ElementsAre(GetParam().says));
  } else {
    EXPECT_THAT(refused(at_home), IsEmpty());
  }
}

TEST(Refusals, LetAGoodConfigurationStart) {
  EXPECT_THAT(refused(hosted()), IsEmpty());
}

TEST(Refusals, TwoHaveASwitchThatNamesWhatItAllowsAndNothingElse) {
  auto values = hosted();
  values["REDIS_URL"] = "redis://redis:6379";
  values["REDIS_PLAINTEXT_ALLOWED"] = "true";
  values["AUTH_KEY_STORAGE_BACKEND"] = "file";
  values["AUTH_KEY_STORAGE_FILE_ALLOWED"] = "true";
  EXPECT_THAT(refused(values), IsEmpty());
  values["DEBUG"] = "true";
  EXPECT_THAT(refused(values), ElementsAre("hosted.debug DEBUG"));
}

TEST(Refusals, CountWhateverTheLabelOfTheEnvironmentSays) {
  for (const auto* label : {"development", "test", "production"}) {
    auto values = hosted();
    values["ENVIRONMENT"] = label;
    values["DEBUG"] = "true";
    EXPECT_THAT(refused(values), ElementsAre("hosted.debug DEBUG")) << label;
  }
}

TEST(Refusals, A000_45_EverySecretThatAServiceReadsIsLookedAt) {
  std::set<std::string_view> looked_at;
  for (const auto& rule : refusals())
    if (rule.code == "hosted.placeholder") looked_at.insert(rule.variable);
  for (const auto& setting : settings_table())
    EXPECT_EQ(looked_at.contains(setting.name), setting.secret) << setting.name;
}

TEST(Refusals, ASecretThatNobodyKnowsIsNoPlaceholder) {
  for (const auto* good :
       {"", "postgresql://postgres@db.acme.test/postgres", "rediss://example:k4Jx@redis.example.com",
        "smtps://mailer:a%40b@changeme.example.com", "correct horse battery staple", "my-Password-is-longer",
        "https://example.com/hook"})
    EXPECT_FALSE(is_placeholder(good)) << good;
}

TEST(Refusals, EachHasACodeAndEachCodeATest) {
  std::set<std::string> tested;
  for (const auto& one : cases()) tested.insert(one.says);
  for (const auto& rule : refusals()) {
    EXPECT_FALSE(rule.code.empty()) << rule.variable;
    const auto said = std::string(rule.code) + " " + std::string(rule.variable);
    // The form of the peppers is one rule for all of them.
    if (rule.code != "secret.form") EXPECT_TRUE(tested.contains(said)) << said;
  }
}

// The clients of these secrets take so many of them, of such a length; the contract says the same.
TEST(Refusals, EverySecretOfSeveralValuesHasARuleForItsForm) {
  std::set<std::string> with_rule;
  for (const auto& rule : refusals())
    if (rule.code == "secret.form") with_rule.insert(std::string(rule.variable));
  std::set<std::string> declared;
  for (const auto& variable : contracts::table::variables()) {
    if (variable.reading != 0 || variable.values == 1) continue;
    declared.insert(std::string(variable.name));
    EXPECT_EQ(variable.values, crypto::Peppers::max_count) << variable.name;
    EXPECT_EQ(variable.min, crypto::Peppers::min_length) << variable.name;
  }
  EXPECT_EQ(with_rule, declared);
  EXPECT_EQ(declared.size(), 7u);
}

}  // namespace
// One that can't be reached is answered with those that can, whichever these are in this release.
TEST(Refusals, A002_42_NameEverySecretManagerThatThereIsAClientFor) {
  const auto rule = std::ranges::find(refusals(), "keys.no_client", &settings::Rule::code);
  ASSERT_NE(rule, refusals().end());
  ASSERT_FALSE(providers::with_client().empty());
  const auto wanted = contracts::table::find("AUTH_KEY_STORAGE_PROVIDER")->allowed;
  for (const auto& name : items_of(wanted, ' '))
    EXPECT_EQ(rule->fix.find(name) != rule->fix.npos, providers::has_client(name)) << name;
  EXPECT_NE(rule->fix.find("AUTH_KEY_STORAGE_BACKEND=file"), rule->fix.npos)
      << "nor is a client the only way";
}

}  // namespace starter::service
