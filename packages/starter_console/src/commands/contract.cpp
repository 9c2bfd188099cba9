// contract render, show, check: what is written from the deployment contract, one variable of it, and whether
// targets keep to it.
#include "operate/contract.h"

#include <boost/json.hpp>

#include "commands/groups.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "starter/contracts/built_in.h"
#include "starter/contracts/conform.h"
#include "starter/contracts/table.h"
#include "system/files.h"

namespace starter::console {

namespace json = boost::json;
namespace table = contracts::table;
using namespace operate;

namespace {

constexpr std::string_view kDocs = "docs/contracts/README.md";
constexpr std::string_view kGroup = "Contract";

Outcome<Reply> render_contract(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(dev::Workspace::find());
  const auto contract = CHECKED(load_contract(workspace));
  const auto drift = CHECKED(contract_drift(workspace, contract));
  const bool check = invocation.has("--check");
  const bool keep = check || invocation.dry_run();
  std::string text;
  json::array changed;
  std::vector<NewFile> files;
  for (const auto& one : drift) {
    changed.push_back(json::value(one.path));
    if (keep) {
      text += check ? contracts::diff_of(one.path, one.now, one.wanted) : "would write " + one.path + "\n";
      continue;
    }
    files.push_back({workspace.root() / one.path, one.wanted, 0644});
    text += "wrote " + one.path + "\n";
  }
  CHECKED(write_files_or_stop(files));
  if (drift.empty()) text = "no change";
  if (check && !drift.empty())
    text += terminal.paint(Tone::bad, std::to_string(drift.size()) + " files differ from the contract.") +
            " Next: starter-console contract render";
  return Reply{
      .data = {{"changed", std::move(changed)}, {"variables", contract.variables.size()}, {"dry_run", keep}},
      .text = text,
      .exit = check && !drift.empty() ? Exit::check_failed : Exit::ok,
      .changed = !keep && !drift.empty()};
}

// --- show

constexpr std::string_view kReaders[] = {"api", "worker", "migrate", "web", "console", "compose", "tools"};

json::array readers_of(const table::Variable& variable) {
  json::array all;
  for (std::size_t i = 0; i < std::size(kReaders); ++i)
    if ((variable.roles >> i & 1) != 0) all.push_back(json::value(kReaders[i]));
  return all;
}

std::string state_of(const table::Variable& variable) {
  if (!variable.since.empty()) return "read since " + std::string(variable.since);
  if (!variable.awaits.empty()) return "comes with " + std::string(variable.awaits);
  return "never read: " + std::string(variable.unused);
}

std::string delivery_of(const table::Delivery& delivery) {
  if (!delivery.omitted.empty()) return "left out: " + std::string(delivery.omitted);
  std::string out = std::string(delivery.carry) + ", from " + std::string(delivery.from);
  if (!delivery.input.empty()) out += " " + std::string(delivery.input);
  if (!delivery.value.empty()) out += " " + std::string(delivery.value);
  return out;
}

Failure unknown_variable(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& variable : table::variables()) names.emplace_back(variable.name);
  const auto near = nearest(name, names);
  return {.code = "contract.unknown",
          .what = "The contract has no variable " + name + ".",
          .why = near.empty() ? "No name is like it." : "The nearest one is " + near + ".",
          .fix = "starter-console contract show" + (near.empty() ? "" : " " + near),
          .exit = Exit::not_found,
          .docs = "docs/trackers/CONSOLE_ENV_INVENTORY.md"};
}

json::object described(const table::Variable& variable) {
  json::object targets;
  for (std::size_t i = 0; i < table::kTargets.size(); ++i)
    targets[table::kTargets[i]] = delivery_of(table::deliveries()[variable.deliveries[i]]);
  return {{"name", variable.name},
          {"group", variable.group},
          {"meaning", variable.meaning},
          {"read_by", readers_of(variable)},
          {"type", table::name_of(variable.type)},
          {"allowed", variable.allowed},
          {"default", variable.has_fallback ? json::value(variable.fallback) : json::value(nullptr)},
          {"secret", variable.secret},
          {"required_when", variable.required_when},
          {"state", state_of(variable)},
          {"targets", std::move(targets)}};
}

Reply list_variables() {
  json::array all;
  std::string text;
  for (const auto& variable : table::variables()) {
    if (variable.reading != 0) continue;
    all.push_back(described(variable));
    text += std::string(variable.name) + "  " + std::string(variable.meaning) + "\n";
  }
  text += std::to_string(all.size()) + " variables";
  return {.data = {{"variables", std::move(all)}}, .text = text};
}

// An input of a deployment, such as project_name.
Reply show_input(const contracts::Input& input) {
  std::string text = input.name + "\n  " + input.meaning + ".\n";
  json::array refusals;
  if (input.required) text += "  required on every target\n";
  if (!input.required_when.empty()) text += "  required when  " + input.required_when + "\n";
  if (!input.feeds.empty()) text += "  becomes        " + input.feeds + "\n";
  for (const auto& rule : input.rules) {
    refusals.push_back(json::value(rule.refuse));
    text += "  refused        " + rule.refuse + "\n";
  }
  json::array targets;
  for (const auto& target : contracts::built_in().targets)
    if (input.is_on(target.name)) targets.push_back(json::value(target.name));
  return {.data = {{"inputs", json::array{{{"name", input.name},
                                           {"meaning", input.meaning},
                                           {"required", input.required},
                                           {"required_when", input.required_when},
                                           {"becomes", input.feeds},
                                           {"secret", input.secret},
                                           {"targets", std::move(targets)},
                                           {"refusals", std::move(refusals)}}}}},
          .text = text};
}

Outcome<Reply> show_contract(const Invocation& invocation, Terminal&) {
  const auto name = invocation.get("name");
  if (name.empty()) return list_variables();
  if (const auto* const input = contracts::built_in().input(name)) return show_input(*input);
  const auto* const variable = table::find(name);
  if (variable == nullptr) return unknown_variable(name);
  auto data = described(*variable);
  std::string text = std::string(variable->name) + "\n  " + std::string(variable->meaning) + ".\n";
  const auto line = [&](std::string label, std::string_view value) {
    label.resize(15, ' ');
    if (!value.empty()) text += "  " + label + std::string(value) + "\n";
  };
  std::string readers;
  for (const auto& one : data.at("read_by").as_array())
    readers += (readers.empty() ? "" : ", ") + std::string(one.as_string());
  line("read by", readers);
  line("type", table::name_of(variable->type));
  line("allowed", variable->allowed);
  line("default", variable->fallback);
  line("secret",
       variable->secret ? "yes; or a file that " + std::string(variable->name) + "_FILE names" : "");
  line("required when", variable->required_when);
  line("state", state_of(*variable));
  for (const auto& target : data.at("targets").as_object())
    line(std::string(target.key()), target.value().as_string());
  return Reply{.data = {{"variables", json::array{std::move(data)}}}, .text = text};
}

// --- check

Outcome<std::vector<contracts::RenderedTarget>> read_targets(const Invocation& invocation,
                                                             const contracts::Contract& contract) {
  std::vector<contracts::RenderedTarget> all;
  for (const auto& target : contract.targets) {
    const auto path = invocation.get("--" + target.name);
    if (path.empty()) continue;
    auto rendered = contracts::read_target(target, CHECKED(read_file(path)));
    if (!rendered)
      return Failure{.code = "contract.unreadable",
                     .what = path + " can't be read as what " + target.title + " renders.",
                     .why = "It " + rendered.error().why + ".",
                     .fix = rendered.error().command.empty() ? "starter-console contract check --help"
                                                             : rendered.error().command};
    all.push_back(std::move(*rendered));
  }
  if (all.empty())
    return Failure{.code = "contract.nothing",
                   .what = "There is nothing to check.",
                   .why = "No file was named.",
                   .fix = "starter-console contract check --kubernetes FILE",
                   .exit = Exit::usage};
  return all;
}

Outcome<Reply> check_contract(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = dev::Workspace::find();
  const auto contract = workspace ? CHECKED(load_contract(*workspace)) : contracts::built_in();
  const auto targets = CHECKED(read_targets(invocation, contract));
  const auto findings = contracts::check_targets(contract, targets);
  json::array all;
  std::string text = contracts::matrix_of(contract, targets);
  for (const auto& one : findings) {
    all.push_back({{"code", one.code},
                   {"target", one.target},
                   {"role", one.role},
                   {"name", one.name},
                   {"what", one.what},
                   {"fix", one.fix}});
    text += terminal.paint(Tone::bad, one.code) + "  " + one.target +
            (one.role.empty() ? "" : " " + one.role) + (one.name.empty() ? "" : " " + one.name) + " " +
            one.what + "; " + one.fix + "\n";
  }
  text += std::to_string(targets.size()) + " targets, " + std::to_string(findings.size()) + " findings";
  json::array names;
  for (const auto& target : targets) names.push_back(json::value(target.name));
  return Reply{
      .data = {{"passed", findings.empty()}, {"targets", std::move(names)}, {"findings", std::move(all)}},
      .text = text,
      .exit = findings.empty() ? Exit::ok : Exit::check_failed};
}

}  // namespace

