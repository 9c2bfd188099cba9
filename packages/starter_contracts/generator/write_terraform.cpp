// variables-contract.tf of a cloud: the same names, descriptions, defaults and refusals everywhere.
#include "starter/contracts/condition.h"
#include "writers.h"

namespace starter::contracts {

namespace {

/// As `terraform fmt` has it: the = of neighbouring lines under each other.
std::string aligned(const std::vector<std::pair<std::string, std::string>>& lines,
                    const std::string& indent) {
  size_t widest = 0;
  for (const auto& [name, value] : lines) widest = std::max(widest, name.size());
  std::string out;
  for (const auto& [name, value] : lines)
    out += indent + name + std::string(widest - name.size(), ' ') + " = " + value + "\n";
  return out;
}

std::string type_of(const Input& input) {
  switch (input.type) {
    case InputType::number:
      return "number";
    case InputType::boolean:
      return "bool";
    case InputType::map:
      return "map(string)";
    case InputType::string:
      return "string";
  }
  return "string";
}

std::string fallback_of(const Input& input, const Target& target) {
  const auto own = input.fallbacks.find(target.name);
  if (own != input.fallbacks.end()) return hcl_quoted(own->second);
  if (input.type == InputType::string) return hcl_quoted(input.fallback.value_or(""));
  return input.fallback.value_or(input.type == InputType::number ? "0" : "false");
}

class Writer {
 public:
  Writer(const Contract& contract, const Target& target) : contract_(contract), target_(target) {}

  std::string text() const {
    std::string out = std::string("# Written by `starter-console contract render` from ") + kSource +
                      "; change that.\n# Knobs of " + target_.title + " alone are in variables.tf.\n";
    for (const auto& input : contract_.inputs)
      if (input.is_on(target_.name)) out += "\n" + variable(input);
    return out;
  }

 private:
  std::string variable(const Input& input) const {
    std::vector<std::pair<std::string, std::string>> lines{{"description", hcl_quoted(input.meaning + ".")},
                                                           {"type", type_of(input)}};
    if (!input.required) lines.emplace_back("default", fallback_of(input, target_));
    lines.emplace_back("nullable", "false");
    if (input.secret) lines.emplace_back("sensitive", "true");
    if (input.ephemeral) lines.emplace_back("ephemeral", "true");
    std::string out = "variable \"" + input.name + "\" {\n" + aligned(lines, "  ");
    if (!input.required_when.empty())
      out += validation("(" + input.required_when + ") and not set " + input.name, refusal_without(input));
    for (const auto& rule : input.rules) out += validation(rule.when, rule.refuse);
    return out + "}\n";
  }

  std::string validation(const std::string& refused, const std::string& says) const {
    const auto condition =
        contract_.condition(refused).hcl([&](std::string_view name) { return source(name); });
    return "\n  validation {\n" +
           aligned({{"condition", "!(" + condition + ")"}, {"error_message", hcl_quoted(says)}}, "    ") +
           "  }\n";
  }

  Condition::Source source(std::string_view name) const {
    const auto* const input = contract_.input(name);
    // What this cloud has no input for is not set here.
    if (input == nullptr || !input->is_on(target_.name)) return {"\"\""};
    const auto reference = "var." + input->name;
    if (input->type == InputType::string) return {reference};
    if (input->type == InputType::map) return {"jsonencode(" + reference + ")", reference};
    return {"tostring(" + reference + ")"};
  }

  const Contract& contract_;
  const Target& target_;
};

}  // namespace

std::string refusal_without(const Input& input) {
  auto when = input.required_when;
  for (size_t at = 0; (at = when.find(" = ", at)) != when.npos;) when.replace(at, 3, " is ");
  std::erase(when, '"');
  return input.name + " is required when " + when + ".";
}

std::string write_terraform(const Contract& contract, const Target& target) {
  return Writer(contract, target).text();
}

}  // namespace starter::contracts
