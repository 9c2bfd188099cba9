// The settings of the services are the contract's.
#include "starter/service/settings_table.h"

#include <gmock/gmock.h>

#include "starter/contracts/condition.h"
#include "starter/contracts/table.h"

namespace starter::service {

using ::testing::HasSubstr;

namespace {

const settings::Setting* setting(std::string_view name) {
  const auto all = settings_table();
  const auto found = std::ranges::find(all, name, &settings::Setting::name);
  return found == all.end() ? nullptr : &*found;
}

std::string refused(std::map<std::string, std::string, std::less<>> values) {
  const settings::Source source{.environment = {}, .env_file = std::move(values)};
  const auto loaded = settings::Settings::load(settings_table(), source);
  return loaded ? "" : settings::report_of(loaded.error());
}

}  // namespace

TEST(SettingsTable, A001_36_HoldsEveryVariableThatTheContractSaysAServiceReads) {
  std::size_t wanted = 0;
  for (const auto& variable : contracts::table::variables()) {
    constexpr auto services = contracts::table::api | contracts::table::worker | contracts::table::migrate;
    if (variable.reading != 0 || variable.since.empty() || (variable.roles & services) == 0) continue;
    ++wanted;
    EXPECT_NE(setting(variable.name), nullptr) << variable.name;
  }
  ASSERT_NE(setting("STORAGE_PROVIDER"), nullptr) << "hosted services refuse what would lose files";
  EXPECT_EQ(settings_table().size(), wanted + 1) << "and nothing twice";
  EXPECT_GE(wanted, 60u);
}

TEST(SettingsTable, A001_68_TheMigrationReadsItsOwnAndNeedsNoSecretOfTheApi) {
  std::vector<std::string_view> names, needed;
  for (const auto& one : migration_table()) {
    names.push_back(one.name);
    if (one.required_when != nullptr) needed.push_back(one.name);
  }
  EXPECT_THAT(names,
              ::testing::IsSupersetOf({"MIGRATE_DATABASE_URL", "DATABASE_URL", "WORKER_DATABASE_URL"}));
  EXPECT_THAT(needed, ::testing::UnorderedElementsAre("MIGRATE_DATABASE_URL", "DATABASE_URL"));
  for (const auto& name : names)
    EXPECT_NE(contracts::table::find(name)->roles & contracts::table::migrate, 0) << name;
}

TEST(SettingsTable, TakesRangeDefaultValuesAndAliasesFromTheContract) {
  ASSERT_NE(setting("PORT"), nullptr);
  EXPECT_EQ(setting("PORT")->fallback, "8000") << "as the API reads it, not as the web application does";
  EXPECT_EQ(setting("PORT")->max, 65535);
  EXPECT_EQ(setting("TRUSTED_PROXIES")->type, settings::Type::list);
  EXPECT_EQ(setting("SIGNUP_ACCESS_POLICY")->allowed, "public invite_only");
  EXPECT_THAT(std::string(setting("AUTH_KEY_STORAGE_PROVIDER")->aliases), HasSubstr("vault=vault_hcp"));
  EXPECT_EQ(setting("MIGRATE_DATABASE_URL")->required_when, nullptr) << "the migration's business";
  EXPECT_EQ(setting("STORAGE_PROVIDER")->fallback, "") << "the feature is not there";
  EXPECT_EQ(setting("S3_BUCKET"), nullptr) << "the feature is not there";
}

TEST(SettingsTable, A001_33_RequiresWhatTheContractsConditionsRequireAndSaysWhy) {
  const auto said = refused({{"AUTH_KEY_STORAGE_BACKEND", "secret-manager"}});
  EXPECT_THAT(said, HasSubstr("AUTH_KEY_STORAGE_PROVIDER is required when AUTH_KEY_STORAGE_BACKEND is "
                              "secret-manager; set it: "));
  EXPECT_THAT(said, HasSubstr("DATABASE_URL is required; set it, or DATABASE_URL_FILE: "));
  EXPECT_THAT(refused({{"AUTH_KEY_STORAGE_PROVIDER", "aws_sm"}}),
              HasSubstr("AWS_REGION is required when AUTH_KEY_STORAGE_PROVIDER is aws_sm or "));
  EXPECT_THAT(refused({{"AWS_ACCESS_KEY_ID", "key"}}),
              HasSubstr("AWS_SECRET_ACCESS_KEY is required when set "));
}

TEST(SettingsTable, KnowsEveryConditionButTheOnesThatHaveANameOfTheirOwn) {
  for (const auto& one : settings_table()) {
    const auto* variable = contracts::table::find(one.name, contracts::table::api);
    const bool plain = variable->required_when.empty() || variable->required_when == "always";
    if (plain || variable->required_when.starts_with("hosted")) continue;
    EXPECT_TRUE(contracts::Condition::parse(variable->required_when)) << one.name;
  }
}

}  // namespace starter::service
