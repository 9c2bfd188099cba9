// secrets push and pull: the services' secrets between the env file and a secret manager.
#include <algorithm>
#include <boost/json.hpp>

#include "commands/groups.h"
#include "commands/secret_shelf.h"
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
                 .docs = std::string(kSecretDocs)};
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
                     .docs = std::string(kSecretDocs)};
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

Command push_command() {
  return {
      .name = "secrets push",
      .group = kSecretGroup,
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
      .exits = secret_exits(),
      .docs = kSecretDocs,
      .writes = true,
      .locks = true,
      .reaches = true,
      .destroys = true,
      .run = push};
}

Command pull_command() {
  return {
      .name = "secrets pull",
      .group = kSecretGroup,
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
      .exits = secret_exits(),
      .docs = kSecretDocs,
      .writes = true,
      .locks = true,
      .reaches = true,
      .destroys = true,
      .run = pull};
}

}  // namespace

std::vector<Command> secrets_commands() {
  return {push_command(), pull_command(), rotate_command()};
}

}  // namespace starter::console
