#include "app/settings.h"

#include "starter/net/host.h"
#include "starter/service/refusals.h"
#include "starter/service/settings_table.h"

#ifndef STARTER_VERSION
#define STARTER_VERSION "0.1.0"
#endif

namespace starter {

bool Settings::hosted() const {
  return !net::is_on_this_machine(app_public_url);
}

std::expected<Settings, std::vector<settings::SettingProblem>> load_settings(const settings::Source& source) {
  auto loaded = settings::Settings::load(service::settings_table(), source, service::refusals());
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
  if (service::keeps_keys_in_a_manager(v)) {
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
  s.mail_from = v.mailbox("MAIL_FROM");
  s.rate_limit_factor = static_cast<uint32_t>(v.integer("RATE_LIMIT_FACTOR"));
  s.log_level = v.text("LOG_LEVEL");
  s.logging_sinks = v.list("LOGGING_SINKS");
  s.log_file = v.text("LOGGING_FILE_PATH");
  return s;
}

std::expected<MigrateOptions, std::vector<settings::SettingProblem>> load_migration_settings(
    const settings::Source& source) {
  auto loaded = settings::Settings::load(service::migration_table(), source);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  return MigrateOptions{.owner_url = loaded->secret("MIGRATE_DATABASE_URL"),
                        .app_url = loaded->secret("DATABASE_URL"),
                        .worker_url = loaded->secret("WORKER_DATABASE_URL")};
}

}  // namespace starter
