#include "exports/hcl.h"

#include <algorithm>
#include <boost/json.hpp>

#include "starter/contracts/condition.h"

namespace starter::console::exports {

namespace json = boost::json;

std::string hcl_lines(const std::vector<Assignment>& lines, std::size_t indent) {
  std::size_t widest = 0;
  for (const auto& line : lines) widest = std::max(widest, line.name.size());
  std::string text;
  for (const auto& line : lines) {
    const auto gap = std::string(widest - line.name.size(), ' ');
    text += std::string(indent, ' ') + line.name + gap + " = " + line.value +
            (line.comment.empty() ? "" : " # " + line.comment) + "\n";
  }
  return text;
}

std::string hcl_value(const json::value& value) {
  if (value.is_string()) return contracts::hcl_quoted(value.get_string());
  if (value.is_array()) {
    std::string text;
    for (const auto& item : value.get_array()) text += (text.empty() ? "" : ", ") + hcl_value(item);
    return "[" + text + "]";
  }
  if (value.is_object()) {
    std::string text;
    for (const auto& [key, item] : value.get_object())
      text += (text.empty() ? " " : ", ") + contracts::hcl_quoted(key) + " = " + hcl_value(item);
    return text.empty() ? "{}" : "{" + text + " }";
  }
  return json::serialize(value);
}

}  // namespace starter::console::exports
