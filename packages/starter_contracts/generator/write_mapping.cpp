// The block of a hosting guide that says what goes where on one target: inputs, secrets, variables in the
// open.
#include <algorithm>

#include "writers.h"

namespace starter::contracts {

namespace {

class Writer {
 public:
  Writer(const Contract& contract, const Target& target) : contract_(contract), target_(target) {}

  std::string text() const { return inputs() + secrets() + variables() + left_out(); }

 private:
  // --- inputs

  std::string inputs() const {
    std::string out = "### Inputs\n\n" + about_inputs() +
                      "\n\n| Input | Variable | Default | Meaning |\n| --- | --- | --- | --- |\n";
    for (const auto& input : contract_.inputs)
      if (const auto place = where(input, target_); place != "–")
        out += "| " + place + (input.required ? " (required)" : "") + " | " + fed_by(input) + " | " +
               default_of(input) + " | " + cell(input.meaning + when(input.required_when)) + " |\n";
    return out;
  }

  std::string about_inputs() const {
    if (target_.kind == "terraform")
      return "Variables of the Terraform root, in `" + target_.folder + "/variables-contract.tf`.";
    if (target_.kind == "helm")
      return "Values of the chart, checked by `" + target_.folder + "/values.schema.json`.";
    return "Lines of `.env.prod` beside the Compose file; `" + target_.folder +
           "/.env.prod.example` has them all.";
  }

  std::string fed_by(const Input& input) const {
    if (input.type == InputType::map) return "";
    auto name = input.feeds;
    for (const auto& variable : contract_.variables)
      if (const auto& delivery = variable.targets.at(target_.name);
          name.empty() && delivery.omitted.empty() && delivery.input == input.name)
        name = variable.name;
    return name.empty() ? "" : "`" + name + "`";
  }

  std::string default_of(const Input& input) const {
    const auto own = input.fallbacks.find(target_.name);
    const auto text = own != input.fallbacks.end() ? own->second : input.fallback.value_or("");
    return text.empty() || input.type == InputType::map ? "" : "`" + cell(text) + "`";
  }

  static std::string when(const std::string& condition) {
    return condition.empty() || condition == "always" ? "" : "; needed when " + condition;
  }

  // --- secrets

  std::string secrets() const {
    std::string out = "\n### Secrets\n\n" + about_secrets() +
                      " What *Needed* says is a [condition](../contracts/conditions.md)." +
                      "\n\n| Secret | Read by | Goes into | Needed |\n| --- | --- | --- | --- |\n";
    for (const auto* variable : carried())
      if (variable->secret)
        out += "| `" + cell(variable->name) + "` | " + readers(*variable) + " | " +
               places(*variable, "secrets") + " | " + needed(*variable) + " |\n";
    return out;
  }

  std::string about_secrets() const {
    const auto term = target_.cloud_term.find("secret");
    const auto means = term == target_.cloud_term.end() ? std::string("reference") : term->second;
    if (target_.kind == "compose")
      return "Each is a " + means +
             ", mounted into the containers that read it, which find its path in `NAME_FILE`.";
    return "Never a value: each is referred to by " + means + ", such as `" + target_.reference_example +
           "`. What a role doesn't read it isn't given; `MIGRATE_DATABASE_URL`, the owner of the schema, is "
           "the "
           "migration's alone.";
  }

  // --- variables in the open

  std::string variables() const {
    std::string out =
        "\n### Variables in the open\n\n| Variable | Read by | Comes from | Needed |\n| --- | --- | --- | "
        "--- |\n";
    for (const auto* variable : carried())
      if (!variable->secret)
        out += "| `" + cell(variable->name) + "` | " + readers(*variable) + " | " + origin(*variable) +
               " | " + needed(*variable) + " |\n";
    return out;
  }

  std::string origin(const Variable& variable) const {
    const auto& delivery = variable.targets.at(target_.name);
    if (const auto fixed = always(variable); !fixed.empty()) return fixed;
    if (delivery.from == "derived") return "derived: `" + cell(delivery.value) + "`";
    if (delivery.from == "platform")
      return delivery.value.empty() ? "the platform" : "always `" + cell(delivery.value) + "`";
    return places(variable, "env");
  }

  /// What roles.yaml sets, whoever deploys.
  std::string always(const Variable& variable) const {
    std::string out;
    for (const auto& role : contract_.roles)
      if (const auto own = role.environment.find(variable.name); own != role.environment.end())
        out += (out.empty() ? "" : "; ") + role.name + " always `" + cell(own->second) + "`";
    return out;
  }

  std::string left_out() const {
    std::string rows;
    for (const auto& variable : contract_.variables) {
      const auto& omitted = variable.targets.at(target_.name).omitted;
      if (is_live(variable) && !omitted.empty() && in_container(variable))
        rows += "| `" + cell(variable.name) + "` | " + cell(omitted) + " |\n";
    }
    if (rows.empty()) return "";
    return "\n### Left out here\n\n| Variable | Why |\n| --- | --- |\n" + rows;
  }

  // --- of one variable

  static bool in_container(const Variable& variable) {
    return std::ranges::any_of(variable.roles, is_container);
  }

  std::vector<const Variable*> carried() const {
    std::vector<const Variable*> all;
    for (const auto& variable : contract_.variables)
      if (is_live(variable) && in_container(variable) && variable.targets.at(target_.name).omitted.empty())
        all.push_back(&variable);
    return all;
  }

  static std::string readers(const Variable& variable) {
    std::vector<std::string> containers;
    std::ranges::copy_if(variable.roles, std::back_inserter(containers), is_container);
    return joined(containers, ", ");
  }

  static std::string needed(const Variable& variable) {
    return variable.required_when == "always" ? "always" : cell(variable.required_when);
  }

  /// The input that feeds it, else the map of every role that doesn't have it from another.
  std::string places(const Variable& variable, const std::string& map) const {
    if (target_.kind == "compose")
      return variable.secret ? "`secrets/" + lower(variable.name) + "`" : "`.env.prod`";
    const auto* const input = contract_.input(variable.targets.at(target_.name).input);
    if (input != nullptr && input->type != InputType::map) return where(*input, target_);
    std::vector<std::string> all;
    for (const auto& role : contract_.roles) {
      const bool lent =
          (role.name == "worker" && variable.is_read_by("api")) ||
          (role.name == "migrate" && (variable.is_read_by("api") || variable.is_read_by("worker")));
      if (variable.is_read_by(role.name) && !lent)
        all.push_back(where(*contract_.input(role.name + "_" + map), target_));
    }
    return joined(all, ", ");
  }

  static std::string lower(std::string name) {
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  }

  const Contract& contract_;
  const Target& target_;
};

}  // namespace

std::string write_mapping(const Contract& contract, const Target& target) {
  return Writer(contract, target).text();
}

std::string new_guide(const Target& target) {
  const auto command = target.kind == "terraform"
                           ? "starter-console infra terraform export --provider " + target.name
                           : "starter-console infra " + target.kind + " export";
  return "# Hosting: " + target.title + "\n\n" + target.compute +
         ". What every target has in common is in the [overview](hosting-overview.md), how a deployment is "
         "set up "
         "in\n[the first deployment](first-deployment.md). What was set up is written for this target by\n\n"
         "```bash\n" +
         command + "\n```\n\n## What goes where\n\n";
}

}  // namespace starter::contracts
