#include "frame/help.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <sstream>

#include "frame/invocation.h"
#include "starter/core/text.h"

namespace starter::console {

namespace {

// Where the right column begins; a narrow terminal has it below the left one.
constexpr std::size_t kColumn = 26;
constexpr std::size_t kNarrow = 60, kNarrowColumn = 6;

struct Meaning {
  Exit exit;
  std::string_view text;
};
constexpr Meaning kMeanings[] = {
    {Exit::ok, "done, or there was nothing to do"},
    {Exit::failed, "it failed; the error names the fix"},
    {Exit::usage, "the command line is wrong"},
    {Exit::check_failed, "a check failed: findings, drift, missing packages"},
    {Exit::auth, "credentials are missing or were refused"},
    {Exit::not_found, "what was named does not exist"},
    {Exit::conflict, "somebody else holds it: a lock, a port"},
    {Exit::pending, "accepted, not finished yet"},
    {Exit::interrupted, "stopped by Ctrl-C"},
};

struct Variable {
  std::string_view name, text;
};
constexpr Variable kVariables[] = {
    {"STARTER_ROOT", "the clone to work on (default: found upwards from here)"},
    {"STARTER_API",
     "the starter-api to ask and to run (default: beside this program, in the clone, on PATH)"},
    {"XDG_STATE_HOME",
     "where the audit log and reports go when the folder can't be written (~/.local/state)"},
    {"NO_COLOR", "never colour the output"},
    {"CLICOLOR_FORCE", "colour the output even when it is no terminal"},
    {"ACCESSIBLE", "no colour and no bar, as with --plain, for screen readers"},
    {"CI", "never ask; the same as --no-input"},
    {"TERM", "\"dumb\" turns colour off"},
    {"COLUMNS", "how wide help is, from 40 to 80 (default: the terminal's width)"},
    {"SUDO_USER", "who asked, for the audit log"},
    {"DISPLAY", "./dev open starts a browser where there is one"},
    {"PATH, HOME", "as everywhere"},
};

std::string row(std::string_view left, std::string_view right, std::size_t width) {
  const auto column = width < kNarrow ? kNarrowColumn : kColumn;
  std::string line = "  " + std::string(left);
  if (line.size() + 2 > column) {
    line += "\n" + std::string(column, ' ');
  } else {
    line.resize(column, ' ');
  }
  return line + wrap(right, width, column) + "\n";
}

std::string flag_rows(const std::vector<Flag>& flags, std::size_t width) {
  std::string text;
  for (const auto& flag : flags) {
    auto left = std::string(flag.name);
    if (const auto comma = left.find(','); comma != std::string::npos) left.insert(comma + 1, " ");
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    auto right = std::string(flag.summary);
    if (!flag.choices.empty()) right += " (" + std::string(flag.choices) + ")";
    if (flag.required) right += " (required)";
    text += row(left, right, width);
  }
  return text;
}

std::string exit_rows(const std::vector<Exit>& exits, std::size_t width) {
  std::string text;
  for (auto exit : exits) text += row(std::to_string(static_cast<int>(exit)), meaning(exit), width);
  return text;
}

std::string topic_environment(std::size_t width) {
  std::string text = "Environment variables\n\n";
  for (const auto& variable : kVariables) text += row(variable.name, variable.text, width);
  return text + "\n" + wrap("A flag wins over the environment, the environment over a default.", width, 0) +
         "\n";
}

std::string topic_exit_codes(std::size_t width) {
  std::string text = "Exit statuses\n\n";
  for (const auto& [exit, says] : kMeanings) text += row(std::to_string(static_cast<int>(exit)), says, width);
  return text;
}

std::string topic_formatting(std::size_t width) {
  return "Formatting\n\n" + wrap("Data goes to stdout, talk and errors go to stderr.", width, 0) + "\n\n" +
         row("--json",
             "one JSON document on stdout, errors too: {\"error\": {\"code\", \"message\", \"why\", \"fix\", "
             "\"docs\"}}",
             width) +
         row("--output stream-json",
             "one JSON event a line while the work goes on; the last one is {\"event\": \"result\", ...}",
             width) +
         row("--field parts.0.pid", "one part of the reply alone, strings without quotes", width) + "\n" +
         wrap(
             "Fields are added, never renamed; each command's schema stands in "
             "packages/starter_console/reference/schemas.",
             width, 0) +
         "\n";
}

}  // namespace

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  for (std::size_t from = 0; from < text.size();) {
    auto to = std::min(text.find_first_of(" \n", from), text.size());
    const auto word = text.substr(from, to - from);
    if (column > indent && column + word.size() + 1 > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ', ++column;
    }
    out += word, column += word.size();
    if (to < text.size() && text[to] == '\n') out += "\n" + std::string(indent, ' '), column = indent;
    from = to + 1;
  }
  return out;
}

