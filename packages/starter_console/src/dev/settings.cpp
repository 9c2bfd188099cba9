#include "dev/settings.h"

#include "system/files.h"

namespace starter::console::dev {

namespace {

// Letters and digits only, so that they stand in URLs and SQL without quoting.
constexpr const char* kSecretNames[] = {"POSTGRES_PASSWORD",
                                        "OWNER_PASSWORD",
                                        "APP_PASSWORD",
                                        "WORKER_PASSWORD",
                                        "REDIS_PASSWORD",
                                        "DEMO_PASSWORD",
                                        "WEB_TIER_SECRET",
                                        "SECRET_KEY",
                                        "SERVICE_ACCOUNT_SIGNING_SECRET",
                                        "AUTH_PASSWORD_PEPPER",
                                        "AUTH_REFRESH_TOKEN_PEPPER",
                                        "AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER",
                                        "AUTH_PASSWORD_RESET_TOKEN_PEPPER"};
constexpr std::size_t kSecretLength = 43;  // 256 bits
constexpr std::size_t kDemoLength = 16;

std::string local(int port) {
  return "http://localhost:" + std::to_string(port);
}

std::string dsn(const std::string& role, const std::string& password, int port) {
  return "postgresql://" + role + ":" + password + "@127.0.0.1:" + std::to_string(port) + "/starter";
}

}  // namespace

Environment parse_environment(std::string_view text) {
  Environment environment;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto equals = line.find('=');
    if (!line.starts_with('#') && equals != std::string_view::npos)
      environment[std::string(line.substr(0, equals))] = line.substr(equals + 1);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return environment;
}

std::string format_environment(const Environment& environment) {
  std::string text;
  for (const auto& [name, value] : environment) text += name + "=" + value + "\n";
  return text;
}

Outcome<Environment> clone_secrets(const Workspace& workspace) {
  const auto path = workspace.state() / "secrets.env";
  Environment secrets;
  std::error_code error;
  if (fs::exists(path, error)) secrets = parse_environment(CHECKED(read_file(path)));
  bool grown = false;
  for (const auto* name : kSecretNames) {
    auto& value = secrets[name];
    if (!value.empty()) continue;
    value = random_secret(std::string_view(name) == "DEMO_PASSWORD" ? kDemoLength : kSecretLength);
    grown = true;
  }
  if (grown) CHECKED(write_file(path, format_environment(secrets)));
  return secrets;
}

Outcome<std::vector<std::string>> missing_secrets(const Workspace& workspace) {
  const auto path = workspace.state() / "secrets.env";
  std::vector<std::string> missing;
  std::error_code error;
  if (!fs::exists(path, error)) return missing;
  const auto secrets = parse_environment(CHECKED(read_file(path)));
  for (const auto* name : kSecretNames)
    if (const auto one = secrets.find(name); one == secrets.end() || one->second.empty())
      missing.push_back(name);
  return missing;
}

ServiceSettings service_settings(const Workspace& workspace, const Ports& ports, const Environment& secrets) {
  const auto secret = [&](const char* name) { return secrets.at(name); };
  const Environment shared{
      {"ENVIRONMENT", "development"},
      {"APP_PUBLIC_URL", local(ports.web())},
      {"API_BASE_URL", local(ports.api())},
      {"WEB_TIER_SECRET", secret("WEB_TIER_SECRET")},
  };
  ServiceSettings settings{.api = shared, .worker = {}, .web = shared};
  settings.api.insert({
      {"HOST", "127.0.0.1"},
      {"PORT", std::to_string(ports.api())},
      {"METRICS_PORT", std::to_string(ports.metrics())},
      {"DATABASE_URL", dsn("starter_app", secret("APP_PASSWORD"), ports.postgres())},
      {"WORKER_DATABASE_URL", dsn("starter_worker", secret("WORKER_PASSWORD"), ports.postgres())},
      {"MIGRATE_DATABASE_URL", dsn("starter_owner", secret("OWNER_PASSWORD"), ports.postgres())},
      {"REDIS_URL",
       "redis://:" + secret("REDIS_PASSWORD") + "@127.0.0.1:" + std::to_string(ports.redis()) + "/0"},
      {"SMTP_URL", "smtp://127.0.0.1:" + std::to_string(ports.smtp())},
      {"MAIL_FROM", "no-reply@starter.test"},
      {"SECRET_KEY", secret("SECRET_KEY")},
      {"SERVICE_ACCOUNT_SIGNING_SECRET", secret("SERVICE_ACCOUNT_SIGNING_SECRET")},
      {"AUTH_PASSWORD_PEPPER", secret("AUTH_PASSWORD_PEPPER")},
      {"AUTH_REFRESH_TOKEN_PEPPER", secret("AUTH_REFRESH_TOKEN_PEPPER")},
      {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", secret("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER")},
      {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", secret("AUTH_PASSWORD_RESET_TOKEN_PEPPER")},
      {"AUTH_KEY_STORAGE_BACKEND", "file"},
      {"AUTH_KEY_STORAGE_PATH", (workspace.state() / "keys/keyset.json").string()},
      {"SIGNUP_ACCESS_POLICY", "public"},
      {"ALLOWED_HOSTS", "localhost,127.0.0.1"},
      {"ALLOWED_ORIGINS", local(ports.web())},
      {"ENABLE_BILLING_RETRY_WORKER", "false"},
      {"ENABLE_BILLING_STREAM_REPLAY", "false"},
      {"BILLING_RETRY_DEPLOYMENT_MODE", "dedicated"},
  });
  settings.worker = settings.api;
  settings.worker["METRICS_PORT"] = std::to_string(ports.worker_metrics());
  settings.worker["ENABLE_BILLING_RETRY_WORKER"] = settings.worker["ENABLE_BILLING_STREAM_REPLAY"] = "true";
  settings.web.insert({
      {"NODE_ENV", "production"},
      {"HOSTNAME", "127.0.0.1"},
      {"PORT", std::to_string(ports.web())},
      {"NEXT_TELEMETRY_DISABLED", "1"},
  });
  return settings;
}

Outcome<> write_settings(const Workspace& workspace, const ServiceSettings& settings,
                         const Environment& secrets) {
  const auto folder = workspace.state() / "env";
  CHECKED(write_file(folder / "api.env", format_environment(settings.api)));
  CHECKED(write_file(folder / "worker.env", format_environment(settings.worker)));
  CHECKED(write_file(folder / "web.env", format_environment(settings.web)));
  return write_file(
      workspace.state() / "credentials",
      "# The demo accounts' password in this clone. ./dev db seed names the accounts.\npassword: " +
          secrets.at("DEMO_PASSWORD") + "\n");
}

}  // namespace starter::console::dev
