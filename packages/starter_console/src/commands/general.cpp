// next, help, version, completion.
#include <boost/json.hpp>

#include "checks/standing.h"
#include "commands/groups.h"
#include "frame/build_commit.h"
#include "frame/completion.h"
#include "frame/help.h"
#include "frame/invocation.h"
#include "frame/reference.h"
#include "frame/terminal.h"
#include "frame/values.h"
#include "starter/core/text.h"

namespace starter::console {

namespace json = boost::json;

namespace {

Outcome<Reply> next(const Invocation& invocation, Terminal&) {
  const auto where = CHECKED(checks::standing(invocation));
  return Reply{.data = {{"stage", where.stage}, {"says", where.says}, {"next", where.next}},
               .text = where.says + " Next: " + where.next};
}

Outcome<Reply> help(const Invocation& invocation, Terminal&) {
  const bool development = invocation.has("--development");
  if (invocation.has("--map"))
    return Reply{.data = {{"map", command_map(development)}}, .text = command_map(development)};
  const auto topic = joined(invocation.all("topic"), " ");
  if (topic.empty())
    return Reply{.data = reference_json(development), .text = overview(development, help_width())};
  if (auto text = topic_help(topic, help_width()); !text.empty())
    return Reply{.data = {{"topic", topic}, {"text", text}}, .text = text};
  const auto* command = find_command(development ? "dev " + topic : topic);
  if (command == nullptr) command = find_command("dev " + topic);
  if (command != nullptr)
    return Reply{.data = reference_json(*command), .text = command_help(*command, help_width())};
  std::vector<std::string> names(topic_names().begin(), topic_names().end());
  for (const auto& one : command_table())
    names.emplace_back(is_development(one) ? one.name.substr(4) : one.name);
  const auto meant = meant_by(invocation.all("topic"), names);
  return Failure{.code = "usage.topic",
                 .what = "There is no help about \"" + topic + "\".",
                 .why = meant.why,
                 .fix = "starter-console help" + (meant.name.empty() ? "" : " " + meant.name),
                 .exit = Exit::usage};
}

Outcome<Reply> version(const Invocation&, Terminal&) {
  const std::string commit(build_commit());
  return Reply{.data = {{"version", STARTER_VERSION},
                        {"commit", commit},
                        {"build", STARTER_BUILD},
                        {"reply_schema", 1},
                        {"compiler", __VERSION__}},
               .text = std::string("starter-console ") + STARTER_VERSION + " (" +
                       (commit.empty() ? "no commit" : commit.substr(0, 12)) + ", " STARTER_BUILD " build)"};
}

// Quiet and quick: a shell asks it while a person types.
Outcome<Reply> complete(const Invocation& invocation, Terminal&) {
  const auto values = known_values(invocation, invocation.get("what"));
  std::string text;
  for (const auto& value : values) text += value + "\n";
  return Reply{.data = {{"values", json::value_from(values)}}, .text = std::move(text)};
}

Outcome<Reply> completion(const Invocation& invocation, Terminal&) {
  const auto shell = invocation.get("shell");
  auto script = completion_script(shell);
  return Reply{.data = {{"shell", shell}, {"script", script}}, .text = std::move(script)};
}

}  // namespace

std::vector<Command> general_commands() {
  return {
      {.name = "next",
       .group = "Start here",
       .summary = "Tell where this deployment stands and what to run now",
       .details = "One line, out of what the set-up and the exports left in this folder.",
       .examples = {{"starter-console next", "One line."},
                    {"starter-console next --field next", "The command alone, for scripts."}},
       .reply =
           {{"stage", "string",
             "nothing, interrupted, open, clone, faults, export, outdated, secrets, references or ready"},
            {"says", "string", "Where it stands"},
            {"next", "string", "The command to run now"}},
       .exits = {Exit::not_found},
       .docs = "docs/ops/setup-wizard-presets.md",
       .run = next},
      {.name = "help",
       .group = "Start here",
       .summary = "Show help about a command or a topic",
       .arguments = {{.name = "topic",
                      .summary = "A command, or environment, exit-codes, formatting",
                      .many = true}},
       .flags = {{"--development", "", "About the verbs of ./dev"},
                 {"--map", "", "The tree of the commands alone"}},
       .examples = {{"starter-console help verify", "Usage, flags and examples of one command."},
                    {"starter-console help exit-codes", "What the exit statuses mean."}},
       .reply = {{"commands", "array", "All commands: name, summary, usage, flags, exits, examples"},
                 {"common_flags", "array", "The flags that every command takes"},
                 {"name", "string", "Of one command; its description has the members of one of commands"},
                 {"topic", "string", "Of a topic"},
                 {"text", "string", "The text of a topic"},
                 {"map", "string", "With --map"}},
       .docs = "packages/starter_console/reference/console.md",
       .run = help},
      {.name = "version",
       .group = "Start here",
       .summary = "Show the version of this binary",
       .examples = {{"starter-console version", "One line."},
                    {"starter-console version --field version", "The number alone."}},
       .reply = {{"version", "string", "The release"},
                 {"commit", "string", "What it was built from; empty without git"},
                 {"build", "string", "Which preset built it"},
                 {"reply_schema", "integer", "Version of the JSON replies"},
                 {"compiler", "string", "What built it"}},
       .docs = "packages/starter_console/reference/console.md",
       .run = version},
      {.name = "completion",
       .group = "Start here",
       .summary = "Print a completion script for a shell",
       .arguments = {{.name = "shell",
                      .summary = "The shell that will read it",
                      .choices = "bash|zsh|fish",
                      .required = true}},
       .examples = {{"starter-console completion bash > ~/.bash_completion.d/starter-console", "For bash."},
                    {"starter-console completion fish > ~/.config/fish/completions/starter.fish",
                     "For fish."}},
       .reply = {{"shell", "string", "The shell"}, {"script", "string", "The script"}},
       .docs = "packages/starter_console/reference/console.md",
       .run = completion},
      {.name = "complete",
       .group = "",
       .summary = "List the values that an argument may have here",
       .details = "The completion scripts ask it. Where there is nothing to list, the list is empty.",
       .arguments = {{.name = "what",
                      .summary = "Of what: benchmarks, parts, presets, settings, suites, variables",
                      .required = true}},
       .examples = {{"starter-console complete settings", "What config explain takes."},
                    {"starter-console complete suites", "What ./dev test takes."}},
       .reply = {{"values", "array", "Names"}},
       .docs = "packages/starter_console/reference/console.md",
       .run = complete},
  };
}

}  // namespace starter::console
