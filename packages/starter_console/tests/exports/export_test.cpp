// The exports: what they say, what they refuse, and that nobody applies one without its secrets by accident.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>

#include "starter/contracts/built_in.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

// Names in `values` that the schema of the chart doesn't know, and texts that it refuses for being empty.
void refused_by(const json::value& schema, const json::value& root, const YAML::Node& values,
                const std::string& path, std::vector<std::string>& wrong) {
  const auto& object = schema.as_object();
  if (const auto* reference = object.if_contains("$ref")) {
    const auto name = std::string(reference->as_string()).substr(std::string("#/$defs/").size());
    return refused_by(root.at("$defs").at(name), root, values, path, wrong);
  }
  if (values.IsScalar() && object.contains("minLength") && values.Scalar().empty())
    wrong.push_back(path + " is empty");
  if (!values.IsMap()) return;
  for (const auto& entry : values) {
    const auto name = entry.first.Scalar();
    const auto* const known = object.at("properties").as_object().if_contains(name);
    if (known == nullptr)
      wrong.push_back(path + "." + name + " is unknown");
    else
      refused_by(*known, root, entry.second, path + "." + name, wrong);
  }
}

std::vector<std::string> refused_by_the_chart(const std::string& values) {
  const auto schema =
      json::parse(*read_file(fs::path(STARTER_SOURCE_ROOT) / "ops/charts/starter/values.schema.json"));
  std::vector<std::string> wrong;
  refused_by(schema, schema, YAML::Load(values), "values", wrong);
  return wrong;
}

class Export : public ::testing::Test {
 protected:
  void set_up(const std::string& profile, const std::string& preset) const {
    const auto made = someone.run({"setup", "wizard", "--non-interactive", "--profile", profile, "--preset",
                                   preset, "--answers-file", someone.answers(profile, preset)});
    ASSERT_EQ(made.status, 0) << made.err;
  }
  Ran terraform(const std::string& provider, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"infra", "terraform", "export", "--provider", provider});
    return someone.run(more);
  }
  std::string tfvars(const std::string& provider) const {
    return someone.read("var/infra/" + provider + "/terraform.tfvars");
  }
  void expect_refused(const Ran& refused, int status, const std::string& says) const {
    EXPECT_EQ(refused.status, status) << refused.err;
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(says));
  }
  Operator someone;
};

