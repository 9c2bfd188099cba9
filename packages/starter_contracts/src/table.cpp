#include "starter/contracts/table.h"

#include <algorithm>

namespace starter::contracts::table {

namespace {

constexpr std::string_view kTypes[] = {"string", "int", "number", "bool",     "url",   "mailbox",
                                       "enum",   "csv", "json",   "duration", "bytes", "path"};

bool stands_for(std::string_view declared, std::string_view name) {
  const size_t open = declared.find('<'), close = declared.find('>');
  if (open == declared.npos) return declared == name;
  const auto head = declared.substr(0, open), tail = declared.substr(close + 1);
  if (name.size() <= head.size() + tail.size() || !name.starts_with(head) || !name.ends_with(tail))
    return false;
  const auto word = name.substr(head.size(), name.size() - head.size() - tail.size());
  return std::ranges::all_of(
      word, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

std::string_view name_of(Type type) {
  return kTypes[static_cast<size_t>(type)];
}

std::optional<Type> type_of(std::string_view name) {
  const auto* const found = std::ranges::find(kTypes, name);
  if (found == std::end(kTypes)) return std::nullopt;
  return static_cast<Type>(found - std::begin(kTypes));
}

const Variable* find(std::string_view name, uint8_t role) {
  const Variable* general = nullptr;
  const Variable* placeholder = nullptr;
  for (const auto& variable : variables()) {
    if (variable.name == name) {
      if (variable.reading == 0) general = &variable;
      if (role != 0 && variable.reading == role) return &variable;
    } else if (placeholder == nullptr && stands_for(variable.name, name)) {
      placeholder = &variable;
    }
  }
  return general != nullptr ? general : placeholder;
}

}  // namespace starter::contracts::table
