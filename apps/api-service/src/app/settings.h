// The settings of the API service as one value, read once at start.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/infrastructure/migrations.h"
#include "starter/providers/environment.h"
#include "starter/settings/settings.h"

namespace starter {

struct Settings {
  std::string environment, version;
  std::string host;
  uint16_t port = 0, metrics_port = 0;
  std::string app_public_url;
  bool debug = false;
  size_t threads = 0;
  Secret database_url, worker_database_url, migrate_database_url, redis_url;
  size_t database_pool = 0;
  std::string keyset_path, audit_key_path;
  std::string keyset_provider, keyset_secret;  // empty: the keyset is a file
  std::chrono::seconds keyset_poll{};
  providers::Environment provider_environment;  // what a client of a secret manager logs in with
  std::string issuer, audience;
  std::chrono::minutes access_ttl{}, refresh_ttl{}, verification_ttl{}, reset_ttl{};
  bool public_sign_up = false;
  int64_t password_history = 0;
  Secret password_pepper, refresh_pepper, verification_pepper, reset_pepper, secret_key;
  Secret web_tier_secret;
  std::vector<std::string> allowed_hosts, allowed_origins, trusted_proxies;
  Secret smtp_url;
  Mailbox mail_from;
  uint32_t rate_limit_factor = 1;
  std::string log_level;
  std::vector<std::string> logging_sinks;
  std::string log_file;
  std::chrono::seconds jwks_max_age{}, drain{};

  /// Reachable from elsewhere: APP_PUBLIC_URL is not loopback, whatever ENVIRONMENT says.
  bool hosted() const;
};

/// Reads and checks everything; in hosted environments it refuses what is only fit for a laptop. All problems
/// at once.
std::expected<Settings, std::vector<settings::SettingProblem>> load_settings(const settings::Source& source);

/// The migration's log-ins. Nothing else is read: its container has nothing else.
std::expected<MigrateOptions, std::vector<settings::SettingProblem>> load_migration_settings(
    const settings::Source& source);

}  // namespace starter
