// secrets push, pull and rotate: the services' secrets between the env file and a secret manager.
#include <algorithm>
#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/invocation.h"
#include "operate/configuration.h"
#include "operate/onboarding.h"
#include "operate/provider_settings.h"
#include "operate/secret_manager.h"
#include "operate/service_secrets.h"
#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"
#include "starter/providers/registry.h"
#include "system/files.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;

namespace {

constexpr std::string_view kDocs = "docs/security/secrets-providers.md";
constexpr std::string_view kGroup = "Secrets and storage";

struct Shelf {
  std::string path, prefix;
  EnvValues file;
  providers::Environment environment;
  std::string provider;
};

// A flag that this command shares with the one that is named, as it was typed.
std::string also(const Invocation& invocation, std::initializer_list<const char*> flags) {
  std::string text;
  for (const auto* flag : flags)
    if (invocation.has(flag)) text += " " + std::string(flag) + " " + pasted(invocation.get(flag));
  return text;
}

Outcome<Shelf> shelf_of(const Invocation& invocation) {
  Shelf shelf;
  shelf.path = env_path(invocation);
  shelf.file = CHECKED(read_env(invocation));
  shelf.environment = CHECKED(environment_with(shelf.file));
  shelf.prefix = prefix_of(invocation, shelf.environment);
  const auto name = shelf.environment("SECRETS_PROVIDER");
  if (!name.empty()) {
    const auto& all = contracts::built_in().secret_managers;
    shelf.provider = CHECKED(Onboarding::find(all, name, "starter-console secrets onboard"))->name;
  }
  return shelf;
}

Outcome<SecretManager> manager_of(const Invocation& invocation, const Shelf& shelf) {
  if (shelf.provider.empty() || !providers::has_client(shelf.provider))
    return Failure{.code = "secrets.no_manager",
                   .what = shelf.provider.empty() ? "No secret manager is chosen."
                                                  : "This release has no client for " + shelf.provider + ".",
                   .why = "SECRETS_PROVIDER in the environment or in " + shelf.path + " chooses it.",
                   .fix = onboarding_command(also(invocation, {"--env-file"})),
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  return SecretManager::open(shelf.provider, shelf.environment, CHECKED(invocation.timeout()));
}

Outcome<std::vector<const contracts::Variable*>> wanted(const Invocation& invocation) {
  const auto& contract = contracts::built_in();
  if (!invocation.has("name")) return service_secrets(contract);
  std::vector<const contracts::Variable*> all;
  for (const auto& name : invocation.all("name")) all.push_back(CHECKED(service_secret(contract, name)));
  return all;
}

// The set-up of this folder takes the references as answers, so that the next export has them: those that the
// target takes, or the names of the secrets, by which a secret store of Kubernetes asks. The file that
// changes, or nothing: another place was set up, or none.
Outcome<std::optional<NewFile>> noted(const References& references, const std::string& prefix) {
  const auto& contract = contracts::built_in();
  const auto path = setup::places().answers();
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto before = CHECKED(read_file(path));
  auto answers = CHECKED(setup::parse_answers(contract, path.string(), before));
  const auto cloud = std::ranges::find(contract.clouds, answers.preset, &contracts::Cloud::name);
  if (cloud == contract.clouds.end()) return std::nullopt;
  const auto& form = contract.target(cloud->target)->reference;
  for (const auto& [input, entries] : references)
    for (const auto& [name, reference] : entries)
      if (form && form->matches(reference))
        answers.values[input + "." + name] = reference;
      else if (form && form->matches(prefix + name))
        answers.values[input + "." + name] = prefix + name;
  auto after = setup::answers_text(answers);
  if (after == before) return std::nullopt;
  return NewFile{path, std::move(after), 0600};
}

// Both tiers of this set-up hold the same value, or neither knows the other any more.
Outcome<> write_everywhere(const Shelf& shelf, const EnvValues& lines) {
  std::vector<NewFile> files{CHECKED(file_with(shelf.path, lines, "Secrets"))};
  const auto places = setup::places();
  std::error_code error;
  EnvValues of_web;
  if (shelf.path == places.api_file && std::filesystem::exists(places.web_file, error))
    for (const auto& [name, value] : lines)
      if (contracts::built_in().variable(name)->is_read_by("web")) of_web[name] = value;
  if (!of_web.empty()) files.push_back(CHECKED(file_with(places.web_file.string(), of_web, "Secrets")));
  return write_files_or_stop(files);
}

// What differs is replaced only when that is asked for; in production it is spelled out, too.
Outcome<> check_replacing(const Invocation& invocation, const Shelf& shelf,
                          const std::vector<std::string>& differ, const std::string& place, std::string why) {
  if (differ.empty() || (invocation.has("--replace") && invocation.dry_run())) return {};
  if (invocation.has("--replace")) return check_spelled_out(invocation, shelf.environment("ENVIRONMENT"));
  return Failure{.code = "secrets.differ",
                 .what = joined(differ) + " in " + place + " would be replaced.",
                 .why = std::move(why),
                 .fix = invocation.with("--replace").typed(),
                 .exit = Exit::conflict,
                 .docs = std::string(kDocs)};
}

struct Pushed {
  json::array pushed, plan;
  References references;
  std::string text;
  std::vector<std::string> done;
};

Outcome<> push_one(SecretManager& manager, const std::string& name, const Secret& value,
                   std::optional<providers::StoredSecret>& now, Pushed& out) {
  CHECKED(manager.put(name, value, now ? now->version : ""));
  out.done.push_back("wrote the secret " + name);
  if (!now) now = CHECKED(manager.get(name));  // it has a reference from now on
  return {};
}

Outcome<> push_all(const Invocation& invocation, const Shelf& shelf, SecretManager& manager,
                   const std::vector<const contracts::Variable*>& there,
                   std::vector<std::optional<providers::StoredSecret>>& stored, Pushed& out) {
  for (std::size_t i = 0; i < there.size(); ++i) {
    const auto* variable = there[i];
    const auto name = shelf.prefix + variable->name;
    const Secret value(shelf.environment(variable->name));
    auto& now = stored[i];
    const std::string change = !now ? "added" : now->value == value ? "same" : "changed";
    if (change != "same") {
      out.plan.push_back(json::value("write the secret " + name));
      if (!invocation.dry_run()) CHECKED(push_one(manager, name, value, now, out));
    }
    if (now) add_reference(out.references, *variable, now->reference);
    out.pushed.push_back({{"name", variable->name}, {"secret", name}, {"change", change}});
    out.text += (invocation.dry_run() && change != "same" ? "would be " : "") + change + " " + name + "\n";
  }
  if (const auto file = CHECKED(noted(out.references, shelf.prefix))) {
    out.plan.push_back(json::value("note the references in " + file->path.string()));
    if (!invocation.dry_run()) CHECKED(write_files_or_stop({*file}));
    out.text += (invocation.dry_run() ? "would note the references in " : "noted the references in ") +
                file->path.string() + "\n";
  }
  return {};
}

Outcome<Reply> push(const Invocation& invocation, Terminal&) {
  const auto lock = CHECKED(lock_settings(invocation));
  const auto shelf = CHECKED(shelf_of(invocation));
  auto manager = CHECKED(manager_of(invocation, shelf));
  std::vector<const contracts::Variable*> there;
  for (const auto* variable : CHECKED(wanted(invocation))) {
    if (!shelf.environment(variable->name).empty())
      there.push_back(variable);
    else if (invocation.has("name"))
      return Failure{.code = "secrets.no_value",
                     .what = variable->name + " has no value to push.",
                     .why = "Neither the environment nor " + shelf.path + " says it.",
                     .fix = invocation.has("--env-file")
                                ? editor_command(shelf.path) + "   # " + variable->name + "=value"
                                : "starter-console setup wizard",
                     .exit = Exit::not_found,
                     .docs = std::string(kDocs)};
  }
  std::vector<std::optional<providers::StoredSecret>> stored;
  std::vector<std::string> differ;
  for (const auto* variable : there) {
    stored.push_back(CHECKED(manager.get(shelf.prefix + variable->name)));
    if (stored.back() && stored.back()->value != Secret(shelf.environment(variable->name)))
      differ.push_back(variable->name);
  }
  CHECKED(check_replacing(invocation, shelf, differ, shelf.provider,
                          "It has another value, perhaps of a rotation, and that would be gone."));
  Pushed out;
  if (auto all = push_all(invocation, shelf, manager, there, stored, out); !all)
    return after(std::move(out.done), std::move(all.error()));
  const bool changed = !out.plan.empty();
  return Reply{.data = {{"provider", shelf.provider},
                        {"pushed", std::move(out.pushed)},
                        {"references", json::value_from(out.references)},
                        {"plan", std::move(out.plan)},
                        {"dry_run", invocation.dry_run()}},
               .text = (changed ? "" : "no change\n") + out.text,
               .changed = changed};
}

Outcome<Reply> pull(const Invocation& invocation, Terminal&) {
  const auto lock = CHECKED(lock_settings(invocation));
  const auto shelf = CHECKED(shelf_of(invocation));
  auto manager = CHECKED(manager_of(invocation, shelf));
  const auto names = CHECKED(manager.list(shelf.prefix));
  EnvValues lines;
  std::vector<std::string> differ;
  for (const auto* variable : CHECKED(wanted(invocation))) {
    const auto name = shelf.prefix + variable->name;
    if (std::ranges::find(names, name) == names.end()) continue;
    const auto stored = CHECKED(manager.get(name));
    if (!stored) continue;
    const auto own = shelf.file.find(variable->name);
    if (own != shelf.file.end() && Secret(own->second) != stored->value) differ.push_back(variable->name);
    lines[variable->name] = std::string(stored->value.reveal());
  }
  CHECKED(check_replacing(invocation, shelf, differ, shelf.path,
                          "The secret manager has another value, and yours would be gone."));
  const auto changes = changed_lines(shelf.path, shelf.file, lines);
  if (!changes.empty() && !invocation.dry_run()) CHECKED(write_everywhere(shelf, lines));
  std::string text =
      changes.empty() ? "no change" : (invocation.dry_run() ? "would write " : "wrote ") + shelf.path;
  for (const auto& change : changes) text += "\n  " + change;
  return Reply{.data = {{"provider", shelf.provider},
                        {"file", shelf.path},
                        {"changes", json_of(changes)},
                        {"plan", json_of(changes.empty() ? std::vector<std::string>()
                                                         : std::vector{"write " + shelf.path})},
                        {"dry_run", invocation.dry_run()}},
               .text = std::move(text),
               .changed = !changes.empty()};
}

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
                 .docs = std::string(kDocs)};
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
                   .docs = std::string(kDocs)};
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

