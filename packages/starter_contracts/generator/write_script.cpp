// The table of the web server: what it reads, as TypeScript.
#include <algorithm>

#include "writers.h"

namespace starter::contracts {

namespace {

constexpr std::string_view kTypes = R"(
/** The value in effect, its default included; "" when there is none. */
export type Lookup = (name: string) => string;

export type Variable = {
  readonly type: string;
  readonly default?: string;
  /** Of numbers; of text the least and the greatest length. */
  readonly min?: number;
  readonly max?: number;
  /** Values; schemes of a url. */
  readonly allowed?: readonly string[];
  /** How many may stand in a secret, separated by commas, while one follows another. */
  readonly values?: number;
  /** May come from the file that NAME_FILE names. */
  readonly secret?: true;
  readonly requiredWhen?: (value: Lookup) => boolean;
};
)";

std::string function_of(const Condition& condition) {
  return std::string(condition.names().empty() ? "()" : "(value: Lookup)") + " => " + condition.script();
}

/// A condition about what the web server reads; others are about what it can't see.
bool is_of_web(const Contract& contract, const Condition& condition) {
  return std::ranges::all_of(condition.names(), [&](const auto& name) {
    const auto* variable = contract.variable(name);
    return variable != nullptr && is_live(*variable, "web");
  });
}

std::string required_when(const Contract& contract, const Variable& variable) {
  const auto named = std::ranges::find(contract.conditions, variable.required_when, &NamedCondition::name);
  const auto condition = contract.condition(variable.required_when);
  return named != contract.conditions.end() && is_of_web(contract, condition) ? named->name
                                                                              : function_of(condition);
}

std::string entry_of(const Contract& contract, const Variable& variable) {
  const auto number = [](double value) { return std::to_string(static_cast<long long>(value)); };
  std::string out = "  /** " + variable.meaning + ". */\n  " + variable.name + ": {\n";
  const auto add = [&](const char* name, const std::string& value) {
    out += std::string("    ") + name + ": " + value + ",\n";
  };
  add("type", script_quoted(std::string(name_of(variable.type))));
  if (variable.fallback) add("default", script_quoted(*variable.fallback));
  if (variable.min) add("min", number(*variable.min));
  if (variable.max) add("max", number(*variable.max));
  if (!variable.allowed.empty()) add("allowed", script_quoted(variable.allowed));
  if (variable.values > 1) add("values", std::to_string(variable.values));
  if (variable.secret) add("secret", "true");
  if (!variable.required_when.empty()) add("requiredWhen", required_when(contract, variable));
  return out + "  },\n";
}

}  // namespace

std::string write_script(const Contract& contract) {
  std::string out = std::string("// Written by `starter-console contract render` from ") + kSource +
                    "; change that.\n" + std::string(kTypes);
  for (const auto& named : contract.conditions) {
    const auto condition = contract.condition(named.when);
    if (is_of_web(contract, condition))
      out += "\n/** " + named.meaning + ". */\nexport const " + named.name + " = " + function_of(condition) +
             ";\n";
  }
  out += "\n/** What the web server reads, as it reads it. */\nexport const variables = {\n";
  for (const auto& variable : contract.variables)
    if (is_live(variable, "web")) out += entry_of(contract, variable.of("web"));
  return out + "} as const satisfies Record<string, Variable>;\n";
}

}  // namespace starter::contracts
