// secrets onboard, push, pull and rotate; storage onboard; providers validate: what the contract says about
// providers, made true.
#include <algorithm>
#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/configuration.h"
#include "operate/onboarding.h"
#include "operate/secret_manager.h"
#include "operate/service_secrets.h"
#include "setup/answers_file.h"
#include "setup/dialogue.h"
#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "starter/crypto/keyset.h"
#include "starter/providers/registry.h"
#include "system/files.h"
#include "system/lock.h"
#include "system/process.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;
using contracts::Contract;

namespace {

constexpr std::string_view kDocs = "docs/security/secrets-providers.md";
constexpr std::string_view kGroup = "Secrets and storage";
constexpr std::size_t kSigningSecret = 64;

Flag file_flag() {
  return {"--env-file", "FILE", "The file to read and write (.env.local of the API)"};
}

std::string env_path(const Invocation& invocation) {
  return invocation.get("--env-file", setup::places().api_file.string());
}

/// The environment over the file, as the services see it.
Outcome<providers::Environment> environment_with(const EnvValues& file) {
  auto source = settings::Source::process("");
  if (!source) return Failure{.code = "settings.file", .what = source.error(), .why = "", .fix = ""};
  source->env_file = file;
  return providers::environment_of(std::move(*source));
}

/// That of the set-up: both write the env files.
Outcome<FileLock> lock_secrets(const Invocation& invocation) {
  return FileLock::take(var_folder() / "lock/setup", "Another command changes the settings.",
                        CHECKED(invocation.lock_patience()));
}

std::string joined(const std::vector<std::string>& all, const std::string& between = ", ") {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : between) + one;
  return out;
}

json::array json_of(const std::vector<std::string>& all) {
  return json::array(all.begin(), all.end());
}

// ---- onboarding

/// What is known before anybody is asked: the file, the environment over it, --answers-file, --var.
Outcome<> know_all(const Invocation& invocation, const Contract& contract, const EnvValues& file,
                   const providers::Environment& environment, Onboarding& onboarding) {
  for (const auto& question : onboarding.questions())
    if (auto twin = file.find(question.name + "_FILE"); question.secret && twin != file.end())
      onboarding.know(twin->first, twin->second);
    else
      onboarding.know(question.name, environment(question.name));
  onboarding.know("APP_PUBLIC_URL", environment("APP_PUBLIC_URL"));
  if (invocation.has("--answers-file")) {
    const auto path = invocation.get("--answers-file");
    const auto text = CHECKED(read_file(path == "-" ? "/dev/stdin" : path));
    for (const auto& [name, value] : CHECKED(setup::parse_answers(contract, path, text)).values)
      onboarding.know(name, value);
  }
  for (const auto& text : invocation.all("--var")) {
    const auto [name, value] =
        CHECKED(setup::parse_assignment(contract, typed_name(invocation.command()), text));
    onboarding.know(name, value);
  }
  return {};
}

/// `missing`: only what needs an answer and has none, because flags said the rest.
Outcome<> ask_all(const Terminal& terminal, Onboarding& onboarding, bool missing) {
  watch_interrupts();
  setup::Dialogue dialogue(terminal, !terminal.settings().colour, [](const auto&) { return Outcome<>(); });
  for (const auto& question : onboarding.questions()) {
    if (missing && (!question.required || !onboarding.value(question.name).empty())) continue;
    while (true) {
      auto ask = question.name + ": " + question.ask;
      if (!question.example.empty()) ask += " Such as " + question.example;
      const auto typed = CHECKED(dialogue.line(ask, onboarding.value(question.name), question.secret));
      const auto wrong = onboarding.objection(question.name, typed);
      if (!wrong.empty())
        terminal.say(wrong);
      else if (typed.empty() && question.required)
        terminal.say("It needs an answer.");
      else {
        onboarding.know(question.name, typed);
        break;
      }
    }
  }
  return {};
}

