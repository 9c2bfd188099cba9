#include "starter/service/refusals.h"

#include <algorithm>
#include <string>
#include <vector>

#include "starter/core/text.h"
#include "starter/core/types.h"
#include "starter/crypto/pepper.h"
#include "starter/net/host.h"
#include "starter/providers/registry.h"

namespace starter::service {

using settings::Rule;
using Values = settings::Settings;

namespace {

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
  return url.starts_with("redis://") && !net::is_on_this_machine(url);
}

constexpr std::string_view kGenerate = "generate one with `openssl rand -base64 48`";
constexpr std::string_view kLength =
    "can't be used: one to four secrets of at least 32 bytes, separated by commas, are needed";

#define STARTER_SECRET_RULES(NAME)                                                                   \
  {NAME, [](const Values& v) { return is_no_pepper(v, NAME); }, kLength, kGenerate, "secret.form"},  \
      {NAME, [](const Values& v) { return is_placeholder(v, NAME); }, "is a placeholder", kGenerate, \
       "hosted.placeholder"}

constexpr Rule kRules[] = {
    STARTER_SECRET_RULES("AUTH_PASSWORD_PEPPER"),
    STARTER_SECRET_RULES("AUTH_REFRESH_TOKEN_PEPPER"),
    STARTER_SECRET_RULES("AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER"),
    STARTER_SECRET_RULES("AUTH_PASSWORD_RESET_TOKEN_PEPPER"),
    STARTER_SECRET_RULES("SECRET_KEY"),
    STARTER_SECRET_RULES("WEB_TIER_SECRET"),
    STARTER_SECRET_RULES("SERVICE_ACCOUNT_SIGNING_SECRET"),
    {"APP_PUBLIC_URL",
     [](const Values& v) { return is_hosted(v) && !v.text("APP_PUBLIC_URL").starts_with("https://"); },
     "is not https although it is not loopback", "serve the web application over TLS", "hosted.plain_http"},
    {"DEBUG", [](const Values& v) { return is_hosted(v) && v.boolean("DEBUG"); },
     "is on in a hosted environment", "set it to false", "hosted.debug"},
    {"STARTER_FAILPOINTS", [](const Values& v) { return is_hosted(v) && v.has("STARTER_FAILPOINTS"); },
     "arms faults for tests in a hosted environment", "remove it", "hosted.test_fixtures"},
    {"WEB_TIER_SECRET", [](const Values& v) { return is_hosted(v) && v.secret("WEB_TIER_SECRET").empty(); },
     "is not set in a hosted environment", "set the same random secret for API and web",
     "hosted.web_tier_secret"},
    {"SMTP_URL",
     [](const Values& v) { return is_hosted(v) && net::is_on_this_machine(v.secret("SMTP_URL").reveal()); },
     "points at this machine in a hosted environment", "set the mail server of the deployment",
     "hosted.mail_server"},
    {"ALLOWED_HOSTS", [](const Values& v) { return is_hosted(v) && has_item(v, "ALLOWED_HOSTS", "*"); },
     "allows every host", "name the hosts of the API", "hosted.any_host"},
    {"ALLOWED_ORIGINS", [](const Values& v) { return is_hosted(v) && has_item(v, "ALLOWED_ORIGINS", "*"); },
     "allows every origin", "name the origin of the web application", "hosted.any_origin"},
    {"AUTH_KEY_STORAGE_BACKEND",
     [](const Values& v) {
       return is_hosted(v) && !keeps_keys_in_a_manager(v) && !v.boolean("AUTH_KEY_STORAGE_FILE_ALLOWED");
     },
     "keeps signing keys in a file in a hosted environment",
     "set it to secret-manager, or AUTH_KEY_STORAGE_FILE_ALLOWED=true if that file is on an encrypted volume "
     "of one server",
     "hosted.file_keys"},
    {"AUTH_KEY_STORAGE_PROVIDER",
     [](const Values& v) {
       return keeps_keys_in_a_manager(v) && v.has("AUTH_KEY_STORAGE_PROVIDER") &&
              !providers::has_client(v.text("AUTH_KEY_STORAGE_PROVIDER"));
     },
     "names a secret manager that this release has no client for",
     "keep the keys of a single server in a file (AUTH_KEY_STORAGE_BACKEND=file), or choose one that it has "
     "a client for",
     "keys.no_client"},
    {"REDIS_URL",
     [](const Values& v) {
       return is_hosted(v) && is_remote_plain_redis(v) && !v.boolean("REDIS_PLAINTEXT_ALLOWED");
     },
     "is not encrypted but remote",
     "use rediss://, or REDIS_PLAINTEXT_ALLOWED=true if Redis is on a private network of the same server",
     "hosted.plain_redis"},
};

#undef STARTER_SECRET_RULES

}  // namespace

std::span<const Rule> refusals() {
  static const auto rules = [] {
    std::vector<Rule> all(std::begin(kRules), std::end(kRules));
    // Which ones these are the clients know.
    auto& rule = *std::ranges::find(all, "keys.no_client", &Rule::code);
    static const auto fix = std::string(rule.fix) + ": " + joined(providers::with_client());
    rule.fix = fix;
    return all;
  }();
  return rules;
}

bool is_hosted(const Values& v) {
  return !net::is_on_this_machine(v.text("APP_PUBLIC_URL"));
}

bool keeps_keys_in_a_manager(const Values& v) {
  return v.text("AUTH_KEY_STORAGE_BACKEND") == "secret-manager";
}

}  // namespace starter::service
