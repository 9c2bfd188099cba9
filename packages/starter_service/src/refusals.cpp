#include "starter/service/refusals.h"

#include <algorithm>
#include <boost/url.hpp>
#include <string>
#include <vector>

#include "starter/contracts/table.h"
#include "starter/core/text.h"
#include "starter/core/types.h"
#include "starter/crypto/pepper.h"
#include "starter/net/host.h"
#include "starter/providers/registry.h"
#include "starter/service/settings_table.h"

namespace starter::service {

using settings::Rule;
using Values = settings::Settings;

namespace {

bool has_item(const Values& v, std::string_view name, std::string_view item) {
  const auto items = v.list(name);
  return std::find(items.begin(), items.end(), item) != items.end();
}

// What examples and templates hold, and what people type first. Such a secret is known to everyone.
constexpr std::string_view kParts[] = {"change-me",   "change_me", "changeme",    "your-secret",
                                       "your_secret", "example",   "placeholder", "local-dev"};
constexpr std::string_view kWords[] = {"password", "passwd", "secret",   "postgres", "minioadmin", "admin",
                                       "root",     "redis",  "guest",    "test",     "default",    "starter",
                                       "demo",     "12345",  "123456",   "12345678", "123456789",  "letmein",
                                       "qwerty",   "abc123", "changeit", "password1"};

bool is_known(std::string lower) {
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto is_in = [&](std::string_view word) { return lower.find(word) != lower.npos; };
  const bool known = std::any_of(std::begin(kParts), std::end(kParts), is_in) ||
                     std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
  detail::wipe(lower);
  return known;
}

bool keeps_files_to_itself(const Values& v) {
  return v.text("STORAGE_PROVIDER") == "filesystem" || v.text("STORAGE_PROVIDER") == "memory";
}

bool is_remote_plain_redis(const Values& v) {
  const auto url = v.secret("REDIS_URL").reveal();
  return url.starts_with("redis://") && !net::is_on_this_machine(url);
}

constexpr std::string_view kPlaceholder = "is a placeholder";
constexpr std::string_view kKnownPassword = "has a password that is known to everyone";
constexpr std::string_view kGenerate = "generate one with `openssl rand -base64 48`";
constexpr std::string_view kPassword = "set a password of its own, such as one from `openssl rand -hex 24`";
constexpr std::string_view kOwn = "set the one of this deployment";
constexpr std::string_view kLength =
    "can't be used: one to four secrets of at least 32 bytes, separated by commas, are needed";

/// The contract says of which secrets several are active at once: those that the services make things with.
bool is_pepper(const settings::Setting& setting) {
  return contracts::table::find(setting.name, contracts::table::api)->values > 1;
}

bool is_no_pepper(const Values& v, const Rule& rule) {
  return !v.secret(rule.variable).empty() && !crypto::Peppers::parse(v.secret(rule.variable));
}

bool is_known_to_everyone(const Values& v, const Rule& rule) {
  return is_hosted(v) && is_placeholder(v.secret(rule.variable).reveal());
}

constexpr Rule kRules[] = {
    {"APP_PUBLIC_URL",
     [](const Values& v, const Rule&) {
       return is_hosted(v) && !v.text("APP_PUBLIC_URL").starts_with("https://");
     },
     "is not https although it is not loopback", "serve the web application over TLS", "hosted.plain_http"},
    {"DEBUG", [](const Values& v, const Rule&) { return is_hosted(v) && v.boolean("DEBUG"); },
     "is on in a hosted environment", "set it to false", "hosted.debug"},
    {"STARTER_FAILPOINTS",
     [](const Values& v, const Rule&) { return is_hosted(v) && v.has("STARTER_FAILPOINTS"); },
     "arms faults for tests in a hosted environment", "remove it", "hosted.test_fixtures"},
    {"WEB_TIER_SECRET",
     [](const Values& v, const Rule&) { return is_hosted(v) && v.secret("WEB_TIER_SECRET").empty(); },
     "is not set in a hosted environment", "set the same random secret for API and web",
     "hosted.web_tier_secret"},
    {"SMTP_URL",
     [](const Values& v, const Rule&) {
       return is_hosted(v) && net::is_on_this_machine(v.secret("SMTP_URL").reveal());
     },
     "points at this machine in a hosted environment", "set the mail server of the deployment",
     "hosted.mail_server"},
    {"ALLOWED_HOSTS",
     [](const Values& v, const Rule&) { return is_hosted(v) && has_item(v, "ALLOWED_HOSTS", "*"); },
     "allows every host", "name the hosts of the API", "hosted.any_host"},
    {"ALLOWED_ORIGINS",
     [](const Values& v, const Rule&) { return is_hosted(v) && has_item(v, "ALLOWED_ORIGINS", "*"); },
     "allows every origin", "name the origin of the web application", "hosted.any_origin"},
    {"AUTH_KEY_STORAGE_BACKEND",
     [](const Values& v, const Rule&) {
       return is_hosted(v) && !keeps_keys_in_a_manager(v) && !v.boolean("AUTH_KEY_STORAGE_FILE_ALLOWED");
     },
     "keeps signing keys in a file in a hosted environment",
     "set it to secret-manager, or AUTH_KEY_STORAGE_FILE_ALLOWED=true if that file is on an encrypted volume "
     "of one server",
     "hosted.file_keys"},
    {"AUTH_KEY_STORAGE_PROVIDER",
     [](const Values& v, const Rule&) {
       return keeps_keys_in_a_manager(v) && v.has("AUTH_KEY_STORAGE_PROVIDER") &&
              !providers::has_client(v.text("AUTH_KEY_STORAGE_PROVIDER"));
     },
     "names a secret manager that this release has no client for",
     "on a single server keep the keys in a file (AUTH_KEY_STORAGE_BACKEND=file, as preset single_server "
     "does), elsewhere choose one that it has a client for",
     "keys.no_client"},
    {"STORAGE_PROVIDER",
     [](const Values& v, const Rule&) { return is_hosted(v) && keeps_files_to_itself(v); },
     "keeps files on one machine, or in one process, in a hosted environment",
     "set it to s3, azure_blob, gcs or minio", "hosted.storage"},
    {"REDIS_URL",
     [](const Values& v, const Rule&) {
       return is_hosted(v) && is_remote_plain_redis(v) && !v.boolean("REDIS_PLAINTEXT_ALLOWED");
     },
     "is not encrypted but remote",
     "use rediss://, or REDIS_PLAINTEXT_ALLOWED=true if Redis is on a private network of the same server",
     "hosted.plain_redis"},
};

// Every secret that a service reads: a new one in the contract needs no line here.
std::vector<Rule> rules_of_all() {
  std::vector<Rule> all;
  for (const auto& setting : settings_table())
    if (is_pepper(setting)) all.push_back({setting.name, is_no_pepper, kLength, kGenerate, "secret.form"});
  for (const auto& setting : settings_table()) {
    if (!setting.secret) continue;
    const bool pepper = is_pepper(setting);
    const bool url = setting.type == settings::Type::url;
    all.push_back({setting.name, is_known_to_everyone, url ? kKnownPassword : kPlaceholder,
                   pepper ? kGenerate
                   : url  ? kPassword
                          : kOwn,
                   "hosted.placeholder"});
  }
  all.insert(all.end(), std::begin(kRules), std::end(kRules));
  // Which ones these are the clients know.
  auto& rule = *std::ranges::find(all, "keys.no_client", &Rule::code);
  static const auto fix = std::string(rule.fix) + ": " + joined(providers::with_client());
  rule.fix = fix;
  return all;
}

}  // namespace

std::span<const Rule> refusals() {
  static const auto all = rules_of_all();
  return all;
}

bool is_placeholder(std::string_view secret) {
  if (secret.find("://") != secret.npos) {
    const auto single = net::with_first_host(secret);
    const auto url = boost::urls::parse_uri(single);
    return url && url->has_password() && is_known(url->password());
  }
  while (!secret.empty()) {
    const auto end = std::min(secret.find(','), secret.size());
    if (is_known(std::string(secret.substr(0, end)))) return true;
    secret.remove_prefix(std::min(end + 1, secret.size()));
  }
  return false;
}

bool is_hosted(const Values& v) {
  return !net::is_on_this_machine(v.text("APP_PUBLIC_URL"));
}

bool keeps_keys_in_a_manager(const Values& v) {
  return v.text("AUTH_KEY_STORAGE_BACKEND") == "secret-manager";
}

}  // namespace starter::service
