// config show, explain: the API's settings as it would read them here and now. The API's own binary is asked,
// so that there is one way of reading them. config dump-schema, write-inventory: every variable there is,
// from the contract that this binary was built with.
#include <boost/json.hpp>

#include "commands/groups.h"
#include "dev/workspace.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/api_binary.h"
#include "operate/configuration.h"
#include "starter/contracts/built_in.h"
#include "starter/contracts/render.h"
#include "system/files.h"

namespace starter::console {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace operate;

namespace {

constexpr std::string_view kDocs = "packages/starter_console/reference/console.md";
constexpr std::string_view kContract = "docs/contracts/README.md";
constexpr std::string_view kGroup = "Configuration";

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : "";
}

// What came with --env-file reaches the API through its environment; here it gets its own name back.
json::array settings_here(const Invocation& invocation, json::object description,
                          const std::map<std::string, std::string>& from_file) {
  auto settings = std::move(description.at("settings").as_array());
  for (auto& setting : settings) {
    const bool ours = from_file.contains(text_of(setting.at("name"))) ||
                      from_file.contains(text_of(setting.at("name")) + "_FILE");
    if (ours && text_of(setting.at("source")).starts_with("from"))
      setting.as_object()["source"] = "from " + invocation.get("--env-file");
  }
  return settings;
}

Outcome<json::array> read_all(const Invocation& invocation) {
  const auto from_file = CHECKED(child_environment(invocation));
  return settings_here(invocation, CHECKED(describe_api(invocation)), from_file);
}

std::string shown_value(const json::value& setting) {
  const auto& value = setting.at("value");
  return value.is_null() ? "(none)" : text_of(value);
}

Outcome<Reply> show_config(const Invocation& invocation, Terminal& terminal) {
  auto settings = CHECKED(read_all(invocation));
  int problems = 0;
  std::string text;
  for (const auto& setting : settings) {
    const auto problem = text_of(setting.at("problem"));
    const auto source = text_of(setting.at("source"));
    problems += problem.empty() ? 0 : 1;
    if (invocation.has("--changed") && problem.empty() && (source == "default" || source == "not set"))
      continue;
    text += text_of(setting.at("name")) + "=" + (setting.at("value").is_null() ? "" : shown_value(setting)) +
            terminal.paint(Tone::faint, "  # " + source) + "\n";
    if (!problem.empty()) text += "  " + terminal.paint(Tone::bad, problem) + "\n";
  }
  text += std::to_string(settings.size()) + " settings, " + std::to_string(problems) + " with a problem";
  return Reply{.data = {{"valid", problems == 0}, {"problems", problems}, {"settings", std::move(settings)}},
               .text = text,
               .exit = problems == 0 ? Exit::ok : Exit::check_failed};
}

// Every place where the value may come from, the first that has one wins.
json::array places(const Invocation& invocation, const settings::Source& source, const json::value& setting) {
  const auto name = text_of(setting.at("name"));
  const auto file = invocation.get("--env-file", ".env.local");
  std::vector<std::string> names{name};
  if (setting.at("secret").as_bool()) names.push_back(name + "_FILE");
  json::array all;
  for (const auto& one : names) {
    const auto present = source.environment(one);
    all.push_back({{"place", "environment " + one}, {"set", present && !present->empty()}});
  }
  for (const auto& one : names) {
    const auto found = source.env_file.find(one);
    all.push_back(
        {{"place", file + " " + one}, {"set", found != source.env_file.end() && !found->second.empty()}});
  }
  all.push_back({{"place", "default"}, {"set", !setting.at("default").is_null()}});
  return all;
}

Failure unknown_setting(const std::string& name, const json::array& settings) {
  std::vector<std::string> names;
  for (const auto& setting : settings) names.push_back(text_of(setting.at("name")));
  const auto near = nearest(name, names);
  Failure failure{
      .code = "config.unknown",
      .what = "The API has no setting " + name + ".",
      .why = near.empty() ? "No name is like it." : "The nearest one is " + near + ".",
      .fix = near.empty() ? "starter-console config show" : "starter-console config explain " + near,
      .exit = Exit::not_found};
  if (contracts::built_in().variable(name) != nullptr) {
    failure.why = "Another role reads it, or a command.";
    failure.fix = "starter-console contract show " + name;
  }
  return failure;
}

Outcome<Reply> explain(const Invocation& invocation, Terminal&) {
  const auto settings = CHECKED(read_all(invocation));
  const auto name = invocation.get("key");
  const auto* const found =
      std::ranges::find_if(settings, [&](const json::value& one) { return text_of(one.at("name")) == name; });
  if (found == settings.end()) return unknown_setting(name, settings);
  const auto& setting = *found;
  const auto source = CHECKED(setting_source(invocation));
  auto where = places(invocation, source, setting);
  std::string text =
      name + "\n  " + text_of(setting.at("meaning")) + ".\n  value:   " + shown_value(setting) +
      "\n  source:  " + text_of(setting.at("source")) + "\n  type:    " + text_of(setting.at("type"));
  if (!text_of(setting.at("allowed")).empty()) text += " (" + text_of(setting.at("allowed")) + ")";
  text += "\n  looked at, the first that is set wins:\n";
  for (const auto& place : where)
    text += std::string(place.at("set").as_bool() ? "    set      " : "    not set  ") +
            text_of(place.at("place")) + "\n";
  const auto problem = text_of(setting.at("problem"));
  if (!problem.empty()) text += "  problem: " + problem + "\n";
  json::object data = setting.as_object();
  data["places"] = std::move(where);
  return Reply{
      .data = std::move(data), .text = text, .exit = problem.empty() ? Exit::ok : Exit::check_failed};
}

// --- what the contract says, without a clone

std::string rendered(const std::string& path) {
  return contracts::render(contracts::built_in(), {}).at(path);
}

Outcome<Reply> dump_schema(const Invocation&, Terminal&) {
  const auto text = rendered("docs/contracts/settings.schema.json");
  auto schema = json::parse(text);
  const auto& top = schema.as_object();
  const auto variables =
      top.at("properties").as_object().size() +
      (top.contains("patternProperties") ? top.at("patternProperties").as_object().size() : 0);
  return Reply{.data = {{"variables", variables}, {"schema", std::move(schema)}},
               .text = text.substr(0, text.size() - 1)};
}

Outcome<Reply> write_inventory(const Invocation& invocation, Terminal&) {
  const std::string usual = "docs/trackers/CONSOLE_ENV_INVENTORY.md";
  const auto workspace = dev::Workspace::find();
  const auto path = invocation.has("--file") ? fs::path(invocation.get("--file"))
                    : workspace              ? workspace->root() / usual
                                             : var_folder() / "CONSOLE_ENV_INVENTORY.md";
  const auto text = rendered(usual);
  std::error_code error;
  const bool same = fs::is_regular_file(path, error) && CHECKED(read_file(path)) == text;
  if (!same && !invocation.dry_run()) CHECKED(write_files_or_stop({{path, text, 0644}}));
  return Reply{
      .data = {{"path", path.string()},
               {"variables", contracts::built_in().variables.size()},
               {"written", !same && !invocation.dry_run()},
               {"dry_run", invocation.dry_run()}},
      .text = same ? "no change" : (invocation.dry_run() ? "would write " : "wrote ") + path.string(),
      .changed = !same};
}

}  // namespace

