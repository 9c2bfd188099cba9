// Examples of env files. Nothing in them works as a secret.
#include <cctype>

#include "writers.h"

namespace starter::contracts {

namespace {

std::string head(const std::string& copy) {
  return std::string("# Written by `starter-console contract render` from ") + kSource + ".\n# " + copy +
         "\n";
}

bool is_needed(const Variable& variable) {
  return variable.required_when == "always";
}

std::string entry(const Variable& variable) {
  std::string out = "\n# " + variable.meaning + "\n";
  const auto type = type_text(variable);
  if (type != "string") out += "# " + type + "\n";
  if (!variable.required_when.empty() && !is_needed(variable))
    out += "# needed when " + variable.required_when + "\n";
  if (is_needed(variable)) return out + variable.name + "=\n";
  return out + "# " + variable.name + "=" + variable.fallback.value_or("") + "\n";
}

std::string group_head(const std::string& group, const std::string& about) {
  return "\n# --- " + group + ": " + about + "\n";
}

}  // namespace

std::string write_env_example(const Contract& contract, const std::string& role) {
  auto out = head("Copy it to .env.local beside it and fill in what has no # before it.");
  for (const auto& [group, about] : contract.groups) {
    std::string part;
    for (const auto& variable : contract.variables)
      if (variable.group == group && is_live(variable, role)) part += entry(variable.of(role));
    if (!part.empty()) out += group_head(group, about) + part;
  }
  return out;
}

std::string write_compose_env(const Contract& contract) {
  auto out = head(
      "Copy it to .env.prod and fill in what has no # before it. Secrets are not here: each is a file below\n"
      "# ops/compose/secrets, named like its variable in lower case.");
  std::string secrets;
  for (const auto& [group, about] : contract.groups) {
    std::string part;
    for (const auto& variable : contract.variables) {
      const auto& delivery = variable.targets.at("compose");
      const bool now = !variable.since.empty() || variable.awaits == "production-compose";
      if (variable.group != group || !delivery.omitted.empty() || !now) continue;
      if (delivery.carry != "plain")
        secrets += "# ops/compose/secrets/" + variable.name + ": " + variable.meaning + "\n";
      else if (delivery.from == "input")
        part += entry(variable);
    }
    if (!part.empty()) out += group_head(group, about) + part;
  }
  for (size_t at = 0; (at = secrets.find("secrets/", at)) != secrets.npos;) {
    for (at += 8; secrets[at] != ':'; ++at)
      secrets[at] = static_cast<char>(std::tolower(static_cast<unsigned char>(secrets[at])));
  }
  return out + "\n# --- files with one secret each\n" + secrets;
}

}  // namespace starter::contracts
