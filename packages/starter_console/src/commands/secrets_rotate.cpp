// secrets rotate: a new value beside the old one, then in its place, then alone.
#include <algorithm>
#include <boost/json.hpp>

#include "commands/groups.h"
#include "commands/secret_shelf.h"
#include "operate/provider_settings.h"
#include "operate/service_secrets.h"
#include "starter/contracts/built_in.h"
#include "starter/providers/registry.h"

namespace starter::console {

using namespace operate;

namespace {

std::string_view name_of(RotationStep step) {
  return step == RotationStep::add ? "add" : step == RotationStep::use ? "use" : "drop";
}

// Every API asks a secret manager for the signing secret by itself; what it was started with it never reads
// again.
std::string what_comes(const Invocation& invocation, RotationStep done, const std::string& name,
                       bool followed) {
  const std::string first = followed ? "wait for AWS_SM_CACHE_TTL_SECONDS" : "restart every service";
  if (done == RotationStep::drop) return "Next: " + first;
  const auto next = done == RotationStep::add ? invocation.with("--step", "use")
                                              : invocation.with("--step", "drop").with("--confirm", name);
  return "Next: " + first + ", then: " + next.typed();
}

Outcome<> check_drop(const Invocation& invocation, const Shelf& shelf, const std::string& name,
                     RotationStep step) {
  if (step != RotationStep::drop || invocation.dry_run()) return {};
  if (invocation.get("--confirm") == name)
    return check_spelled_out(invocation, shelf.environment("ENVIRONMENT"));
  return Failure{.code = "secrets.confirm",
                 .what = "Dropping the old " + name + " must be confirmed.",
                 .why = "What it made ends: sessions, links, hashes or orders, for good.",
                 .fix = invocation.with("--confirm", name).typed(),
                 .exit = Exit::usage,
                 .docs = "docs/how-to/rotate-keys.md"};
}

RotationStep step_of(const Invocation& invocation, const std::string& value) {
  const auto said = invocation.get("--step");
  return said == "add"    ? RotationStep::add
         : said == "use"  ? RotationStep::use
         : said == "drop" ? RotationStep::drop
                          : due_step(value);
}

// A signing secret that is set stands before the one of a manager, for API and console alike
// (request_signer.h).
bool is_in_manager(const Invocation& invocation, const Shelf& shelf, const std::string& name) {
  if (invocation.has("--in-file") || !providers::has_client(shelf.provider)) return false;
  return name != kSigningSecret || shelf.environment(name).empty();
}

Outcome<std::string> name_in_manager(const Invocation& invocation, const Shelf& shelf,
                                     const std::string& name) {
  if (name != kSigningSecret) return shelf.prefix + name;
  const auto variable = providers::signing_variable(shelf.provider);
  if (auto there = shelf.environment(variable); !there.empty()) return there;
  return Failure{.code = "secrets.no_value",
                 .what = "There is no signing secret in " + shelf.provider + ".",
                 .why = std::string(variable) + " does not name it.",
                 .fix = "starter-console secrets onboard " + shelf.provider + " --for signing" +
                        also(invocation, {"--env-file"}),
                 .exit = Exit::not_found,
                 .docs = std::string(kSecretDocs)};
}

// The wizard makes them in its own file alone.
std::string how_to_set(const Invocation& invocation, const Shelf& shelf, const std::string& name,
                       bool in_manager) {
  if (in_manager)
    return name == kSigningSecret
               ? "starter-console secrets onboard " + shelf.provider + " --for signing" +
                     also(invocation, {"--env-file"})
               : "starter-console secrets push " + name + also(invocation, {"--env-file", "--prefix"});
  return name == kSigningSecret || invocation.has("--env-file")
             ? "echo \"" + name + "=$(openssl rand -base64 48)\" >> " + pasted(shelf.path)
             : "starter-console setup wizard";
}

Outcome<Reply> rotate(const Invocation& invocation, Terminal&) {
  const auto lock = CHECKED(lock_settings(invocation));
  const auto shelf = CHECKED(shelf_of(invocation));
  const auto name = invocation.get("name");
  const auto variable = CHECKED(rotatable_secret(contracts::built_in(), name));
  const bool in_manager = is_in_manager(invocation, shelf, name);
  const auto there = in_manager ? CHECKED(name_in_manager(invocation, shelf, name)) : name;
  std::optional<SecretManager> manager;
  std::string value, version;
  const auto place = there + " in " + (in_manager ? shelf.provider : shelf.path);
  if (in_manager) {
    manager.emplace(CHECKED(manager_of(invocation, shelf)));
    const auto stored = CHECKED(manager->get(there));
    if (stored) value = stored->value.reveal(), version = stored->version;
  } else if (const auto found = shelf.file.find(name); found != shelf.file.end()) {
    value = found->second;
  }
  if (value.empty())
    return Failure{.code = "secrets.no_value",
                   .what = "There is no " + place + ".",
                   .why = "Only what has a value can be rotated.",
                   .fix = how_to_set(invocation, shelf, name, in_manager),
                   .exit = Exit::not_found,
                   .docs = std::string(kSecretDocs)};
  const auto step = step_of(invocation, value);
  const auto after = CHECKED(rotated(variable, value, step));
  CHECKED(check_drop(invocation, shelf, name, step));
  if (!invocation.dry_run() && in_manager) CHECKED(manager->put(there, Secret(after), version));
  if (!invocation.dry_run() && !in_manager) CHECKED(write_everywhere(shelf, {{name, after}}));
  const std::string did = std::string(name_of(step)) + " a value of " + place;
  return Reply{.data = {{"name", name},
                        {"step", name_of(step)},
                        {"place", place},
                        {"values", std::ranges::count(after, ',') + 1},
                        {"plan", json_of({did})},
                        {"dry_run", invocation.dry_run()}},
               .text = (invocation.dry_run() ? "Would " : "Done: ") + did + "\n" +
                       what_comes(invocation, step, name, in_manager && name == kSigningSecret)};
}

}  // namespace

Command rotate_command() {
  return {
      .name = "secrets rotate",
      .group = kSecretGroup,
      .summary = "Replace a pepper or key of the services, step by step",
      .details =
          "Three steps, and a restart of every service after each: add makes a new value known, use makes "
          "new things with it, drop ends the old one. Works on the secret manager, or on the env file "
          "where there is none. SERVICE_ACCOUNT_SIGNING_SECRET is the signing secret, wherever it stands.",
      .arguments = {{.name = "name",
                     .summary = "The variable, such as SECRET_KEY",
                     .required = true,
                     .values = "rotatable-secrets"}},
      .flags = {provider_file_flag(),
                prefix_flag(),
                {"--step", "STEP", "add, use or drop (add, then use)", "add|use|drop"},
                {"--confirm", "NAME", "The variable again, for drop"},
                {"--in-file", "", "In the env file, although there is a secret manager"}},
      .examples = {{"starter-console secrets rotate SECRET_KEY", "The step that is due."},
                   {"starter-console secrets rotate SECRET_KEY --step drop --confirm SECRET_KEY",
                    "The last one, once nothing needs the old value."},
                   {"starter-console secrets rotate SERVICE_ACCOUNT_SIGNING_SECRET --env-file api.env",
                    "What signs the orders for tokens of service accounts."}},
      .reply = {{"name", "string", "The variable"},
                {"step", "string", "add, use or drop"},
                {"place", "string", "Where"},
                {"values", "integer", "How many it has now"},
                {"plan", "array", "The steps"},
                {"dry_run", "boolean", "Nothing was changed"}},
      .exits = secret_exits(),
      .docs = "docs/how-to/rotate-keys.md",
      .writes = true,
      .locks = true,
      .reaches = true,
      .destroys = true,
      .run = rotate};
}

}  // namespace starter::console
