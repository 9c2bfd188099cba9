// The contract of this repository loads; every kind of mistake in it is refused with the place and a fix.
#include "starter/contracts/load.h"

#include <gmock/gmock.h>

#include "tests/json_schema.h"
#include "tests/repository.h"
#include "tests/trials.h"

namespace starter::contracts::testing {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Contract, A004_27_LoadsWithEveryPart) {
  EXPECT_GE(contract().variables.size(), 330u);
  EXPECT_EQ(contract().roles.size(), 4u);
  EXPECT_EQ(contract().targets.size(), 5u);
  EXPECT_EQ(contract().secret_managers.size(), 7u);
  EXPECT_EQ(contract().object_stores.size(), 5u);
}

TEST(Contract, PlaceholderStandsForAnyWord) {
  ASSERT_NE(contract().variable("SSO_OKTA_CLIENT_ID"), nullptr);
  EXPECT_EQ(contract().variable("SSO_OKTA_CLIENT_ID")->name, "SSO_<PROVIDER>_CLIENT_ID");
  EXPECT_EQ(contract().variable("SSO_okta_CLIENT_ID"), nullptr);
  EXPECT_EQ(contract().variable("SSO__NOTHING"), nullptr);
}

TEST(Contract, A003_37_ShortNamesOfProvidersAreTaken) {
  for (const char* name : {"SECRETS_PROVIDER", "AUTH_KEY_STORAGE_PROVIDER"}) {
    const auto& variable = *contract().variable(name);
    for (const char* value : {"vault", "infisical", "vault_dev", "vault_hcp", "infisical_cloud",
                              "infisical_self_host", "aws_sm", "azure_kv", "gcp_sm"})
      EXPECT_EQ(problem_of_value(variable, value), "") << name << " " << value;
    EXPECT_NE(problem_of_value(variable, "gcp"), "");
  }
}

TEST(Contract, ASenderHoldsAnAddress) {
  const auto& variable = *contract().variable("MAIL_FROM");
  for (const char* value :
       {"Acme <no-reply@example.com>", "no-reply@example.com", "\"A, B\" <a@example.com>"})
    EXPECT_EQ(problem_of_value(variable, value), "") << value;
  for (const char* value : {"Acme", "Acme <a@example.com", "a@localhost", "@example.com", "a b@example.com",
                            "A <a@example.com> <b@example.com>"})
    EXPECT_EQ(problem_of_value(variable, value), "holds no address") << value;
}

TEST(Contract, A002_31_StorageProvidersAreDeclared) {
  for (const char* value : {"s3", "azure_blob", "gcs", "minio", "filesystem"})
    EXPECT_EQ(problem_of_value(*contract().variable("STORAGE_PROVIDER"), value), "");
}

// Whoever names one of these profiles can't keep them in a file; whoever only says ENVIRONMENT is held by the
// API.
TEST(Contract, A002_76_StagingAndProductionKeepTheSigningKeysInASecretManager) {
  for (const auto& profile : contract().profiles) {
    const auto own = profile.locked.find("AUTH_KEY_STORAGE_BACKEND");
    EXPECT_EQ(own != profile.locked.end() && own->second == "secret-manager", profile.name != "demo")
        << profile.name;
  }
  EXPECT_EQ(contract().variable("AUTH_KEY_STORAGE_PROVIDER")->required_when,
            "AUTH_KEY_STORAGE_BACKEND = \"secret-manager\"");
}

TEST(Contract, A000_37_A000_38_WorkerFlagsAreSetTogether) {
  const auto& api = contract().role("api")->when_worker_runs;
  const auto& worker = contract().role("worker")->environment;
  for (const char* flag : {"ENABLE_BILLING_RETRY_WORKER", "ENABLE_BILLING_STREAM_REPLAY"}) {
    EXPECT_EQ(api.at(flag), "false");
    EXPECT_EQ(worker.at(flag), "true");
  }
  EXPECT_EQ(api.at("BILLING_RETRY_DEPLOYMENT_MODE"), "dedicated");
  EXPECT_EQ(worker.at("BILLING_RETRY_DEPLOYMENT_MODE"), "dedicated");
}

