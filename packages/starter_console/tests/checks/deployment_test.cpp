// doctor of a deployment: broken configurations, each with its own code and no other; good ones without a
// finding; no finding that shows a value.
#include "checks/deployment.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <set>

#include "checks/kinds.h"
#include "setup/interview.h"
#include "starter/contracts/built_in.h"
#include "starter/providers/registry.h"
#include "tests/setup/operator.h"

namespace starter::console::checks {

namespace fs = std::filesystem;
using console::testing::Operator;
using console::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

// Is in every value that may be secret.
constexpr const char* kCanary = "Canary7Wq2";

std::string drawn(char first) {
  return first + std::string(kCanary) + "xkTz4mPq9sVb3nLc8dRf5hGj6wYaEuIo";
}

EnvValues api_lines() {
  return {{"APP_PUBLIC_URL", "https://app.acme.io"},
          {"ENVIRONMENT", "production"},
          {"DATABASE_URL",
           std::string("postgresql://app:") + kCanary + "@db.acme.io/starter?sslmode=verify-full"},
          {"REDIS_URL", std::string("rediss://:") + kCanary + "@redis.acme.io:6380/0"},
          {"SMTP_URL", std::string("smtps://mailer:") + kCanary + "@mail.acme.io:465"},
          {"MAIL_FROM", "Acme <no-reply@acme.io>"},
          {"ALLOWED_HOSTS", "api.acme.io"},
          {"AUTH_KEY_STORAGE_BACKEND", "secret-manager"},
          {"AUTH_KEY_STORAGE_PROVIDER", "aws_sm"},
          {"AUTH_KEY_SECRET_NAME", "starter-keyset"},
          {"AWS_REGION", "eu-central-1"},
          {"SECRETS_PROVIDER", "aws_sm"},
          {"AWS_SM_SIGNING_SECRET_ARN", "starter/signing"},
          {"AUTH_PASSWORD_PEPPER", drawn('a')},
          {"AUTH_REFRESH_TOKEN_PEPPER", drawn('b')},
          {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", drawn('c')},
          {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", drawn('d')},
          {"SECRET_KEY", drawn('e')},
          {"WEB_TIER_SECRET", drawn('f')}};
}

EnvValues web_lines() {
  return {{"APP_PUBLIC_URL", "https://app.acme.io"},
          {"ENVIRONMENT", "production"},
          {"API_BASE_URL", "https://api.acme.io"},
          {"WEB_TIER_SECRET", drawn('f')}};
}

Said files() {
  return {.api = api_lines(), .web = web_lines()};
}

// A deployment on AWS as the set-up knows it: inputs, no secret.
Said aws() {
  return {.profile = "production",
          .preset = "aws",
          .answers = {{"project_name", "acme"},
                      {"api_image", "ghcr.io/acme/api:1.2.3"},
                      {"web_image", "ghcr.io/acme/web:1.2.3"},
                      {"APP_PUBLIC_URL", "https://app.acme.io"},
                      {"API_BASE_URL", "https://api.acme.io"},
                      {"AWS_REGION", "eu-central-1"},
                      {"AWS_SM_SIGNING_SECRET_ARN",
                       "arn:aws:secretsmanager:eu-central-1:123456789012:secret:sign-a1b2c3"},
                      {"SMTP_URL", std::string("smtps://mailer:") + kCanary + "@mail.acme.io:465"},
                      {"MAIL_FROM", "Acme <no-reply@acme.io>"}}};
}

// The same elsewhere, with keys in AWS, the one secret manager that every release has a client for.
Said on(const std::string& preset) {
  auto said = aws();
  said.preset = preset;
  said.answers["SECRETS_PROVIDER"] = "aws_sm";
  said.answers["AUTH_KEY_STORAGE_PROVIDER"] = "aws_sm";
  said.answers["AUTH_KEY_SECRET_NAME"] = "starter-keyset";
  if (preset == "gcp") said.answers["GCP_PROJECT_ID"] = "acme-prod";
  if (preset == "azure" || preset == "gcp") return said;
  said.answers["STORAGE_PROVIDER"] = "s3";
  said.answers["S3_BUCKET"] = "acme-assets";
  for (const auto& name : {"DATABASE_URL", "REDIS_URL"}) said.answers[name] = api_lines().at(name);
  said.answers["MIGRATE_DATABASE_URL"] =
      std::string("postgresql://owner:") + kCanary + "@db.acme.io/starter?sslmode=verify-full";
  return said;
}

struct Outcomes {
  std::vector<std::string> codes;
  std::string text;
};

Outcomes examined(const Said& said) {
  const auto findings = examine_deployment(contracts::built_in(), said);
  Outcomes out;
  if (!findings) return {{"failed: " + findings.error().what + " " + findings.error().why}, ""};
  for (const auto& one : *findings) {
    out.codes.push_back(one.id);
    out.text += one.id + ": " + one.says + " [" + one.evidence + "] " + one.fix + "\n";
  }
  return out;
}

using Changes = std::map<std::string, std::string>;

// "web.NAME" changes the web application's lines, "-" takes a line or an answer out.
Said with(Said said, const Changes& changes) {
  for (const auto& [name, value] : changes) {
    const bool web = name.starts_with("web.");
    const bool answer = !said.api && !web;
    const auto bare = web ? name.substr(4) : name;
    if (answer) {
      if (value == "-")
        said.answers.erase(bare);
      else
        said.answers[bare] = value;
      continue;
    }
    auto& lines = web ? *said.web : *said.api;
    if (value == "-")
      lines.erase(bare);
    else
      lines[bare] = value;
  }
  return said;
}

constexpr const char* kArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme-a1b2c3";

struct Broken {
  std::string code;
  Said (*base)();
  Changes changes;
};

void PrintTo(const Broken& one, std::ostream* out) {
  *out << one.code;
}

Said on_gcp() {
  return on("gcp");
}
Said on_azure() {
  return on("azure");
}
Said on_kubernetes() {
  return on("other");
}
Said at_home() {
  return with(files(), {{"APP_PUBLIC_URL", "http://localhost:3000"},
                        {"web.APP_PUBLIC_URL", "http://localhost:3000"},
                        {"ENVIRONMENT", "development"},
                        {"web.ENVIRONMENT", "development"}});
}

const std::vector<Broken>& broken() {
  const std::string other_secret = drawn('z');
  static const std::vector<Broken> all{
      // files
      {"name.unknown", files, {{"ALOWED_HOSTS", "api.acme.io"}}},
      {"name.unused", files, {{"JWT_ALGORITHM", "EdDSA"}}},
      {"name.foreign_secret", files, {{"web.DATABASE_URL", api_lines().at("DATABASE_URL")}}},
      {"twin.both", files, {{"SECRET_KEY_FILE", "/etc/hostname"}}},
      {"twin.unreadable", files, {{"SMTP_URL", "-"}, {"SMTP_URL_FILE", "/nowhere/smtp"}}},
      {"twin.no_secret", files, {{"PORT_FILE", "/run/secrets/port"}}},
      // values
      {"value.number", files, {{"PORT", "eight"}}},
      {"value.range", files, {{"PORT", "70000"}}},
      {"value.boolean", files, {{"AUTH_KEY_STORAGE_FILE_ALLOWED", "perhaps"}}},
      {"value.url", files, {{"AWS_ENDPOINT_URL_STS", "sts.acme.io"}}},
      {"value.scheme", files, {{"AWS_ENDPOINT_URL_STS", "ftp://sts.acme.io"}}},
      {"value.choice", files, {{"LOG_LEVEL", "LOUD"}}},
      {"value.list", files, {{"LOGGING_SINKS", "stdout,paper"}}},
      {"value.json", files, {{"STRIPE_PRODUCT_PRICE_MAP", "{starter"}}},
      {"value.length", files, {{"AUTH_SESSION_ENCRYPTION_KEY", "short"}}},
      {"value.pattern", files, {{"SSO_AZURE_TENANT_ID", "acme"}}},
      {"value.quotes", files, {{"AUTH_AUDIENCE", "\"starter-api\""}}},
      {"value.blanks", files, {{"AUTH_AUDIENCE", "starter-api "}}},
      {"value.encoding",
       files,
       {{"DATABASE_URL", "postgresql://app:a[b@db.acme.io/starter?sslmode=verify-full"}}},
      // what is missing
      {"required.always", files, {{"DATABASE_URL", "-"}}},
      {"required.when", files, {{"AUTH_KEY_SECRET_NAME", "-"}}},
      {"required.profile", files, {{"MAIL_FROM", "-"}}},
      {"required.input", aws, {{"project_name", "-"}}},
      {"required.secret", files, {{"AUTH_REFRESH_TOKEN_PEPPER", "-"}}},
      {"provider.incomplete", files, {{"STORAGE_PROVIDER", "s3"}}},
      {"provider.one_of", files, {{"STORAGE_PROVIDER", "azure_blob"}, {"AZURE_BLOB_CONTAINER", "assets"}}},
      {"profile.locked", aws, {{"ENVIRONMENT", "staging"}}},
      // what the services refuse
      {"secret.form", files, {{"SECRET_KEY", "short"}}},
      {"hosted.placeholder", files, {{"SECRET_KEY", "changeme-" + drawn('x')}}},
      {"hosted.plain_http",
       files,
       {{"APP_PUBLIC_URL", "http://app.acme.io"}, {"web.APP_PUBLIC_URL", "http://app.acme.io"}}},
      {"hosted.debug", files, {{"DEBUG", "true"}}},
      {"hosted.test_fixtures", files, {{"STARTER_FAILPOINTS", "mail.sent=crash"}}},
      {"hosted.web_tier_secret", files, {{"WEB_TIER_SECRET", "-"}, {"web.WEB_TIER_SECRET", "-"}}},
      {"hosted.mail_server", files, {{"SMTP_URL", "smtp://127.0.0.1:25"}}},
      {"hosted.any_host", files, {{"ALLOWED_HOSTS", "*"}}},
      {"hosted.any_origin", files, {{"ALLOWED_ORIGINS", "*"}}},
      {"hosted.file_keys", files, {{"AUTH_KEY_STORAGE_BACKEND", "file"}}},
      {"hosted.plain_redis", files, {{"REDIS_URL", std::string("redis://:") + kCanary + "@redis.acme.io"}}},
      {"hosted.storage",
       files,
       {{"ENVIRONMENT", "staging"}, {"web.ENVIRONMENT", "staging"}, {"STORAGE_PROVIDER", "memory"}}},
      // what a profile and the inputs refuse
      {"profile.STORAGE_PROVIDER",
       files,
       {{"APP_PUBLIC_URL", "https://localhost:3000"},
        {"web.APP_PUBLIC_URL", "https://localhost:3000"},
        {"STORAGE_PROVIDER", "filesystem"}}},
      {"profile.AUTH_KEY_STORAGE_PROVIDER",
       files,
       {{"SECRETS_PROVIDER", "vault_dev"},
        {"VAULT_ADDR", "https://vault.acme.io"},
        {"VAULT_TOKEN", kCanary}}},
      {"input.project_name", aws, {{"project_name", "Acme Incorporated"}}},
      {"input.region", aws, {{"AWS_REGION", "germany"}, {"AWS_SM_SIGNING_SECRET_ARN", "starter-signing"}}},
      {"input.api_image", aws, {{"api_image", "ghcr.io/acme/api:latest"}}},
      {"input.web_image", aws, {{"web_image", "registry.acme.io:5000/web"}}},
      {"input.worker_image", aws, {{"worker_image", "registry.acme.io:5000/acme/worker:latest"}}},
      {"input.registry_username", aws, {{"registry_server", "ghcr.io"}}},
      {"input.api_base_url", aws, {{"API_BASE_URL", "https://api.acme.io/v1"}}},
      {"input.auth_key_secret_arn", aws, {{"auth_key_secret_arn", "arn:aws:s3:::keys"}}},
      {"input.storage_provider", aws, {{"storage_provider", "floppy"}}},
      {"input.storage_bucket_name", aws, {{"storage_bucket_name", "Acme_Assets"}}},
      {"input.size", aws, {{"size", "XXL"}}},
      {"input.api_min_replicas", aws, {{"api_min_replicas", "0"}}},
      {"input.api_max_replicas", aws, {{"api_max_replicas", "0"}}},
      {"input.web_min_replicas", aws, {{"web_min_replicas", "0"}}},
      {"input.enable_https", aws, {{"enable_https", "false"}}},
      {"input.db_deletion_protection", aws, {{"db_deletion_protection", "false"}}},
      {"input.db_skip_final_snapshot", aws, {{"db_skip_final_snapshot", "true"}}},
      {"input.api_secrets",
       aws,
       {{"bring_own_data", "true"},
        {"DATABASE_URL", api_lines().at("DATABASE_URL")},
        {"REDIS_URL", api_lines().at("REDIS_URL")},
        {"migrate_secrets.MIGRATE_DATABASE_URL", kArn}}},
      {"input.api_env", aws, {{"api_env.MIGRATE_DATABASE_URL", "postgresql://o:p@h/d"}}},
      {"input.web_env", aws, {{"web_env.MIGRATE_DATABASE_URL", "postgresql://o:p@h/d"}}},
      {"input.worker_env", aws, {{"worker_env.BACKUP_DATABASE_URL", "postgresql://b:p@h/d"}}},
      {"input.migrate_env", aws, {{"migrate_env.MIGRATE_DATABASE_URL", "postgresql://o:p@h/d"}}},
      {"input.worker_secrets", aws, {{"worker_secrets.MIGRATE_DATABASE_URL", kArn}}},
      {"input.web_secrets", aws, {{"web_secrets.BACKUP_DATABASE_URL", kArn}}},
      {"input.migrate_secrets",
       aws,
       {{"bring_own_data", "true"},
        {"MIGRATE_DATABASE_URL", "postgresql://owner:x@db.acme.io/starter?sslmode=verify-full"},
        {"api_secrets.DATABASE_URL", kArn},
        {"api_secrets.REDIS_URL", std::string(kArn) + "2"}}},
      // secrets
      {"secret.reused", files, {{"SECRET_KEY", drawn('a')}}},
      {"secret.weak", files, {{"SECRET_KEY", std::string(20, 'k') + std::string(20, 'l')}}},
      {"secret.in_the_open", aws, {{"api_env.AUTH_CACHE_REDIS_URL", "rediss://x.acme.io"}}},
      {"secret.in_both",
       aws,
       {{"api_env.SECRET_KEY", drawn('e')},
        {"api_secrets.SECRET_KEY", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key-a1b2c3"}}},
      {"secret.foreign", aws, {{"api_secrets.WORKER_DATABASE_URL", kArn}}},
      {"secret.no_reference", aws, {{"api_secrets.SECRET_KEY", drawn('e')}}},
      // addresses
      {"address.path",
       files,
       {{"APP_PUBLIC_URL", "https://app.acme.io/start"},
        {"web.APP_PUBLIC_URL", "https://app.acme.io/start"}}},
      {"address.login",
       files,
       {{"APP_PUBLIC_URL", "https://me:pw@app.acme.io"},
        {"web.APP_PUBLIC_URL", "https://me:pw@app.acme.io"}}},
      {"address.same",
       files,
       {{"web.API_BASE_URL", "https://app.acme.io"}, {"ALLOWED_HOSTS", "app.acme.io"}}},
      {"address.loopback", aws, {{"API_BASE_URL", "http://127.0.0.1:8000"}}},
      {"hosts.form", files, {{"ALLOWED_HOSTS", "https://api.acme.io"}}},
      {"hosts.missing", files, {{"ALLOWED_HOSTS", "localhost"}}},
      {"origins.form", files, {{"ALLOWED_ORIGINS", "https://app.acme.io/"}}},
      {"origins.missing", files, {{"ALLOWED_ORIGINS", "https://www.acme.io"}}},
      {"proxies.form", files, {{"TRUSTED_PROXIES", "the load balancer"}}},
      {"proxies.everybody", files, {{"TRUSTED_PROXIES", "0.0.0.0/0"}}},
      {"services.web_tier_secret", files, {{"web.WEB_TIER_SECRET", other_secret}}},
      {"services.public_url", files, {{"web.APP_PUBLIC_URL", "https://www.acme.io"}}},
      {"services.environment", files, {{"web.ENVIRONMENT", "staging"}}},
      // stores and mail
      {"database.plain", files, {{"DATABASE_URL", "postgresql://app:pw@db.acme.io/starter"}}},
      {"database.unverified",
       files,
       {{"DATABASE_URL", "postgresql://app:pw@db.acme.io/starter?sslmode=require"}}},
      {"database.loopback",
       on_kubernetes,
       {{"DATABASE_URL", "postgresql://app:pw@localhost/starter"},
        {"MIGRATE_DATABASE_URL", "-"},
        {"migrate_secrets.MIGRATE_DATABASE_URL", "acme/migrate"}}},
      {"database.owner",
       files,
       {{"MIGRATE_DATABASE_URL", "postgresql://app:pw@db.acme.io/starter?sslmode=verify-full"}}},
      {"database.another",
       files,
       {{"WORKER_DATABASE_URL", "postgresql://worker:pw@db.acme.io/other?sslmode=verify-full"}}},
      {"redis.loopback", on_kubernetes, {{"REDIS_URL", "rediss://:pw@127.0.0.1:6379/0"}}},
      {"redis.password", files, {{"REDIS_URL", "rediss://redis.acme.io:6380/0"}}},
      {"redis.azure_port",
       files,
       {{"REDIS_URL", "rediss://:pw@acme.germanywestcentral.redis.azure.net:6380/0"}}},
      {"mail.form", files, {{"MAIL_FROM", "Acme"}}},
      {"mail.sender", files, {{"MAIL_FROM", "no-reply@acme.local"}}},
      // keys and providers
      {"keys.name_form", files, {{"AUTH_KEY_SECRET_NAME", "starter keyset"}}},
      {"keys.other_cloud", on_gcp, {}},
      {"keys.file_on_cloud", aws, {{"api_env.AUTH_KEY_STORAGE_FILE_ALLOWED", "true"}}},
      {"aws.region",
       files,
       {{"AUTH_KEY_SECRET_NAME", "arn:aws:secretsmanager:us-east-1:123456789012:secret:keys-a1b2c3"}}},
      {"aws.session_token",
       files,
       {{"AWS_ACCESS_KEY_ID", std::string("ASIA") + kCanary}, {"AWS_SECRET_ACCESS_KEY", kCanary}}},
      {"provider.plain_http", files, {{"S3_ENDPOINT_URL", "http://minio.acme.io:9000"}}},
      // roles and platforms
      {"worker.two", aws, {{"api_env.ENABLE_BILLING_RETRY_WORKER", "true"}}},
      {"worker.none",
       aws,
       {{"enable_worker_service", "false"}, {"api_env.ENABLE_BILLING_RETRY_WORKER", "false"}}},
      {"ports.same", files, {{"PORT", "9000"}, {"METRICS_PORT", "9000"}}},
      {"platform.reserved", on_gcp, {{"api_env.PORT", "8080"}}},
      {"platform.left_out", aws, {{"api_env.LOGGING_FILE_PATH", "/tmp/log"}}},
      {"platform.listens_inside", aws, {{"web_env.HOSTNAME", "localhost"}}},
      {"platform.log_file", aws, {{"api_env.LOGGING_SINKS", "stdout,file"}}},
      {"platform.drain", aws, {{"api_env.DRAIN_SECONDS", "120"}}},
      {"name.too_long", aws, {{"project_name", "acme-international-x"}}},
      {"bucket.dots", aws, {{"storage_bucket_name", "assets.acme.io"}}},
      {"bucket.aws", aws, {{"storage_bucket_name", "sthree-assets"}}},
      {"bucket.azure",
       on_azure,
       {{"AUTH_KEY_STORAGE_PROVIDER", "azure_kv"}, {"storage_bucket_name", "acme--assets"}}},
      {"size.order", aws, {{"api_min_replicas", "6"}, {"api_max_replicas", "4"}}},
      {"image.same", aws, {{"web_image", "ghcr.io/acme/api:1.2.3"}}},
      {"image.registry",
       aws,
       {{"registry_server", "registry.acme.io"},
        {"registry_username", "ci"},
        {"registry_password", kCanary}}},
      // operation
      {"session.order", files, {{"AUTH_REFRESH_TOKEN_TTL_MINUTES", "10"}}},
      {"log.debug", files, {{"LOG_LEVEL", "DEBUG"}}},
      {"limits.off", files, {{"RATE_LIMIT_FACTOR", "100000"}}},
      {"environment.label", files, {{"ENVIRONMENT", "development"}, {"web.ENVIRONMENT", "development"}}},
  };
  return all;
}

// What belongs to secret managers that this release has no client for: doctor says so, as the API would.
bool is_about_clients(const std::string& code) {
  return code == "keys.no_client" || code == "keys.other_cloud";
}

}  // namespace

class BrokenDeployment : public ::testing::TestWithParam<Broken> {};

INSTANTIATE_TEST_SUITE_P(Table, BrokenDeployment, ::testing::ValuesIn(broken()), [](const auto& info) {
  auto name = info.param.code + "_" + std::to_string(info.index);
  std::ranges::replace(name, '.', '_');
  return name;
});

TEST_P(BrokenDeployment, A002_32_GetsItsOwnCodeAndNoOtherAndShowsNoValue) {
  auto out = examined(with(GetParam().base(), GetParam().changes));
  if (GetParam().code != "keys.other_cloud") std::erase_if(out.codes, is_about_clients);
  std::erase(out.codes, "keys.no_client");
  EXPECT_THAT(out.codes, ElementsAre(GetParam().code)) << out.text;
  EXPECT_THAT(out.text, Not(HasSubstr(kCanary))) << "a secret is shown";
  EXPECT_THAT(out.text, Not(HasSubstr("acme.io"))) << "a value is shown";
}

// The label is no switch that relaxes anything; production brings checks of its own.
TEST(BrokenDeployments, A001_48_ProductionByItsLabelAloneIsHeldToItsProfile) {
  const auto labelled = [](const std::string& label) {
    return examined(with(files(), {{"ENVIRONMENT", label},
                                   {"web.ENVIRONMENT", label},
                                   {"SECRETS_PROVIDER", "vault_dev"},
                                   {"VAULT_ADDR", "https://vault.acme.io"},
                                   {"VAULT_TOKEN", kCanary},
                                   {"STORAGE_PROVIDER", "filesystem"}}))
        .codes;
  };
  EXPECT_THAT(labelled("production"),
              ::testing::IsSupersetOf({"hosted.storage", "profile.AUTH_KEY_STORAGE_PROVIDER"}));
  for (const auto* relaxed : {"staging", "development"}) {
    EXPECT_THAT(labelled(relaxed), ::testing::Contains("hosted.storage"));
    EXPECT_THAT(labelled(relaxed), Not(::testing::Contains("profile.AUTH_KEY_STORAGE_PROVIDER")));
  }
}

TEST(BrokenDeployments, AreMoreThanSixtyAndEachFaultHasItsOwnCode) {
  std::set<std::string> codes;
  for (const auto& one : broken()) codes.insert(one.code);
  EXPECT_GE(codes.size(), 60u);
  EXPECT_EQ(codes.size(), broken().size());
}

// A service refuses those that it reads, and doctor those of a release to come as well.
TEST(PlaceholderSecrets, A000_45_AreFoundWhateverSecretItIs) {
  int looked_at = 0;
  for (const auto& variable : contracts::built_in().variables) {
    if (!variable.secret || !variable.unused.empty() || variable.name.find('<') != std::string::npos)
      continue;
    const bool url = variable.type == contracts::Type::url;
    for (const std::string word : {"changeme", "postgres", "password", "minioadmin"}) {
      // Where a length or a form is wanted, too, only what is long enough or well-formed comes so far.
      if (!url && word != "changeme" && (variable.min || variable.type == contracts::Type::json)) continue;
      const auto value =
          url ? variable.allowed.front() + "://u:" + word + "@db.acme.io:6380/0?sslmode=verify-full"
          : variable.type == contracts::Type::json ? "{\"authorization\": \"changeme\"}"
          : variable.min                           ? word + std::string(40, 'x')
                                                   : word;
      const auto out = examined(with(files(), {{variable.name, value}}));
      EXPECT_THAT(out.text, HasSubstr("hosted.placeholder: " + variable.name + " "))
          << variable.name << "=" << word << "\n"
          << out.text;
      const auto home = examined(with(at_home(), {{variable.name, value}}));
      EXPECT_THAT(home.text, Not(HasSubstr("hosted.placeholder"))) << variable.name;
    }
    ++looked_at;
  }
  EXPECT_GE(looked_at, 45);
}

TEST(PlaceholderSecrets, A000_45_AreFoundInAnswersToo) {
  const auto out = examined(with(on_kubernetes(), {{"STORAGE_PROVIDER", "minio"},
                                                   {"MINIO_ENDPOINT", "https://minio.acme.io"},
                                                   {"MINIO_ACCESS_KEY", "minioadmin"},
                                                   {"MINIO_SECRET_KEY", "minioadmin"}}));
  EXPECT_THAT(out.codes, ElementsAre("hosted.placeholder", "hosted.placeholder")) << out.text;
}

namespace {

struct Good {
  const char* name;
  Said said;
};

std::vector<Good> good() {
  const auto staging = [](Said said) {
    said.profile = "staging";
    return said;
  };
  auto demo = aws();
  demo.profile = "demo";
  auto api_alone = files(), web_alone = files();
  api_alone.web.reset();
  web_alone.api.reset();
  return {
      {"TwoFiles", files()},
      {"TheApisFileAlone", api_alone},
      {"TheWebApplicationsFileAlone", web_alone},
      {"OnesOwnMachine", at_home()},
      {"Staging", with(files(), {{"ENVIRONMENT", "staging"}, {"web.ENVIRONMENT", "staging"}})},
      {"ASingleServer", with(files(), {{"AUTH_KEY_STORAGE_BACKEND", "file"},
                                       {"AUTH_KEY_STORAGE_FILE_ALLOWED", "true"},
                                       {"AUTH_KEY_STORAGE_PROVIDER", "-"},
                                       {"AUTH_KEY_SECRET_NAME", "-"},
                                       {"AWS_REGION", "-"},
                                       {"SECRETS_PROVIDER", "-"},
                                       {"AWS_SM_SIGNING_SECRET_ARN", "-"},
                                       {"SERVICE_ACCOUNT_SIGNING_SECRET", drawn('g')},
                                       {"REDIS_PLAINTEXT_ALLOWED", "true"},
                                       {"REDIS_URL", "redis://:pw@redis:6379/0"}})},
      {"APepperThatIsBeingChanged", with(files(), {{"AUTH_PASSWORD_PEPPER", drawn('n') + "," + drawn('a')}})},
      {"AKeyOfTheWebTierThatIsBeingChanged",
       with(files(), {{"WEB_TIER_SECRET", drawn('n') + "," + drawn('f')}})},
      {"HostsAndOriginsNamed",
       with(files(), {{"ALLOWED_HOSTS", "api.acme.io, localhost"},
                      {"ALLOWED_ORIGINS", "https://app.acme.io,https://www.acme.io"}})},
      {"AnArnInTheRegion", with(files(), {{"AUTH_KEY_SECRET_NAME", kArn}})},
      {"NetworksOfALoadBalancer",
       with(files(), {{"TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32, 192.0.2.1"}})},
      {"AnObjectStore", with(files(), {{"STORAGE_PROVIDER", "s3"}, {"S3_BUCKET", "acme-assets"}})},
      {"ThreeLogInsOfOneDatabase",
       with(files(),
            {{"WORKER_DATABASE_URL", "postgresql://worker:pw@db.acme.io/starter?sslmode=verify-full"},
             {"MIGRATE_DATABASE_URL", "postgresql://owner:pw@db.acme.io/starter?sslmode=verify-full"}})},
      {"RedisOfAzure", with(files(), {{"REDIS_URL", "rediss://:pw@acme.redis.azure.net:10000/0"}})},
      {"LinesOfSomebodyElse", with(files(), {{"ACME_INVOICE_PREFIX", "R-"}, {"TZ", "UTC"}})},
      {"AnEncodedPassword",
       with(files(),
            {{"DATABASE_URL", "postgresql://app:a%40b%2Fc@db.acme.io/starter?sslmode=verify-full"}})},
      {"PublicSignUp", with(files(), {{"SIGNUP_ACCESS_POLICY", "public"}})},
      {"AwsProduction", aws()},
      {"AwsStaging", staging(aws())},
      {"AwsDemo", demo},
      {"AwsLarge", with(aws(), {{"size", "L"}, {"api_min_replicas", "4"}, {"api_max_replicas", "20"}})},
      {"AwsWithReferences", with(aws(), {{"SMTP_URL", "-"}, {"api_secrets.SMTP_URL", kArn}})},
      {"AwsWithARegistry", with(aws(), {{"registry_server", "ghcr.io"}, {"registry_username", "ci"}})},
      {"AwsWithoutAWorker", with(aws(), {{"enable_worker_service", "false"}})},
      {"AwsWithABucket", with(aws(), {{"storage_bucket_name", "acme-assets"}})},
      {"Kubernetes", on_kubernetes()},
      {"KubernetesStaging", staging(on_kubernetes())},
  };
}

}  // namespace

TEST(GoodDeployments, AreAtLeastTwentyAndHaveNoFinding) {
  EXPECT_GE(good().size(), 20u);
  for (const auto& [name, said] : good())
    EXPECT_THAT(examined(said).codes, IsEmpty()) << name << "\n" << examined(said).text;
}

// --- the table and its page

TEST(KindsOfFindings, A002_32_StandInTheTableAndOnThePageAlike) {
  const auto page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/ops/doctor.md");
  std::set<std::string> ids, anchors;
  for (const auto& kind : kinds()) {
    EXPECT_TRUE(ids.insert(kind.id).second) << kind.id << " twice";
    EXPECT_FALSE(kind.means.empty() || kind.fix.empty()) << kind.id;
    EXPECT_THAT(page, HasSubstr("\n## " + kind.id + "\n\n" + kind.means + "\n"));
    const auto docs = found(kind.id, "It is so.").docs;
    EXPECT_TRUE(anchors.insert(docs).second) << docs << " leads to two sections";
  }
  EXPECT_EQ(page, doctor_page()) << "./dev gen";
  EXPECT_THROW(found("nobody.knows", ""), std::logic_error);
}

TEST(KindsOfFindings, NoneIsListedThatNothingFinds) {
  const fs::path root = STARTER_SOURCE_ROOT;
  auto sources = *read_file(root / "packages/starter_service/src/refusals.cpp");
  for (const auto* folder : {"checks", "commands"})
    for (const auto& entry : fs::directory_iterator(root / "packages/starter_console/src" / folder))
      if (entry.path().extension() == ".cpp" && entry.path().filename() != "kinds.cpp")
        sources += *read_file(entry.path());
  for (const auto& kind : kinds()) {
    const bool of_contract =
        kind.id.starts_with("input.") || (kind.id.starts_with("profile.") && kind.id != "profile.locked");
    EXPECT_TRUE(of_contract || sources.find('"' + kind.id + '"') != sources.npos) << kind.id;
  }
}

// --- files, as the command reads them

class DoctorOfADeployment : public ::testing::Test {
 protected:
  static std::string text_of(const EnvValues& lines) {
    std::string text;
    for (const auto& [name, value] : lines) text += env_line(name, value) + "\n";
    return text;
  }
  void put(const std::string& name, const EnvValues& lines, mode_t mode = 0600) const {
    put_text(name, text_of(lines), mode);
  }
  void put_text(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    ASSERT_TRUE(write_file(someone.folder() / name, text, mode).has_value());
  }
  boost::json::object run(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"doctor", "--json"});
    const auto ran = someone.run(more);
    status = ran.status;
    said = ran.out + ran.err;
    return boost::json::parse(ran.out).as_object();
  }
  static std::vector<std::string> codes(const boost::json::object& reply) {
    std::vector<std::string> all;
    for (const auto& one : reply.at("findings").as_array())
      if (one.at("severity") != "ok") all.emplace_back(one.at("id").as_string());
    return all;
  }
  Operator someone;
  int status = 0;
  std::string said;
};

TEST_F(DoctorOfADeployment, ReadsTheFilesOfTwoServicesAndIgnoresItsOwnEnvironment) {
  put("api.env", api_lines());
  put("web.env", web_lines());
  EXPECT_THAT(codes(run({"--env-file", "api.env", "--web-env-file", "web.env"})), IsEmpty()) << said;
  EXPECT_EQ(status, 0);
  const auto ran = someone.run({"doctor", "--env-file", "api.env"}, {{"DEBUG", "true"}});
  EXPECT_EQ(ran.status, 0) << ran.out;
  put("api.env", with(files(), {{"DEBUG", "true"}}).api.value());
  EXPECT_THAT(codes(run({"--env-file", "api.env"})), ElementsAre("hosted.debug"));
  EXPECT_EQ(status, 3);
  EXPECT_THAT(said, Not(HasSubstr(kCanary)));
}

TEST_F(DoctorOfADeployment, SaysWhatIsWrongWithTheFilesThemselves) {
  put("api.env", api_lines(), 0644);
  EXPECT_THAT(codes(run({"--env-file", "api.env"})), ElementsAre("file.mode"));
  put_text("api.env", "this is no line\n");
  EXPECT_THAT(codes(run({"--env-file", "api.env"})), ElementsAre("file.syntax"));
  EXPECT_THAT(codes(run({"--env-file", "absent.env"})), ElementsAre("file.unreadable"));
  EXPECT_THAT(codes(run({"--env-file", "."})), ElementsAre("file.unreadable"));
  EXPECT_EQ(status, 3);
}

TEST_F(DoctorOfADeployment, LooksIntoTheFilesThatSecretsStandIn) {
  const auto with_twin = [&](const std::string& text, mode_t mode) {
    put_text("smtp", text, mode);
    auto lines = api_lines();
    lines.erase("SMTP_URL");
    lines["SMTP_URL_FILE"] = (someone.folder() / "smtp").string();
    put("api.env", lines);
    return codes(run({"--env-file", "api.env"}));
  };
  const auto url = api_lines().at("SMTP_URL") + "\n";
  EXPECT_THAT(with_twin(url, 0600), IsEmpty()) << said;
  EXPECT_THAT(with_twin(url, 0644), ElementsAre("twin.mode"));
  EXPECT_THAT(with_twin("\n", 0600), ElementsAre("twin.empty"));
  EXPECT_THAT(with_twin(std::string(70'000, 'x'), 0600), ElementsAre("twin.size"));
  EXPECT_THAT(with_twin("smtp://127.0.0.1:25\n", 0600), ElementsAre("hosted.mail_server"));
}

TEST_F(DoctorOfADeployment, FixClosesTheFileAndTheSecondRunFindsNothing) {
  put("api.env", api_lines(), 0644);
  const auto planned = run({"--env-file", "api.env", "--fix", "--dry-run"});
  EXPECT_EQ(planned.at("fixed").as_array().size(), 1u);
  EXPECT_EQ(fs::status(someone.folder() / "api.env").permissions(), fs::perms{0644})
      << "a plan changes nothing";
  const auto mended = run({"--env-file", "api.env", "--fix"});
  EXPECT_EQ(mended.at("fixed").as_array().size(), 1u);
  EXPECT_THAT(codes(mended), IsEmpty());
  EXPECT_EQ(fs::status(someone.folder() / "api.env").permissions(), fs::perms{0600});
  EXPECT_TRUE(run({"--env-file", "api.env", "--fix"}).at("fixed").as_array().empty());
}

TEST_F(DoctorOfADeployment, LooksAtWhatWasSetUpHereWithoutAnyFlag) {
  EXPECT_THAT(codes(run()), ElementsAre("local.set_up"));
  const auto answers = someone.answers("production", "aws");
  ASSERT_EQ(
      someone.run({"setup", "wizard", "--no-input", "--profile", "production", "--answers-file", answers})
          .status,
      0);
  EXPECT_THAT(codes(run()), IsEmpty()) << said;
  EXPECT_EQ(status, 0);
  ASSERT_EQ(someone.run({"infra", "terraform", "export", "--provider", "aws"}).status, 0);
  EXPECT_THAT(codes(run()), IsEmpty()) << said;
  fs::permissions(someone.folder() / "var/infra/aws/terraform.tfvars", fs::perms{0644});
  EXPECT_THAT(codes(run({"--fix", "--dry-run"})), ElementsAre("file.mode"));
  EXPECT_THAT(codes(run({"--fix"})), IsEmpty()) << said;
  put_text("web.env.local",
           someone.read("web.env.local") + "DATABASE_URL=postgresql://app:pw@db.acme.io/starter\n");
  EXPECT_THAT(codes(run()), ElementsAre("name.foreign_secret"));
  const auto next = someone.run({"next"}).out;
  EXPECT_THAT(next, HasSubstr("1 fault in the configuration: The web application is given DATABASE_URL"));
  EXPECT_THAT(next, HasSubstr("Next: starter-console doctor\n"));
}

}  // namespace starter::console::checks