/// The command as it was typed, so that a fix can add to it.
std::string typed(const Invocation& invocation) {
  auto text = typed_name(invocation.command()) + " " + invocation.get("provider");
  for (const auto* flag : {"--for", "--env-file", "--answers-file"})
    if (invocation.has(flag)) text += " " + std::string(flag) + " " + invocation.get(flag);
  for (const auto& assignment : invocation.all("--var")) text += " --var '" + assignment + "'";
  return text;
}

Outcome<> check_answers(const Invocation& invocation, const Contract& contract,
                        const Onboarding& onboarding) {
  if (const auto missing = onboarding.missing(); !missing.empty()) {
    auto fix = typed(invocation);
    for (const auto& one : missing) {
      const auto name = one.substr(0, one.find(' '));
      const auto* variable = contract.variable(name);
      fix += " --var " + name + (variable != nullptr && variable->secret ? "_FILE=/path/to/file" : "=...");
    }
    return Failure{.code = "providers.missing",
                   .what = onboarding.provider().title + " needs " + joined(missing) + ".",
                   .why = "Neither a flag, an answers file, the environment nor the env file says it.",
                   .fix = fix,
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  }
  if (const auto wrong = onboarding.objections(); !wrong.empty())
    return Failure{.code = "providers.refused",
                   .what = wrong.front() + ".",
                   .why = "The contract of this deployment says so.",
                   .fix = typed_name(invocation.command()) + " --help",
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  return {};
}

/// A secret that the services need there, and what it is made of when there is none.
struct Needed {
  std::string what, name;
  std::function<Secret()> make;
};

std::vector<Needed> needed_secrets(const Onboarding& onboarding) {
  std::vector<Needed> all;
  if (auto name = onboarding.signing_secret(); !name.empty())
    all.push_back({"the signing secret", name, [] { return Secret(random_secret(kSigningSecret)); }});
  if (auto name = onboarding.keyset_secret(); !name.empty())
    all.push_back(
        {"the signing keys", name, [] { return crypto::Keyset::create(Clock::system().now()).serialise(); }});
  return all;
}

/// Logs in for real, and makes what is not there; what was done, in words.
Outcome<std::vector<std::string>> probe_and_fill(const Invocation& invocation, const Onboarding& onboarding,
                                                 const providers::Environment& environment) {
  // What was just answered goes before what the process has.
  const auto answered = onboarding.lines();
  const auto merged = [&](std::string_view name) {
    const auto found = answered.find(name);
    return found == answered.end() ? environment(name) : found->second;
  };
  auto manager =
      CHECKED(SecretManager::open(onboarding.provider().name, merged, CHECKED(invocation.timeout())));
  std::vector<std::string> made;
  // All are asked before the first is made, so that a refusal changes nothing.
  std::vector<Needed> absent;
  for (auto& one : needed_secrets(onboarding))
    if (!CHECKED(manager.probe(one.name))) absent.push_back(std::move(one));
  for (const auto& one : absent) {
    CHECKED(manager.put(one.name, one.make(), ""));
    made.push_back("made " + one.what + " " + one.name);
  }
  return made;
}

std::vector<std::string> changed_lines(const EnvValues& before, const EnvValues& lines) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : lines) {
    const auto found = before.find(name);
    if (found == before.end())
      changes.push_back("added " + name);
    else if (found->second != value)
      changes.push_back("changed " + name);
  }
  return changes;
}

Outcome<std::string> text_or_nothing(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::string();
  return read_file(path);
}

Outcome<> write_lines(const std::string& path, EnvValues lines, const std::string& heading) {
  // A secret stands in one place: its value, or the file of it.
  for (const auto& [name, value] : EnvValues(lines)) {
    if (name.ends_with("_FILE")) lines.emplace(name.substr(0, name.size() - 5), "");
  }
  return write_file(path, edited_env(CHECKED(text_or_nothing(path)), lines, heading));
}