TEST_F(Export, A000_14_A000_15_WorksForEachCloudFromNothing) {
  for (const std::string provider : {"aws", "azure", "gcp"}) {
    const auto made = terraform(provider);
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(tfvars(provider), HasSubstr("\nproject_name = \"\"\n"));
    struct stat facts{};
    ASSERT_EQ(::stat((someone.folder() / "var/infra" / provider / "terraform.tfvars").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
    EXPECT_THAT(terraform(provider).out, StartsWith("no change\n"));
  }
}

TEST_F(Export, WhatOthersCouldReadIsForItsOwnerAloneAgain) {
  ASSERT_EQ(terraform("aws").status, 0);
  const auto path = someone.folder() / "var/infra/aws/terraform.tfvars";
  fs::permissions(path, fs::perms{0644});
  EXPECT_THAT(terraform("aws").out, StartsWith("wrote " + path.string() + "\n"));
  EXPECT_EQ(fs::status(path).permissions(), fs::perms{0600});
  EXPECT_THAT(terraform("aws").out, StartsWith("no change\n"));
}

TEST_F(Export, P14_AnExtraVariableThatHoldsASecretIsRefusedAndNoneIsAuditedWithItsValue) {
  const std::string canary = "canary-4f9a1c7e";
  for (const auto& extra : {"db_password=", "datadog_api_key=", "signing_keys=", "smtp_credentials=",
                            "registry_credential=", "connection_string=", "sentry_dsn=", "session_token="})
    expect_refused(terraform("aws", {"--extra-var", extra + canary}), 2, "looks like a secret");
  for (const auto& value : {"postgres://app:" + canary + "@db/starter", "[\"amqp://u:" + canary + "@mq\"]"})
    expect_refused(terraform("aws", {"--extra-var", "place=" + value}), 2, "export TF_VAR_place");
  EXPECT_FALSE(fs::exists(someone.folder() / "var"));
  set_up("demo", "aws");
  // An address with a port, and a user without a password, are none.
  const auto made = terraform("aws", {"--extra-var", "proxy=http://proxy:3128/a@b", "--extra-var",
                                      "place=postgres://app@db/starter", "--extra-var", "note=" + canary});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(tfvars("aws"), HasSubstr("= \"" + canary + "\"\n")) << "no name of a secret";
  const auto log = someone.read("var/log/console-audit.jsonl");
  EXPECT_THAT(log, HasSubstr("--extra-var=note"));
  EXPECT_THAT(log, Not(HasSubstr(canary)));
}

// In a template, too: what a flag says stands in the file.
TEST_F(Export, A000_14_AnExtraVariableStandsInATemplate) {
  const std::vector<std::string> extra{"--mode", "template",    "--extra-var",
                                       "zone=b", "--extra-var", "tags={\"team\":\"acme\"}"};
  const auto made = terraform("gcp", extra);
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(tfvars("gcp"), HasSubstr("\nproject_name = \"\"\n"));
  EXPECT_THAT(tfvars("gcp"), HasSubstr("\n# Further variables of this root\n"));
  EXPECT_THAT(tfvars("gcp"), HasSubstr("zone = \"b\"\n"));
  EXPECT_THAT(tfvars("gcp"), HasSubstr("\"acme\""));
  auto as_json = extra;
  as_json.insert(as_json.end(), {"--format", "json"});
  ASSERT_EQ(terraform("gcp", as_json).status, 0);
  const auto values = json::parse(someone.read("var/infra/gcp/terraform.tfvars.json"));
  EXPECT_EQ(values.at("zone"), "b");
  EXPECT_EQ(values.at("tags").at("team"), "acme");
}

TEST_F(Export, IsATemplateWhereSettingsMerelyLieAround) {
  someone.put(".env.local", "LOG_LEVEL=DEBUG\nPORT=8001\n");
  const auto made = terraform("aws", {"--json"});
  EXPECT_EQ(made.status, 0) << made.out;
  EXPECT_EQ(json::parse(made.out).at("mode"), "template");
}

TEST_F(Export, A000_16_TheUsualPlaceIsIgnoredByGit) {
  const auto ignored = run_process(
      {.argv = {"git", "-C", STARTER_SOURCE_ROOT, "check-ignore", "-q", "var/infra/aws/terraform.tfvars"}},
      std::chrono::seconds(10));
  ASSERT_TRUE(ignored);
  EXPECT_EQ(ignored->status, 0);
}

TEST_F(Export, SaysWhatWasSetUp) {
  set_up("production", "aws");
  const auto made = terraform("aws");
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(tfvars("aws"), HasSubstr("\nproject_name              = \"acme\"\n"));
  EXPECT_THAT(tfvars("aws"), HasSubstr("\nregion                    = \"eu-central-1\"\n"));
  EXPECT_THAT(tfvars("aws"), HasSubstr("\n  MAIL_FROM = \"no-reply@example.com\"\n"));
  EXPECT_THAT(made.out, HasSubstr("No reference yet for AUTH_PASSWORD_PEPPER"));
  EXPECT_THAT(tfvars("aws"), HasSubstr("\n#   AUTH_PASSWORD_PEPPER: api_secrets\n"));
  EXPECT_THAT(tfvars("aws"), HasSubstr("\n#   WEB_TIER_SECRET: api_secrets, web_secrets\n"));
  EXPECT_THAT(made.out, HasSubstr("Next: starter-console next")) << "secrets have no reference yet";
  EXPECT_THAT(tfvars("aws"), Not(HasSubstr("canary")));
}

TEST_F(Export, AFlagWinsOverAnswersOverTheLastRunOverTheEnvFile) {
  someone.put("env", "APP_PUBLIC_URL=https://env.example.com\nLOG_LEVEL=ERROR\n");
  someone.put("a.yaml", "project_name: answers\napi_image: a:1\nweb_image: w:1\nENVIRONMENT: staging\n");
  const std::vector<std::string> words{
      "--env-file",
      someone.folder() / "env",
      "--answers-file",
      someone.folder() / "a.yaml",
      "--var",
      "project_name=flag",
      "--var",
      "aws_sm_signing_secret_arn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:s"};
  ASSERT_EQ(terraform("aws", words).status, 0) << terraform("aws", words).err;
  EXPECT_THAT(tfvars("aws"), HasSubstr("= \"flag\"\n"));
  EXPECT_THAT(tfvars("aws"), HasSubstr("= \"https://env.example.com\"\n"));
  EXPECT_THAT(tfvars("aws"), HasSubstr("LOG_LEVEL = \"ERROR\"\n"));
}

TEST_F(Export, A000_15_TheSameAnswersGiveTheSameEnvironmentOnEachCloud) {
  // What each cloud has of its own: where its secrets, keys and files are.
  const std::vector<std::string> of_one_cloud{"AWS_", "S3_", "AZURE_", "GCP_", "GCS_"};
  for (const std::string profile : {"demo", "staging", "production"}) {
    std::map<std::string, json::object> said;
    for (const std::string provider : {"aws", "azure", "gcp"}) {
      const Operator person;
      ASSERT_EQ(person
                    .run({"setup", "wizard", "--non-interactive", "--profile", profile, "--preset", provider,
                          "--answers-file", person.answers(profile, provider)})
                    .status,
                0);
      // Beside what the set-up asks for, variables of every kind that a person may say.
      const auto made =
          person.run({"infra", "terraform", "export", "--provider", provider, "--format", "json", "--var",
                      "ACCESS_TOKEN_EXPIRE_MINUTES=10", "--var", "LOG_LEVEL=ERROR", "--var",
                      "web_env.LOG_LEVEL=DEBUG", "--var", "TRUSTED_PROXIES=10.0.0.0/8"});
      ASSERT_EQ(made.status, 0) << made.err;
      const auto values =
          json::parse(person.read("var/infra/" + provider + "/terraform.tfvars.json")).as_object();
      for (const char* map : {"api_env", "web_env", "worker_env"}) {
        json::object shared;
        if (const auto* const all = values.if_contains(map))
          for (const auto& [name, value] : all->as_object())
            if (std::ranges::none_of(of_one_cloud, [&](const auto& own) { return name.starts_with(own); }))
              shared[name] = value;
        const auto& first = said.emplace(map, shared).first->second;
        EXPECT_EQ(first, shared) << profile << " " << provider << " " << map << ": "
                                 << json::serialize(shared) << "\n"
                                 << json::serialize(first);
      }
      for (const auto* name :
           {"project_name", "environment", "api_image", "web_image", "app_public_url", "api_base_url"}) {
        const json::object one{{name, values.contains(name) ? values.at(name) : nullptr}};
        EXPECT_EQ(said.emplace(name, one).first->second, one) << provider;
      }
    }
    EXPECT_EQ(said.at("api_env").at("ACCESS_TOKEN_EXPIRE_MINUTES"), "10");
    EXPECT_EQ(said.at("api_env").at("LOG_LEVEL"), "ERROR");
    EXPECT_EQ(said.at("web_env").at("LOG_LEVEL"), "DEBUG");
  }
}

TEST_F(Export, A000_17_ASecretIsLeftOutUnlessAskedFor) {
  set_up("demo", "aws");
  someone.put("more.yaml", "registry_server: ghcr.io\nregistry_username: bot\nregistry_password: '" +
                               std::string(Operator::kSecret) + "'\n");
  const std::vector<std::string> with{"--answers-file", someone.folder() / "more.yaml"};
  const auto made = terraform("aws", with);
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("A secret is left out"));
  EXPECT_THAT(tfvars("aws"), Not(HasSubstr(Operator::kSecret)));
  EXPECT_THAT(tfvars("aws"), HasSubstr("= redacted_export_it_with_include_secrets"));
  auto all = with;
  all.push_back("--include-secrets");
  ASSERT_EQ(terraform("aws", all).status, 0);
  EXPECT_THAT(tfvars("aws"), HasSubstr(std::string("= \"") + Operator::kSecret + "\"\n"));
}

TEST_F(Export, NamesWhatIsRequiredAndTwoProfilesWithACommandOfItsOwn) {
  expect_refused(terraform("azure", {"--var", "project_name=acme"}), 2,
                 "api_image is required. web_image is required.");
  expect_refused(
      terraform("azure", {"--var", "project_name=acme", "--var", "environment=production", "--var",
                          "api_image=a:1", "--var", "web_image=w:1", "--var", "auth_key_secret_name=k"}),
      2, "app_public_url is required when environment is production.");
  someone.put("a.yaml", "profile: staging\n");
  expect_refused(terraform("azure", {"--profile", "demo", "--answers-file", "a.yaml"}), 2,
                 "fix: starter-console infra terraform export --provider azure --profile demo --answers-file "
                 "a.yaml   # and");
}

TEST_F(Export, ARefusalRepeatsTheCommandWithWhatIsToBeTypedInIt) {
  someone.put("a.yaml", "profile: demo\n");
  expect_refused(terraform("azure", {"--answers-file", "a.yaml", "--var", "project_name=acme"}), 2,
                 "fix: starter-console infra terraform export --provider azure --answers-file a.yaml "
                 "--var project_name=acme --var api_image=VALUE --var web_image=VALUE");
  expect_refused(terraform("azure", {"--var", "project_name=Acme", "--var", "environment=staging"}), 2,
                 "fix: starter-console infra terraform export --provider azure --var environment=staging "
                 "--var project_name=VALUE\n");
  expect_refused(terraform("azure", {"--var", "DEBUG=true", "--profile", "production"}), 2,
                 "fix: starter-console infra terraform export --provider azure --profile production "
                 "--var DEBUG=false\n");
}

TEST_F(Export, RefusesWhatIsWrongAndTouchesNothing) {
  set_up("demo", "aws");
  fs::create_directories(someone.folder() / "taken");
  const auto before = someone.files();
  expect_refused(terraform("aws", {"--file", someone.folder() / "taken"}), 1,
                 "a folder stands where a file should be");
  expect_refused(terraform("aws", {"--file", "/proc/nothing/terraform.tfvars"}), 5, "/proc/nothing");
  expect_refused(terraform("aws", {"--extra-var", "size=L"}), 2, "The contract names size");
  expect_refused(terraform("aws", {"--extra-var", "Zone"}), 2, "--extra-var needs NAME=VALUE");
  expect_refused(terraform("aws", {"--var", "api_secrets.SMTP_URL=smtps://u:p@mail.example.com"}), 2,
                 "is no reference to a secret");
  expect_refused(terraform("aws", {"--env-file", "absent"}), 5, "absent");
  expect_refused(terraform("oracle"), 2, "aws|azure|gcp");
  EXPECT_EQ(someone.files(), before);
}

struct Owned {
  std::string profile, preset;
};

// Those of one's own servers: a cluster, or a single one.
class ExportOfOnesOwn : public Export, public ::testing::WithParamInterface<Owned> {};

INSTANTIATE_TEST_SUITE_P(Presets, ExportOfOnesOwn,
                         ::testing::Values(Owned{"demo", "other"}, Owned{"staging", "other"},
                                           Owned{"production", "other"},
                                           Owned{"staging", "enterprise_custom"},
                                           Owned{"production", "enterprise_custom"}),
                         [](const auto& info) { return info.param.profile + "_" + info.param.preset; });

TEST_P(ExportOfOnesOwn, A000_15_HelmSaysTheSameAndTheChartRefusesWhatHasNoReference) {
  set_up(GetParam().profile, GetParam().preset);
  const auto made = someone.run({"infra", "helm", "export"});
  ASSERT_EQ(made.status, 0) << made.err;
  const auto text = someone.read("var/infra/kubernetes/values.yaml");
  EXPECT_THAT(text, HasSubstr("image: \"ghcr.io/acme/api:1.2.3\""));
  EXPECT_THAT(refused_by_the_chart(text),
              ::testing::Contains("values.externalSecrets.api.data.DATABASE_URL is empty"));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  ASSERT_EQ(someone.run({"infra", "helm", "export", "--include-secrets"}).status, 0);
  const auto whole = someone.read("var/infra/kubernetes/values.yaml");
  EXPECT_THAT(refused_by_the_chart(whole), ::testing::IsEmpty());
  EXPECT_THAT(whole, HasSubstr("enabled: false"));
  EXPECT_THAT(whole, HasSubstr("canary"));
}

// What alters every table goes to the job that alters tables, and nowhere else.
TEST_F(Export, A000_27_A001_61_TheOwnersLogInReachesTheMigrationAlone) {
  const auto arn = [](const std::string& name) {
    return "arn:aws:secretsmanager:eu-central-1:123456789012:secret:" + name + "-a1b2c3";
  };
  set_up("production", "aws");
  std::vector<std::string> words{"--var", "bring_own_data=true",
                                 "--var", "api_secrets.DATABASE_URL=" + arn("app"),
                                 "--var", "api_secrets.REDIS_URL=" + arn("redis"),
                                 "--var", "worker_secrets.WORKER_DATABASE_URL=" + arn("worker")};
  expect_refused(terraform("aws", words), 2,
                 "migrate_secrets must name MIGRATE_DATABASE_URL when the data stores are your own.");
  words.insert(words.end(), {"--var", "migrate_secrets.MIGRATE_DATABASE_URL=" + arn("owner")});
  words.insert(words.end(), {"--format", "json"});
  ASSERT_EQ(terraform("aws", words).status, 0) << terraform("aws", words).err;
  const auto text = someone.read("var/infra/aws/terraform.tfvars.json");
  const auto values = json::parse(text).as_object();
  const auto& migrate = values.at("migrate_secrets").as_object();
  EXPECT_EQ(migrate.at("MIGRATE_DATABASE_URL"), arn("owner").c_str());
  EXPECT_EQ(migrate.at("DATABASE_URL"), arn("app").c_str()) << "it makes their log-ins";
  EXPECT_EQ(migrate.at("WORKER_DATABASE_URL"), arn("worker").c_str());
  EXPECT_EQ(migrate.size(), 3u) << "and nothing else of theirs";
  EXPECT_EQ(text.find(arn("owner")), text.rfind(arn("owner"))) << "one role has it";
  EXPECT_EQ(values.at("worker_secrets").at("REDIS_URL"), arn("redis").c_str());

  const std::pair<std::string, std::string> wrong[] = {
      {"api_secrets.MIGRATE_DATABASE_URL=" + arn("x"), "which the API must never have."},
      {"worker_secrets.MIGRATE_DATABASE_URL=" + arn("x"), "which the worker must never have."},
      {"web_secrets.BACKUP_DATABASE_URL=" + arn("x"), "which the web application must never have."},
      {"api_env.MIGRATE_DATABASE_URL=postgresql://o:p@h/d", "which the API must never have."},
      {"api_secrets.WORKER_DATABASE_URL=" + arn("x"), "is a secret of another role"},
      {"web_secrets.SECRET_KEY=" + arn("x"), "is a secret of another role"},
      {"worker_env.SMTP_URL=smtps://u:p@mail.example.com", "is a secret in the open"}};
  for (const auto& [entry, says] : wrong) {
    auto refused = words;
    refused.insert(refused.end(), {"--var", entry});
    expect_refused(terraform("aws", refused), 2, says);
  }
  EXPECT_EQ(someone.read("var/infra/aws/terraform.tfvars.json"), text);
}

TEST_F(Export, TheMigrationsSecretsAreAskedForByNameOnEveryTarget) {
  set_up("staging", "other");
  const auto helm = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"infra", "helm", "export"});
    const auto made = someone.run(more);
    EXPECT_EQ(made.status, 0) << made.err;
    return YAML::Load(someone.read("var/infra/kubernetes/values.yaml"));
  };
  EXPECT_EQ(helm()["externalSecrets"]["migrate"]["data"]["MIGRATE_DATABASE_URL"].Scalar(), "");
  const auto named = helm({"--var", "migrate_secrets.MIGRATE_DATABASE_URL=acme/owner", "--var",
                           "api_secrets.DATABASE_URL=acme/app"});
  EXPECT_EQ(named["externalSecrets"]["migrate"]["data"]["MIGRATE_DATABASE_URL"].Scalar(), "acme/owner");
  EXPECT_EQ(named["externalSecrets"]["migrate"]["data"]["DATABASE_URL"].Scalar(), "acme/app");
  EXPECT_FALSE(named["externalSecrets"]["worker"]["data"]["DATABASE_URL"]) << "it has the API's";
  const auto values = helm({"--include-secrets"});
  EXPECT_THAT(values["migrations"]["secrets"]["MIGRATE_DATABASE_URL"].Scalar(), HasSubstr("canary"));
  for (const auto* serving : {"api", "web", "worker"})
    EXPECT_FALSE(values[serving]["secrets"]["MIGRATE_DATABASE_URL"]) << serving;

  const std::vector<std::string> compose{
      "infra", "compose",           "export",           "--var", "api_image=a:1", "--var", "web_image=w:1",
      "--var", "project_name=acme", "--include-secrets"};
  ASSERT_EQ(someone.run(compose).status, 0) << someone.run(compose).err;
  EXPECT_THAT(someone.read("var/infra/compose/secrets/migrate_database_url"), HasSubstr("canary"));
}

