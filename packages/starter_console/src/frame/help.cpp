#include "frame/help.h"

#include <algorithm>

namespace starter::console {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 26;

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
    {"NO_COLOR", "never colour the output"},
    {"CLICOLOR_FORCE", "colour the output even when it is no terminal"},
    {"CI", "never ask; the same as --no-input"},
    {"TERM", "\"dumb\" turns colour off"},
};

std::string row(std::string_view left, std::string_view right) {
  std::string line = "  " + std::string(left);
  if (line.size() + 2 > kColumn) {
    line += "\n" + std::string(kColumn, ' ');
  } else {
    line.resize(kColumn, ' ');
  }
  return line + wrap(right, kWidth, kColumn) + "\n";
}

std::string flag_rows(const std::vector<Flag>& flags) {
  std::string text;
  for (const auto& flag : flags) {
    auto left = std::string(flag.name);
    if (const auto comma = left.find(','); comma != std::string::npos) left.insert(comma + 1, " ");
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    auto right = std::string(flag.summary);
    if (!flag.choices.empty()) right += " (" + std::string(flag.choices) + ")";
    if (flag.required) right += " (required)";
    text += row(left, right);
  }
  return text;
}

std::string exit_rows(const std::vector<Exit>& exits) {
  std::string text;
  for (auto exit : exits) text += row(std::to_string(static_cast<int>(exit)), meaning(exit));
  return text;
}

std::string topic_environment() {
  std::string text = "Environment variables\n\n";
  for (const auto& variable : kVariables) text += row(variable.name, variable.text);
  return text + "\nA flag wins over the environment, the environment over a default.\n";
}

std::string topic_exit_codes() {
  std::string text = "Exit statuses\n\n";
  for (const auto& [exit, says] : kMeanings) text += row(std::to_string(static_cast<int>(exit)), says);
  return text;
}

constexpr std::string_view kFormatting =
    "Formatting\n\n"
    "  Data goes to stdout, talk and errors go to stderr.\n\n"
    "  --json                  one JSON document on stdout, errors too:\n"
    "                          {\"error\": {\"code\", \"message\", \"why\", \"fix\", \"docs\"}}\n"
    "  --output stream-json    one JSON event a line while the work goes on; the last\n"
    "                          one is {\"event\": \"result\", ...}\n"
    "  --field parts.0.pid     one part of the reply alone, strings without quotes\n\n"
    "Fields are added, never renamed; each command's schema stands in\n"
    "packages/starter_console/reference/schemas.\n";

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

std::string_view meaning(Exit exit) {
  for (const auto& [value, text] : kMeanings) {
    if (value == exit) return text;
  }
  return "";
}

std::vector<Exit> exits_of(const Command& command) {
  std::vector<Exit> exits{Exit::ok, Exit::failed, Exit::usage};
  exits.insert(exits.end(), command.exits.begin(), command.exits.end());
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

std::string command_help(const Command& command) {
  std::string text = std::string(command.summary) + ".\n\nUsage\n  " + usage_line(command) + "\n";
  if (!command.details.empty()) text += "\n" + wrap(command.details, kWidth, 0) + "\n";
  if (!command.arguments.empty()) {
    text += "\nArguments\n";
    for (const auto& argument : command.arguments) text += row(argument.name, argument.summary);
  }
  const auto flags = flags_of(command);
  if (!flags.empty()) text += "\nFlags\n" + flag_rows(flags);
  text += "\nCommon flags\n" + flag_rows(common_flags());
  text += "\nExit status\n" + exit_rows(exits_of(command));
  text += "\nExamples\n";
  for (const auto& example : command.examples) {
    text += "  " + std::string(example.line) + "\n      " + wrap(example.says, kWidth, 6) + "\n";
  }
  return text + "\nDocs\n  " + std::string(command.docs) + "\n";
}

std::string overview(bool development) {
  std::string text = development ? "./dev: build, run, test and change this clone\n"
                                 : "starter-console: set up, check and run a deployment\n";
  std::string_view group;
  for (const auto& command : command_table()) {
    if (is_development(command) != development || command.group.empty())
      continue;  // no group: started by others
    if (command.group != group) text += "\n" + std::string(command.group) + "\n", group = command.group;
    text += row(development ? command.name.substr(4) : command.name, command.summary);
  }
  const std::string program = development ? "./dev" : "starter-console";
  if (development) {
    text += "\nSet-up, with every verb that builds\n" +
            row("--yes", "Install missing packages without asking") +
            row("--no-install", "Install nothing; exit 3 with the line to paste");
  }
  text += "\nTopics\n";
  for (const auto topic : topic_names()) text += "  " + program + " help " + std::string(topic) + "\n";
  return text + "\nMore: " + program + " help COMMAND\n";
}

const std::vector<std::string_view>& topic_names() {
  static const std::vector<std::string_view> names{"environment", "exit-codes", "formatting"};
  return names;
}

std::string topic_help(std::string_view name) {
  if (name == "environment") return topic_environment();
  if (name == "exit-codes") return topic_exit_codes();
  if (name == "formatting") return std::string(kFormatting);
  return {};
}

}  // namespace starter::console
