// What a target says about itself, in the shape of contract/target.schema.json.
#include <algorithm>
#include <cstdint>

#include "document.h"

namespace starter::contracts::conform {

namespace {

enum class Shape : uint8_t { text, number, list, members };

using Known = std::map<std::string_view, Shape>;

const Known kTop{{"target", Shape::text}, {"roles", Shape::members}};
const Known kRole{{"image", Shape::text},
                  {"command", Shape::list},
                  {"port", Shape::number},
                  {"probes", Shape::members},
                  {"env", Shape::members}};
const Known kProbes{{"liveness", Shape::text}, {"readiness", Shape::text}, {"startup", Shape::text}};
const Known kEntry{{"kind", Shape::text}, {"value", Shape::text}, {"reference", Shape::text}};

bool has_shape(const json::value& value, Shape shape) {
  // Scalars of YAML are text until somebody reads them.
  if (shape == Shape::text) return value.is_string();
  if (shape == Shape::number) return value.is_number() || value.is_string();
  if (shape == Shape::members) return value.is_object();
  return value.is_array() &&
         std::ranges::all_of(value.get_array(), [](const auto& one) { return one.is_string(); });
}

/// Members of `value` that aren't known, or are something else than what they must be. A null is what
/// Terraform makes of an attribute that nobody gave.
void look(const json::value& value, const std::string& path, const Known& known, RenderedTarget& target) {
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.get_object()) {
    const auto found = known.find(name);
    if (found == known.end() || (!member.is_null() && !has_shape(member, found->second)))
      target.strange.push_back(path + (path.empty() ? "" : ".") + std::string(name));
  }
}

RenderedRole read_role(const json::value& role, const std::string& path, RenderedTarget& target) {
  look(role, path, kRole, target);
  look(at(role, "probes"), path + ".probes", kProbes, target);
  RenderedRole one{.image = text(at(role, "image")),
                   .command = texts(at(role, "command")),
                   .port = number(at(role, "port"))};
  if (at(role, "probes").is_object())
    for (const auto& [kind, wanted] : at(role, "probes").get_object()) one.probes[kind].path = text(wanted);
  if (!at(role, "env").is_object()) return one;
  for (const auto& [variable, entry] : at(role, "env").get_object()) {
    const auto inside = path + ".env." + std::string(variable);
    const auto kind = text(at(entry, "kind"));
    look(entry, inside, kEntry, target);
    if (kind != "plain" && kind != "reference") target.strange.push_back(inside + ".kind");
    const bool reference = kind == "reference";
    one.env.emplace(variable, Given{reference, text(at(entry, reference ? "reference" : "value"))});
  }
  return one;
}

}  // namespace

void read_declared(const json::value& said, RenderedTarget& target) {
  look(said, "", kTop, target);
  if (said.is_object() && text(at(said, "target")) != target.name) target.strange.push_back("target");
  const auto& roles = at(said, "roles");
  if (!roles.is_object()) return;
  for (const auto& [name, role] : roles.get_object())
    target.declared.emplace(name, read_role(role, "roles." + std::string(name), target));
}

}  // namespace starter::contracts::conform
