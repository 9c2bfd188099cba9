// What a target says about itself is what it renders, and nothing that nobody can compare.
#include "checking.h"

namespace starter::contracts::conform {

namespace {

void compare_role(const Checking& checking, const std::string& role, const RenderedRole& said,
                  const RenderedRole& real) {
  const auto lie = [&](const std::string& name, const std::string& what) {
    checking.add("declared.differs", role, name, what, "write both from the same local");
  };
  if (said.image != real.image) lie("", "declares another image");
  if (said.command != real.command) lie("", "declares another command");
  if (said.port != real.port) lie("", "declares another port");
  if (said.probes != real.probes) lie("", "declares other probes");
  for (const auto& [name, entry] : said.env)
    if (!real.env.contains(name)) lie(name, "is declared and not given");
  for (const auto& [name, entry] : real.env) {
    const auto other = said.env.find(name);
    if (other == said.env.end())
      lie(name, "is given and not declared");
    else if (!(other->second == entry))
      lie(name, "is declared as something else");
  }
}

}  // namespace

void check_declared(const Checking& checking) {
  const auto& rendered = checking.rendered;
  for (const auto& path : rendered.strange)
    checking.add("declared.unknown", "", path, "is declared and has no meaning",
                 "keep to target.schema.json");
  const auto lie = [&](const std::string& role, const std::string& what) {
    checking.add("declared.differs", role, "", what, "write both from the same local");
  };
  for (const auto& [name, role] : rendered.declared)
    if (!rendered.roles.contains(name)) lie(name, "is declared and not rendered");
  for (const auto& role : checking.contract.roles) {
    const auto real = rendered.roles.find(role.name);
    if (real == rendered.roles.end()) continue;
    const auto said = rendered.declared.find(role.name);
    if (said == rendered.declared.end())
      lie(role.name, "is rendered and not declared");
    else
      compare_role(checking, role.name, said->second, real->second);
  }
}

}  // namespace starter::contracts::conform
