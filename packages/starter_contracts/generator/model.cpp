#include "starter/contracts/model.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace starter::contracts {

namespace {

template <class T>
const T* find(const std::vector<T>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

std::string listed(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string shortened(double number) {
  return number == std::floor(number) ? std::to_string(static_cast<long long>(number))
                                      : std::to_string(number);
}

std::string problem_of_size(const Variable& variable, double size, const std::string& unit) {
  if (variable.min && size < *variable.min) return "is less than " + shortened(*variable.min) + unit;
  if (variable.max && size > *variable.max) return "is more than " + shortened(*variable.max) + unit;
  return "";
}

std::string problem_of_number(const Variable& variable, std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number))
    return "is no number";
  if (variable.type == Type::integer && number != std::floor(number)) return "is no whole number";
  return problem_of_size(variable, number, "");
}

std::string problem_of_url(const Variable& variable, std::string_view value) {
  const size_t end = value.find("://");
  if (end == value.npos || end == 0 || end + 3 == value.size()) return "is not of the form scheme://host";
  if (!variable.allowed.empty() && !contains(variable.allowed, value.substr(0, end)))
    return "has another scheme than " + listed(variable.allowed);
  return "";
}

/// `Name <name@example.com>` or the address alone.
std::string problem_of_mailbox(std::string_view value) {
  if (const size_t open = value.find('<'); open != value.npos && value.ends_with('>'))
    value = value.substr(open + 1, value.size() - open - 2);
  const size_t at = value.find('@');
  const bool whole = at != value.npos && at > 0 && value.find('.', at) != value.npos &&
                     value.find('@', at + 1) == value.npos && value.find_first_of(" <>") == value.npos;
  return whole ? "" : "holds no address";
}

std::string problem_of_items(const Variable& variable, std::string_view value) {
  while (!value.empty() && !variable.allowed.empty()) {
    const size_t end = std::min(value.find(','), value.size());
    auto item = value.substr(0, end);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty() && !contains(variable.allowed, item))
      return "has an item other than " + listed(variable.allowed);
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return "";
}

/// A number and one of the units.
bool has_unit(std::string_view value, std::initializer_list<std::string_view> units) {
  size_t digits = 0;
  while (digits < value.size() && value[digits] >= '0' && value[digits] <= '9') ++digits;
  return digits > 0 && std::ranges::find(units, value.substr(digits)) != units.end();
}

std::string problem_of_type(const Variable& variable, std::string_view value) {
  switch (variable.type) {
    case Type::string:
    case Type::path:
      return problem_of_size(variable, static_cast<double>(value.size()), " characters");
    case Type::integer:
    case Type::number:
      return problem_of_number(variable, value);
    case Type::boolean:
      for (const char* word : {"true", "false", "1", "0", "yes", "no", "on", "off"})
        if (value == word) return "";
      return "is neither true nor false";
    case Type::url:
      return problem_of_url(variable, value);
    case Type::mailbox:
      return problem_of_mailbox(value);
    case Type::choice:
      if (contains(variable.allowed, value) || variable.value_aliases.contains(std::string(value))) return "";
      return "is none of " + listed(variable.allowed);
    case Type::csv:
      return problem_of_items(variable, value);
    case Type::json: {
      boost::system::error_code error;
      boost::json::parse(value, error);
      return error ? "is no JSON" : "";
    }
    case Type::duration:
      return has_unit(value, {"", "ms", "s", "m", "h", "d"}) ? "" : "is no time span such as 30s";
    case Type::bytes:
      return has_unit(value, {"", "B", "KiB", "MiB", "GiB"}) ? "" : "is no size such as 10MiB";
  }
  return "";
}

}  // namespace

bool Variable::is_read_by(std::string_view role) const {
  return contains(roles, role);
}

const Variable& Variable::of(std::string_view role) const {
  const auto found = by_role.find(std::string(role));
  return found == by_role.end() ? *this : found->second;
}

bool Input::is_on(std::string_view target) const {
  return only.empty() || contains(only, target);
}

bool Output::is_on(std::string_view target) const {
  return only.empty() || contains(only, target);
}

const Variable* Contract::variable(std::string_view name) const {
  if (const auto* exact = find(variables, name)) return exact;
  const auto found =
      std::ranges::find_if(variables, [&](const auto& one) { return is_instance(one.name, name); });
  return found == variables.end() ? nullptr : &*found;
}

const Input* Contract::input(std::string_view name) const {
  return find(inputs, name);
}

const Role* Contract::role(std::string_view name) const {
  return find(roles, name);
}

const Target* Contract::target(std::string_view name) const {
  return find(targets, name);
}

Condition Contract::condition(std::string_view text) const {
  auto parsed = Condition::parse(text, [&](std::string_view word) {
    const auto* named = find(conditions, word);
    return named == nullptr ? "" : named->when;
  });
  return parsed ? std::move(*parsed) : Condition();
}

bool is_container(std::string_view role) {
  return std::ranges::find(kReaders.begin(), kReaders.begin() + 4, role) != kReaders.begin() + 4;
}

std::string problem_of_value(const Variable& variable, std::string_view value) {
  if (variable.pattern && !variable.pattern->matches(value))
    return "does not match " + variable.pattern->text();
  return problem_of_type(variable, value);
}

bool is_instance(std::string_view declared, std::string_view name) {
  const size_t open = declared.find('<'), close = declared.find('>');
  if (open == declared.npos || close == declared.npos) return declared == name;
  const auto head = declared.substr(0, open), tail = declared.substr(close + 1);
  if (name.size() <= head.size() + tail.size() || !name.starts_with(head) || !name.ends_with(tail))
    return false;
  const auto middle = name.substr(head.size(), name.size() - head.size() - tail.size());
  return std::ranges::all_of(
      middle, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace starter::contracts
