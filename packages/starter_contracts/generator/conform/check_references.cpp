// Where the secrets of a target are. One secret has one place, whoever reads it, and no two share one; and
// what a place is named after is what is read from there, so that two that were swapped are seen although the
// target admits it.
#include <algorithm>

#include "checking.h"

namespace starter::contracts::conform {

namespace {

/// Letters and digits in lower case, everything else as one dash: how platforms spell names.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name)
    out += std::isalnum(static_cast<unsigned char>(c)) != 0
               ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
               : '-';
  return out;
}

/// The secret that a place is named after: of the names in it the one that ends last, and of several that end
/// there the longest. Empty when it is named after none, as a person's own may be.
std::string named_after(const Contract& contract, const std::string& reference) {
  const auto place = "-" + plain(reference) + "-";
  std::string found;
  size_t end = 0;
  for (const auto& variable : contract.variables) {
    if (!variable.secret || variable.name.find('<') != variable.name.npos) continue;
    const auto name = "-" + plain(variable.name) + "-";
    const size_t begin = place.rfind(name);
    if (begin == place.npos || begin + name.size() < end) continue;
    if (begin + name.size() == end && variable.name.size() < found.size()) continue;
    found = variable.name, end = begin + name.size();
  }
  return found;
}

/// Files have the names of their variables in lower case.
bool is_misnamed_file(const Target& target, const std::string& name, const std::string& reference) {
  if (target.kind != "compose") return false;
  auto wanted = name;
  std::ranges::transform(wanted, wanted.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return reference.substr(reference.rfind('/') + 1) != wanted;
}

struct Seen {
  std::string role;
  Given given;
};

bool is_same(const Given& a, const Given& b) {
  return a == b || (!a.holds.empty() && a.holds == b.holds);
}

}  // namespace

void check_references(const Checking& checking) {
  std::map<std::string, std::string> owners;  // reference to variable
  std::map<std::string, Seen> places;         // variable to where it was first
  for (const auto& role : checking.contract.roles) {
    const auto given = checking.rendered.roles.find(role.name);
    if (given == checking.rendered.roles.end()) continue;
    for (const auto& [name, entry] : given->second.env) {
      if (!entry.reference || entry.text.empty()) continue;
      if (const auto other = named_after(checking.contract, entry.text); !other.empty() && other != name)
        checking.add("reference.name", role.name, name, "refers to what is named after " + other,
                     "refer to the secret of its own name");
      else if (is_misnamed_file(checking.target, name, entry.text))
        checking.add("reference.name", role.name, name, "is not in a file of its name",
                     "name the file like the variable, in lower case");
      const auto [owner, added] = owners.emplace(entry.text, name);
      if (!added && owner->second != name)
        checking.add("reference.shared", role.name, name, "refers to the secret of " + owner->second,
                     "give each its own");
      const auto [place, first] = places.try_emplace(name, role.name, entry);
      if (!first && !is_same(place->second.given, entry))
        checking.add("reference.differs", role.name, name,
                     "is looked for elsewhere than by " + place->second.role,
                     "refer to the same secret in both");
    }
  }
}

}  // namespace starter::contracts::conform