Outcome<Reply> onboard(const Invocation& invocation, const Terminal& terminal, const Contract& contract,
                       Onboarding onboarding, bool has_client) {
  const auto path = env_path(invocation);
  const auto file = CHECKED(read_env_file(path));
  const auto environment = CHECKED(environment_with(file));
  CHECKED(know_all(invocation, contract, file, environment, onboarding));
  if (terminal.settings().interactive && !terminal.json())
    CHECKED(ask_all(terminal, onboarding, invocation.has("--var") || invocation.has("--answers-file")));
  CHECKED(check_answers(invocation, contract, onboarding));
  const auto lines = onboarding.lines();
  auto changes = changed_lines(file, lines);
  std::optional<FileLock> lock;
  std::vector<std::string> made;
  if (!invocation.dry_run()) {
    lock.emplace(CHECKED(lock_secrets(invocation)));
    if (has_client) made = CHECKED(probe_and_fill(invocation, onboarding, environment));
    if (!changes.empty()) CHECKED(write_lines(path, lines, onboarding.provider().title));
  }
  std::vector<std::string> plan;
  if (has_client)
    plan.push_back("log in to " + onboarding.provider().title + " and make what is missing there");
  if (!changes.empty()) plan.push_back("write " + path);
  const bool changed = !made.empty() || !changes.empty();
  std::string text = invocation.dry_run() ? "" : changed ? joined(made, "\n") : "no change";
  for (const auto& step : plan)
    if (invocation.dry_run()) text += (text.empty() ? "Would " : "\nWould ") + step;
  for (const auto& change : changes) text += (text.empty() ? "" : "\n") + ("  " + change);
  const bool probed = has_client && !invocation.dry_run();
  if (!invocation.dry_run())
    text += "\n" + std::string(probed ? onboarding.provider().title + " answers."
                                      : "The values are written. This release has no client for " +
                                            onboarding.provider().title + ", so it was not asked.");
  const std::string next = "starter-console providers validate";
  return Reply{.data = {{"provider", onboarding.provider().name},
                        {"file", path},
                        {"changes", json_of(changes)},
                        {"made", json_of(made)},
                        {"probed", probed},
                        {"plan", json_of(plan)},
                        {"dry_run", invocation.dry_run()},
                        {"next", next}},
               .text = text + "\nNext: " + next,
               .changed = changed};
}

Outcome<Reply> onboard_secrets(const Invocation& invocation, Terminal& terminal) {
  const auto& contract = contracts::built_in();
  const auto* provider = CHECKED(Onboarding::find(contract.secret_managers, invocation.get("provider"),
                                                  typed_name(invocation.command())));
  const auto use = invocation.get("--for", "both");
  return onboard(invocation, terminal, contract,
                 Onboarding::of_secrets(contract, *provider, use != "keys", use != "signing"),
                 providers::has_client(provider->name));
}

std::filesystem::path storage_folder() {
  return var_folder() / "storage";
}

Outcome<Reply> onboard_storage(const Invocation& invocation, Terminal& terminal) {
  const auto& contract = contracts::built_in();
  const auto* provider = CHECKED(
      Onboarding::find(contract.object_stores, invocation.get("provider"), typed_name(invocation.command())));
  const bool files = provider->name == "filesystem";
  if (files && !invocation.dry_run())
    static_cast<void>(CHECKED(SecretManager::files(storage_folder()).probe("probe")));
  auto reply =
      CHECKED(onboard(invocation, terminal, contract, Onboarding::of_storage(contract, *provider), false));
  if (!files || invocation.dry_run()) return reply;
  reply.data["probed"] = true;
  reply.text = reply.text.substr(0, reply.text.find("The values are written.")) + storage_folder().string() +
               " can be written.\nNext: starter-console providers validate";
  return reply;
}

// ---- validation

struct Verdict {
  std::string use, provider;
  bool probed = false;
  std::vector<std::string> problems;
};