std::vector<Command> contract_commands() {
  return {
      {.name = "contract render",
       .group = kGroup,
       .summary = "Write everything that follows from the contract",
       .details = "Tables, inventory, schemas, examples and Terraform variables, in a clone. With --check it "
                  "changes nothing, prints how files differ, and ends with status 3 if one does.",
       .flags = {{"--check", "", "Compare and print the difference"}},
       .examples = {{"starter-console contract render", "After a change of the contract."},
                    {"starter-console contract render --check", "In CI."}},
       .reply = {{"changed", "array", "Paths that were written, or would be"},
                 {"variables", "integer", "How many variables the contract names"},
                 {"dry_run", "boolean", "Nothing was changed"}},
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = kDocs,
       .writes = true,
       .run = render_contract},
      {.name = "contract show",
       .group = kGroup,
       .summary = "Show a variable or an input, or all variables",
       .details = "Who reads it, what it may be, and how each target gives it to the containers.",
       .arguments = {{.name = "name", .summary = "DATABASE_URL, or an input such as project_name"}},
       .examples = {{"starter-console contract show DATABASE_URL", "Everything about one."},
                    {"starter-console contract show --json", "All of them, for scripts."}},
       .reply =
           {{"variables", "array",
             "name, group, meaning, read_by, type, allowed, default, secret, required_when, state, targets"},
            {"inputs", "array",
             "Of an input: name, meaning, required, required_when, becomes, secret, targets, refusals"}},
       .exits = {Exit::not_found},
       .docs = kDocs,
       .run = show_contract},
      {.name = "contract check",
       .group = kGroup,
       .summary = "Compare what targets render with the contract",
       .details =
           "Reads what each target really renders and compares role by role: variables, how each is "
           "given and where its secret is, derived values, command, port, probes, the wait for the "
           "migration, outputs, and what the target says about itself. What runs beside the roles is "
           "named, and so is a way of giving variables that can't be read. Targets are compared with each "
           "other, too. Outside a clone the contract is the one that this program was built with. Every "
           "finding is explained in docs/contracts/findings.md.",
       .flags = {{"--aws", "FILE", "Lines of terraform test -json -verbose"},
                 {"--azure", "FILE", "The same"},
                 {"--gcp", "FILE", "The same"},
                 {"--kubernetes", "FILE", "What helm template prints"},
                 {"--compose", "FILE", "What docker compose config prints"}},
       .examples = {{"starter-console contract check --kubernetes rendered.yaml", "One target."},
                    {"starter-console contract check --aws a.jsonl --gcp g.jsonl --json",
                     "Two, for scripts."}},
       .reply = {{"passed", "boolean", "There is no finding"},
                 {"targets", "array", "Names of the targets that were read"},
                 {"findings", "array", "code, target, role, name, what, fix"}},
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = kDocs,
       .run = check_contract},
  };
}

}  // namespace starter::console
