// environment/*.yaml: one file a group. What the head of a file says holds for every variable that says
// nothing else.
#include <algorithm>

#include "parts.h"

namespace starter::contracts {

namespace {

struct Head {
  std::string group, since, awaits;
  std::vector<std::string> roles;
  std::map<std::string, Delivery> targets;
};

Type read_type(Reader& reader, Type otherwise) {
  const auto text = reader.text("type");
  if (text.empty()) return otherwise;
  const auto type = table::type_of(text);
  if (!type)
    reader.complain("has an unknown type", "use one of the types that docs/contracts/README.md lists");
  return type.value_or(otherwise);
}

Delivery read_delivery(Reader reader) {
  Delivery delivery{.carry = reader.choice("carry", {"plain", "reference", "ephemeral"}),
                    .from = reader.choice("from", {"input", "derived", "secret", "platform"}),
                    .input = reader.text("input"),
                    .value = reader.text("value"),
                    .omitted = reader.text("omit")};
  const bool carried = !delivery.carry.empty() || !delivery.from.empty();
  if (delivery.omitted.empty() && (delivery.carry.empty() || delivery.from.empty()))
    reader.complain("says neither how it is carried nor why not",
                    "write {carry: ..., from: ...} or {omit: reason}");
  if (!delivery.omitted.empty() && carried)
    reader.complain("is carried and left out", "keep carry with from, or omit");
  if (delivery.from == "derived" && delivery.value.empty())
    reader.complain("is derived and doesn't say from what", "add value: ...");
  reader.finish();
  return delivery;
}

/// `all` first, then single targets over it.
std::map<std::string, Delivery> read_targets_of(Reader& reader, const std::vector<Target>& targets,
                                                std::map<std::string, Delivery> deliveries) {
  auto children = reader.children("targets");
  for (auto& [name, child] : children) {
    if (name != "all") continue;
    const auto delivery = read_delivery(child);
    for (const auto& target : targets) deliveries[target.name] = delivery;
  }
  for (auto& [name, child] : children) {
    if (name == "all") continue;
    if (std::ranges::find(targets, name, &Target::name) == targets.end())
      child.complain("is no target", "use one of targets.yaml, or all");
    deliveries[name] = read_delivery(child);
  }
  return deliveries;
}

std::map<std::string, Delivery> usual_targets(const std::vector<Target>& targets, bool secret) {
  std::map<std::string, Delivery> all;
  for (const auto& target : targets)
    all[target.name] = secret ? Delivery{.carry = "reference", .from = "secret"}
                              : Delivery{.carry = "plain", .from = "input"};
  return all;
}

void read_values(Reader& reader, Variable& variable) {
  variable.type = read_type(reader, variable.type);
  if (reader.has("default")) variable.fallback = reader.text("default");
  if (reader.has("min")) variable.min = reader.number("min");
  if (reader.has("max")) variable.max = reader.number("max");
  if (reader.has("allowed")) variable.allowed = reader.words("allowed");
  if (reader.has("pattern")) variable.pattern = read_pattern(reader, "pattern");
  if (reader.has("values")) variable.values = reader.integer("values");
}

void read_state(Reader& reader, const Head& head, Variable& variable) {
  variable.since = reader.text("since");
  variable.awaits = reader.text("awaits");
  variable.unused = reader.text("unused");
  const auto said = !variable.since.empty() + !variable.awaits.empty() + !variable.unused.empty();
  if (said > 1) reader.complain("says more than one of since, awaits and unused", "keep one");
  if (said > 0) return;
  variable.since = head.since;
  variable.awaits = head.awaits;
  if (head.since.empty() && head.awaits.empty())
    reader.complain("says neither since when it is read nor what it waits for",
                    "add since, awaits or unused");
}

void read_by_role(Reader& reader, Variable& variable) {
  for (auto& [role, child] : reader.children("by_role")) {
    Variable other = variable;
    other.by_role.clear();
    // What was said of another type would mean something else here.
    if (child.has("type"))
      other.fallback.reset(), other.min.reset(), other.max.reset(), other.allowed.clear();
    read_values(child, other);
    if (child.has("meaning")) other.meaning = child.text("meaning");
    child.finish();
    variable.by_role.emplace(role, std::move(other));
  }
}

Variable read_variable(Reader& reader, const std::string& name, const Head& head,
                       const std::vector<Target>& targets) {
  Variable variable{.name = name, .group = head.group, .place = reader.place()};
  variable.roles = reader.has("roles") ? reader.words("roles") : head.roles;
  read_values(reader, variable);
  variable.secret = reader.boolean("secret");
  variable.generated = reader.integer("generated");
  variable.required_when = reader.text("required_when");
  variable.aliases = reader.words("aliases");
  variable.value_aliases = reader.pairs("aliases_of_values");
  variable.meaning = reader.text("meaning", true);
  read_state(reader, head, variable);
  auto deliveries = usual_targets(targets, variable.secret);
  for (const auto& [target, delivery] : head.targets) deliveries[target] = delivery;
  if (!variable.unused.empty())
    for (auto& [target, delivery] : deliveries) delivery = {.omitted = "nothing reads it"};
  variable.targets = read_targets_of(reader, targets, std::move(deliveries));
  read_by_role(reader, variable);
  reader.finish();
  return variable;
}

}  // namespace

void read_environment(Reader file, Contract& contract) {
  Head head{.group = file.text("group", true),
            .since = file.text("since"),
            .awaits = file.text("awaits"),
            .roles = file.words("roles"),
            .targets = read_targets_of(file, contract.targets, {})};
  contract.groups.emplace_back(head.group, file.text("about", true));
  if (head.roles.empty()) file.complain("has no roles", "add roles: [api], or who reads these variables");
  for (auto& [name, reader] : file.children("variables"))
    contract.variables.push_back(read_variable(reader, name, head, contract.targets));
  file.finish();
}

}  // namespace starter::contracts
