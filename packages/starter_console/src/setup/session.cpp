#include "setup/session.h"

#include <algorithm>
#include <boost/json.hpp>

#include "dev/workspace.h"
#include "frame/audit.h"
#include "frame/terminal.h"
#include "starter/core/text.h"

namespace starter::console::setup {

namespace fs = std::filesystem;
namespace json = boost::json;
using contracts::Contract;

namespace {

constexpr std::string_view kHidden = "******";

// PORT and TRUSTED_PROXIES are other things to the web application than to the API. The set-up knows the
// API's; the other one is left to whoever writes that file.
bool means_the_same(const contracts::Variable& variable, std::string_view role) {
  const auto& own = variable.of(role);
  return own.meaning == variable.meaning && own.fallback == variable.fallback;
}

Failure two(const Invocation& invocation, const std::string& kind, const std::string& first,
            const std::string& second) {
  return {.code = "setup.two_" + kind + "s",
          .what = "Two " + kind + "s are given: " + first + " and " + second + ".",
          .why = "A deployment has one.",
          .fix = invocation.with("--" + kind, first).typed() +
                 (invocation.has("--answers-file") ? "   # and take the other one out of the file" : ""),
          .exit = Exit::usage,
          .docs = "docs/ops/setup-wizard-presets.md"};
}

// One value of a flag that may be said once, and of the answers file.
Outcome<std::string> one_of(const Invocation& invocation, const std::string& kind,
                            const std::string& in_file) {
  auto said = invocation.all("--" + kind);
  if (!in_file.empty()) said.push_back(in_file);
  for (const auto& other : said)
    if (other != said.front()) return two(invocation, kind, said.front(), other);
  return said.empty() ? std::string() : said.front();
}

// The content of NAME_FILE, as the services read it: without the end of its last line.
Outcome<Answer> answer_of(const std::string& name, const std::string& subject, const std::string& value,
                          Origin origin) {
  if (name == subject) return Answer{value, origin};
  auto text = without_line_end(CHECKED(read_file(value, 1U << 20)));
  if (is_utf8(text)) return Answer{std::move(text), origin, value};
  return Failure{.code = "setup.not_text",
                 .what = name + " can't be used.",
                 .why = "The file " + value + " is not UTF-8.",
                 .fix = editor_command(value) + "   # write it anew as UTF-8",
                 .exit = Exit::usage,
                 .docs = "docs/ops/setup-wizard-presets.md"};
}

Outcome<> add(const Contract& contract, Given& given, const std::string& name, const std::string& value,
              Origin origin) {
  const auto subject = subject_of(contract, name);
  if (subject.empty() || value.empty()) return {};
  given.answers.emplace_back(subject, CHECKED(answer_of(name, subject, value, origin)));
  return {};
}

Outcome<AnswersFile> read_answers_file(const Contract& contract, const fs::path& path) {
  return parse_answers(contract, path.string(), CHECKED(read_file(path)));
}

// What the last run of the set-up wrote, and what an operator has put into the env files since.
Outcome<> add_last_run(const Contract& contract, Given& given, const Places& at) {
  std::error_code error;
  if (fs::exists(at.answers(), error)) {
    const auto last = CHECKED(read_answers_file(contract, at.answers()));
    given.last_profile = last.profile, given.last_preset = last.preset;
    if (given.profile.empty()) given.profile = last.profile;
    if (given.preset.empty()) given.preset = last.preset;
    // Answers belong to their profile and preset: another one suggests anew.
    if (given.profile == last.profile && given.preset == last.preset)
      for (const auto& [name, value] : last.values) CHECKED(add(contract, given, name, value, Origin::file));
  }
  for (const auto& path : {at.web_file, at.api_file})
    for (const auto& [name, value] : CHECKED(read_env_file(path.string()))) {
      const auto* const variable = contract.variable(name);
      if (variable != nullptr && !variable->unused.empty()) continue;
      if (variable != nullptr && path == at.web_file && !means_the_same(*variable, "web")) continue;
      CHECKED(add(contract, given, name, value, Origin::file));
    }
  return {};
}

Outcome<> add_state(const Contract& contract, Given& given, const Places& at) {
  boost::system::error_code wrong;
  const auto state = json::parse(CHECKED(read_file(at.state())), wrong);
  const auto* const object = wrong ? nullptr : state.if_object();
  const auto* const answers = object == nullptr ? nullptr : object->if_contains("answers");
  if (answers == nullptr || !answers->is_object())
    return Failure{.code = "setup.state",
                   .what = at.state().string() + " is not what the set-up writes.",
                   .why = "It can't be read as the answers of a run.",
                   .fix = "rm '" + at.state().string() + "'   # and begin anew"};
  const auto text = [&](const char* name) {
    const auto* const value = object->if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  if (given.profile.empty()) given.profile = text("profile"), given.profile_spelled_out = true;
  if (given.preset.empty()) given.preset = text("preset");
  for (const auto& [name, value] : answers->get_object())
    if (value.is_string())
      CHECKED(add(contract, given, name, std::string(value.get_string()), Origin::typed));
  return {};
}

}  // namespace

Places places() {
  const auto workspace = dev::Workspace::find();
  const auto folder = var_folder() / "setup";
  std::error_code error;
  if (workspace)
    return {workspace->root() / "apps/api-service/.env.local", workspace->root() / "apps/web-app/.env.local",
            folder};
  return {fs::current_path(error) / ".env.local", fs::current_path(error) / "web.env.local", folder};
}

Outcome<Given> read_flags(const Invocation& invocation, const Contract& contract) {
  Given given;
  AnswersFile file;
  if (invocation.has("--answers-file")) {
    const auto path = invocation.get("--answers-file");
    file = CHECKED(read_answers_file(contract, path == "-" ? "/dev/stdin" : path));
  }
  given.profile = CHECKED(one_of(invocation, "profile", file.profile));
  given.preset = CHECKED(one_of(invocation, "preset", file.preset));
  given.profile_spelled_out = invocation.has("--profile");
  for (const auto& [name, value] : file.values) CHECKED(add(contract, given, name, value, Origin::answers));
  for (const auto& text : invocation.all("--var")) {
    const auto [name, value] = CHECKED(parse_assignment(contract, typed_name(invocation.command()), text));
    CHECKED(add(contract, given, name, value, Origin::flag));
  }
  return given;
}

void forget_other_suggestions(const Contract& contract, Given& given) {
  std::vector<std::map<std::string, std::string>> others;
  const auto add_defaults = [&](const auto& all, const std::string& name) {
    for (const auto& one : all)
      if (one.name == name) others.push_back(one.defaults);
  };
  if (given.profile != given.last_profile) add_defaults(contract.profiles, given.last_profile);
  if (given.preset != given.last_preset) {
    add_defaults(contract.presets, given.last_preset);
    add_defaults(contract.clouds, given.last_preset);
  }
  std::erase_if(given.answers, [&](const auto& one) {
    const auto& [name, answer] = one;
    return answer.origin == Origin::file && std::ranges::any_of(others, [&](const auto& defaults) {
             const auto found = defaults.find(name);
             return found != defaults.end() && found->second == answer.value;
           });
  });
}

Outcome<Given> read_given(const Invocation& invocation, const Contract& contract, const Places& at) {
  auto flags = CHECKED(read_flags(invocation, contract));
  Given given{
      .profile = flags.profile, .preset = flags.preset, .profile_spelled_out = flags.profile_spelled_out};
  if (invocation.has("--resume")) {
    Given kept{
        .profile = given.profile, .preset = given.preset, .profile_spelled_out = given.profile_spelled_out};
    CHECKED(add_state(contract, kept, at));
    given = {kept.profile, kept.preset, kept.profile_spelled_out, {}, {}, {}};
    CHECKED(add_last_run(contract, given, at));
    std::ranges::move(kept.answers, std::back_inserter(given.answers));
  } else {
    CHECKED(add_last_run(contract, given, at));
  }
  forget_other_suggestions(contract, given);
  std::ranges::move(flags.answers, std::back_inserter(given.answers));
  return given;
}

Outcome<Interview> begin(const Contract& contract, const Given& given) {
  auto interview = CHECKED(Interview::begin(contract, given.profile, given.preset));
  // All of them before any is judged: one may make another one right.
  for (const auto& [name, answer] : given.answers) interview.take(name, answer);
  for (const auto& [name, answer] : Answers(interview.answers())) {
    const auto problem = interview.objection(name, answer.value);
    if (!problem) continue;
    // An older file may say what this profile fixes; the profile wins and the file is brought up to date.
    if (answer.origin == Origin::file) {
      interview.take_back(name);
      continue;
    }
    const auto fixed = interview.fixed_value_of(name);
    return Failure{.code = "setup.answer",
                   .what = problem->what,
                   .why = "The " + std::string(name_of(answer.origin)) + " says so. " + problem->fix,
                   .fix = fixed ? "--var " + name + "=" + *fixed : answer_flag(contract, name),
                   .exit = Exit::usage,
                   .docs = "docs/ops/setup-wizard-presets.md"};
  }
  return interview;
}

namespace {

std::string given_again(const Invocation& invocation) {
  std::string flags;
  for (const auto* flag : {"--resume", "--dry-run"})
    if (invocation.has(flag)) flags += " " + std::string(flag);
  for (const auto* flag : {"--answers-file", "--var"})
    for (const auto& value : invocation.all(flag)) flags += " " + std::string(flag) + " " + pasted(value);
  return flags;
}

}  // namespace

Failure missing(const Interview& interview, const Invocation& invocation) {
  std::string names, why, flags;
  for (const auto& question : interview.questions()) {
    if (interview.answers().contains(question.name)) continue;
    names += (names.empty() ? "" : ", ") + question.name;
    why += (why.empty() ? "" : "; ") + question.name + ": " + question.because;
    flags += " " + answer_flag(interview.contract(), question.name);
  }
  return {.code = "setup.missing",
          .what = "Answers are missing: " + names + ".",
          .why = "Nobody is there to be asked, and they are needed: " + why + ".",
          .fix = "starter-console setup wizard --non-interactive --profile " + interview.profile() +
                 " --preset " + interview.preset() + given_again(invocation) + flags +
                 (invocation.has("--answers-file") ? "" : "   # or --answers-file FILE"),
          .exit = Exit::usage,
          .docs = "docs/ops/setup-wizard-presets.md"};
}

Outcome<> save_state(const Interview& interview, const Places& at) {
  json::object answers;
  for (const auto& [name, answer] : interview.answers()) {
    if (answer.origin == Origin::generated || answer.origin == Origin::file) continue;
    answers[answer.path.empty() ? name : name + "_FILE"] = answer.path.empty() ? answer.value : answer.path;
  }
  return write_file(at.state(), json::serialize(json::object{{"profile", interview.profile()},
                                                             {"preset", interview.preset()},
                                                             {"answers", std::move(answers)}}));
}

// --- results

namespace {

// What a service's own file says. A known line of `before` that is no answer any more (forgotten, or refused
// by another profile) goes: left there it would still be what the service reads.
EnvValues values_for(const Interview& interview, const std::vector<std::string_view>& roles,
                     const EnvValues& before) {
  EnvValues values;
  const auto is_ours = [&](const contracts::Variable& variable) {
    return std::ranges::any_of(
        roles, [&](auto role) { return variable.is_read_by(role) && means_the_same(variable, role); });
  };
  const auto settled = interview.settled();
  for (const auto& [name, answer] : settled) {
    const auto& variable = *interview.contract().variable(name);
    if (!is_ours(variable)) continue;
    values[answer.path.empty() ? name : name + "_FILE"] = answer.path.empty() ? answer.value : answer.path;
    if (variable.secret) values.emplace(answer.path.empty() ? name + "_FILE" : name, "");  // one of the two
  }
  for (const auto& [line, value] : before) {
    const auto name = subject_of(interview.contract(), line);
    const auto* const variable = interview.contract().variable(name);
    if (variable != nullptr && variable->unused.empty() && is_ours(*variable) && !settled.contains(name))
      values.emplace(line, "");
  }
  return values;
}

void compare(const fs::path& file, const EnvValues& before, const EnvValues& after,
             std::vector<Change>& changes) {
  for (const auto& [name, value] : after) {
    const auto old = before.find(name);
    if (old == before.end() && !value.empty())
      changes.push_back({file.string(), name, "added"});
    else if (old != before.end() && old->second != value)
      changes.push_back({file.string(), name, value.empty() ? "removed" : "changed"});
  }
}

std::string shown(const Interview& interview, const std::string& name, const Answer& answer) {
  if (!answer.path.empty()) return "from the file " + answer.path;
  return is_secret(interview.contract(), name) ? std::string(kHidden) : answer.value;
}

std::string summary_of(const Interview& interview, const Places& at, const std::vector<Change>& changes) {
  std::string text =
      "# Set-up\n\nProfile `" + interview.profile() + "`, preset `" + interview.preset() + "`.\n";
  text += "\n| Name | Value | From |\n| --- | --- | --- |\n";
  for (const auto& [name, answer] : interview.answers())
    if (interview.contract().variable(name) == nullptr)
      text += "| " + name + " | " + shown(interview, name, answer) + " | " +
              std::string(name_of(answer.origin)) + " |\n";
  for (const auto& [name, answer] : interview.settled())
    text += "| " + name + " | " + shown(interview, name, answer) + " | " +
            std::string(name_of(answer.origin)) + " |\n";
  text += "\nSecrets are in `" + at.api_file.string() + "` and `" + at.web_file.string() +
          "`, which only their owner can read.\n\n## Changes\n\n";
  for (const auto& change : changes)
    text += "- " + change.file + ": " + change.name + " " + change.how + "\n";
  return text + (changes.empty() ? "None.\n" : "");
}

json::object snapshot_of(const Interview& interview, const std::vector<Change>& changes) {
  json::object values, origins;
  for (const auto& [name, answer] : interview.settled())
    values[name] = shown(interview, name, answer), origins[name] = name_of(answer.origin);
  for (const auto& [name, answer] : interview.answers()) {
    if (values.contains(name)) continue;
    values[name] = shown(interview, name, answer), origins[name] = name_of(answer.origin);
  }
  json::array list;
  for (const auto& change : changes)
    list.push_back({{"file", change.file}, {"name", change.name}, {"change", change.how}});
  return {{"profile", interview.profile()},
          {"preset", interview.preset()},
          {"values", std::move(values)},
          {"origins", std::move(origins)},
          {"changes", std::move(list)}};
}

// What the exports need beside the env files: inputs and variables, no secret. The password of a registry is
// no variable and stays out, too; it is ephemeral, and given when it is needed.
AnswersFile kept_answers(const Interview& interview) {
  AnswersFile kept{.profile = interview.profile(), .preset = interview.preset()};
  for (const auto& [name, answer] : interview.settled())
    if (!is_secret(interview.contract(), name)) kept.values[name] = answer.value;
  for (const auto& [name, answer] : interview.answers())
    if (interview.contract().variable(name) == nullptr && !is_secret(interview.contract(), name))
      kept.values[name] = answer.value;
  return kept;
}

}  // namespace

Outcome<Result> result_of(const Interview& interview, const Places& at) {
  Result result;
  const std::pair<fs::path, std::vector<std::string_view>> services[] = {
      {at.api_file, {"api", "worker", "migrate", "console"}}, {at.web_file, {"web"}}};
  std::error_code error;
  const auto add = [&](const fs::path& path, std::string text) -> Outcome<> {
    if (text.empty() && !fs::exists(path, error)) return {};
    NewFile file{path, std::move(text)};
    if (!CHECKED(stands_already(file))) result.files.push_back(std::move(file));
    return {};
  };
  for (const auto& [path, roles] : services) {
    const auto before = CHECKED(read_env_file(path.string()));
    const auto values = values_for(interview, roles, before);
    const auto text = fs::exists(path, error) ? CHECKED(read_file(path)) : std::string();
    compare(path, before, values, result.changes);
    CHECKED(add(path, edited_env(text, values, "Written by starter-console setup wizard")));
  }
  CHECKED(add(at.answers(), answers_text(kept_answers(interview))));
  result.summary = summary_of(interview, at, result.changes);
  if (result.files.empty()) return result;
  CHECKED(add(at.summary(), result.summary));
  CHECKED(add(at.snapshot(), pretty(snapshot_of(interview, result.changes)) + "\n"));
  return result;
}

}  // namespace starter::console::setup
