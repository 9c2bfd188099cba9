#include "starter/contracts/condition.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "condition_tree.h"

namespace starter::contracts {

namespace {

std::string scheme_of(std::string_view url) {
  const size_t end = url.find("://");
  if (end == url.npos || end == 0) return "";
  std::string scheme(url.substr(0, end));
  for (char& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool letter = c >= 'a' && c <= 'z';
    const bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!letter && (!other || &c == scheme.data())) return "";
  }
  return scheme;
}

/// Up to 15 digits with a sign, nothing else.
std::optional<int64_t> number_of(std::string_view text) {
  const auto digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The spellings that the services take.
bool reads_as(std::string_view text, bool truth) {
  if (truth) return text == "true" || text == "1" || text == "yes" || text == "on";
  return text == "false" || text == "0" || text == "no" || text == "off";
}

bool compares(int64_t number, Compare compare, int64_t with) {
  switch (compare) {
    case Compare::equal:
      return number == with;
    case Compare::less:
      return number < with;
    case Compare::at_most:
      return number <= with;
    case Compare::more:
      return number > with;
    case Compare::at_least:
      return number >= with;
  }
  return false;
}

bool is_key_of(std::string_view text, const std::string& key) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  return !error && value.is_object() && value.get_object().contains(key);
}

bool is_item_of(std::string_view text, std::string_view wanted) {
  while (true) {
    const size_t end = std::min(text.find(','), text.size());
    auto item = text.substr(0, end);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (item == wanted) return true;
    if (end == text.size()) return false;
    text.remove_prefix(end + 1);
  }
}

bool judge(const Condition::Node& node, const Condition::Lookup& lookup) {
  const auto part = [&](const Condition::Node& one) { return judge(one, lookup); };
  if (node.test == Test::all) return std::ranges::all_of(node.parts, part);
  if (node.test == Test::any) return std::ranges::any_of(node.parts, part);
  if (node.test == Test::negation) return !part(node.parts.front());
  if (node.test == Test::always) return true;
  if (node.test == Test::never) return false;
  const std::string text = lookup(node.name);
  if (text.empty()) return false;
  switch (node.test) {
    case Test::set:
      return true;
    case Test::text_is:
      return std::ranges::find(node.values, node.function == Function::scheme ? scheme_of(text) : text) !=
             node.values.end();
    case Test::name_is:
      return text == lookup(node.values.front());
    case Test::boolean_is:
      return reads_as(text, node.values.front() == "true");
    case Test::number: {
      const auto number = node.function == Function::length ? std::optional(static_cast<int64_t>(text.size()))
                                                            : number_of(text);
      return number && compares(*number, node.compare, node.number);
    }
    case Test::has_key:
      return is_key_of(text, node.values.front());
    case Test::contains:
      return is_item_of(text, node.values.front());
    case Test::matches:
      return node.pattern.matches(text);
    default:
      return false;
  }
}

void collect(const Condition::Node& node, std::vector<std::string>& names) {
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  add(node.name);
  if (node.test == Test::name_is) add(node.values.front());
  for (const auto& part : node.parts) collect(part, names);
}

}  // namespace

bool Condition::holds(const Lookup& lookup) const {
  return judge(*root_, lookup);
}

std::vector<std::string> Condition::names() const {
  std::vector<std::string> names;
  collect(*root_, names);
  return names;
}

}  // namespace starter::contracts
