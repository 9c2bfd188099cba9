// doctor of deployments that are broken: each fault has a code of its own and no other; no finding shows a
// value.
#include <gmock/gmock.h>

#include <set>

#include "starter/contracts/built_in.h"
#include "tests/checks/deployments.h"

namespace starter::console::checks {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

struct Broken {
  std::string code;
  Said (*base)();
  Changes changes;
};

void PrintTo(const Broken& one, std::ostream* out) {
  *out << one.code;
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
      {"value.mailbox", files, {{"MAIL_FROM", "Acme"}}},
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

// keys.no_client sends the keys to the other cloud; this one must not send them back.
TEST(BrokenDeployments, KeysAreNotSentToASecretManagerWithoutAClient) {
  for (Said (*const elsewhere)() : {on_gcp, on_azure}) {
    const auto out = examined(elsewhere());
    EXPECT_THAT(out.codes, ::testing::Contains("keys.other_cloud"));
    EXPECT_THAT(out.text,
                HasSubstr("carry a key of AWS Secrets Manager along: this release has no client for"));
    EXPECT_THAT(out.text, Not(HasSubstr("same cloud")));
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

}  // namespace starter::console::checks
