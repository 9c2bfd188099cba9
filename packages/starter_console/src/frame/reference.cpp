#include "frame/reference.h"

#include <algorithm>
#include <boost/json.hpp>

#include "frame/completion.h"
#include "frame/help.h"
#include "frame/terminal.h"

namespace starter::console {

namespace json = boost::json;

namespace {

json::array flags_json(const std::vector<Flag>& flags) {
  json::array all;
  for (const auto& flag : flags) {
    all.push_back({{"name", flag.name},
                   {"value", flag.value},
                   {"summary", flag.summary},
                   {"choices", flag.choices},
                   {"required", flag.required}});
  }
  return all;
}

json::object schema(const Command& command) {
  json::object properties;
  for (const auto& field : command.reply)
    properties[field.name] = {{"type", field.type}, {"description", field.summary}};
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "Reply of " + typed_name(command) + " --json"},
          {"type", "object"},
          {"properties", properties}};
}

std::string file_name(const Command& command) {
  std::string name(command.name);
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string markdown(bool development) {
  std::string text = development ? "\n# ./dev\n" : "# starter-console\n";
  for (const auto& command : command_table()) {
    if (is_development(command) != development) continue;
    text += "\n## " + typed_name(command) + "\n\n```text\n" + command_help(command) + "```\n";
  }
  return text;
}

std::string llms() {
  std::string text =
      "# starter-console and ./dev\n\n> Every command takes --json; errors have code, message, why, fix, "
      "docs.\n";
  for (const bool development : {true, false}) {
    text += development ? "\n## ./dev (a clone)\n\n" : "\n## starter-console (a deployment)\n\n";
    for (const auto& command : command_table()) {
      if (is_development(command) == development)
        text += "- `" + usage_line(command) + "`: " + std::string(command.summary) + "\n";
    }
  }
  return text;
}

// A leading dot or quote starts a request in roff, a backslash an escape.
std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_start = i == 0 || text[i - 1] == '\n';
    if (line_start && (text[i] == '.' || text[i] == '\'')) out += "\\&";
    if (text[i] == '\\')
      out += "\\e";
    else if (text[i] == '-')
      out += "\\-";
    else
      out += text[i];
  }
  return out;
}

std::string man_page() {
  std::string text =
      ".TH STARTER\\-CONSOLE 1\n.SH NAME\nstarter\\-console \\- set up, check and run a deployment\n.SH "
      "COMMANDS\n";
  for (const auto& command : command_table()) {
    if (is_development(command)) continue;
    text += ".SS " + roff(typed_name(command)) + "\n.nf\n" + roff(command_help(command)) + ".fi\n";
  }
  for (const auto topic : topic_names()) {
    text += ".SH \"" + roff(topic) + "\"\n.nf\n" + roff(topic_help(topic)) + ".fi\n";
  }
  return text;
}

}  // namespace

json::object reference_json(const Command& command) {
  json::array arguments, examples, exits;
  for (const auto& one : command.arguments) {
    arguments.push_back({{"name", one.name},
                         {"summary", one.summary},
                         {"choices", one.choices},
                         {"required", one.required},
                         {"many", one.many}});
  }
  for (const auto& one : command.examples) examples.push_back({{"line", one.line}, {"says", one.says}});
  for (const auto exit : exits_of(command)) exits.push_back(static_cast<int>(exit));
  return {{"name", typed_name(command)},
          {"summary", command.summary},
          {"usage", usage_line(command)},
          {"arguments", arguments},
          {"flags", flags_json(flags_of(command))},
          {"writes", command.writes},
          {"exits", exits},
          {"examples", examples},
          {"docs", command.docs}};
}

json::object reference_json(bool development) {
  json::array commands;
  for (const auto& command : command_table()) {
    if (is_development(command) == development) commands.push_back(reference_json(command));
  }
  return {{"commands", commands}, {"common_flags", flags_json(common_flags())}};
}

std::map<std::string, std::string> reference_files() {
  std::map<std::string, std::string> files{{"console.md", markdown(false) + markdown(true)},
                                           {"llms.txt", llms()},
                                           {"starter-console.1", man_page()}};
  for (const auto* shell : {"bash", "zsh", "fish"})
    files[std::string("completion/starter-console.") + shell] = completion_script(shell);
  for (const auto& command : command_table())
    files["schemas/" + file_name(command) + ".json"] = pretty(schema(command)) + "\n";
  return files;
}

}  // namespace starter::console