TEST_P(ExportOfOnesOwn, A000_15_ComposeKeepsEachSecretInAFileOfItsOwn) {
  set_up(GetParam().profile, GetParam().preset);
  const std::vector<std::string> words{"infra", "compose", "export"};
  ASSERT_EQ(someone.run(words).status, 0) << someone.run(words).err;
  const auto text = someone.read("var/infra/compose/.env.prod");
  const bool demo = GetParam().profile == "demo";
  if (!demo) EXPECT_THAT(text, HasSubstr("\nAPP_HOST=app.example.com\n"));
  EXPECT_THAT(text, HasSubstr("\nAPI_IMAGE=ghcr.io/acme/api:1.2.3\n"));
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_FALSE(fs::exists(someone.folder() / "var/infra/compose/secrets"));
  auto all = words;
  all.push_back("--include-secrets");
  ASSERT_EQ(someone.run(all).status, 0);
  EXPECT_EQ(someone.read("var/infra/compose/.env.prod"), text) << "no secret is ever in it";
  EXPECT_THAT(someone.read("var/infra/compose/secrets/database_url"), HasSubstr("canary"));
  // Each is one that a Compose file mounts: the contract's name in lower case, what the set-up wrote in it.
  const auto written = someone.read(".env.local");
  for (const auto& entry : fs::directory_iterator(someone.folder() / "var/infra/compose/secrets")) {
    auto name = entry.path().filename().string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    const auto* const variable = contracts::built_in().variable(name);
    ASSERT_NE(variable, nullptr) << name;
    EXPECT_TRUE(variable->secret) << name;
    EXPECT_THAT(written, HasSubstr(*read_file(entry.path()))) << name;
  }
}

TEST_F(Export, WhatHasNoReferenceYetIsNamedInTheFileThatWasWritten) {
  const auto answers = someone.answers("staging", "aws");
  const auto ran = terraform("aws", {"--answers-file", answers, "--file", "its own.tfvars"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("No reference yet for "));
  EXPECT_THAT(ran.out, HasSubstr("\nNext: \"${EDITOR:-vi}\" 'its own.tfvars'\n"));
  const auto reply =
      json::parse(terraform("aws", {"--answers-file", answers, "--file", "its own.tfvars", "--json"}).out);
  EXPECT_EQ(reply.at("next"), "\"${EDITOR:-vi}\" 'its own.tfvars'");
  EXPECT_EQ(std::string(json::parse(terraform("aws", {"--answers-file", answers, "--dry-run", "--json"}).out)
                            .at("next")
                            .as_string()),
            "\"${EDITOR:-vi}\" " + (someone.folder() / "var/infra/aws/terraform.tfvars").string());
}

}  // namespace starter::console::testing