Verdict judge(const Invocation& invocation, std::string use, Onboarding onboarding, const Contract& contract,
              const EnvValues& file, const providers::Environment& environment) {
  Verdict verdict{.use = std::move(use), .provider = onboarding.provider().name};
  if (const auto known = know_all(invocation, contract, file, environment, onboarding); !known)
    verdict.problems.push_back(known.error().what);
  for (const auto& one : onboarding.missing()) verdict.problems.push_back(one + " is not set");
  for (auto& one : onboarding.objections()) verdict.problems.push_back(std::move(one));
  if (!verdict.problems.empty() || !providers::has_client(verdict.provider)) return verdict;
  verdict.probed = true;
  const auto timeout = invocation.timeout();
  auto manager =
      SecretManager::open(verdict.provider, environment, timeout ? *timeout : std::chrono::seconds(20));
  if (!manager) {
    verdict.problems.push_back(manager.error().why);
    return verdict;
  }
  for (const auto& one : needed_secrets(onboarding)) {
    const auto there = manager->probe(one.name);
    if (!there)
      verdict.problems.push_back(there.error().what + " " + there.error().why);
    else if (!*there)
      verdict.problems.push_back(one.what + " " + one.name + " is not there");
  }
  return verdict;
}

Verdict judge_files() {
  Verdict verdict{.use = "storage", .provider = "filesystem", .probed = true};
  if (const auto probe = SecretManager::files(storage_folder()).probe("probe"); !probe)
    verdict.problems.push_back(probe.error().why);
  return verdict;
}

Outcome<std::vector<Verdict>> verdicts(const Invocation& invocation, const Contract& contract) {
  const auto file = CHECKED(read_env_file(env_path(invocation)));
  const auto environment = CHECKED(environment_with(file));
  const auto command = typed_name(invocation.command());
  std::vector<Verdict> all;
  if (const auto name = environment("SECRETS_PROVIDER"); !name.empty()) {
    const auto* provider = CHECKED(Onboarding::find(contract.secret_managers, name, command));
    all.push_back(judge(invocation, "signing", Onboarding::of_secrets(contract, *provider, true, false),
                        contract, file, environment));
  }
  if (environment("AUTH_KEY_STORAGE_BACKEND") == "secret-manager") {
    const auto* provider = CHECKED(
        Onboarding::find(contract.secret_managers, environment("AUTH_KEY_STORAGE_PROVIDER"), command));
    all.push_back(judge(invocation, "keys", Onboarding::of_secrets(contract, *provider, false, true),
                        contract, file, environment));
  }
  if (const auto name = environment("STORAGE_PROVIDER"); name == "filesystem") {
    all.push_back(judge_files());
  } else if (!name.empty()) {
    const auto* provider = CHECKED(Onboarding::find(contract.object_stores, name, command));
    all.push_back(judge(invocation, "storage", Onboarding::of_storage(contract, *provider), contract, file,
                        environment));
  }
  return all;
}

Outcome<Reply> validate(const Invocation& invocation, Terminal& terminal) {
  const auto all = CHECKED(verdicts(invocation, contracts::built_in()));
  json::array rows;
  std::string text;
  bool good = true;
  for (const auto& one : all) {
    rows.push_back({{"use", one.use},
                    {"provider", one.provider},
                    {"ok", one.problems.empty()},
                    {"probed", one.probed},
                    {"problems", json_of(one.problems)}});
    good = good && one.problems.empty();
    text += terminal.paint(one.problems.empty() ? Tone::good : Tone::bad,
                           one.problems.empty() ? "ok    " : "wrong ") +
            " " + one.use + "  " + one.provider +
            (one.probed             ? ""
             : one.problems.empty() ? "  set, and not asked: there is no client for it"
                                    : "") +
            "\n";
    for (const auto& problem : one.problems) text += "        " + problem + "\n";
  }
  if (all.empty()) text = "no provider is chosen\nNext: starter-console secrets onboard aws_sm";
  return Reply{.data = {{"ok", good}, {"providers", std::move(rows)}},
               .text = text,
               .exit = good ? Exit::ok : Exit::check_failed};
}

// ---- the secrets of the services

struct Shelf {
  std::string path, prefix;
  EnvValues file;
  providers::Environment environment;
  std::string provider;
};