const std::vector<Exit> kExits{Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted};

Command push_command() {
  return {
      .name = "secrets push",
      .group = kGroup,
      .summary = "Put the services' secrets into the secret manager",
      .details =
          "Takes what the environment and the env file hold of the secrets that a deployment hands to its "
          "containers. Each becomes a secret of its own; what is the same stays as it is, and another value "
          "that is there is replaced with --replace only. The references are what the maps of a blueprint "
          "take, such as api_secrets and migrate_secrets; a set-up in this folder gets them as its answers.",
      .arguments = {{.name = "name", .summary = "These alone", .many = true, .values = "service-secrets"}},
      .flags = {provider_file_flag(), prefix_flag(), {"--replace", "", "Replace values that differ"}},
      .examples = {{"starter-console secrets push", "All that have a value."},
                   {"starter-console secrets push SMTP_URL --prefix acme/production/", "One of them."},
                   {"starter-console secrets push --dry-run", "What would change."}},
      .reply = {{"provider", "string", "Its name in the contract"},
                {"pushed", "array", "name, secret, change: added, changed or same"},
                {"references", "object", "ROLE_secrets of each role: variable to reference"},
                {"plan", "array", "The steps"},
                {"dry_run", "boolean", "Nothing was changed"}},
      .exits = kExits,
      .docs = kDocs,
      .writes = true,
      .locks = true,
      .reaches = true,
      .destroys = true,
      .run = push};
}

