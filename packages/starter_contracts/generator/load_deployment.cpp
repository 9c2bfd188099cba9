// deployment.yaml, roles.yaml and targets.yaml.
#include "parts.h"

namespace starter::contracts {

namespace {

std::vector<InputRule> read_rules(Reader& reader) {
  std::vector<InputRule> rules;
  for (auto& item : reader.items("rules")) {
    rules.push_back(
        {.when = item.text("when", true), .refuse = item.text("refuse", true), .place = item.place()});
    item.finish();
  }
  return rules;
}

Input read_input(Reader& reader, const std::string& name) {
  Input input{.name = name,
              .meaning = reader.text("meaning", true),
              .feeds = reader.text("feeds"),
              .required_when = reader.text("required_when"),
              .required = reader.boolean("required"),
              .secret = reader.boolean("secret"),
              .ephemeral = reader.boolean("ephemeral"),
              .per_target = reader.boolean("per_target"),
              .fallbacks = reader.pairs("defaults"),
              .paths = reader.pairs("paths"),
              .only = reader.words("only"),
              .rules = read_rules(reader),
              .place = reader.place()};
  const auto type = reader.choice("type", {"string", "number", "bool", "map"});
  input.type = type == "number" ? InputType::number
               : type == "bool" ? InputType::boolean
               : type == "map"  ? InputType::map
                                : InputType::string;
  if (type.empty()) reader.complain("has no type", "add type: string, number, bool or map");
  if (input.type == InputType::map)
    reader.pairs("default"), input.fallback = "{}";
  else if (reader.has("default"))
    input.fallback = reader.text("default");
  reader.finish();
  return input;
}

Probe read_probe(Reader& reader) {
  Probe probe{.path = reader.text("path", true),
              .port = reader.integer("port", true),
              .period_seconds = reader.integer("period_seconds", true),
              .timeout_seconds = reader.integer("timeout_seconds", true),
              .failures = reader.integer("failures", true)};
  reader.finish();
  return probe;
}

void read_sizes(Reader& reader, Role& role) {
  if (auto resources = reader.child("resources")) {
    role.cpu = resources->number("cpu").value_or(0);
    role.memory_mib = resources->integer("memory_mib", true);
    resources->finish();
  }
  if (auto replicas = reader.child("replicas")) {
    role.min_replicas = replicas->integer("min", true);
    role.max_replicas = replicas->integer("max", true);
    replicas->finish();
  }
}

Role read_role(Reader& reader, const std::string& name) {
  Role role{.name = name,
            .meaning = reader.text("meaning", true),
            .image = reader.text("image", true),
            .command = reader.words("command"),
            .port = reader.integer("port"),
            .metrics_port = reader.integer("metrics_port"),
            .drain_seconds = reader.integer("drain_seconds", true),
            .deadline_seconds = reader.integer("deadline_seconds"),
            .environment = reader.pairs("environment"),
            .when_worker_runs = reader.pairs("when_worker_runs"),
            .place = reader.place()};
  for (auto& [kind, child] : reader.children("probes")) role.probes.emplace(kind, read_probe(child));
  read_sizes(reader, role);
  reader.finish();
  return role;
}

}  // namespace

void read_deployment(Reader file, Contract& contract) {
  for (auto& [name, reader] : file.children("inputs")) contract.inputs.push_back(read_input(reader, name));
  for (auto& [name, reader] : file.children("outputs")) {
    contract.outputs.push_back({.name = name,
                                .meaning = reader.text("meaning", true),
                                .only = reader.words("only"),
                                .place = reader.place()});
    reader.finish();
  }
  file.finish();
}

void read_roles(Reader file, Contract& contract) {
  for (auto& [name, reader] : file.children("roles")) contract.roles.push_back(read_role(reader, name));
  file.finish();
}

void read_targets(Reader file, Contract& contract) {
  for (auto& [name, reader] : file.children("targets")) {
    contract.targets.push_back({.name = name,
                                .title = reader.text("title", true),
                                .compute = reader.text("compute", true),
                                .folder = reader.text("folder", true),
                                .guide = "docs/ops/" + reader.text("guide", true),
                                .kind = reader.choice("kind", {"terraform", "helm", "compose"}),
                                .cloud_term = reader.pairs("cloud_term"),
                                .reserved = reader.words("reserved"),
                                .probes = reader.words("probes"),
                                .probes_of_balancer = reader.words("probes_of_balancer"),
                                .gated = reader.words("gated"),
                                .companions = reader.words("companions")});
    if (auto reference = reader.child("secret_reference")) {
      auto& target = contract.targets.back();
      target.reference = read_pattern(*reference, "pattern");
      target.reference_example = reference->text("example", true);
      if (target.reference && !target.reference->matches(target.reference_example))
        reference->complain("has an example that its pattern refuses", "change one of the two");
      reference->finish();
    }
    reader.finish();
  }
  file.finish();
}

}  // namespace starter::contracts
