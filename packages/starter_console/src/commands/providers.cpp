// secrets onboard, storage onboard and providers validate: what the contract says about providers, made true.
#include <algorithm>
#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/onboarding.h"
#include "operate/provider_settings.h"
#include "operate/secret_manager.h"
#include "operate/service_secrets.h"
#include "setup/answers_file.h"
#include "setup/dialogue.h"
#include "setup/interview.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"
#include "starter/crypto/keyset.h"
#include "starter/providers/registry.h"
#include "system/files.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;
using contracts::Contract;

namespace {

constexpr std::string_view kDocs = "docs/security/secrets-providers.md";
constexpr std::string_view kGroup = "Secrets and storage";

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
  const auto& shows = terminal.settings();
  setup::Dialogue dialogue(terminal, shows.plain || !shows.colour, [](const auto&) { return Outcome<>(); });
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

Outcome<> check_answers(const Invocation& invocation, const Contract& contract,
                        const Onboarding& onboarding) {
  if (const auto missing = onboarding.missing(); !missing.empty()) {
    std::string fix;
    for (const auto& one : missing)
      fix += (fix.empty() ? "" : " ") + setup::answer_flag(contract, one.substr(0, one.find(' ')));
    return Failure{.code = "providers.missing",
                   .what = onboarding.provider().title + " needs " + joined(missing) + ".",
                   .why = "Neither a flag, an answers file, the environment nor the env file says it.",
                   .fix = fix,
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  }
  if (const auto wrong = onboarding.objections(); !wrong.empty()) {
    const auto name = wrong.front().substr(0, wrong.front().find(' '));
    return Failure{.code = "providers.refused",
                   .what = wrong.front() + ".",
                   .why = setup::stands_for_a_value(onboarding.value(name))
                              ? "It is printed in lines for pasting, where the value itself belongs."
                              : "The contract of this deployment says so.",
                   .fix = setup::subject_of(contract, name).empty()
                              ? typed_name(invocation.command()) + " --help"
                              : setup::answer_flag(contract, name),
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  }
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
    all.push_back({"the signing secret", name, [] {
                     const auto* const signing = contracts::built_in().variable(kSigningSecret);
                     return Secret(random_secret(static_cast<std::size_t>(signing->generated)));
                   }});
  if (auto name = onboarding.keyset_secret(); !name.empty())
    all.push_back(
        {"the signing keys", name, [] { return crypto::Keyset::create(Clock::system().now()).serialise(); }});
  return all;
}

/// Logs in for real, and makes what is not there; what was done, in words, is `made`.
Outcome<> probe_and_fill(const Invocation& invocation, const Onboarding& onboarding,
                         const providers::Environment& environment, std::vector<std::string>& made) {
  // What was just answered goes before what the process has.
  const auto answered = onboarding.lines();
  const auto merged = [&](std::string_view name) {
    const auto found = answered.find(name);
    return found == answered.end() ? environment(name) : found->second;
  };
  auto manager =
      CHECKED(SecretManager::open(onboarding.provider().name, merged, CHECKED(invocation.timeout())));
  // All are asked before the first is made, so that a refusal changes nothing.
  std::vector<Needed> absent;
  for (auto& one : needed_secrets(onboarding))
    if (!CHECKED(manager.probe(one.name))) absent.push_back(std::move(one));
  for (const auto& one : absent) {
    CHECKED(manager.put(one.name, one.make(), ""));
    made.push_back("made " + one.what + " " + one.name);
  }
  return {};
}

Outcome<Reply> onboard(const Invocation& invocation, const Terminal& terminal, const Contract& contract,
                       Onboarding onboarding, bool has_client) {
  const auto lock = CHECKED(lock_settings(invocation));
  const auto path = env_path(invocation);
  const auto file = CHECKED(read_env(invocation));
  const auto environment = CHECKED(environment_with(file));
  CHECKED(know_all(invocation, contract, file, environment, onboarding));
  if (terminal.settings().interactive && !terminal.json())
    CHECKED(ask_all(terminal, onboarding, invocation.has("--var") || invocation.has("--answers-file")));
  CHECKED(check_answers(invocation, contract, onboarding));
  const auto lines = onboarding.lines();
  auto changes = changed_lines(path, file, lines);
  std::vector<std::string> made;
  if (!invocation.dry_run()) {
    if (has_client)
      if (auto filled = probe_and_fill(invocation, onboarding, environment, made); !filled)
        return after(std::move(made), std::move(filled.error()));
    const auto write = [&]() -> Outcome<> {
      return write_files_or_stop({CHECKED(file_with(path, lines, onboarding.provider().title))});
    };
    if (!changes.empty())
      if (auto written = write(); !written) return after(std::move(made), std::move(written.error()));
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
  const auto file = CHECKED(read_env(invocation));
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
  if (all.empty()) text = "no provider is chosen\nNext: " + onboarding_command();
  return Reply{.data = {{"ok", good}, {"providers", std::move(rows)}},
               .text = text,
               .exit = good ? Exit::ok : Exit::check_failed};
}

std::vector<Flag> onboarding_flags() {
  std::vector<Flag> flags{provider_file_flag()};
  std::ranges::copy(answer_flags(), std::back_inserter(flags));
  return flags;
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
              "may be another provider: --for keys. A file that --env-file names must be there.",
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

Command storage_command() {
  return {
      .name = "storage onboard",
      .group = kGroup,
      .summary = "Connect an object store",
      .details =
          "Asks what the contract says that this store needs and writes the variables for their owner alone. "
          "filesystem is tried; a store that this release has no client for is written and not asked. A file "
          "that --env-file names must be there.",
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
      .flags = {provider_file_flag()},
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

std::vector<Command> provider_commands() {
  return {onboard_command(), storage_command(), validate_command()};
}

}  // namespace starter::console
