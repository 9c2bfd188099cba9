// What is written from the contract, and that the repository holds exactly that.
#include "starter/contracts/render.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "starter/contracts/built_in.h"
#include "starter/contracts/table.h"
#include "tests/folder.h"
#include "tests/json_schema.h"
#include "tests/repository.h"

namespace starter::contracts::testing {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Rendered pages() {
  Rendered all;
  for (const auto& path : guide_paths(contract()))
    if (fs::exists(root() / path)) all[path] = read(root() / path);
  return all;
}

const Rendered& rendered() {
  static const Rendered files = render(contract(), pages());
  return files;
}

TEST(Render, A004_01_TheWizardsPresetsAreAPage) {
  const auto page = render(contract(), {}).at("docs/ops/setup-wizard-presets.md");
  for (const auto& profile : contract().profiles)
    EXPECT_THAT(page, HasSubstr("\n### " + profile.name + "\n"));
  for (const char* preset : {"local", "aws", "azure", "gcp", "other", "single_server", "enterprise_custom"})
    EXPECT_THAT(page, HasSubstr(std::string("\n| `") + preset + "` |"));
  EXPECT_THAT(page, HasSubstr("`SECRET_KEY`"));
}

TEST(Render, TheBuiltInContractIsTheOneOfTheFolder) {
  EXPECT_TRUE(built_in_files() == contract_files());
  EXPECT_EQ(built_in().variables.size(), contract().variables.size());
}

TEST(Render, A002_32_A004_53_RepositoryHoldsWhatTheContractSays) {
  for (const auto& [path, text] : rendered())
    EXPECT_EQ(diff_of(path, fs::exists(root() / path) ? read(root() / path) : "", text), "")
        << "run: starter-console contract render";
}

TEST(Render, InventoryHasOneRowForEachVariable) {
  std::istringstream in(rendered().at("docs/trackers/CONSOLE_ENV_INVENTORY.md"));
  std::multiset<std::string> rows;
  for (std::string line; std::getline(in, line) && line != "## Read differently";)
    if (line.starts_with("| `")) rows.insert(line.substr(3, line.find('`', 3) - 3));
  EXPECT_EQ(rows.size(), contract().variables.size());
  for (const auto& variable : contract().variables) EXPECT_EQ(rows.count(variable.name), 1u) << variable.name;
}

TEST(Render, TablesSayWhatTheContractSays) {
  size_t rows = 0;
  for (const auto& variable : contract().variables) {
    rows += 1 + variable.by_role.size();
    const auto* row = table::find(variable.name);
    ASSERT_NE(row, nullptr) << variable.name;
    EXPECT_EQ(row->meaning, variable.meaning);
    EXPECT_EQ(row->secret, variable.secret);
    EXPECT_EQ(row->has_fallback, variable.fallback.has_value());
    EXPECT_EQ(row->fallback, variable.fallback.value_or(""));
    EXPECT_EQ(row->required_when, variable.required_when);
    EXPECT_EQ(static_cast<int>(row->type), static_cast<int>(variable.type));
    EXPECT_EQ(row->min <= row->max, variable.min || variable.max);
    for (size_t i = 0; i < kReaders.size(); ++i)
      EXPECT_EQ((row->roles >> i & 1) != 0, variable.is_read_by(kReaders[i]))
          << variable.name << " " << kReaders[i];
    for (size_t i = 0; i < table::kTargets.size(); ++i) {
      const auto& one = table::deliveries()[row->deliveries[i]];
      const auto& other = variable.targets.at(std::string(table::kTargets[i]));
      EXPECT_EQ(one.carry, other.carry) << variable.name;
      EXPECT_EQ(one.omitted, other.omitted) << variable.name;
    }
  }
  EXPECT_EQ(table::variables().size(), rows);
  EXPECT_EQ(table::find("PORT", table::web)->fallback, "3000");
  EXPECT_EQ(table::find("PORT", table::api)->fallback, "8000");
  EXPECT_EQ(table::find("SSO_OKTA_CLIENT_ID")->name, "SSO_<PROVIDER>_CLIENT_ID");
  EXPECT_EQ(table::find("SSO__CLIENT_ID"), nullptr);
}

TEST(Render, SettingsSchemaTakesDefaultsAndRefusesOtherValues) {
  const auto schema = boost::json::parse(rendered().at("docs/contracts/settings.schema.json"));
  boost::json::object good, bad;
  for (const auto& variable : contract().variables)
    if (variable.fallback && variable.unused.empty()) good[variable.name] = *variable.fallback;
  EXPECT_GT(good.size(), 150u);
  EXPECT_THAT(schema_problems(schema, good), IsEmpty());
  const std::pair<const char*, const char*> wrong[] = {{"ACCESS_TOKEN_EXPIRE_MINUTES", "soon"},
                                                       {"DEBUG", "maybe"},
                                                       {"SECRETS_PROVIDER", "gcp"},
                                                       {"REDIS_URL", "http://x"},
                                                       {"SECRET_KEY", "short"},
                                                       {"SSO_OKTA_SCOPE", "all"}};
  for (const auto& [name, value] : wrong)
    EXPECT_THAT(schema_problems(schema, boost::json::object{{name, value}}), Not(IsEmpty())) << name;
}

/// Numbers about the ends of a range, and others.
std::set<std::string> numbers_about(const Variable& variable) {
  std::set<std::string> all{"0", "00", "1", "-1", "", " 1", "soon", "1234567890"};
  for (const auto end : {variable.min, variable.max, std::optional(7.0), std::optional(99.0)})
    for (const double times : {0.5, 1.0, 2.0, 10.0})
      for (const int step : {-11, -1, 0, 1, 11})
        if (end) all.insert(std::to_string(static_cast<long long>(*end * times) + step));
  for (const auto& one : std::set(all)) {
    all.insert(one + ".0");
    all.insert(one + ".5");
    all.insert("00" + one);
  }
  return all;
}

/// The range as numbers, and a judgement of any text that is the contract's own.
void expect_range(const boost::json::value& shape, const Variable& variable, const std::string& where) {
  const auto& object = shape.as_object();
  ASSERT_TRUE(object.contains("minimum")) << where;
  EXPECT_EQ(object.at("minimum").to_number<double>(), *variable.min) << where;
  ASSERT_EQ(object.contains("maximum"), variable.max.has_value()) << where;
  if (variable.max) EXPECT_EQ(object.at("maximum").to_number<double>(), *variable.max) << where;
  for (const auto& text : numbers_about(variable)) {
    // 8.0 is a whole number to the contract, and no digits to a program that reads a port.
    if (variable.type == Type::integer && text.find('.') != text.npos) continue;
    if (text.starts_with("00-") || text.starts_with('.')) continue;
    EXPECT_EQ(schema_problems(shape, boost::json::value(text)).empty(),
              problem_of_value(variable, text).empty())
        << where << " with \"" << text << '"';
  }
}

bool has_range(const Variable& variable) {
  return (variable.type == Type::integer || variable.type == Type::number) && variable.min;
}

TEST(Render, SettingsSchemaHoldsEveryRange) {
  const auto schema = boost::json::parse(rendered().at("docs/contracts/settings.schema.json"));
  int checked = 0;
  for (const auto& variable : contract().variables) {
    if (!variable.unused.empty()) continue;
    const auto& shape = schema.at("properties").as_object();
    if (!shape.contains(variable.name)) continue;  // those with a placeholder; none of them is a number
    const auto* shapes = shape.at(variable.name).as_object().if_contains("anyOf");
    if (has_range(variable))
      expect_range(shapes ? shapes->at(0) : shape.at(variable.name), variable, variable.name), ++checked;
    size_t at = 0;
    for (const auto& [role, other] : variable.by_role) {
      ++at;
      if (!has_range(other)) continue;
      ASSERT_NE(shapes, nullptr) << variable.name;
      expect_range(shapes->at(at), other, variable.name + " of " + role), ++checked;
    }
    if (variable.type == Type::string && variable.min && !shapes)
      EXPECT_EQ(shape.at(variable.name).at("minLength").to_number<double>(), *variable.min) << variable.name;
  }
  EXPECT_GT(checked, 60);
}

TEST(Render, ValuesSchemaHoldsEveryRangeAndLength) {
  const auto schema = boost::json::parse(rendered().at("ops/charts/starter/values.schema.json"));
  int ranges = 0, lengths = 0;
  for (const std::string role : {"api", "web", "worker", "migrate"}) {
    const auto& part = schema.at("properties").at(role == "migrate" ? "migrations" : role).at("properties");
    for (const auto& variable : contract().variables)
      for (const char* list : {"env", "secrets"}) {
        const auto& all = part.at(list).at("properties").as_object();
        if (!variable.is_read_by(role) || !all.contains(variable.name)) continue;
        const auto& read = variable.of(role);
        const auto where = role + "." + list + "." + variable.name;
        if (has_range(read)) expect_range(all.at(variable.name), read, where), ++ranges;
        if (read.type != Type::string || !read.min) continue;
        ++lengths;
        EXPECT_EQ(all.at(variable.name).at("minLength").to_number<double>(), *read.min) << where;
      }
  }
  EXPECT_GT(ranges, 60);
  EXPECT_GT(lengths, 5);
  for (const char* values :
       {"web: {env: {PORT: '0'}}", "api: {env: {ACCESS_TOKEN_EXPIRE_MINUTES: '31'}}",
        "worker: {env: {DATABASE_POOL_SIZE: '65'}}", "api: {secrets: {SECRET_KEY: short}}"})
    EXPECT_THAT(schema_problems(schema, as_json(values)), Not(IsEmpty())) << values;
  EXPECT_THAT(schema_problems(schema, as_json("api: {env: {ACCESS_TOKEN_EXPIRE_MINUTES: '30'}}")), IsEmpty());
}

TEST(Render, A003_13_to_A003_19_ValuesSchemaTakesTheGuidesSample) {
  const auto schema = boost::json::parse(rendered().at("ops/charts/starter/values.schema.json"));
  const auto sample = as_json(R"(
api: {image: "registry/app-api:tag", env: {}, secrets: {}, secretName: ""}
web: {image: "registry/app-web:tag", env: {}, secrets: {}, secretName: ""}
worker: {enabled: false, image: "registry/app-api:tag", env: {}, secrets: {}, secretName: ""}
ingress:
  enabled: true
  className: nginx
  hosts: [{host: app.example.com}]
  tls: [{secretName: app-tls, hosts: [app.example.com]}]
  apiHosts: []
  apiTls: []
ingressPaths: {api: /api, web: /, apiHost: /}
externalSecrets:
  enabled: true
  secretStoreRef: {name: platform-secrets, kind: ClusterSecretStore}
  api: {data: {DATABASE_URL: prod/database_url, REDIS_URL: prod/redis_url}}
  web: {data: {API_BASE_URL: prod/api_base_url}}
  worker: {data: {}}
autoscaling:
  enabled: true
  targetCPUUtilizationPercentage: 80
  api: {minReplicas: 2, maxReplicas: 10}
  web: {minReplicas: 2, maxReplicas: 10}
)");
  EXPECT_THAT(schema_problems(schema, sample), IsEmpty());
  const auto migration = as_json(R"(
migrations: {enabled: true, mode: hook, env: {ENVIRONMENT: staging}, secretName: "", resources: {}}
externalSecrets: {migrate: {data: {MIGRATE_DATABASE_URL: prod/owner_url, DATABASE_URL: prod/database_url}}}
)");
  EXPECT_THAT(schema_problems(schema, migration), IsEmpty()) << "the migration has secrets of its own";
  const char* wrong[] = {"apis: {}",
                         "api: {env: {DATABSE_URL: x}}",
                         "api: {env: {DATABASE_URL: postgresql://u:p@h/d}}",
                         "web: {env: {DATABASE_URL: x}}",
                         "api: {env: {PORT: eighty}}",
                         "autoscaling: {api: {minReplicas: 0}}",
                         "externalSecrets: {secretStoreRef: {kind: Store}}",
                         "api: {env: {SECRETS_PROVIDER: gcp}}",
                         "externalSecrets: {web: {data: {MIGRATE_DATABASE_URL: x}}}",
                         "externalSecrets: {api: {data: {MIGRATE_DATABASE_URL: x}}}",
                         "externalSecrets: {worker: {data: {MIGRATE_DATABASE_URL: x}}}",
                         "externalSecrets: {migrate: {data: {BACKUP_DATABASE_URL: x}}}",
                         "externalSecrets: {migrate: {data: {SECRET_KEY: x}}}",
                         "migrations: {env: {MIGRATE_DATABASE_URL: 'postgresql://o:p@h/d'}}",
                         "api: {secrets: {MIGRATE_DATABASE_URL: x}}"};
  for (const char* values : wrong)
    EXPECT_THAT(schema_problems(schema, as_json(values)), Not(IsEmpty())) << values;
}

TEST(Render, A002_53_ExamplesHoldNoSecret) {
  for (const char* path : {"apps/api-service/.env.local.example", "apps/web-app/.env.local.example",
                           "ops/compose/.env.prod.example"}) {
    std::istringstream in(rendered().at(path));
    int set = 0;
    for (std::string line; std::getline(in, line);) {
      const auto name =
          line.substr(line.starts_with("# ") ? 2 : 0, line.find('=') - (line.starts_with("# ") ? 2 : 0));
      const auto* variable = line.find('=') == line.npos ? nullptr : contract().variable(name);
      if (variable == nullptr) continue;
      ++set;
      if (variable->secret)
        EXPECT_EQ(line.substr(line.find('=') + 1), variable->fallback.value_or("")) << line;
    }
    EXPECT_GT(set, 5) << path;
  }
}

TEST(Render, MappingStandsBetweenItsMarkers) {
  const auto& aws = *contract().target("aws");
  const auto page =
      render(contract(),
             {{aws.guide, "# AWS\n\n<!-- contract:mapping -->\nold\n<!-- /contract:mapping -->\nend\n"}})
          .at(aws.guide);
  EXPECT_THAT(page, HasSubstr("# AWS\n\n<!-- contract:mapping -->\n### Inputs\n"));
  EXPECT_THAT(page, HasSubstr("| `auth_key_secret_arn` | `AUTH_KEY_SECRET_NAME` |"));
  EXPECT_THAT(page, HasSubstr("| `auth_key_storage_provider` | `AUTH_KEY_STORAGE_PROVIDER` |"));
  EXPECT_THAT(page, HasSubstr("| `region` | `AWS_REGION` |"));
  EXPECT_THAT(page, Not(HasSubstr("old")));
  EXPECT_THAT(page, HasSubstr("<!-- /contract:mapping -->\nend\n"));
  EXPECT_EQ(with_block("no marker\n", "mapping", "x\n"),
            "no marker\n\n<!-- contract:mapping -->\nx\n<!-- /contract:mapping -->\n");
  EXPECT_EQ(with_block("a\n<!-- contract:mapping -->\nold\nmine\n", "mapping", "x\n"),
            "a\n<!-- contract:mapping -->\nx\n<!-- /contract:mapping -->\nold\nmine\n")
      << "a lost end takes nobody's text along";
}

// What an operator looks up: where do I write this, on the target that I have?
TEST(Render, A000_22_A004_53_EachGuideSaysWhereEverySecretAndInputGoes) {
  const std::map<std::string, std::string> owner{{"aws", "`migrate_secrets`"},
                                                 {"azure", "`migrate_secrets`"},
                                                 {"gcp", "`migrate_secrets`"},
                                                 {"kubernetes", "`externalSecrets.migrate.data`"},
                                                 {"compose", "`secrets/migrate_database_url`"}};
  for (const auto& target : contract().targets) {
    const auto& page = rendered().at(target.guide);
    EXPECT_THAT(page,
                HasSubstr("| `MIGRATE_DATABASE_URL` | migrate | " + owner.at(target.name) + " | always |\n"))
        << target.name;
    for (const auto& input : contract().inputs)
      if (target.kind == "terraform" && input.is_on(target.name))
        EXPECT_THAT(page, HasSubstr("| `" + input.name + "`")) << target.name;
    for (const auto& variable : contract().variables) {
      if (variable.since.empty() || !std::ranges::any_of(variable.roles, is_container)) continue;
      const auto row = "| `" + variable.name + "` |";
      EXPECT_NE(page.find(row), page.npos) << target.name << " " << variable.name;
    }
    EXPECT_THAT(render(contract(), {}).at(target.guide), HasSubstr("# Hosting: " + target.title + "\n"))
        << "a guide that is missing is begun";
  }
}

TEST(Render, DiffIsForReading) {
  EXPECT_EQ(diff_of("p", "a\nb\nc\n", "a\nb\nc\n"), "");
  EXPECT_EQ(
      diff_of("p", "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\nf\n"),
      "--- p as it is\n+++ p as the contract has it\n@@ from line 4 @@\n  a\n  b\n  c\n- d\n+ D\n  e\n  f\n");
  std::string many;
  for (int i = 0; i < 500; ++i) many += std::to_string(i) + "\n";
  EXPECT_THAT(diff_of("p", "", many, 20), HasSubstr("and 480 lines more"));
}

// --- Terraform

class EveryCloud : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!has_program("terraform")) GTEST_SKIP() << "terraform is not installed";
    const auto path = contract().target(GetParam())->folder + "/variables-contract.tf";
    std::ofstream(folder.path / "variables-contract.tf") << rendered().at(path);
    ASSERT_THAT(terraform(folder.path, "init -input=false -no-color"), Not(::testing::StartsWith("failed")));
  }

  std::string plan(std::map<std::string, std::string> changes) {
    std::map<std::string, std::string> values{{"project_name", "\"starter\""},
                                              {"environment", "\"staging\""},
                                              {"api_image", "\"r/api:1\""},
                                              {"web_image", "\"r/web:1\""}};
    if (GetParam() == std::string("aws")) values["aws_sm_signing_secret_arn"] = "\"arn\"";
    for (auto& [name, value] : changes) values[name] = value;
    std::ofstream file(folder.path / "terraform.tfvars", std::ios::trunc);
    for (const auto& [name, value] : values)
      if (!value.empty()) file << name << " = " << value << "\n";
    file.close();
    auto said = terraform(folder.path, "plan -no-color -input=false -compact-warnings");
    std::ranges::replace(said, '\n', ' ');
    std::string out;  // Terraform breaks long lines and draws a frame
    for (size_t at = 0; at < said.size(); ++at) {
      if (said.compare(at, 3, "\xe2\x94\x82") == 0) at += 3;
      if (at < said.size() && (said[at] != ' ' || !out.ends_with(' '))) out += said[at];
    }
    return out;
  }

  Folder folder;
};

