// The pages for people: inventory, parity of the targets.
#include <algorithm>

#include "starter/contracts/conform.h"
#include "writers.h"

namespace starter::contracts {

namespace {

std::string head(const std::string& title) {
  return std::string("<!-- Written by `starter-console contract render` from ") + kSource +
         "; change that. -->\n\n# " + title + "\n\n";
}

std::string state_of(const Variable& variable) {
  if (!variable.since.empty()) return "since " + variable.since;
  return variable.awaits.empty() ? "never read: " + variable.unused : "with " + variable.awaits;
}

std::string inventory_row(const Variable& variable) {
  return "| `" + variable.name + "`" + (variable.secret ? " (secret)" : "") + " | " +
         joined(variable.roles, ", ") + " | " + cell(type_text(variable)) + " | " +
         (variable.fallback ? "`" + cell(*variable.fallback) + "`" : "") + " | " +
         cell(variable.required_when) + " | " + cell(state_of(variable)) + " | " + cell(variable.meaning) +
         " |\n";
}

std::string delivery_text(const Delivery& delivery) {
  if (!delivery.omitted.empty()) return "–";
  std::string out = delivery.carry + ", ";
  if (!delivery.input.empty()) return out + "`" + delivery.input + "`";
  out += delivery.from;
  return delivery.value.empty() ? out : out + " `" + cell(delivery.value) + "`";
}

std::string columns(const Contract& contract, const std::string& first) {
  std::string titles = "| " + first + " |", rule = "| --- |";
  for (const auto& target : contract.targets) titles += " " + target.title + " |", rule += " --- |";
  return titles + "\n" + rule + "\n";
}

}  // namespace

std::string where(const Input& input, const Target& target) {
  if (!input.is_on(target.name)) return "–";
  if (target.kind == "terraform") return "`" + input.name + "`";
  const auto path = input.paths.find(target.name);
  return path == input.paths.end() ? "–" : "`" + path->second + "`";
}

std::string write_inventory(const Contract& contract) {
  const auto count = [&](auto member) {
    return std::to_string(
        std::ranges::count_if(contract.variables, [&](const auto& one) { return !(one.*member).empty(); }));
  };
  std::string out = head("Environment variables");
  out += "Every environment variable of this project: " + std::to_string(contract.variables.size()) +
         ". Of them " + count(&Variable::since) + " are read by this release, " + count(&Variable::awaits) +
         " come with a feature that is not in it, and " + count(&Variable::unused) +
         " are known names that nothing reads, with the reason.\n\n"
         "A secret may instead stand in a file that `NAME_FILE` names. What a condition means: "
         "[conditions](../contracts/conditions.md). How each one reaches a container: "
         "[parity](../ops/provider-parity.md).\n";
  for (const auto& [group, about] : contract.groups) {
    out += "\n## " + group + "\n\n" + about +
           "\n\n| Variable | Read by | Type | Default | Required when | State | Meaning |\n"
           "| --- | --- | --- | --- | --- | --- | --- |\n";
    for (const auto& variable : contract.variables)
      if (variable.group == group) out += inventory_row(variable);
  }
  out +=
      "\n## Read differently\n\n| Variable | By | Type | Default | Meaning |\n| --- | --- | --- | --- | --- "
      "|\n";
  for (const auto& variable : contract.variables)
    for (const auto& [role, other] : variable.by_role)
      out += "| `" + variable.name + "` | " + role + " | " + cell(type_text(other)) + " | " +
             (other.fallback ? "`" + cell(*other.fallback) + "`" : "") + " | " + cell(other.meaning) + " |\n";
  out += "\n## Features that are waited for\n\n| Feature | Brings |\n| --- | --- |\n";
  for (const auto& [name, about] : contract.features) out += "| " + name + " | " + cell(about) + " |\n";
  return out;
}

std::string write_parity(const Contract& contract) {
  std::string out = head("What each target gives the containers");
  out += "One contract, " + std::to_string(contract.targets.size()) +
         " targets. A dash: it is left out there. `starter-console contract show NAME` tells why.\n\n## "
         "Inputs\n\n";
  out += columns(contract, "Input");
  for (const auto& input : contract.inputs) {
    out += "| `" + input.name + "`" + (input.required ? " (required)" : "") + " |";
    for (const auto& target : contract.targets) out += " " + where(input, target) + " |";
    out += "\n";
  }
  out +=
      "\n## Outputs\n\nThe same on every cloud, unless it says which one.\n\n| Output | Where | Meaning |\n"
      "| --- | --- | --- |\n";
  for (const auto& output : contract.outputs) {
    std::vector<std::string> where;
    for (const auto& target : output.only) where.push_back(contract.target(target)->title);
    out += "| `" + output.name + "` | " + (where.empty() ? "every cloud" : joined(where, ", ")) + " | " +
           cell(output.meaning) + " |\n";
  }
  out +=
      "\n## Roles\n\n| Role | Command | Port | Liveness | Readiness | Start-up | Drain |\n| --- | --- | --- "
      "| --- | --- | --- | --- |\n";
  for (const auto& role : contract.roles) {
    const auto probe = [&](const char* kind) {
      const auto found = role.probes.find(kind);
      return found == role.probes.end() ? std::string("–") : "`" + found->second.path + "`";
    };
    out += "| " + role.name + " | `" + joined(role.command, " ") + "` | " +
           (role.port ? std::to_string(role.port) : "–") + " | " + probe("liveness") + " | " +
           probe("readiness") + " | " + probe("startup") + " | " + std::to_string(role.drain_seconds) +
           " s |\n";
  }
  out +=
      "\n## Variables\n\n`plain`: in the open. `reference`: the platform resolves it, on a single server it "
      "is a file. What feeds it "
      "stands behind it.\n\n" +
      columns(contract, "Variable");
  for (const auto& variable : contract.variables) {
    if (!variable.unused.empty()) continue;
    if (std::ranges::all_of(variable.targets, [](const auto& one) { return !one.second.omitted.empty(); }))
      continue;
    out += "| `" + variable.name + "` |";
    for (const auto& target : contract.targets)
      out += " " + delivery_text(variable.targets.at(target.name)) + " |";
    out += "\n";
  }
  return out;
}

std::string write_findings() {
  std::string out = head("Findings of contract check");
  out +=
      "What `starter-console contract check` may say about a target, by the code in front of each line and "
      "in "
      "`--json`. What is compared: [the contract](README.md#do-the-targets-keep-to-it).\n\n"
      "| Finding | Says | Put it right |\n| --- | --- | --- |\n";
  for (const auto& [code, about] : finding_codes())
    out += "| `" + code + "` | " + cell(about.says) + " | " + cell(about.fix) + " |\n";
  return out;
}

}  // namespace starter::contracts
