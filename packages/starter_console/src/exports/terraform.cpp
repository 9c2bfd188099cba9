#include <boost/json.hpp>

#include "exports/hcl.h"
#include "exports/writers.h"
#include "frame/terminal.h"
#include "starter/contracts/built_in.h"
#include "starter/contracts/condition.h"
#include "starter/core/text.h"

namespace starter::console::exports {

namespace json = boost::json;
using contracts::hcl_quoted;
using contracts::Input;
using contracts::InputType;

namespace {

// A bare word is no value of a variable, and an object is no string: both stop Terraform before it plans.
constexpr std::string_view kRedacted = "redacted_export_it_with_include_secrets";

constexpr std::string_view kExtra = "\n# Further variables of this root\n";
constexpr std::pair<std::string_view, std::string_view> kExamples[] = {{"api", "SMTP_URL"},
                                                                       {"web", "WEB_TIER_SECRET"},
                                                                       {"worker", "WORKER_DATABASE_URL"},
                                                                       {"migrate", "MIGRATE_DATABASE_URL"}};

std::string default_of(const Input& input, const contracts::Target& target) {
  const auto own = input.fallbacks.find(target.name);
  return own != input.fallbacks.end() ? own->second : input.fallback.value_or("");
}

json::value typed(const Input& input, const std::string& text) {
  if (input.type == InputType::boolean) return text == "true";
  if (input.type == InputType::number && !text.empty()) return std::stoll(text);
  return json::string(text);
}

json::value value_of(const Value& value, bool secrets) {
  if (value.secret && !secrets) return json::object{{kRedacted, true}};
  return typed(*value.input, value.text);
}

json::value extra_value(const std::string& text) {
  boost::system::error_code error;
  if (text.starts_with('[') || text.starts_with('{'))
    if (auto value = json::parse(text, error); !error) return value;
  return json::string(text);
}

void add_maps(const std::map<std::string, Environment>& maps, const char* ending, json::object& out) {
  for (const auto& [role, entries] : maps) {
    json::object map;
    for (const auto& [name, value] : entries) map[name] = value;
    if (!map.empty()) out[role + ending] = std::move(map);
  }
}

std::string map_text(const std::string& name, const Environment& entries) {
  std::vector<Assignment> lines;
  for (const auto& [key, value] : entries) lines.push_back({key, hcl_quoted(value)});
  return entries.empty() ? "" : "\n" + name + " = {\n" + hcl_lines(lines, 2) + "}\n";
}

std::string extra_text(const std::map<std::string, std::string>& extra) {
  if (extra.empty()) return "";
  std::vector<Assignment> lines;
  for (const auto& [name, value] : extra) lines.push_back({name, hcl_value(extra_value(value))});
  return std::string(kExtra) + hcl_lines(lines);
}

std::string filled_hcl(const Deployment& deployment, const Form& form) {
  std::vector<Assignment> lines;
  for (const auto& value : deployment.inputs) {
    if (value.secret && !form.secrets)
      lines.push_back({value.input->name, std::string(kRedacted), "left out; Terraform stops here"});
    else
      lines.push_back({value.input->name, hcl_value(value_of(value, form.secrets))});
  }
  auto text = hcl_lines(lines);
  for (const auto& [role, entries] : deployment.env) text += map_text(role + "_env", entries);
  for (const auto& [role, entries] : deployment.references) text += map_text(role + "_secrets", entries);
  if (!deployment.pending.empty()) {
    text += "\n# Secrets without a reference yet; name each in the map of its role, such as\n# " +
            deployment.pending[0] + " = " + hcl_quoted(deployment.target->reference_example) + "\n";
    for (const auto& name : deployment.pending)
      text += "#   " + name + ": " + joined(deployment.belongs_into.at(name)) + "\n";
  }
  return text + extra_text(form.extra);
}

// What must be given stands there empty, which the blueprint refuses; everything else is a comment.
std::string blank_hcl(const Deployment& deployment, const Form& form) {
  std::string text;
  for (const auto& value : deployment.inputs) {
    const auto& input = *value.input;
    text += "\n# " + input.meaning + (input.required ? " (required)" : "") +
            (input.required_when.empty() ? "" : "; required when " + input.required_when) + "\n";
    if (input.secret)
      text += "# Never here: export TF_VAR_" + input.name + "\n";
    else if (input.required)
      text += input.name + " = \"\"\n";
    else
      text +=
          "# " + input.name + " = " + hcl_value(typed(input, default_of(input, *deployment.target))) + "\n";
  }
  text += "\n# Further variables of a role, and references to its secrets\n";
  for (const auto& [role, variable] : kExamples)
    text += "# " + std::string(role) + "_env = {}\n# " + std::string(role) + "_secrets = { " +
            std::string(variable) + " = " + hcl_quoted(deployment.target->reference_example) + " }\n";
  return text + extra_text(form.extra);
}

std::string as_json(const Deployment& deployment, Mode mode, const Form& form) {
  json::object out;
  for (const auto& value : deployment.inputs) {
    if (mode == Mode::filled)
      out[value.input->name] = value_of(value, form.secrets);
    else if (!value.secret)
      out[value.input->name] = typed(*value.input, default_of(*value.input, *deployment.target));
  }
  add_maps(deployment.env, "_env", out);
  add_maps(deployment.references, "_secrets", out);
  for (const auto& [name, value] : form.extra) out[name] = extra_value(value);
  return pretty(out) + "\n";
}

}  // namespace

std::string terraform_text(const Deployment& deployment, Mode mode, const Form& form) {
  if (form.json) return as_json(deployment, mode, form);
  std::string head = "# Written by starter-console infra terraform export for " + deployment.target->title;
  head += mode == Mode::filled ? ", profile " + deployment.profile + ".\n" : ".\n";
  return head + (mode == Mode::filled ? "\n" + filled_hcl(deployment, form) : blank_hcl(deployment, form));
}

std::string without_extra(const std::string& text, bool json) {
  if (!json) return text.substr(0, text.find(kExtra));
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return text;
  json::object known;
  for (const auto& [name, member] : value.get_object())
    if (contracts::built_in().input(name) != nullptr) known[name] = member;
  return pretty(known) + "\n";
}

}  // namespace starter::console::exports
