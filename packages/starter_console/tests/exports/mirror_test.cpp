// Every refusal of a blueprint comes from the console first, in the same words: one way to break each rule of
// the contract, and a rule that nobody breaks here is a failure.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "starter/contracts/built_in.h"
#include "starter/contracts/condition.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

namespace {

// By "input.number of its rule": what is said beside good answers; "name=" takes a good one away.
const std::map<std::string, std::vector<std::string>>& ways() {
  static const std::map<std::string, std::vector<std::string>> all{
      {"project_name.0", {"project_name=Acme!"}},
      {"environment.0", {"environment=prod"}},
      {"region.0", {"region=nowhere"}},
      {"api_image.0", {"api_image=a.example.com:5000/a:latest"}},
      {"web_image.0", {"web_image=w"}},
      {"worker_image.0", {"worker_image=a.example.com:5000/a"}},
      {"registry_username.0", {"registry_server=ghcr.io"}},
      {"app_public_url.0", {"app_public_url=https://a.example.com/path"}},
      {"app_public_url.1", {"app_public_url=http://a.example.com"}},
      {"api_base_url.0", {"api_base_url=nowhere"}},
      {"secrets_provider.0", {"secrets_provider=keychain"}},
      {"secrets_provider.1", {"secrets_provider=vault_dev"}},
      {"auth_key_storage_provider.0", {"auth_key_storage_provider=keychain"}},
      {"auth_key_secret_name.0", {"auth_key_secret_name="}},
      {"auth_key_secret_arn.0", {"auth_key_secret_arn=keys"}},
      {"auth_key_secret_arn.1",
       {"auth_key_secret_name=keys",
        "auth_key_secret_arn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys-a1b2c3"}},
      {"aws_sm_signing_secret_arn.0", {"aws_sm_signing_secret_arn="}},
      {"api_env.0", {"api_env.MIGRATE_DATABASE_URL=x"}},
      {"web_env.0", {"web_env.BACKUP_DATABASE_URL=x"}},
      {"worker_env.0", {"worker_env.MIGRATE_DATABASE_URL=x"}},
      {"migrate_env.0", {"migrate_env.MIGRATE_DATABASE_URL=x"}},
      {"api_secrets.0", {"bring_own_data=true"}},
      {"api_secrets.1", {"api_secrets.PORT=x"}},
      {"api_secrets.2", {"api_secrets.BACKUP_DATABASE_URL=x"}},
      {"web_secrets.0", {"web_secrets.MIGRATE_DATABASE_URL=x"}},
      {"worker_secrets.0", {"worker_secrets.BACKUP_DATABASE_URL=x"}},
      {"migrate_secrets.0", {"bring_own_data=true"}},
      {"migrate_secrets.1", {"migrate_secrets.BACKUP_DATABASE_URL=x"}},
      {"storage_provider.0", {"storage_provider=floppy"}},
      {"storage_bucket_name.0", {"storage_bucket_name=A"}},
      {"size.0", {"size=XL"}},
      {"api_min_replicas.0", {"api_min_replicas=0"}},
      {"api_max_replicas.0", {"api_max_replicas=0"}},
      {"web_min_replicas.0", {"web_min_replicas=0"}},
      {"web_max_replicas.0", {"web_max_replicas=0"}},
      {"enable_https.0", {"enable_https=false"}},
      {"db_deletion_protection.0", {"db_deletion_protection=false"}},
      {"db_skip_final_snapshot.0", {"db_skip_final_snapshot=true"}}};
  return all;
}

std::map<std::string, std::string> good_answers(const std::string& cloud) {
  std::map<std::string, std::string> all{{"project_name", "acme"},
                                         {"environment", "production"},
                                         {"api_image", "a:1"},
                                         {"web_image", "w:1"},
                                         {"app_public_url", "https://a.example.com"},
                                         {"api_base_url", "https://b.example.com"}};
  if (cloud == "aws")
    all["aws_sm_signing_secret_arn"] = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:s";
  else
    all["auth_key_secret_name"] = "keys";
  return all;
}

}  // namespace

class Mirror : public ::testing::Test {
 protected:
  Ran exported(const std::string& cloud, const std::vector<std::string>& more) const {
    auto answers = good_answers(cloud);
    for (const auto& one : more) answers[one.substr(0, one.find('='))] = one.substr(one.find('=') + 1);
    std::vector<std::string> words{"infra", "terraform", "export", "--provider", cloud};
    for (const auto& [name, value] : answers)
      if (!value.empty()) words.insert(words.end(), {"--var", name + "=" + value});
    return someone.run(words);
  }
  // The generated declarations, whose validations Terraform shows.
  static std::string blueprint(const std::string& cloud) {
    return *read_file(fs::path(STARTER_SOURCE_ROOT) / "ops/infra" / cloud / "variables-contract.tf");
  }
  Operator someone;
};

TEST_F(Mirror, TakesTheGoodAnswersOfEachCloud) {
  for (const std::string cloud : {"aws", "azure", "gcp"}) {
    const auto made = exported(cloud, {});
    EXPECT_EQ(made.status, 0) << cloud << "\n" << made.err;
  }
}

TEST_F(Mirror, A000_14_SaysEveryRefusalOfTheBlueprintInItsWords) {
  std::size_t rules = 0;
  for (const auto& input : contracts::built_in().inputs) {
    for (std::size_t number = 0; number < input.rules.size(); ++number, ++rules) {
      const auto& sentence = input.rules[number].refuse;
      const auto key = input.name + "." + std::to_string(number);
      const auto way = ways().find(key);
      ASSERT_NE(way, ways().end()) << "nothing here breaks the rule " << key << ": " << sentence;
      for (const std::string cloud : {"aws", "azure", "gcp"}) {
        if (!input.is_on(cloud)) continue;
        EXPECT_THAT(blueprint(cloud), HasSubstr(contracts::hcl_quoted(sentence)));
        if (cloud != (input.is_on("azure") ? "azure" : "aws")) continue;
        const auto refused = exported(cloud, way->second);
        EXPECT_EQ(refused.status, 2) << key << "\n" << refused.out;
        EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
        EXPECT_THAT(refused.err, HasSubstr(sentence)) << key;
      }
    }
  }
  EXPECT_EQ(rules, ways().size()) << "a way that breaks nothing any more";
}

}  // namespace starter::console::testing