// A record needs a host name, which an address is not, and where it is an alias the zone of that name.
TEST(Contract, D8_A001_53_OutputsNameWhatARecordOfOnesOwnDomainPointsAt) {
  const auto is_on = [](std::string_view name, std::string_view target) {
    const auto output = std::ranges::find(contract().outputs, name, &Output::name);
    return output != contract().outputs.end() && output->is_on(target);
  };
  for (const char* cloud : {"aws", "azure", "gcp"})
    for (const char* name : {"api_url", "web_url", "api_dns_name", "web_dns_name"})
      EXPECT_TRUE(is_on(name, cloud)) << name << " on " << cloud;
  for (const char* name : {"api_zone_id", "web_zone_id"}) {
    EXPECT_TRUE(is_on(name, "aws")) << name;
    EXPECT_FALSE(is_on(name, "gcp")) << name << ": Cloud Run's name is nobody's zone";
  }
}

TEST(Contract, A004_20_PresetsOfTheConsole) {
  std::vector<std::string> clouds;
  for (const auto& cloud : contract().clouds) clouds.push_back(cloud.name);
  EXPECT_THAT(clouds, ::testing::ElementsAre("aws", "azure", "gcp", "other", "single_server"));
}

TEST(Contract, HostedIsWhatIsNotLoopback) {
  const auto hosted = contract().condition("hosted");
  const auto judge = [&](const char* url) {
    return hosted.holds([&](std::string_view) { return std::string(url); });
  };
  for (const char* here : {"http://localhost:3000", "http://127.0.0.1", "http://127.1.2.3:80/",
                           "http://[::1]:3000", "https://app.starter.localhost"})
    EXPECT_FALSE(judge(here)) << here;
  for (const char* there : {"https://app.example.com", "http://localhost.example.com",
                            "http://127.0.0.1.example.com", "http://10.0.0.1", "https://notlocalhost"})
    EXPECT_TRUE(judge(there)) << there;
}

TEST(Contract, SchemaAcceptsEveryFile) {
  const auto schema = boost::json::parse(read(root() / "packages/starter_contracts/contract/schema.json"));
  for (const auto& [name, text] : contract_files()) {
    auto kind = name.starts_with("environment/") ? "environment" : name.substr(0, name.size() - 5);
    boost::json::object of_kind{{"$ref", "#/$defs/" + kind}, {"$defs", schema.at("$defs")}};
    EXPECT_THAT(schema_problems(of_kind, as_json(text)), IsEmpty()) << name;
    EXPECT_THAT(schema_problems(schema, as_json(text)), IsEmpty()) << name;
  }
}

// --- what is refused

struct Mistake {
  const char* name;
  const char* file;
  const char* old;
  const char* now;
  const char* says;
  bool by_shape = false;  // the schema refuses it, too
};

