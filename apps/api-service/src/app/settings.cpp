#include "app/settings.h"

#include <algorithm>

#include "starter/core/types.h"
#include "starter/crypto/pepper.h"

#ifndef STARTER_VERSION
#define STARTER_VERSION "0.1.0"
#endif

namespace starter {
namespace {

constexpr std::string_view kLevels[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
constexpr std::string_view kPolicies[] = {"public", "invite_only"};
constexpr std::string_view kKeyStorage[] = {"file"};

using enum SettingType;

constexpr Setting kTable[] = {
    {.name = "ENVIRONMENT", .default_value = "development", .meaning = "Label of the deployment"},
    {.name = "HOST", .default_value = "127.0.0.1", .meaning = "Address that the API listens on"},
    {.name = "PORT", .type = integer, .default_value = "8000", .maximum = 65535, .meaning = "Port of the API"},
    {.name = "METRICS_PORT", .type = integer, .default_value = "9464", .maximum = 65535,
     .meaning = "Port of /metrics, for the inside only"},
    {.name = "WORKERS", .type = integer, .default_value = "0", .maximum = 256,
     .meaning = "Threads that serve requests; 0 takes one for each core"},
    {.name = "APP_PUBLIC_URL", .type = url, .default_value = "http://localhost:3000",
     .meaning = "Address of the web application; links in mails begin with it"},
    {.name = "DEBUG", .type = boolean, .default_value = "false", .meaning = "Explains problems with source lines; never hosted"},
    {.name = "DATABASE_URL", .type = url, .secret = true, .required = true, .meaning = "Postgres, as the application's role"},
    {.name = "WORKER_DATABASE_URL", .type = url, .secret = true, .meaning = "Postgres, as the worker's role; else DATABASE_URL"},
    {.name = "MIGRATE_DATABASE_URL", .type = url, .secret = true, .meaning = "Postgres, as the owner; only for migrate"},
    {.name = "DATABASE_POOL_SIZE", .type = integer, .default_value = "4", .minimum = 1, .maximum = 64,
     .meaning = "Connections for transactions, for each thread"},
    {.name = "REDIS_URL", .type = url, .default_value = "redis://localhost:6379/0", .secret = true,
     .meaning = "Redis for limits and wake-ups"},
    {.name = "AUTH_KEY_STORAGE_BACKEND", .type = choice, .default_value = "file", .choices = kKeyStorage,
     .meaning = "Where the signing keys live"},
    {.name = "AUTH_KEY_STORAGE_PATH", .default_value = "var/keys/keyset.json", .meaning = "File of the signing keys"},
    {.name = "AUTH_ISSUER", .default_value = "starter", .meaning = "Issuer in access tokens"},
    {.name = "AUTH_AUDIENCE", .default_value = "starter-api", .meaning = "Audience in access tokens"},
    {.name = "ACCESS_TOKEN_EXPIRE_MINUTES", .type = integer, .default_value = "15", .minimum = 1, .maximum = 30,
     .meaning = "Life of an access token"},
    {.name = "AUTH_REFRESH_TOKEN_TTL_MINUTES", .type = integer, .default_value = "43200", .minimum = 5, .maximum = 525600,
     .meaning = "Life of a session without sign-in"},
    {.name = "EMAIL_VERIFICATION_TOKEN_TTL_MINUTES", .type = integer, .default_value = "60", .minimum = 5, .maximum = 10080,
     .meaning = "Life of the link that confirms an address"},
    {.name = "PASSWORD_RESET_TOKEN_TTL_MINUTES", .type = integer, .default_value = "30", .minimum = 5, .maximum = 1440,
     .meaning = "Life of the link that sets a new password"},
    {.name = "AUTH_PASSWORD_HISTORY_COUNT", .type = integer, .default_value = "5", .maximum = 24,
     .meaning = "Former passwords that may not be used again"},
    {.name = "AUTH_JWKS_MAX_AGE_SECONDS", .type = integer, .default_value = "300", .minimum = 1, .maximum = 86400,
     .meaning = "How long the public keys may be cached"},
    {.name = "SIGNUP_ACCESS_POLICY", .type = choice, .default_value = "invite_only", .choices = kPolicies,
     .meaning = "Who may sign up"},
    {.name = "AUTH_PASSWORD_PEPPER", .secret = true, .required = true, .meaning = "Enters every password hash"},
    {.name = "AUTH_REFRESH_TOKEN_PEPPER", .secret = true, .required = true, .meaning = "Makes refresh tokens"},
    {.name = "AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", .secret = true, .required = true, .meaning = "Makes tokens of confirmation and invitation mails"},
    {.name = "AUTH_PASSWORD_RESET_TOKEN_PEPPER", .secret = true, .required = true, .meaning = "Makes tokens of reset mails"},
    {.name = "SECRET_KEY", .secret = true, .required = true, .meaning = "Encrypts stored replies and names throttle buckets"},
    {.name = "WEB_TIER_SECRET", .secret = true, .meaning = "Authenticates what the web tier says about its clients"},
    {.name = "ALLOWED_HOSTS", .type = list, .default_value = "localhost,127.0.0.1", .meaning = "Hosts that the API answers for"},
    {.name = "ALLOWED_ORIGINS", .type = list, .meaning = "Browser origins that may call the API; else APP_PUBLIC_URL"},
    {.name = "TRUSTED_PROXIES", .type = list, .meaning = "Addresses whose X-Forwarded-For is believed"},
    {.name = "SMTP_URL", .type = url, .default_value = "smtp://127.0.0.1:25", .secret = true, .meaning = "Mail server: smtp:// or smtps://, with user and password"},
    {.name = "MAIL_FROM", .default_value = "Starter <no-reply@localhost>", .meaning = "Sender of every mail"},
    {.name = "LOG_LEVEL", .type = choice, .default_value = "INFO", .choices = kLevels, .meaning = "Least severity that is logged"},
    {.name = "LOGGING_SINKS", .type = list, .default_value = "stdout", .meaning = "stdout, file"},
    {.name = "LOGGING_FILE_PATH", .default_value = "var/log/api-service.log", .meaning = "File of the sink `file`"},
    {.name = "DRAIN_SECONDS", .type = integer, .default_value = "20", .maximum = 300,
     .meaning = "How long what is under way may take after SIGTERM"},
};

std::string host_of(std::string_view url) {
  const size_t scheme = url.find("://");
  auto rest = scheme == url.npos ? url : url.substr(scheme + 3);
  if (const size_t at = rest.substr(0, rest.find('/')).rfind('@'); at != rest.npos) rest = rest.substr(at + 1);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.starts_with('[')) return std::string(rest.substr(0, rest.find(']') + 1));
  return std::string(rest.substr(0, rest.find(':')));
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host.ends_with(".localhost");
}

/// What a laptop may do and a hosted service may not.
void refuse_when_hosted(const Settings& s, std::vector<SettingProblem>& out) {
  const auto refuse = [&](const char* name, const char* what, const char* fix) { out.push_back({name, what, fix}); };
  if (!s.app_public_url.starts_with("https://")) refuse("APP_PUBLIC_URL", "is not https although it is not loopback", "Serve the web application over TLS");
  if (s.debug) refuse("DEBUG", "is on in a hosted environment", "Set it to false");
  if (s.web_tier_secret.empty()) refuse("WEB_TIER_SECRET", "is not set in a hosted environment", "Set the same random secret for API and web");
  if (s.smtp_url.reveal().find("127.0.0.1") != std::string_view::npos) refuse("SMTP_URL", "points at this machine in a hosted environment", "Set the mail server of the deployment");
  for (const auto& host : s.allowed_hosts) {
    if (host == "*") refuse("ALLOWED_HOSTS", "allows every host", "Name the hosts of the API");
  }
  for (const auto& origin : s.allowed_origins) {
    if (origin == "*") refuse("ALLOWED_ORIGINS", "allows every origin", "Name the origin of the web application");
  }
  const auto redis = s.redis_url.reveal();
  if (redis.starts_with("redis://") && !is_loopback(host_of(redis))) refuse("REDIS_URL", "is not encrypted but remote", "Use rediss://");
}

void check_peppers(const Settings& s, std::vector<SettingProblem>& out) {
  const std::pair<const char*, const Secret*> peppers[] = {{"AUTH_PASSWORD_PEPPER", &s.password_pepper},
                                                           {"AUTH_REFRESH_TOKEN_PEPPER", &s.refresh_pepper},
                                                           {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", &s.verification_pepper},
                                                           {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", &s.reset_pepper},
                                                           {"SECRET_KEY", &s.secret_key}};
  for (const auto& [name, value] : peppers) {
    if (value->empty()) continue;  // reported as missing already
    if (const auto parsed = crypto::Peppers::parse(*value); !parsed) {
      out.push_back({name, std::string("can't be used: ") + parsed.error(), "Generate one with `openssl rand -base64 48`"});
    }
    std::string lower(value->reveal());
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    for (const char* placeholder : {"change-me", "changeme", "your-secret", "example", "placeholder", "local-dev"}) {
      if (s.hosted() && lower.find(placeholder) != lower.npos) {
        out.push_back({name, "is a placeholder", "Generate one with `openssl rand -base64 48`"});
      }
    }
    detail::wipe(lower);
  }
}

}  // namespace

std::span<const Setting> settings_table() { return kTable; }

bool Settings::hosted() const { return !is_loopback(host_of(app_public_url)); }

SettingsResult load_settings(const EnvironmentLookup& environment, const std::string& env_file) {
  auto [v, problems] = read_settings(kTable, environment, env_file);
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
  s.worker_database_url = v.is_set("WORKER_DATABASE_URL") ? v.secret("WORKER_DATABASE_URL") : s.database_url;
  s.migrate_database_url = v.secret("MIGRATE_DATABASE_URL");
  s.redis_url = v.secret("REDIS_URL");
  s.database_pool = static_cast<size_t>(v.integer("DATABASE_POOL_SIZE"));
  s.keyset_path = v.text("AUTH_KEY_STORAGE_PATH");
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
  s.log_level = v.text("LOG_LEVEL");
  s.logging_sinks = v.list("LOGGING_SINKS");
  s.log_file = v.text("LOGGING_FILE_PATH");
  check_peppers(s, problems);
  if (s.hosted()) refuse_when_hosted(s, problems);
  return {std::move(s), std::move(v), std::move(problems)};
}

}  // namespace starter
