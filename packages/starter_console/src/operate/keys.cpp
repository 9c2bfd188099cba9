#include "operate/keys.h"

#include <algorithm>

#include "frame/audit.h"
#include "operate/configuration.h"
#include "operate/provider_settings.h"
#include "starter/core/text.h"
#include "starter/providers/registry.h"
#include "starter/service/refusals.h"
#include "starter/service/settings_table.h"

namespace starter::console::operate {

using namespace std::chrono_literals;

namespace {

std::span<const settings::Setting> settings_here() {
  static const auto table =
      service::settings_of({"AUTH_KEY_STORAGE_BACKEND", "AUTH_KEY_STORAGE_PROVIDER", "AUTH_KEY_SECRET_NAME",
                            "AUTH_KEY_STORAGE_PATH", "AWS_SM_CACHE_TTL_SECONDS", "AUTH_JWKS_MAX_AGE_SECONDS",
                            "ACCESS_TOKEN_EXPIRE_MINUTES"});
  return table;
}

// Until every process reads the new keys (a mounted secret may take a minute), and clocks that differ.
constexpr auto kPickUp = 60s;
constexpr auto kSkew = 30s;
constexpr auto kAnswer = 10s;  // of a secret manager

}  // namespace

Outcome<KeyPlan> key_plan(const Invocation& invocation) {
  const auto values = CHECKED(read_settings(invocation, settings_here()));
  const bool manager = service::keeps_keys_in_a_manager(values);
  const auto pick_up =
      manager ? std::max<std::chrono::seconds>(
                    kPickUp, std::chrono::seconds(values.integer("AWS_SM_CACHE_TTL_SECONDS")) + kAnswer)
              : kPickUp;
  return KeyPlan{
      .provider = manager ? values.text("AUTH_KEY_STORAGE_PROVIDER") : "",
      .secret = values.text(manager ? "AUTH_KEY_SECRET_NAME" : "AUTH_KEY_STORAGE_PATH"),
      .publish_for = std::chrono::seconds(values.integer("AUTH_JWKS_MAX_AGE_SECONDS")) + pick_up + kSkew,
      .verify_for = std::chrono::minutes(values.integer("ACCESS_TOKEN_EXPIRE_MINUTES")) + pick_up + kSkew};
}

KeyStorage::KeyStorage(KeyPlan plan, std::string name, SecretManager manager)
    : plan_(std::move(plan)),
      name_(std::move(name)),
      manager_(std::move(manager)) {}

Outcome<KeyStorage> KeyStorage::open(const Invocation& invocation, const KeyPlan& plan) {
  if (plan.provider.empty()) {
    const std::filesystem::path path(plan.secret);
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    return KeyStorage(plan, path.filename().string(), SecretManager::files(folder));
  }
  if (!providers::has_client(plan.provider))
    return Failure{
        .code = "keys.no_client",
        .what = "The signing keys can't be reached in " + plan.provider + ".",
        .why = "AUTH_KEY_STORAGE_PROVIDER names it, and this release has no client for it. It reaches: " +
               joined(providers::with_client()) + ".",
        .fix = onboarding_command(),
        .exit = Exit::usage,
        .docs = "docs/security/secrets-providers.md"};
  return KeyStorage(plan, plan.secret,
                    CHECKED(SecretManager::open(plan.provider, CHECKED(provider_environment(invocation)),
                                                CHECKED(invocation.timeout()))));
}

std::string KeyStorage::place() const {
  return plan_.provider.empty() ? plan_.secret : "the secret " + plan_.secret + " in " + plan_.provider;
}

std::filesystem::path KeyStorage::lock() const {
  return plan_.provider.empty() ? plan_.secret + ".lock" : (var_folder() / "lock/keys").string();
}

Outcome<std::optional<StoredKeys>> KeyStorage::find() {
  auto found = manager_.get(name_);
  const bool file = plan_.provider.empty();
  const auto unusable = [&](std::string why, std::string fix) {
    return Failure{.code = "keys.unusable",
                   .what = "The keyset at " + place() + " can't be used.",
                   .why = std::move(why),
                   .fix = std::move(fix)};
  };
  const auto path = "'" + plan_.secret + "'";
  std::error_code error;
  if (!found && file && std::filesystem::is_directory(plan_.secret, error))
    return unusable("A folder stands where the file should be.", "ls -ld " + path);
  if (!found && file) return unusable(found.error().why, "chmod 600 " + path + "   # and ls -l " + path);
  if (!found) return std::unexpected(std::move(found).error());
  if (!*found) return std::nullopt;
  auto keyset = crypto::Keyset::parse((*found)->value.reveal());
  if (!keyset)
    return unusable(keyset.error() + ".",
                    file
                        ? "mv " + path + " '" + plan_.secret +
                              ".broken' && starter-console auth keys generate   # or restore it from a backup"
                        : "aws secretsmanager list-secret-version-ids --secret-id " + path +
                              "   # then move AWSCURRENT back to a good version");
  return StoredKeys{std::move(*keyset), (*found)->version};
}

Outcome<StoredKeys> KeyStorage::load() {
  auto found = CHECKED(find());
  if (found) return std::move(*found);
  return Failure{
      .code = "keys.missing",
      .what = "There is no keyset at " + place() + ".",
      .why = std::string(plan_.provider.empty() ? "AUTH_KEY_STORAGE_PATH" : "AUTH_KEY_SECRET_NAME") +
             " names it, and nothing has made it yet.",
      .fix = "starter-console auth keys generate",
      .exit = Exit::not_found};
}

Outcome<> KeyStorage::save(const crypto::Keyset& keyset, const std::string& expected) {
  auto written = manager_.put(name_, keyset.serialise(), expected);
  if (written) return {};
  auto failure = std::move(written).error();
  if (plan_.provider.empty() && failure.exit != Exit::conflict && failure.exit != Exit::interrupted) {
    const auto folder = std::filesystem::path(plan_.secret).parent_path();
    failure.code = "keys.write";
    failure.what = "The keyset could not be written.";
    failure.fix = "ls -ld '" + (folder.empty() ? "." : folder.string()) + "'";
  }
  return failure;
}

Step next_step(const crypto::Keyset& keyset, WallTime now) {
  if (!keyset.next()) return Step::publish;
  return now < *keyset.next()->promote_after ? Step::wait : Step::promote;
}

std::string_view name_of(Step step) {
  return step == Step::publish ? "publish" : step == Step::wait ? "wait" : "promote";
}

}  // namespace starter::console::operate