Meant meant_by(const std::vector<std::string>& words, const std::vector<std::string>& names) {
  const auto below = [&](const std::string& group) {
    std::vector<std::string> all;
    std::ranges::copy_if(names, std::back_inserter(all),
                         [&](const std::string& name) { return name.starts_with(group); });
    return all;
  };
  std::string group;  // "infra terraform "
  auto rest = words.begin();
  for (; rest != words.end() && !below(group + *rest + " ").empty(); ++rest) group += *rest + " ";
  std::vector<std::string> behind, next;
  for (const auto& name : below(group)) {
    behind.push_back(name.substr(group.size()));
    next.push_back(behind.back().substr(0, behind.back().find(' ')));
  }
  for (auto end = words.end(); end != rest; --end)
    if (const auto near = nearest(joined(std::span(rest, end), " "), behind); !near.empty())
      return {group + near, "The nearest one is \"" + group + near + "\"."};
  if (rest != words.end())
    if (const auto near = nearest(*rest, next); !near.empty()) group += near + " ";
  const auto members = group.empty() ? std::vector<std::string>() : below(group);
  if (members.empty()) return {"", "No command has a name like it."};
  return {members.front(), "There are: " + joined(members) + "."};
}

std::string_view meaning(Exit exit) {
  for (const auto& [value, text] : kMeanings) {
    if (value == exit) return text;
  }
  return "";
}

std::vector<Exit> exits_of(const Command& command) {
  std::vector<Exit> exits{Exit::ok, Exit::failed, Exit::usage};
  exits.insert(exits.end(), command.exits.begin(), command.exits.end());
  // run_command() watches what an operator's writer is interrupted by.
  if (command.writes && !is_development(command) &&
      std::ranges::find(exits, Exit::interrupted) == exits.end())
    exits.push_back(Exit::interrupted);
  std::ranges::sort(exits);
  return exits;
}

std::string usage_line(const Command& command) {
  std::string line = typed_name(command);
  for (const auto& argument : command.arguments) {
    auto name = std::string(argument.choices.empty() ? argument.name : argument.choices);
    if (argument.choices.empty())
      std::ranges::transform(name, name.begin(), [](char c) { return std::toupper(c); });
    if (argument.many) name += "...";
    line += argument.required ? " " + name : " [" + name + "]";
  }
  return line + " [flags]";
}

std::string command_help(const Command& command, std::size_t width) {
  std::string text = wrap(std::string(command.summary) + ".", width, 0) + "\n\nUsage\n  " +
                     wrap(usage_line(command), width, 4) + "\n";
  if (!command.details.empty()) text += "\n" + wrap(command.details, width, 0) + "\n";
  if (!command.arguments.empty()) {
    text += "\nArguments\n";
    for (const auto& argument : command.arguments) text += row(argument.name, argument.summary, width);
  }
  const auto flags = flags_of(command);
  if (!flags.empty()) text += "\nFlags\n" + flag_rows(flags, width);
  text += "\nCommon flags\n" + flag_rows(common_flags(), width);
  text += "\nExit status\n" + exit_rows(exits_of(command), width);
  text += "\nExamples\n";
  for (const auto& example : command.examples) {  // a line to paste is never broken
    text += "  " + std::string(example.line) + "\n      " + wrap(example.says, width, 6) + "\n";
  }
  return text + "\nDocs\n  " + std::string(command.docs) + "\n";
}

std::string overview(bool development, std::size_t width) {
  std::string text = wrap(development ? "./dev: build, run, test and change this clone"
                                      : "starter-console: set up, check and run a deployment",
                          width, 0) +
                     "\n";
  std::string_view group;
  for (const auto& command : command_table()) {
    if (is_development(command) != development || command.group.empty())
      continue;  // no group: started by others
    if (command.group != group) text += "\n" + std::string(command.group) + "\n", group = command.group;
    text += row(development ? command.name.substr(4) : command.name, command.summary, width);
  }
  const std::string program = development ? "./dev" : "starter-console";
  if (development) {
    text += "\nSet-up, with every verb that builds\n" +
            row("--yes", "Install missing packages without asking", width) +
            row("--no-install", "Install nothing; exit 3 with the line to paste", width);
  }
  text += "\nTopics\n";
  for (const auto topic : topic_names()) text += "  " + program + " help " + std::string(topic) + "\n";
  return text + "\nMore: " + program + " help COMMAND\n";
}

std::string command_map(bool development) {
  std::vector<std::vector<std::string>> paths;
  std::vector<std::string> roots;  // in the order of the table, which may come back to one
  for (const auto& command : command_table()) {
    if (is_development(command) != development || command.group.empty()) continue;
    std::istringstream in{std::string(development ? command.name.substr(4) : command.name)};
    paths.emplace_back(std::istream_iterator<std::string>(in), std::istream_iterator<std::string>());
    if (std::ranges::find(roots, paths.back()[0]) == roots.end()) roots.push_back(paths.back()[0]);
  }
  std::string text = development ? "./dev\n" : "starter-console\n";
  std::vector<std::string> above;
  for (const auto& root : roots) {
    for (const auto& words : paths) {
      if (words[0] != root) continue;
      // What this path shares with the one before it stands there already.
      const auto fork = std::ranges::mismatch(words, above).in1;
      for (auto word = fork; word != words.end(); ++word)
        text += std::string(2 * static_cast<std::size_t>(word - words.begin() + 1), ' ') + *word + "\n";
      above = words;
    }
  }
  return text;
}

const std::vector<std::string_view>& topic_names() {
  static const std::vector<std::string_view> names{"environment", "exit-codes", "formatting"};
  return names;
}

std::string topic_help(std::string_view name, std::size_t width) {
  if (name == "environment") return topic_environment(width);
  if (name == "exit-codes") return topic_exit_codes(width);
  if (name == "formatting") return topic_formatting(width);
  return {};
}

}  // namespace starter::console