Outcome<Shelf> shelf_of(const Invocation& invocation) {
  Shelf shelf;
  shelf.path = env_path(invocation);
  shelf.file = CHECKED(read_env_file(shelf.path));
  shelf.environment = CHECKED(environment_with(shelf.file));
  const auto label = shelf.environment("ENVIRONMENT");
  shelf.prefix = invocation.get("--prefix", "starter/" + (label.empty() ? "development" : label) + "/");
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
                   .fix = "starter-console secrets onboard aws_sm",
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

json::object references_json(const std::vector<const contracts::Variable*>& all, const std::string& prefix) {
  json::object out;
  for (const auto& [input, entries] : references(all, prefix)) {
    json::object map;
    for (const auto& [name, secret] : entries) map[name] = secret;
    out[input] = std::move(map);
  }
  return out;
}

Outcome<Reply> push(const Invocation& invocation, Terminal&) {
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
                     .fix = "starter-console setup wizard",
                     .exit = Exit::not_found,
                     .docs = std::string(kDocs)};
  }
  std::optional<FileLock> lock;
  if (!invocation.dry_run()) lock.emplace(CHECKED(lock_secrets(invocation)));
  json::array pushed, plan;
  std::string text;
  for (const auto* variable : there) {
    const auto name = shelf.prefix + variable->name;
    const Secret value(shelf.environment(variable->name));
    const auto now = CHECKED(manager.get(name));
    const std::string change = !now ? "added" : now->value == value ? "same" : "changed";
    if (change != "same") plan.push_back(json::value("write the secret " + name));
    if (change != "same" && !invocation.dry_run()) CHECKED(manager.put(name, value, now ? now->version : ""));
    pushed.push_back({{"name", variable->name}, {"secret", name}, {"change", change}});
    text += (invocation.dry_run() && change != "same" ? "would be " : "") + change + " " + name + "\n";
  }
  const bool changed = !plan.empty();
  return Reply{.data = {{"provider", shelf.provider},
                        {"pushed", std::move(pushed)},
                        {"references", references_json(there, shelf.prefix)},
                        {"plan", std::move(plan)},
                        {"dry_run", invocation.dry_run()}},
               .text = (changed ? "" : "no change\n") + text,
               .changed = changed};
}

