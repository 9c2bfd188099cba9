#include "operate/keys.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "operate/configuration.h"
#include "system/files.h"

namespace starter::console::operate {

using namespace std::chrono_literals;

namespace {

constexpr settings::Setting kSettings[] = {{.name = "AUTH_KEY_STORAGE_BACKEND",
                                            .type = settings::Type::choice,
                                            .fallback = "file",
                                            .allowed = "file",
                                            .meaning = "Where the signing keys live"},
                                           {.name = "AUTH_KEY_STORAGE_PATH",
                                            .fallback = "var/keys/keyset.json",
                                            .meaning = "File of the signing keys"},
                                           {.name = "AUTH_JWKS_MAX_AGE_SECONDS",
                                            .type = settings::Type::integer,
                                            .fallback = "300",
                                            .min = 1,
                                            .max = 86400,
                                            .meaning = "How long the public keys may be cached"},
                                           {.name = "ACCESS_TOKEN_EXPIRE_MINUTES",
                                            .type = settings::Type::integer,
                                            .fallback = "15",
                                            .min = 1,
                                            .max = 30,
                                            .meaning = "Life of an access token"}};

// Until every process reads the new file (a mounted secret may take a minute), and clocks that differ.
constexpr auto kPickUp = 60s;
constexpr auto kSkew = 30s;

}  // namespace

Outcome<KeyPlan> key_plan(const Invocation& invocation) {
  const auto values = CHECKED(read_settings(invocation, kSettings));
  return KeyPlan{
      .path = values.text("AUTH_KEY_STORAGE_PATH"),
      .publish_for = std::chrono::seconds(values.integer("AUTH_JWKS_MAX_AGE_SECONDS")) + kPickUp + kSkew,
      .verify_for = std::chrono::minutes(values.integer("ACCESS_TOKEN_EXPIRE_MINUTES")) + kPickUp + kSkew};
}

Outcome<crypto::Keyset> load_keys(const KeyPlan& plan) {
  std::error_code error;
  if (!std::filesystem::exists(plan.path, error)) {
    return Failure{.code = "keys.missing",
                   .what = "There is no keyset at " + plan.path.string() + ".",
                   .why = "AUTH_KEY_STORAGE_PATH names this file, and nothing has made it yet.",
                   .fix = "starter-console auth keys generate",
                   .exit = Exit::not_found};
  }
  auto keyset = crypto::load_keyset_file(plan.path.string());
  if (keyset) return std::move(*keyset);
  return Failure{.code = "keys.unusable",
                 .what = "The keyset at " + plan.path.string() + " can't be used.",
                 .why = keyset.error() + ".",
                 .fix = "chmod 600 '" + plan.path.string() + "'   # or restore the file from its backup"};
}

Outcome<> save_keys(const KeyPlan& plan, const crypto::Keyset& keyset) {
  struct stat before{};
  const bool replaces = ::stat(plan.path.c_str(), &before) == 0;
  const auto folder = plan.path.parent_path();
  if (const auto wrong = crypto::save_keyset_file(plan.path.string(), keyset); !wrong.empty()) {
    return Failure{.code = "keys.write",
                   .what = "The keyset could not be written.",
                   .why = wrong + ". What was there before is still in force.",
                   .fix = "ls -ld '" + (folder.empty() ? "." : folder.string()) + "'"};
  }
  if (replaces && ::geteuid() == 0 && ::chown(plan.path.c_str(), before.st_uid, before.st_gid) != 0)
    return file_failure("give back", plan.path, errno);
  return {};
}

Step next_step(const crypto::Keyset& keyset, WallTime now) {
  if (!keyset.next()) return Step::publish;
  return now < *keyset.next()->promote_after ? Step::wait : Step::promote;
}

std::string_view name_of(Step step) {
  return step == Step::publish ? "publish" : step == Step::wait ? "wait" : "promote";
}

std::string in_words(std::chrono::seconds time) {
  const auto seconds = time.count();
  if (seconds >= 86400)
    return std::to_string(seconds / 86400) + " d " + std::to_string(seconds % 86400 / 3600) + " h";
  if (seconds >= 3600)
    return std::to_string(seconds / 3600) + " h " + std::to_string(seconds % 3600 / 60) + " min";
  if (seconds >= 60) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds) + " s";
}

}  // namespace starter::console::operate
