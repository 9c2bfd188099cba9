// setup wizard: from nothing to a validated configuration, in a terminal or from a file.
#include <algorithm>
#include <boost/json.hpp>

#include "checks/standing.h"
#include "commands/groups.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "setup/dialogue.h"
#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "system/lock.h"

namespace starter::console {

namespace json = boost::json;
using namespace setup;

namespace {

constexpr std::string_view kDocs = "docs/ops/setup-wizard-presets.md";

bool may_ask(const Invocation& invocation, const Terminal& terminal) {
  return terminal.settings().interactive && !terminal.json() && !invocation.has("--non-interactive") &&
         !invocation.has("--report-only");
}

Failure no_profile(const char* kind, const char* value) {
  return {.code = std::string("setup.no_") + kind,
          .what = std::string("No ") + kind + " is given.",
          .why = "Nobody is there to be asked.",
          .fix = std::string("--") + kind + " " + value,
          .exit = Exit::usage,
          .docs = std::string(kDocs)};
}

// A production set-up by a forgotten default would be a surprise.
Outcome<> check_spelled_out(const Given& given) {
  if (given.profile != "production" || given.profile_spelled_out) return {};
  return Failure{.code = "setup.spell_out",
                 .what = "The profile production must be spelled out.",
                 .why = "It comes from a file, and this run writes the configuration that people rely on.",
                 .fix = "--profile production",
                 .exit = Exit::usage,
                 .docs = std::string(kDocs)};
}

Outcome<> ask_profile(const contracts::Contract& contract, Given& given, Dialogue& dialogue) {
  if (given.profile.empty()) {
    std::vector<std::string> names, meanings;
    for (const auto& one : contract.profiles) names.push_back(one.name), meanings.push_back(one.meaning);
    given.profile = CHECKED(dialogue.choose("How strict is it?", names, meanings, ""));
    given.profile_spelled_out = true;
  }
  if (!given.preset.empty()) return {};
  std::vector<std::string> names, meanings;
  for (const auto& preset : contract.presets) {
    if (std::ranges::find(preset.profiles, given.profile) == preset.profiles.end()) continue;
    if (preset.clouds.empty()) names.push_back(preset.name), meanings.push_back(preset.meaning);
    for (const auto& name : preset.clouds) {
      const auto cloud = std::ranges::find(contract.clouds, name, &contracts::Cloud::name);
      const auto& target = *contract.target(cloud->target);
      names.push_back(name), meanings.push_back(target.title + ", " + target.compute);
    }
  }
  given.preset = CHECKED(dialogue.choose("Where does it go?", names, meanings, ""));
  return {};
}

json::array missing_json(const Interview& interview) {
  json::array all;
  for (const auto& question : interview.questions())
    if (!interview.answers().contains(question.name))
      all.push_back({{"name", question.name}, {"why", question.because}, {"secret", question.secret}});
  return all;
}

Reply reply_of(const Interview& interview, const Result& result, bool dry_run) {
  json::array plan, changes;
  std::string text;
  for (const auto& file : result.files) {
    plan.push_back(json::value("write " + file.path.string()));
    text += (dry_run ? "would write " : "wrote ") + file.path.string() + "\n";
  }
  for (const auto& change : result.changes) {
    changes.push_back({{"file", change.file}, {"name", change.name}, {"change", change.how}});
    text += "  " + change.how + " " + change.name + "\n";
  }
  json::array objections;
  for (const auto& one : interview.objections()) {
    objections.push_back(json::value(one.what));
    text += one.what + " " + one.fix + "\n";
  }
  const auto open = missing_json(interview);
  for (const auto& one : open) text += "open: " + std::string(one.at("name").as_string()) + "\n";
  const bool complete = open.empty() && objections.empty();
  if (result.files.empty()) text = "no change\n" + text;
  const auto next = complete ? checks::command_after_set_up(interview.contract(), interview.preset())
                             : "starter-console setup wizard --profile " + interview.profile() +
                                   " --preset " + interview.preset();
  return {.data = {{"profile", interview.profile()},
                   {"preset", interview.preset()},
                   {"complete", complete},
                   {"missing", open},
                   {"objections", std::move(objections)},
                   {"changes", std::move(changes)},
                   {"plan", std::move(plan)},
                   {"dry_run", dry_run},
                   {"next", next}},
          .text = text + "Next: " + next};
}

// --report-only: where it stands; nothing is written, also not what a run would generate.
Outcome<Reply> report(Interview interview, const Places& at) {
  interview.accept_suggestions();
  auto reply = reply_of(interview, CHECKED(result_of(interview, at)), true);
  if (!reply.data.at("complete").as_bool()) reply.exit = Exit::check_failed;
  reply.changed = false;
  return reply;
}

Outcome<> answer_without_asking(Interview& interview, const Invocation& invocation) {
  interview.accept_suggestions();
  if (interview.next()) return missing(interview, invocation);
  if (const auto wrong = interview.objections(); !wrong.empty())
    return Failure{.code = "setup.objection",
                   .what = wrong.front().what,
                   .why = "The answers don't go together.",
                   .fix = "   # " + wrong.front().fix,
                   .exit = Exit::usage,
                   .docs = std::string(kDocs)};
  interview.generate_secrets();
  return {};
}

Outcome<Result> talk(Interview& interview, const Places& at, Dialogue& dialogue) {
  while (true) {
    interview = CHECKED(dialogue.run(std::move(interview)));
    interview.generate_secrets();
    auto result = CHECKED(result_of(interview, at));
    std::vector<std::string> files;
    for (const auto& file : result.files) files.push_back(file.path.string());
    dialogue.summary(interview, files);
    const bool good = interview.objections().empty();
    if (good && files.empty()) return result;
    if (CHECKED(dialogue.confirm(good ? "Write them?" : "These answers don't go together.", good)))
      return result;
    dialogue.step_back(interview);
  }
}

Outcome<Reply> wizard(const Invocation& invocation, Terminal& terminal) {
  const auto& contract = contracts::built_in();
  const auto at = places();
  // Before anything is read: who waited for another run goes on from what that one wrote.
  std::optional<FileLock> lock;
  if (!invocation.dry_run() && !invocation.has("--report-only"))
    lock.emplace(
        CHECKED(FileLock::take(at.folder.parent_path() / "lock/setup", "Another set-up is under way.",
                               CHECKED(invocation.lock_patience()))));
  auto given = CHECKED(read_given(invocation, contract, at));
  const bool asks = may_ask(invocation, terminal);
  const auto& shows = terminal.settings();
  Dialogue dialogue(
      terminal, invocation.has("--plain") || shows.plain || !shows.colour,
      [&](const Interview& now) { return invocation.dry_run() ? Outcome<>() : save_state(now, at); });
  if (asks) CHECKED(ask_profile(contract, given, dialogue));
  if (given.profile.empty()) return no_profile("profile", "demo");
  if (given.preset.empty()) return no_profile("preset", "local");
  if (!invocation.has("--report-only")) CHECKED(check_spelled_out(given));
  auto interview = CHECKED(begin(contract, given));
  if (invocation.has("--report-only")) return report(std::move(interview), at);
  if (!asks) CHECKED(answer_without_asking(interview, invocation));
  const auto result = CHECKED(asks ? talk(interview, at, dialogue) : result_of(interview, at));
  auto reply = reply_of(interview, result, invocation.dry_run());
  reply.changed = !result.files.empty();
  if (invocation.dry_run()) return reply;
  CHECKED(write_files_or_stop(result.files));
  std::error_code ignored;
  std::filesystem::remove(at.state(), ignored);
  return reply;
}

}  // namespace

std::vector<Flag> answer_flags() {
  return {{"--answers-file", "FILE", "Answers as YAML or JSON; - is standard input"},
          {.name = "--var",
           .value = "NAME=VALUE",
           .summary = "One answer, no secret; may be repeated",
           .values = "variables",
           .many = true}};
}

std::vector<Flag> setup_flags() {
  std::vector<Flag> flags{
      {.name = "--profile",
       .value = "NAME",
       .summary = "How strict it is",
       .choices = "demo|staging|production",
       .many = true},
      {.name = "--preset",
       .value = "NAME",
       .summary = "Where it goes: local, aws, azure, gcp, other, single_server or enterprise_custom",
       .values = "presets",
       .many = true}};
  std::ranges::copy(answer_flags(), std::back_inserter(flags));
  return flags;
}

std::vector<Command> setup_commands() {
  auto flags = setup_flags();
  flags.insert(flags.end(), {{"--non-interactive", "", "Ask nothing; fail and name what is missing"},
                             {"--resume", "", "Go on where an interrupted run ended"},
                             {"--report-only", "", "Tell what is answered and what is open"},
                             {"--plain", "", "No colour and no bar, for screen readers"}});
  return {
      {.name = "setup wizard",
       .group = "Set up",
       .summary = "Make the configuration of a deployment, step by step",
       .details =
           "Asks only for what the profile, the preset and earlier answers leave open; checks each answer "
           "at once; makes the secrets that nobody needs to know. Writes .env.local of the API and of the "
           "web application for their owner alone, keeping comments and unknown lines. An answer of "
           "--var wins over the file, the file over the last run.",
       .flags = std::move(flags),
       .examples = {{"starter-console setup wizard", "Guided, in a terminal."},
                    {"starter-console setup wizard --resume", "After Ctrl-C."},
                    {"starter-console setup wizard --no-input --answers-file answers.yaml",
                     "In a pipeline; the file names profile and preset, too."},
                    {"starter-console setup wizard --report-only", "What is still open."}},
       .reply = {{"profile", "string", "demo, staging or production"},
                 {"preset", "string", "Where it goes"},
                 {"complete", "boolean", "Nothing is open or refused"},
                 {"missing", "array", "name, why, secret"},
                 {"objections", "array", "Rules that the answers break together"},
                 {"changes", "array", "file, name, change: added, changed or removed; no value"},
                 {"plan", "array", "Files that are written"},
                 {"dry_run", "boolean", "Nothing was changed"},
                 {"next", "string", "The command to run now"}},
       .exits = {Exit::check_failed, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .run = wizard},
  };
}

}  // namespace starter::console
