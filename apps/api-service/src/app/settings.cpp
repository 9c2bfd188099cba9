#include "app/settings.h"

#include <algorithm>

#include "starter/core/types.h"
#include "starter/crypto/pepper.h"
#include "starter/net/host.h"
#include "starter/providers/registry.h"

#ifndef STARTER_VERSION
#define STARTER_VERSION "0.1.0"
#endif

namespace starter {
namespace {

using settings::Rule;
using settings::Setting;
using Values = settings::Settings;
using enum settings::Type;

bool keeps_keys_in_a_manager(const Values& v) {
  return v.text("AUTH_KEY_STORAGE_BACKEND") == "secret-manager";
}

bool keeps_keys_at(const Values& v, std::string_view provider) {
  return keeps_keys_in_a_manager(v) && v.text("AUTH_KEY_STORAGE_PROVIDER") == provider;
}

constexpr Setting kTable[] = {
    {.name = "ENVIRONMENT", .fallback = "development", .meaning = "Label of the deployment"},
    {.name = "HOST", .fallback = "127.0.0.1", .meaning = "Address that the API listens on"},
    {.name = "PORT", .type = integer, .fallback = "8000", .max = 65535, .meaning = "Port of the API"},
    {.name = "METRICS_PORT",
     .type = integer,
     .fallback = "9464",
     .max = 65535,
     .meaning = "Port of /metrics, for the inside only"},
    {.name = "WORKERS",
     .type = integer,
     .fallback = "0",
     .max = 256,
     .meaning = "Threads that serve requests; 0 takes one for each core"},
    {.name = "APP_PUBLIC_URL",
     .type = url,
     .fallback = "http://localhost:3000",
     .meaning = "Address of the web application; links in mails begin with it"},
    {.name = "DEBUG",
     .type = boolean,
     .fallback = "false",
     .meaning = "Explains problems with source lines; never hosted"},
    {.name = "DATABASE_URL",
     .type = url,
     .secret = true,
     .required_when = settings::always,
     .meaning = "Postgres, as the application's role"},
    {.name = "WORKER_DATABASE_URL",
     .type = url,
     .secret = true,
     .meaning = "Postgres, as the worker's role; else DATABASE_URL"},
    {.name = "MIGRATE_DATABASE_URL",
     .type = url,
     .secret = true,
     .meaning = "Postgres, as the owner; only for migrate"},
    {.name = "DATABASE_POOL_SIZE",
     .type = integer,
     .fallback = "4",
     .min = 1,
     .max = 64,
     .meaning = "Connections for transactions, for each thread"},
    {.name = "REDIS_URL",
     .type = url,
     .fallback = "redis://localhost:6379/0",
     .allowed = "redis rediss",
     .secret = true,
     .meaning = "Redis for limits and wake-ups"},
    {.name = "AUTH_KEY_STORAGE_BACKEND",
     .type = choice,
     .fallback = "file",
     .allowed = "file secret-manager",
     .meaning = "Whether the signing keys live in a file or in a secret manager"},
    {.name = "AUTH_KEY_STORAGE_PROVIDER",
     .type = choice,
     .allowed = "vault_dev vault_hcp infisical_cloud infisical_self_host aws_sm azure_kv gcp_sm",
     .aliases = "vault=vault_hcp infisical=infisical_cloud",
     .required_when = keeps_keys_in_a_manager,
     .required_reason = "when AUTH_KEY_STORAGE_BACKEND is secret-manager",
     .meaning = "Secret manager that holds the signing keys"},
    {.name = "AUTH_KEY_SECRET_NAME",
     .required_when = keeps_keys_in_a_manager,
     .required_reason = "when AUTH_KEY_STORAGE_BACKEND is secret-manager",
     .meaning = "Name, path or ARN of the signing keys in that secret manager"},
    {.name = "AUTH_KEY_STORAGE_FILE_ALLOWED",
     .type = boolean,
     .fallback = "false",
     .meaning = "Allows the file of signing keys on a hosted single server"},
    {.name = "AUTH_KEY_STORAGE_PATH",
     .fallback = "var/keys/keyset.json",
     .meaning = "File of the signing keys"},
    {.name = "AUDIT_KEY_PATH",
     .fallback = "var/keys/audit.json",
     .meaning = "File of the key that signs audit checkpoints; only the worker needs it"},
    {.name = "SERVICE_ACCOUNT_SIGNING_SECRET",
     .secret = true,
     .meaning = "Vouches for requests of service accounts where no secret manager does"},
    {.name = "SECRETS_PROVIDER",
     .type = choice,
     .fallback = "vault_dev",
     .allowed = "vault_dev vault_hcp infisical_cloud infisical_self_host aws_sm azure_kv gcp_sm",
     .aliases = "vault=vault_hcp infisical=infisical_cloud",
     .meaning = "Secret manager whose signing secret vouches for requests of service accounts"},
    {.name = "AWS_SM_SIGNING_SECRET_ARN",
     .required_when = [](const Values& v) { return v.text("SECRETS_PROVIDER") == "aws_sm"; },
     .required_reason = "when SECRETS_PROVIDER is aws_sm",
     .meaning = "ARN or name of the signing secret in AWS Secrets Manager"},
    {.name = "AWS_REGION",
     .required_when =
         [](const Values& v) { return keeps_keys_at(v, "aws_sm") || v.text("SECRETS_PROVIDER") == "aws_sm"; },
     .required_reason = "when AUTH_KEY_STORAGE_PROVIDER is aws_sm or SECRETS_PROVIDER is",
     .meaning = "Region of AWS Secrets Manager"},
    {.name = "AWS_SM_CACHE_TTL_SECONDS",
     .type = integer,
     .fallback = "60",
     .min = 0,
     .max = 3600,
     .meaning = "Seconds after which a secret of AWS is asked for again"},
    {.name = "AWS_ACCESS_KEY_ID", .secret = true, .meaning = "Static AWS key; a role or profile is better"},
    {.name = "AWS_SECRET_ACCESS_KEY", .secret = true, .meaning = "Secret half of the static AWS key"},
    {.name = "AWS_SESSION_TOKEN", .secret = true, .meaning = "Third part of AWS keys that expire"},
    {.name = "AWS_PROFILE", .meaning = "Profile of the local AWS configuration to log in with"},
    {.name = "AWS_CONFIG_FILE", .meaning = "Another file than ~/.aws/config"},
    {.name = "AWS_SHARED_CREDENTIALS_FILE", .meaning = "Another file than ~/.aws/credentials"},
    {.name = "AWS_ROLE_ARN", .meaning = "Role that a web identity becomes; Kubernetes sets it"},
    {.name = "AWS_ROLE_SESSION_NAME", .meaning = "Name of that session in the logs of AWS"},
    {.name = "AWS_WEB_IDENTITY_TOKEN_FILE", .meaning = "File with the web identity; Kubernetes sets it"},
    {.name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
     .meaning = "Where ECS gives the keys of the task's role"},
    {.name = "AWS_CONTAINER_CREDENTIALS_FULL_URI",
     .type = url,
     .allowed = "http https",
     .meaning = "Where EKS gives the keys of the pod's role"},
    {.name = "AWS_CONTAINER_AUTHORIZATION_TOKEN",
     .secret = true,
     .meaning = "What that address wants to see; the platform sets it"},
    {.name = "AWS_EC2_METADATA_DISABLED",
     .type = boolean,
     .fallback = "false",
     .meaning = "The metadata service of the instance is not asked for keys"},
    {.name = "AWS_EC2_METADATA_SERVICE_ENDPOINT",
     .type = url,
     .allowed = "http https",
     .meaning = "Another address of that service"},
    {.name = "AWS_ENDPOINT_URL_SECRETS_MANAGER",
     .type = url,
     .allowed = "http https",
     .meaning = "Another address of AWS Secrets Manager, such as a private endpoint"},
    {.name = "AWS_ENDPOINT_URL_STS",
     .type = url,
     .allowed = "http https",
     .meaning = "Another address of the security token service of AWS"},
    {.name = "AUTH_ISSUER", .fallback = "starter", .meaning = "Issuer in access tokens"},
    {.name = "AUTH_AUDIENCE", .fallback = "starter-api", .meaning = "Audience in access tokens"},
    {.name = "ACCESS_TOKEN_EXPIRE_MINUTES",
     .type = integer,
     .fallback = "15",
     .min = 1,
     .max = 30,
     .meaning = "Life of an access token"},
    {.name = "AUTH_REFRESH_TOKEN_TTL_MINUTES",
     .type = integer,
     .fallback = "43200",
     .min = 5,
     .max = 525600,
     .meaning = "Life of a session without sign-in"},
    {.name = "EMAIL_VERIFICATION_TOKEN_TTL_MINUTES",
     .type = integer,
     .fallback = "60",
     .min = 5,
     .max = 10080,
     .meaning = "Life of the link that confirms an address"},
    {.name = "PASSWORD_RESET_TOKEN_TTL_MINUTES",
     .type = integer,
     .fallback = "30",
     .min = 5,
     .max = 1440,
     .meaning = "Life of the link that sets a new password"},
    {.name = "AUTH_PASSWORD_HISTORY_COUNT",
     .type = integer,
     .fallback = "5",
     .max = 24,
     .meaning = "Former passwords that may not be used again"},
    {.name = "AUTH_JWKS_MAX_AGE_SECONDS",
     .type = integer,
     .fallback = "300",
     .min = 1,
     .max = 86400,
     .meaning = "How long the public keys may be cached"},
    {.name = "SIGNUP_ACCESS_POLICY",
     .type = choice,
     .fallback = "invite_only",
     .allowed = "public invite_only",
     .meaning = "Who may sign up"},
    {.name = "AUTH_PASSWORD_PEPPER",
     .secret = true,
     .required_when = settings::always,
     .meaning = "Enters every password hash"},
    {.name = "AUTH_REFRESH_TOKEN_PEPPER",
     .secret = true,
     .required_when = settings::always,
     .meaning = "Makes refresh tokens"},
    {.name = "AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER",
     .secret = true,
     .required_when = settings::always,
     .meaning = "Makes tokens of confirmation and invitation mails"},
    {.name = "AUTH_PASSWORD_RESET_TOKEN_PEPPER",
     .secret = true,
     .required_when = settings::always,
     .meaning = "Makes tokens of reset mails"},
    {.name = "SECRET_KEY",
     .secret = true,
     .required_when = settings::always,
     .meaning = "Encrypts stored replies and names throttle buckets"},
    {.name = "WEB_TIER_SECRET",
     .secret = true,
     .meaning = "Authenticates what the web tier says about its clients"},
    {.name = "ALLOWED_HOSTS",
     .type = list,
     .fallback = "localhost,127.0.0.1",
     .meaning = "Hosts that the API answers for"},
    {.name = "ALLOWED_ORIGINS",
     .type = list,
     .meaning = "Browser origins that may call the API; else APP_PUBLIC_URL"},
    {.name = "TRUSTED_PROXIES", .type = list, .meaning = "Addresses whose X-Forwarded-For is believed"},
    {.name = "SMTP_URL",
     .type = url,
     .fallback = "smtp://127.0.0.1:25",
     .secret = true,
     .meaning = "Mail server: smtp:// or smtps://, with user and password"},
    {.name = "MAIL_FROM",
     .fallback = "Starter <no-reply@starter.localhost>",
     .meaning = "Sender of every mail"},
    {.name = "RATE_LIMIT_FACTOR",
     .type = integer,
     .fallback = "1",
     .min = 1,
     .max = 1000000,
     .meaning = "Multiplies the limit of every route; for load tests and large installations"},
    {.name = "LOG_LEVEL",
     .type = choice,
     .fallback = "INFO",
     .allowed = "DEBUG INFO WARNING ERROR",
     .meaning = "Least severity that is logged"},
    {.name = "LOGGING_SINKS",
     .type = list,
     .fallback = "stdout",
     .allowed = "stdout file",
     .meaning = "stdout, file"},
    {.name = "LOGGING_FILE_PATH",
     .fallback = "var/log/api-service.log",
     .meaning = "File of the sink `file`"},
    {.name = "DRAIN_SECONDS",
     .type = integer,
     .fallback = "20",
     .max = 300,
     .meaning = "How long what is under way may take after SIGTERM"},
};

bool is_hosted(const Values& v) {
  return !net::is_this_machine(net::host_of(v.text("APP_PUBLIC_URL")));
}

bool has_item(const Values& v, std::string_view name, std::string_view item) {
  const auto items = v.list(name);
  return std::find(items.begin(), items.end(), item) != items.end();
}

/// Words of examples and templates: such a secret is known to everyone.
bool is_placeholder(const Values& v, std::string_view name) {
  std::string lower(v.secret(name).reveal());
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  bool found = false;
  for (const char* word : {"change-me", "changeme", "your-secret", "example", "placeholder", "local-dev"}) {
    found = found || lower.find(word) != lower.npos;
  }
  detail::wipe(lower);
  return is_hosted(v) && found;
}

bool is_no_pepper(const Values& v, std::string_view name) {
  return !v.secret(name).empty() && !crypto::Peppers::parse(v.secret(name));
}

bool is_remote_plain_redis(const Values& v) {
  const auto url = v.secret("REDIS_URL").reveal();
  return url.starts_with("redis://") && !net::is_this_machine(net::host_of(url));
}

constexpr std::string_view kGenerate = "generate one with `openssl rand -base64 48`";
constexpr std::string_view kLength =
    "can't be used: one to four secrets of at least 32 bytes, separated by commas, are needed";

#define STARTER_PEPPER_RULES(NAME)                                                               \
  {NAME, [](const Values& v) { return is_no_pepper(v, NAME); }, kLength, kGenerate}, {           \
    NAME, [](const Values& v) { return is_placeholder(v, NAME); }, "is a placeholder", kGenerate \
  }

constexpr Rule kRules[] = {
    STARTER_PEPPER_RULES("AUTH_PASSWORD_PEPPER"),
    STARTER_PEPPER_RULES("AUTH_REFRESH_TOKEN_PEPPER"),
    STARTER_PEPPER_RULES("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER"),
    STARTER_PEPPER_RULES("AUTH_PASSWORD_RESET_TOKEN_PEPPER"),
    STARTER_PEPPER_RULES("SECRET_KEY"),
    STARTER_PEPPER_RULES("SERVICE_ACCOUNT_SIGNING_SECRET"),
    // Hosted means that APP_PUBLIC_URL is not loopback, whatever ENVIRONMENT says. Nothing turns these off as
    // a group.
    {"APP_PUBLIC_URL",
     [](const Values& v) { return is_hosted(v) && !v.text("APP_PUBLIC_URL").starts_with("https://"); },
     "is not https although it is not loopback", "serve the web application over TLS"},
    {"DEBUG", [](const Values& v) { return is_hosted(v) && v.boolean("DEBUG"); },
     "is on in a hosted environment", "set it to false"},
    {"WEB_TIER_SECRET", [](const Values& v) { return is_hosted(v) && v.secret("WEB_TIER_SECRET").empty(); },
     "is not set in a hosted environment", "set the same random secret for API and web"},
    {"SMTP_URL",
     [](const Values& v) {
       return is_hosted(v) && net::is_this_machine(net::host_of(v.secret("SMTP_URL").reveal()));
     },
     "points at this machine in a hosted environment", "set the mail server of the deployment"},
    {"ALLOWED_HOSTS", [](const Values& v) { return is_hosted(v) && has_item(v, "ALLOWED_HOSTS", "*"); },
     "allows every host", "name the hosts of the API"},
    {"ALLOWED_ORIGINS", [](const Values& v) { return is_hosted(v) && has_item(v, "ALLOWED_ORIGINS", "*"); },
     "allows every origin", "name the origin of the web application"},
    {"AUTH_KEY_STORAGE_BACKEND",
     [](const Values& v) {
       return is_hosted(v) && v.text("AUTH_KEY_STORAGE_BACKEND") == "file" &&
              !v.boolean("AUTH_KEY_STORAGE_FILE_ALLOWED");
     },
     "keeps signing keys in a file in a hosted environment",
     "set it to secret-manager, or AUTH_KEY_STORAGE_FILE_ALLOWED=true if that file is on an encrypted volume "
     "of one "
     "server"},
    {"AUTH_KEY_STORAGE_PROVIDER",
     [](const Values& v) {
       return keeps_keys_in_a_manager(v) && !v.text("AUTH_KEY_STORAGE_PROVIDER").empty() &&
              !providers::has_client(v.text("AUTH_KEY_STORAGE_PROVIDER"));
     },
     "names a secret manager that this release has no client for", "use aws_sm"},
    {"REDIS_URL", [](const Values& v) { return is_hosted(v) && is_remote_plain_redis(v); },
     "is not encrypted but remote", "use rediss://"},
};

#undef STARTER_PEPPER_RULES

}  // namespace

std::span<const settings::Setting> settings_table() {
  return kTable;
}

bool Settings::hosted() const {
  return !net::is_this_machine(net::host_of(app_public_url));
}

std::expected<Settings, std::vector<settings::SettingProblem>> load_settings(const settings::Source& source) {
  auto loaded = settings::Settings::load(kTable, source, kRules);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  const auto& v = *loaded;
  Settings s;
  s.version = STARTER_VERSION;
  s.environment = v.text("ENVIRONMENT");
  s.host = v.text("HOST");
  s.port = static_cast<uint16_t>(v.integer("PORT"));
  s.metrics_port = static_cast<uint16_t>(v.integer("METRICS_PORT"));
  s.threads = static_cast<size_t>(v.integer("WORKERS"));
  s.app_public_url = v.text("APP_PUBLIC_URL");
  while (s.app_public_url.ends_with('/')) s.app_public_url.pop_back();
  s.debug = v.boolean("DEBUG");
  s.database_url = v.secret("DATABASE_URL");
  s.worker_database_url = v.secret("WORKER_DATABASE_URL");
  s.migrate_database_url = v.secret("MIGRATE_DATABASE_URL");
  s.redis_url = v.secret("REDIS_URL");
  s.database_pool = static_cast<size_t>(v.integer("DATABASE_POOL_SIZE"));
  s.keyset_path = v.text("AUTH_KEY_STORAGE_PATH");
  s.audit_key_path = v.text("AUDIT_KEY_PATH");
  if (keeps_keys_in_a_manager(v)) {
    s.keyset_provider = v.text("AUTH_KEY_STORAGE_PROVIDER");
    s.keyset_secret = v.text("AUTH_KEY_SECRET_NAME");
  }
  s.keyset_poll = std::chrono::seconds(v.integer("AWS_SM_CACHE_TTL_SECONDS"));
  s.provider_environment = providers::environment_of(source);
  s.issuer = v.text("AUTH_ISSUER");
  s.audience = v.text("AUTH_AUDIENCE");
  s.access_ttl = std::chrono::minutes(v.integer("ACCESS_TOKEN_EXPIRE_MINUTES"));
  s.refresh_ttl = std::chrono::minutes(v.integer("AUTH_REFRESH_TOKEN_TTL_MINUTES"));
  s.verification_ttl = std::chrono::minutes(v.integer("EMAIL_VERIFICATION_TOKEN_TTL_MINUTES"));
  s.reset_ttl = std::chrono::minutes(v.integer("PASSWORD_RESET_TOKEN_TTL_MINUTES"));
  s.public_sign_up = v.text("SIGNUP_ACCESS_POLICY") == "public";
  s.password_history = v.integer("AUTH_PASSWORD_HISTORY_COUNT");
  s.jwks_max_age = std::chrono::seconds(v.integer("AUTH_JWKS_MAX_AGE_SECONDS"));
  s.drain = std::chrono::seconds(v.integer("DRAIN_SECONDS"));
  s.password_pepper = v.secret("AUTH_PASSWORD_PEPPER");
  s.refresh_pepper = v.secret("AUTH_REFRESH_TOKEN_PEPPER");
  s.verification_pepper = v.secret("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER");
  s.reset_pepper = v.secret("AUTH_PASSWORD_RESET_TOKEN_PEPPER");
  s.secret_key = v.secret("SECRET_KEY");
  s.web_tier_secret = v.secret("WEB_TIER_SECRET");
  s.allowed_hosts = v.list("ALLOWED_HOSTS");
  s.allowed_origins = v.list("ALLOWED_ORIGINS");
  if (s.allowed_origins.empty()) s.allowed_origins.push_back(s.app_public_url);
  s.trusted_proxies = v.list("TRUSTED_PROXIES");
  s.smtp_url = v.secret("SMTP_URL");
  s.mail_from = v.text("MAIL_FROM");
  s.rate_limit_factor = static_cast<uint32_t>(v.integer("RATE_LIMIT_FACTOR"));
  s.log_level = v.text("LOG_LEVEL");
  s.logging_sinks = v.list("LOGGING_SINKS");
  s.log_file = v.text("LOGGING_FILE_PATH");
  return s;
}

}  // namespace starter