const Mistake kMistakes[] = {
    {"unknown member", "environment/http.yaml", "    type: csv\n    default: localhost",
     "    typ: csv\n    default: localhost", "unknown member typ; write type", true},
    {"unknown type", "environment/http.yaml", "type: csv", "type: strings", "unknown type", true},
    {"no meaning", "environment/mail.yaml", "    meaning: Sender of every mail\n", "", "has no meaning",
     true},
    {"meaning is no sentence", "environment/mail.yaml", "Sender of every mail", "Sender of every mail.",
     "full stop"},
    {"twice in one file", "environment/mail.yaml", "  MAIL_FROM:\n", "  SMTP_URL:\n", "says SMTP_URL twice"},
    {"twice in two files", "environment/mail.yaml", "  MAIL_FROM:\n", "  LOG_LEVEL:\n", "declared twice"},
    {"bad name", "environment/mail.yaml", "  MAIL_FROM:\n", "  Mail_From:\n", "no name of a variable", true},
    {"unknown role", "environment/mail.yaml",
     "roles: [api, worker, console]\n    since: \"0.1.0\"\n    type: mailbox",
     "roles: [api, wrker]\n    since: \"0.1.0\"\n    type: mailbox", "unknown role wrker"},
    {"two states", "environment/mail.yaml", "    since: \"0.1.0\"\n    type: mailbox",
     "    since: \"0.1.0\"\n    awaits: mail-api\n    type: mailbox", "more than one of since"},
    {"no state", "environment/web.yaml", "since: \"0.1.0\"\n", "", "neither since when"},
    {"unknown feature", "environment/billing.yaml", "awaits: usage-guardrails", "awaits: usage-gardrails",
     "unknown feature usage-gardrails"},
    {"feature for nothing", "features.yaml",
     "  sso:", "  sso-again: Nothing\n  sso:", "waited for by nothing"},
    {"bad condition", "environment/billing.yaml", "required_when: ENABLE_BILLING = true",
     "required_when: ENABLE_BILLING == true", "condition that can't be read"},
    {"condition about nothing", "environment/billing.yaml", "required_when: ENABLE_BILLING = true",
     "required_when: ENABLE_BILING = true", "neither a variable nor an input; write ENABLE_BILLING"},
    {"default out of range", "environment/limits.yaml", "default: 1\n", "default: 0\n",
     "default that is less than 1"},
    {"default of another type", "environment/limits.yaml", "default: 1\n", "default: one\n",
     "default that is no number"},
    {"default not allowed", "environment/observability.yaml", "default: INFO", "default: LOUD",
     "default that is none of"},
    {"default with a bad item", "environment/observability.yaml", "default: stdout", "default: stdout,syslog",
     "has an item other"},
    {"default of another scheme", "environment/mail.yaml", "default: smtp://127", "default: http://127",
     "another scheme"},
    {"default is no JSON", "environment/billing.yaml", "default: \"{}\"", "default: \"{\"", "is no JSON"},
    {"min above max", "environment/limits.yaml", "min: 1\n    max: 1000000", "min: 9\n    max: 3",
     "least above its most"},
    {"range below 0", "environment/limits.yaml", "min: 1\n    max: 1000000", "min: -1\n    max: 1000000",
     "ends at a fraction or below 0"},
    {"range at a fraction", "environment/limits.yaml", "min: 1\n    max: 1000000", "min: 1\n    max: 2.5",
     "ends at a fraction or below 0"},
    {"most without a least", "environment/limits.yaml", "min: 1\n    max: 1000000", "max: 1000000",
     "a most and no least"},
    {"output of no target", "deployment.yaml", "web_zone_id: {only: [aws]", "web_zone_id: {only: [awz]",
     "unknown target awz"},
    {"several values in the open", "environment/limits.yaml", "min: 1\n    max: 1000000",
     "values: 2\n    min: 1\n    max: 1000000", "several values and is no secret text"},
    {"secret with a default", "environment/auth.yaml",
     "    min: 32\n    required_when: always\n    meaning: Enters",
     "    default: 0123456789012345678901234567890123456789\n    meaning: Enters", "secret with a default"},
    {"generated in the open", "environment/auth.yaml",
     "    secret: true\n    generated: 48\n    values: 4\n    min: 32\n    required_when: always\n    "
     "meaning: Enters",
     "    generated: 48\n    values: 4\n    min: 32\n    required_when: always\n    meaning: Enters",
     "generated and no secret text"},
    {"generated too short", "environment/auth.yaml",
     "    generated: 48\n    values: 4\n    min: 32\n    required_when: always\n    meaning: Enters",
     "    generated: 31\n    values: 4\n    min: 32\n    required_when: always\n    meaning: Enters",
     "generated too short"},
    {"blueprint that brings nothing known", "profiles.yaml", "REDIS_URL, GCS_BUCKET]",
     "REDIS_URL, GCS_BUKET]", "needs an unknown variable GCS_BUKET"},
    {"example of no reference", "targets.yaml", "example: \"acme/smtp-url\"", "example: \"/acme\"",
     "example that its pattern refuses"},
    {"secret in the open", "environment/database.yaml",
     "all: {carry: reference, from: secret, input: api_secrets}", "all: {carry: plain, from: input}",
     "carried in plain"},
    {"reserved name", "environment/application.yaml",
     "      gcp: {omit: Cloud Run sets it itself and refuses a revision that names it}\n", "",
     "reserved on gcp"},
    {"unknown target", "environment/application.yaml", "      gcp: {omit: Cloud Run",
     "      gpc: {omit: Cloud Run", "no target"},
    {"carried and left out", "environment/application.yaml", "      gcp: {omit: Cloud",
     "      gcp: {carry: plain, from: input, omit: Cloud", "carried and left out"},
    {"neither carried nor left out", "environment/http.yaml",
     "{carry: plain, from: derived, value: \"{app_public_url}\"}", "{carry: plain}",
     "neither how it is carried"},
    {"derived from nothing", "environment/http.yaml",
     "{carry: plain, from: derived, value: \"{app_public_url}\"}", "{carry: plain, from: derived}",
     "doesn't say from what"},
    {"unknown carry", "environment/http.yaml", "{carry: plain, from: derived, value: \"{app_public_url}\"}",
     "{carry: open, from: derived, value: x}", "not one of its values", true},
    {"unknown input", "environment/http.yaml", "input: api_base_url", "input: api_url",
     "unknown input api_url"},
    {"tool in a container", "environment/tools.yaml",
     "targets:\n  all: {omit: only tests and development tools read it}\n", "", "reaches no container"},
    {"enum without values", "environment/redis.yaml",
     "    allowed: [password, aws_iam, entra, gcp_iam]\n    default: password\n", "", "enum without values"},
    {"values of a string", "environment/auth.yaml", "type: string\n    default: starter-api",
     "type: string\n    allowed: [starter-api]\n    default: starter-api", "no enum, csv or url"},
    {"alias of no value", "environment/secrets.yaml", "{vault: vault_hcp", "{vault: vault_cloud",
     "alias of vault_cloud"},
    {"alias that is declared", "environment/mail.yaml", "    default: Starter <no",
     "    aliases: [SMTP_URL]\n    default: Starter <no", "alias SMTP_URL"},
    {"bad pattern", "environment/sso.yaml", "pattern: \"[0-9a-f]{8}", "pattern: \".*[0-9a-f]{8}",
     "pattern that has a ."},
    {"role that doesn't read", "environment/application.yaml",
     "    by_role:\n      web: {default: 3000, min: 1}",
     "    by_role:\n      worker: {default: 3000, min: 1}", "not read by worker"},
    {"no YAML", "roles.yaml", "roles:\n", "roles: [\n", "the YAML can't be read"},
    {"list for a mapping", "roles.yaml", "    environment: {}", "    environment: []", "is no mapping", true},
    {"text for a list", "roles.yaml", "command: [node, server.js]", "command: node server.js", "is no list",
     true},
    {"unknown image", "roles.yaml", "image: web_image", "image: www_image", "image that no input names"},
    {"lost probe", "roles.yaml",
     "      readiness: {path: /api/health/ready, port: 3000, period_seconds: 5, timeout_seconds: 3, "
     "failures: 2}\n",
     "", "lacks a probe"},
    {"probe without a path", "roles.yaml", "liveness: {path: /api/health, port", "liveness: {port",
     "has no path", true},
    {"relative probe", "roles.yaml", "liveness: {path: /api/health,", "liveness: {path: api/health,",
     "a probe liveness that can't be", true},
    {"role sets nothing known", "roles.yaml", "      HOSTNAME: 0.0.0.0", "      HOSTNAM: 0.0.0.0",
     "unknown variable HOSTNAM; write HOSTNAME"},
    {"role sets what it doesn't read", "roles.yaml", "      HOSTNAME: 0.0.0.0", "      LOG_LEVEL: INFO",
     "which it doesn't read"},
    {"role sets a bad value", "roles.yaml", "      NODE_ENV: production", "      NODE_ENV: prod",
     "something that is none of"},
    {"role sets a secret", "roles.yaml", "      HOSTNAME: 0.0.0.0",
     "      WEB_TIER_SECRET: 01234567890123456789012345678901", "sets the secret"},
    {"negative number", "roles.yaml", "drain_seconds: 30", "drain_seconds: -30", "no whole number", true},
    {"input feeds nothing", "deployment.yaml", "feeds: ENVIRONMENT", "feeds: ENVIRONMNT",
     "feeds an unknown variable ENVIRONMNT"},
    {"input without a type", "deployment.yaml",
     "    type: map\n    default: {}\n    meaning: Further variables of the API",
     "    default: {}\n    meaning: Further variables of the API", "has no type", true},
    {"required with a default", "deployment.yaml",
     "    type: string\n    required: true\n    meaning: Image of the web",
     "    type: string\n    required: true\n    default: x\n    meaning: Image of the web",
     "required and has a default"},
    {"input for no target", "deployment.yaml", "only: [gcp]", "only: [gpc]", "unknown target gpc"},
    {"rule is no sentence", "deployment.yaml", "size must be S, M or L.", "size must be S, M or L",
     "no sentence", true},
    {"rule with a bad condition", "deployment.yaml", "when: not size in [S, M, L]", "when: size is S",
     "condition that can't be read"},
    {"provider is no value", "providers.yaml", "  gcp_sm:\n", "  gcp_secrets:\n",
     "no value of SECRETS_PROVIDER"},
    {"provider needs nothing known", "providers.yaml", "required: [MINIO_ENDPOINT,", "required: [MINIO_HOST,",
     "unknown variable MINIO_HOST"},
    {"provider asks beside", "providers.yaml", "{variable: MINIO_ENDPOINT, ask", "{variable: S3_BUCKET, ask",
     "which it doesn't take"},
    {"provider with a wrong alias", "providers.yaml", "aliases: [infisical]", "aliases: [infi]",
     "has the alias infi"},
    {"example against its pattern", "providers.yaml", "example: starter-keyset}", "example: starter keyset}",
     "example that its pattern refuses"},
    {"profile locks nothing known", "profiles.yaml", "      DEBUG: \"false\"", "      DEBUGGING: \"false\"",
     "unknown variable DEBUGGING"},
    {"profile sets a bad value", "profiles.yaml", "LOG_LEVEL: DEBUG", "LOG_LEVEL: LOUD",
     "something that is none of"},
    {"profile rule without a fix", "profiles.yaml",
     "        fix: Use rediss:// and the port on which Redis speaks TLS.\n", "", "has no fix", true},
    {"preset of no profile", "profiles.yaml", "profiles: [demo]", "profiles: [demonstration]",
     "unknown profile demonstration"},
    {"cloud of no target", "profiles.yaml", "    target: aws\n", "    target: ecs\n", "unknown target ecs"},
    {"preset of no cloud", "profiles.yaml", "clouds: [aws, azure, gcp, other]", "clouds: [aws, ibm]",
     "unknown cloud ibm"},
};

class EveryMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(EveryMistake, IsRefusedWithPlaceAndFix) {
  auto files = contract_files();
  auto& text = files.at(GetParam().file);
  const auto at = text.find(GetParam().old);
  ASSERT_NE(at, text.npos) << "the contract changed; change this row";
  text.replace(at, std::string(GetParam().old).size(), GetParam().now);
  const auto result = load(files);
  ASSERT_FALSE(result);
  EXPECT_THAT(report_of(result.error()), HasSubstr(GetParam().says));
  for (const auto& fault : result.error()) {
    EXPECT_GT(fault.line, 0);
    EXPECT_FALSE(fault.fix.empty());
    EXPECT_TRUE(files.contains(fault.file));
  }
  if (!GetParam().by_shape) return;
  const auto schema = boost::json::parse(read(root() / "packages/starter_contracts/contract/schema.json"));
  EXPECT_THAT(schema_problems(schema, as_json(text)), Not(IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(Contract, EveryMistake, ::testing::ValuesIn(kMistakes), [](const auto& info) {
  std::string name = info.param.name;
  std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

TEST(Contract, NamesAllMistakesAtOnceWithTheirLines) {
  auto files = contract_files();
  files["environment/limits.yaml"] =
      "group: limits\nabout: x\nroles: [api]\nvariables:\n  A:\n    typ: int\n  B:\n    since: 1\n";
  const auto result = load(files);
  ASSERT_FALSE(result);
  std::vector<int> lines;
  for (const auto& fault : result.error()) lines.push_back(fault.line);
  EXPECT_THAT(lines, ::testing::IsSupersetOf({6, 8}));
}

TEST(Contract, DamagedTextIsRefusedAndNeverCrashes) {
  Random random(3);
  int refused = 0;
  for (int i = 0; i < trials(60, 2'000); ++i) {
    auto files = contract_files();
    auto file = files.begin();
    std::advance(file, static_cast<long>(random.below(files.size())));
    auto& text = file->second;
    const auto at = random.below(text.size());
    switch (random.below(3)) {
      case 0:
        text.erase(at, 1 + random.below(12));
        break;
      case 1:
        text.insert(at, 1, random.pick(std::string(":{}[]-,\"'#&*!|> \t\n\x01\xff")));
        break;
      default:
        text.resize(at);
        break;
    }
    refused += !load(files).has_value();
  }
  EXPECT_GT(refused, 12);
}

}  // namespace starter::contracts::testing