Outcome<Reply> pull(const Invocation& invocation, Terminal&) {
  const auto shelf = CHECKED(shelf_of(invocation));
  auto manager = CHECKED(manager_of(invocation, shelf));
  std::optional<FileLock> lock;
  if (!invocation.dry_run()) lock.emplace(CHECKED(lock_secrets(invocation)));
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
  if (!differ.empty() && !invocation.has("--replace"))
    return Failure{.code = "secrets.differ",
                   .what = joined(differ) + " in " + shelf.path + " would be replaced.",
                   .why = "The secret manager has another value, and yours would be gone.",
                   .fix = typed_name(invocation.command()) + " --replace",
                   .exit = Exit::conflict,
                   .docs = std::string(kDocs)};
  const auto changes = changed_lines(shelf.file, lines);
  if (!changes.empty() && !invocation.dry_run()) CHECKED(write_lines(shelf.path, lines, "Secrets"));
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

std::string what_comes(RotationStep done, const std::string& name) {
  if (done == RotationStep::drop) return "Next: restart every service";
  const auto next = done == RotationStep::add ? "use" : "drop --confirm " + name;
  return "Next: restart every service, then: starter-console secrets rotate " + name + " --step " + next;
}

Outcome<> check_drop(const Invocation& invocation, const std::string& name, RotationStep step) {
  if (step != RotationStep::drop || invocation.dry_run() || invocation.get("--confirm") == name) return {};
  return Failure{.code = "secrets.confirm",
                 .what = "Dropping the old " + name + " must be confirmed.",
                 .why = "What it made ends: sessions, links or hashes, for good.",
                 .fix = "starter-console secrets rotate " + name + " --step drop --confirm " + name,
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

Outcome<Reply> rotate(const Invocation& invocation, Terminal&) {
  const auto shelf = CHECKED(shelf_of(invocation));
  const auto name = invocation.get("name");
  const auto* variable = CHECKED(service_secret(contracts::built_in(), name));
  const bool in_manager = !invocation.has("--in-file") && providers::has_client(shelf.provider);
  std::optional<FileLock> lock;
  if (!invocation.dry_run()) lock.emplace(CHECKED(lock_secrets(invocation)));
  std::optional<SecretManager> manager;
  std::string value, version;
  const auto place = in_manager ? shelf.prefix + name + " in " + shelf.provider : name + " in " + shelf.path;
  if (in_manager) {
    manager.emplace(CHECKED(manager_of(invocation, shelf)));
    const auto stored = CHECKED(manager->get(shelf.prefix + name));
    if (stored) value = stored->value.reveal(), version = stored->version;
  } else if (const auto found = shelf.file.find(name); found != shelf.file.end()) {
    value = found->second;
  }
  if (value.empty() && variable->generated > 0)
    return Failure{
        .code = "secrets.no_value",
        .what = "There is no " + place + ".",
        .why = "Only what has a value can be rotated.",
        .fix = in_manager ? "starter-console secrets push " + name : "starter-console setup wizard",
        .exit = Exit::not_found,
        .docs = std::string(kDocs)};
  const auto step = step_of(invocation, value);
  const auto after = CHECKED(rotated(*variable, value, step));
  CHECKED(check_drop(invocation, name, step));
  if (!invocation.dry_run() && in_manager) CHECKED(manager->put(shelf.prefix + name, Secret(after), version));
  if (!invocation.dry_run() && !in_manager) CHECKED(write_lines(shelf.path, {{name, after}}, "Secrets"));
  const std::string did = std::string(name_of(step)) + " a value of " + place;
  return Reply{.data = {{"name", name},
                        {"step", name_of(step)},
                        {"place", place},
                        {"values", std::ranges::count(after, ',') + 1},
                        {"plan", json_of({did})},
                        {"dry_run", invocation.dry_run()}},
               .text = (invocation.dry_run() ? "Would " : "Done: ") + did + "\n" + what_comes(step, name)};
}

std::vector<Flag> onboarding_flags() {
  return {file_flag(),
          {"--answers-file", "FILE", "Answers as YAML or JSON; - is standard input"},
          {.name = "--var",
           .value = "NAME=VALUE",
           .summary = "One answer, no secret; may be repeated",
           .values = "variables",
           .many = true}};
}

const std::vector<Field>& onboarding_fields() {
  static const std::vector<Field> fields{{"provider", "string", "Its name in the contract"},
                                         {"file", "string", "The env file"},
                                         {"changes", "array", "added or changed, and the variable; no value"},
                                         {"made", "array", "What was made at the provider"},
                                         {"probed", "boolean", "The provider was asked and answered"},
                                         {"plan", "array", "The steps"},
                                         {"dry_run", "boolean", "Nothing was changed"},
                                         {"next", "string", "The command to run now"}};
  return fields;
}

const std::vector<Exit> kExits{Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted};

Command onboard_command() {
  auto flags = onboarding_flags();
  flags.push_back({"--for", "USE", "What it is for (both)", "signing|keys|both"});
  return {.name = "secrets onboard",
          .group = kGroup,
          .summary = "Connect a secret manager, and make what is missing there",
          .details =
              "Asks what the contract says that this provider needs, logs in for real, makes the signing "
              "secret and the signing keys where there are none, and writes the variables for their owner "
              "alone. A provider that this release has no client for is written and not asked. Key storage "
              "may be another provider: --for keys.",
          .arguments = {{.name = "provider",
                         .summary = "Its name in the contract, such as aws_sm",
                         .required = true,
                         .values = "secret-managers"}},
          .flags = std::move(flags),
          .examples = {{"starter-console secrets onboard aws_sm", "Guided, in a terminal."},
                       {"starter-console secrets onboard aws_sm --for keys --answers-file a.yaml",
                        "Key storage alone, without a question."}},
          .reply = onboarding_fields(),
          .exits = kExits,
          .docs = kDocs,
          .writes = true,
          .locks = true,
          .reaches = true,
          .run = onboard_secrets};
}

Command push_command() {
  return {
      .name = "secrets push",
      .group = kGroup,
      .summary = "Put the services' secrets into the secret manager",
      .details =
          "Takes what the environment and the env file hold of the secrets that a deployment hands to its "
          "containers. Each becomes a secret of its own; what is the same stays as it is. The references "
          "are what api_secrets, web_secrets and worker_secrets of a blueprint take.",
      .arguments = {{.name = "name", .summary = "These alone", .many = true, .values = "service-secrets"}},
      .flags = {file_flag(), {"--prefix", "TEXT", "What names begin with (starter/ENVIRONMENT/)"}},
      .examples = {{"starter-console secrets push", "All that have a value."},
                   {"starter-console secrets push SMTP_URL --prefix acme/production/", "One of them."},
                   {"starter-console secrets push --dry-run", "What would change."}},
      .reply = {{"provider", "string", "Its name in the contract"},
                {"pushed", "array", "name, secret, change: added, changed or same"},
                {"references", "object", "api_secrets, web_secrets, worker_secrets: variable to secret"},
                {"plan", "array", "The steps"},
                {"dry_run", "boolean", "Nothing was changed"}},
      .exits = kExits,
      .docs = kDocs,
      .writes = true,
      .locks = true,
      .reaches = true,
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
      .flags = {file_flag(),
                {"--prefix", "TEXT", "What names begin with (starter/ENVIRONMENT/)"},
                {"--replace", "", "Replace values that differ"}},
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
          "where there is none.",
      .arguments = {{.name = "name",
                     .summary = "The variable, such as SECRET_KEY",
                     .required = true,
                     .values = "service-secrets"}},
      .flags = {file_flag(),
                {"--prefix", "TEXT", "What names begin with (starter/ENVIRONMENT/)"},
                {"--step", "STEP", "add, use or drop (add, then use)", "add|use|drop"},
                {"--confirm", "NAME", "The variable again, for drop"},
                {"--in-file", "", "In the env file, although there is a secret manager"}},
      .examples = {{"starter-console secrets rotate SECRET_KEY", "The step that is due."},
                   {"starter-console secrets rotate SECRET_KEY --step drop --confirm SECRET_KEY",
                    "The last one, once nothing needs the old value."}},
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
      .run = rotate};
}

Command storage_command() {
  return {
      .name = "storage onboard",
      .group = kGroup,
      .summary = "Connect an object store",
      .details =
          "Asks what the contract says that this store needs and writes the variables for their owner alone. "
          "filesystem is tried; a store that this release has no client for is written and not asked.",
      .arguments = {{.name = "provider",
                     .summary = "Its name in the contract, such as s3",
                     .required = true,
                     .values = "object-stores"}},
      .flags = onboarding_flags(),
      .examples = {{"starter-console storage onboard s3", "Guided, in a terminal."},
                   {"starter-console storage onboard s3 --var S3_BUCKET=acme-assets", "Without a question."}},
      .reply = onboarding_fields(),
      .exits = kExits,
      .docs = kDocs,
      .writes = true,
      .locks = true,
      .reaches = true,
      .run = onboard_storage};
}

Command validate_command() {
  return {
      .name = "providers validate",
      .group = kGroup,
      .summary = "Check the chosen secret managers and object store",
      .details =
          "What each needs is set and may be so; where there is a client it is asked for real. Exits 3 when "
          "something is wrong.",
      .flags = {file_flag()},
      .examples = {{"starter-console providers validate", "One line for each use."},
                   {"starter-console providers validate --field providers.0.problems", "For a script."}},
      .reply = {{"ok", "boolean", "Nothing is wrong"},
                {"providers", "array", "use, provider, ok, probed, problems"}},
      .exits = {Exit::check_failed, Exit::not_found},
      .docs = kDocs,
      .reaches = true,
      .run = validate};
}

}  // namespace

std::vector<Command> secrets_commands() {
  return {onboard_command(), push_command(),    pull_command(),
          rotate_command(),  storage_command(), validate_command()};
}

}  // namespace starter::console