TEST_P(EveryCloud, VariablesAreFormattedAndValid) {
  EXPECT_EQ(terraform(folder.path, "fmt -check -diff"), "");
  EXPECT_THAT(terraform(folder.path, "validate -no-color"), HasSubstr("Success"));
}

TEST_P(EveryCloud, TakesTheRequiredInputsAndRefusesWhatMustNotBe) {
  EXPECT_THAT(plan({}), HasSubstr("No changes"));
  const std::pair<std::map<std::string, std::string>, const char*> refused[] = {
      {{{"project_name", "\"Starter!\""}}, "project_name must be 3 to 20"},
      {{{"environment", "\"prod\""}}, "environment must be development"},
      {{{"api_image", "\"r/api:latest\""}}, "api_image must have a tag"},
      {{{"environment", "\"production\""}}, "app_public_url is required when environment is production."},
      {{{"environment", "\"production\""}, {"app_public_url", "\"https://a.example\""}},
       "api_base_url is required"},
      {{{"app_public_url", "\"https://a.example/path\""}}, "must be an origin"},
      {{{"auth_key_storage_provider", "\"vault_hcp\""}}, "auth_key_secret_name is needed"},
      {{{"auth_key_storage_provider", "\"nobody\""}}, "must be one of the secret managers"},
      {{{"bring_own_data", "true"}, {"api_secrets", "{ DATABASE_URL = \"x\" }"}},
       "must name DATABASE_URL and REDIS_URL"},
      {{{"bring_own_data", "true"}, {"api_secrets", "{ DATABASE_URL = \"x\", REDIS_URL = \"y\" }"}},
       "migrate_secrets must name MIGRATE_DATABASE_URL"},
      {{{"api_secrets", "{ MIGRATE_DATABASE_URL = \"x\" }"}}, "which the API must never have"},
      {{{"worker_secrets", "{ MIGRATE_DATABASE_URL = \"x\" }"}}, "which the worker must never have"},
      {{{"web_secrets", "{ BACKUP_DATABASE_URL = \"x\" }"}}, "which the web application must never have"},
      {{{"api_env", "{ MIGRATE_DATABASE_URL = \"x\" }"}}, "which the API must never have"},
      {{{"migrate_env", "{ MIGRATE_DATABASE_URL = \"x\" }"}}, "belongs into migrate_secrets"},
      {{{"migrate_secrets", "{ BACKUP_DATABASE_URL = \"x\" }"}}, "the console alone reads it"},
      {{{"storage_provider", "\"filesystem\""}}, "storage_provider must be s3"},
      {{{"api_min_replicas", "0"}}, "api_min_replicas must be at least 1"},
      {{{"size", "\"XXL\""}}, "size must be S, M or L"},
  };
  for (const auto& [changes, says] : refused) EXPECT_THAT(plan(changes), HasSubstr(says));
  EXPECT_THAT(plan({{"bring_own_data", "true"},
                    {"api_secrets", "{ DATABASE_URL = \"x\", REDIS_URL = \"y\" }"},
                    {"migrate_secrets", "{ MIGRATE_DATABASE_URL = \"z\" }"}}),
              HasSubstr("No changes"));
  EXPECT_THAT(
      plan({{"auth_key_storage_provider", "\"vault\""}, {"auth_key_secret_name", "\"secret/starter/keys\""}}),
      HasSubstr("No changes"));
}

INSTANTIATE_TEST_SUITE_P(Render, EveryCloud, ::testing::Values("aws", "azure", "gcp"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Render, A004_13_A004_53_InputsHaveTheSameNamesOnEveryCloud) {
  std::map<std::string, std::set<std::string>> on;
  for (const char* cloud : {"aws", "azure", "gcp"}) {
    std::istringstream in(rendered().at(contract().target(cloud)->folder + "/variables-contract.tf"));
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("variable \"")) on[line.substr(10, line.find('"', 10) - 10)].insert(cloud);
  }
  EXPECT_EQ(on.size(), contract().inputs.size());
  for (const auto& [name, clouds] : on)
    EXPECT_TRUE(clouds.size() == 3 || !contract().input(name)->only.empty()) << name;
}

}  // namespace starter::contracts::testing