Command pull_command() {
  return {
      .name = "secrets pull",
      .group = kGroup,
      .summary = "Fetch the services' secrets into the env file",
      .details =
          "Writes what the secret manager holds below the prefix, for its owner alone. A value of yours that "
          "differs is replaced with --replace only.",
      .arguments = {{.name = "name", .summary = "These alone", .many = true, .values = "service-secrets"}},
      .flags = {provider_file_flag(), prefix_flag(), {"--replace", "", "Replace values that differ"}},
      .examples = {{"starter-console secrets pull", "All that are there."},
                   {"starter-console secrets pull SECRET_KEY --replace", "One, over the present value."}},
      .reply = {{"provider", "string", "Its name in the contract"},
                {"file", "string", "The env file"},
                {"changes", "array", "added or changed, and the variable; no value"},
                {"plan", "array", "The steps"},
                {"dry_run", "boolean", "Nothing was changed"}},
      .exits = kExits,
      .docs = kDocs,
      .writes = true,
      .locks = true,
      .reaches = true,
      .destroys = true,
      .run = pull};
}

Command rotate_command() {
  return {
      .name = "secrets rotate",
      .group = kGroup,
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
      .exits = kExits,
      .docs = "docs/how-to/rotate-keys.md",
      .writes = true,
      .locks = true,
      .reaches = true,
      .destroys = true,
      .run = rotate};
}

}  // namespace

std::vector<Command> secrets_commands() {
  return {push_command(), pull_command(), rotate_command()};
}

}  // namespace starter::console