std::vector<Command> config_commands() {
  return {
      {.name = "config show",
       .group = kGroup,
       .summary = "Show the API's settings and where each came from",
       .details = "Secrets are shown as ******. The program starter-api beside this console is asked, so the "
                  "answer is what it would start with in this folder and environment.",
       .flags = {env_file_flag(), {"--changed", "", "Only what is set or has a problem"}},
       .examples = {{"starter-console config show", "All of them."},
                    {"starter-console config show --changed --env-file api.env", "What a file sets."}},
       .reply = {{"valid", "boolean", "The API would start"},
                 {"problems", "integer", "How many settings have one"},
                 {"settings", "array",
                  "name, meaning, type, allowed, default, secret, value, source, problem"}},
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = kDocs,
       .run = show_config},
      {.name = "config explain",
       .group = kGroup,
       .summary = "Explain one setting: meaning, value, which place wins",
       .arguments = {{.name = "key",
                      .summary = "Name of a setting, such as DATABASE_URL",
                      .required = true,
                      .values = "settings"}},
       .flags = {env_file_flag()},
       .examples = {{"starter-console config explain APP_PUBLIC_URL", "Where it comes from."},
                    {"starter-console config explain SMTP_URL --field source", "For scripts."}},
       .reply = {{"name", "string", "The setting"},
                 {"meaning", "string", "What it is for"},
                 {"type", "string", "text, integer, boolean, url, choice, list, duration, bytes"},
                 {"allowed", "string", "What it may be"},
                 {"default", "string", "Its value when it is not set"},
                 {"secret", "boolean", "It is never shown"},
                 {"value", "string", "Its value here; ****** for a secret"},
                 {"source", "string", "Where the value comes from"},
                 {"problem", "string", "What is wrong with it, with the fix"},
                 {"places", "array", "place, set; the first that is set wins"}},
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = kDocs,
       .run = explain},
      {.name = "config dump-schema",
       .group = kGroup,
       .summary = "Print a JSON Schema of every variable",
       .details = "The same as docs/contracts/settings.schema.json, from the contract of this binary.",
       .examples = {{"starter-console config dump-schema > settings.schema.json",
                     "For an editor or a check."},
                    {"starter-console config dump-schema --field variables", "How many there are."}},
       .reply = {{"variables", "integer",
                  "How many it describes: all that something reads, now or with a feature"},
                 {"schema", "object", "JSON Schema 2020-12"}},
       .docs = kContract,
       .run = dump_schema},
      {.name = "config write-inventory",
       .group = kGroup,
       .summary = "Write the list of every variable, as Markdown",
       .details = "The same text that contract render writes: in a clone below docs/trackers, elsewhere "
                  "below var.",
       .flags = {{"--file", "FILE", "Where to write"}},
       .examples = {{"starter-console config write-inventory --dry-run", "Only where it would go."},
                    {"starter-console config write-inventory --file inventory.md", "To a file of your own."}},
       .reply = {{"path", "string", "The file"},
                 {"variables", "integer", "How many the contract has"},
                 {"written", "boolean", "The file has changed"},
                 {"dry_run", "boolean", "Nothing was changed"}},
       .docs = kContract,
       .writes = true,
       .run = write_inventory},
  };
}

}  // namespace starter::console
