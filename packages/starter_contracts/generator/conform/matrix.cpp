// role x variable x target, for people.
#include <algorithm>

#include "starter/contracts/conform.h"

namespace starter::contracts {

std::string matrix_of(const Contract& contract, const std::vector<RenderedTarget>& targets) {
  std::string out;
  for (const auto& role : contract.roles) {
    std::set<std::string> names;
    size_t widest = role.name.size();
    for (const auto& target : targets)
      if (const auto found = target.roles.find(role.name); found != target.roles.end())
        for (const auto& [name, entry] : found->second.env)
          names.insert(name), widest = std::max(widest, name.size());
    const auto padded = [](std::string text, size_t width) {
      text.resize(std::max(width, text.size()), ' ');
      return text;
    };
    out += padded(role.name, widest);
    for (const auto& target : targets) out += "  " + padded(target.name, 10);
    out += "\n";
    for (const auto& name : names) {
      out += padded(name, widest);
      for (const auto& target : targets) {
        const auto found = target.roles.find(role.name);
        std::string cell = "-";
        if (found != target.roles.end())
          if (const auto entry = found->second.env.find(name); entry != found->second.env.end())
            cell = entry->second.reference ? "reference" : "plain";
        out += "  " + padded(cell, 10);
      }
      while (out.ends_with(' ')) out.pop_back();
      out += "\n";
    }
    out += "\n";
  }
  return out;
}

}  // namespace starter::contracts
