#include "frame/run.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "frame/audit.h"
#include "frame/help.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "starter/core/process.h"
#include "starter/core/range.h"
#include "starter/core/text.h"
#include "system/process.h"

namespace starter::console {

namespace json = boost::json;

namespace {

// ./dev has these as well.
constexpr std::string_view kShared[] = {"help", "version", "completion", "complete"};

bool asks_for_help(const std::string& word) {
  return word == "-h" || word == "--help";
}

// What stands behind -- is another program's.
std::span<const std::string> own_words(const std::vector<std::string>& words) {
  return {words.begin(), std::ranges::find(words, "--")};
}

bool asks_for_help(const std::vector<std::string>& words) {
  return std::ranges::any_of(own_words(words), [](const std::string& word) { return asks_for_help(word); });
}

bool asks_for_json(const std::vector<std::string>& words) {
  return contains(own_words(words), std::string_view("--json"));
}

Failure not_text(const std::string& word) {
  return {.code = "usage.utf8",
          .what = "\"" + word + "\" is not UTF-8.",
          .why = "What is typed must be, whatever the locale says: files and servers get it as it is.",
          .fix = "locale   # and type it anew in a terminal of UTF-8",
          .exit = Exit::usage};
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!text.empty() && text.back() != '\n') std::fputc('\n', stdout);
  std::fflush(stdout);
}

int report(const Terminal& terminal, const Failure& failure) {
  if (terminal.settings().format == Format::stream_json) {
    auto event = failure_json(failure);
    event.get_object()["event"] = "error";
    terminal.event(event);
  } else if (terminal.json()) {
    print(pretty(failure_json(failure)));
  } else {
    std::fprintf(stderr, "%s\n", failure_text(terminal, failure).c_str());
  }
  return static_cast<int>(failure.exit);
}

int show(const Terminal& terminal, const Invocation& invocation, Reply reply) {
  const auto& settings = terminal.settings();
  if (!settings.field.empty()) {
    auto picked = pick(reply.data, settings.field);
    if (!picked) {
      picked.error().fix = invocation.without("--field").with("--json").typed();
      return report(terminal, picked.error());
    }
    print(*picked);
  } else if (settings.format == Format::stream_json) {
    reply.data["event"] = "result";
    terminal.event(reply.data);
  } else if (settings.format == Format::json) {
    print(pretty(reply.data));
  } else if (!reply.text.empty()) {
    print(reply.text);
  }
  return static_cast<int>(reply.exit);
}

// The longest run of leading words that names a command.
const Command* match(const std::vector<std::string>& words, std::size_t& used) {
  const Command* found = nullptr;
  std::string name;
  for (std::size_t i = 0; i < words.size() && i < 4; ++i) {
    if (words[i].starts_with('-')) break;
    name += (i == 0 ? "" : " ") + words[i];
    if (const auto* command = find_command(name)) found = command, used = i + 1;
  }
  return found;
}

Failure unknown_command(const std::vector<std::string>& words, bool development) {
  const auto first = words.begin() + (development ? 1 : 0);
  const std::vector<std::string> typed(
      first, std::find_if(first, words.end(), [](const std::string& word) { return word.starts_with('-'); }));
  std::vector<std::string> names;
  for (const auto& command : command_table())
    if (is_development(command) == development)
      names.emplace_back(development ? command.name.substr(4) : command.name);
  const auto meant = meant_by(typed, names);
  const std::string program = development ? "./dev" : "starter-console";
  return {.code = "usage.command",
          .what = program + " has no command \"" + joined(typed.empty() ? words : typed, " ") + "\".",
          .why = meant.why,
          .fix = meant.name.empty() ? program + " help" : program + " " + meant.name + " --help",
          .exit = Exit::usage};
}

Terminal make_terminal(const Invocation& invocation) {
  auto settings = Terminal::detect(invocation.get("--color", "auto"), invocation.has("--no-input"));
  const auto output = invocation.get("--output", invocation.has("--json") ? "json" : "text");
  settings.format = output == "json"          ? Format::json
                    : output == "stream-json" ? Format::stream_json
                                              : Format::text;
  settings.field = invocation.get("--field");
  return Terminal(settings);
}

Terminal plain_terminal(const std::vector<std::string>& words) {
  auto settings = Terminal::detect("auto", true);
  settings.format = asks_for_json(words) ? Format::json : Format::text;
  return Terminal(settings);
}

bool takes(const Command& command, std::string_view flag) {
  const auto is_it = [&](const Flag& one) { return one.name == flag; };
  return std::ranges::any_of(flags_of(command), is_it) || std::ranges::any_of(common_flags(), is_it);
}

// "", "   # once it is mended", "--wait 60", "--wait 60   # or ask its holder", "--var A=1 --var B=2": the
// command again.
void complete_fix(Failure& failure, Invocation again) {
  std::string_view rest = failure.fix;
  if (!rest.empty() && !rest.starts_with(' ') && !rest.starts_with("--")) return;
  // What the set-up was told is not what this command takes: `next` reads it from a file.
  const auto flag = rest.substr(0, rest.find(' '));
  if ((flag == "--profile" || flag == "--preset" || flag == "--var") && !takes(again.command(), flag)) {
    failure.fix.insert(0, "starter-console setup wizard ");
    return;
  }
  const auto next_word = [&rest] {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(word.size());
    return std::string(word);
  };
  while (rest.starts_with("--") || rest.starts_with(" --")) {
    rest.remove_prefix(rest.starts_with(' '));
    const auto flag = next_word();
    rest.remove_prefix(rest.starts_with(' '));
    again = again.with(flag, next_word());
  }
  failure.fix = again.typed() + std::string(rest);
}

// What a command does not handle is a bug, and still an answer in the form that was asked for.
Outcome<Reply> run_or_explain(const Command& command, const Invocation& invocation, Terminal& terminal) {
  try {
    return command.run(invocation, terminal);
  } catch (const std::exception& bug) {
    return Failure{.code = "bug",
                   .what = "The console met a case that it does not handle.",
                   .why = bug.what(),
                   .fix = "starter-console version   # and report it with the command line that led here"};
  }
}

// Ctrl-C must not end an operator's writer between two writes; the verbs of ./dev look for it where they
// wait.
bool ends_by_itself(const Command& command) {
  return command.writes && !is_development(command);
}

Failure stopped_at_its_end() {
  return {.code = "interrupted",
          .what = "Stopped.",
          .why = "Ctrl-C or a signal came when all of it was done.",
          .fix = "starter-console next",
          .exit = Exit::interrupted};
}

int run_command(const Command& command, std::vector<std::string> words) {
  if (asks_for_help(words)) return print(command_help(command, help_width())), 0;
  auto invocation = parse(command, words);
  if (!invocation) return report(plain_terminal(words), invocation.error());
  auto terminal = make_terminal(*invocation);
  if (ends_by_itself(command)) watch_interrupts();
  auto reply = run_or_explain(command, *invocation, terminal);
  if (!reply) complete_fix(reply.error(), *invocation);
  const bool late = ends_by_itself(command) && reply && interrupted();
  if (late) reply->exit = Exit::interrupted;
  if (command.writes && !invocation->dry_run()) note_in_audit_log(*invocation, reply, terminal);
  if (!reply) return report(terminal, reply.error());
  const int status = show(terminal, *invocation, std::move(*reply));
  // The reply stands on stdout, in whatever form: a token or a link that was made is told this once.
  if (late && !terminal.json()) static_cast<void>(report(terminal, stopped_at_its_end()));
  return status;
}

}  // namespace

int run(std::vector<std::string> words) {
  const bool development = !words.empty() && words[0] == "dev";
  const std::size_t start = development ? 1 : 0;
  // `--version`, `--map` and `./dev help` are other spellings of commands.
  if (words.size() > start && words[start] == "--version") words[start] = "version";
  if (words.size() > start && words[start] == "--map")
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(start), "help");
  if (development && words.size() > 1 && std::ranges::find(kShared, words[1]) != std::end(kShared)) {
    words.erase(words.begin());
    if (words[0] == "help") words.emplace_back("--development");
  }
  if (words.size() <= start || asks_for_help(words[start]))
    return print(overview(development, help_width())), 0;
  for (const auto& word : own_words(words))
    if (!is_utf8(word)) return report(plain_terminal(words), not_text(word));
  std::size_t used = 0;
  const auto* command = match(words, used);
  if (command == nullptr) return report(plain_terminal(words), unknown_command(words, development));
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(used));
  // Before anything is read: a core would hold a deployment's secrets. Who develops may look into ./dev.
  if (!is_development(*command)) leave_no_core();
  return run_command(*command, std::move(words));
}

}  // namespace starter::console
