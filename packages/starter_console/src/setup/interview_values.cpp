// What each variable and input is worth after the answers so far.
#include <algorithm>

#include "setup/interview.h"
#include "starter/core/range.h"
#include "starter/net/host.h"

namespace starter::console::setup {

using contracts::Input;
using contracts::InputType;
using contracts::Variable;

const contracts::Delivery* Interview::delivery_of(const Variable& variable) const {
  return target_ == nullptr ? nullptr : &variable.targets.at(target_->name);
}

const Variable* Interview::variable_behind(const Input& input) const {
  for (const auto& variable : contract_->variables) {
    const auto* const delivery = delivery_of(variable);
    if (delivery != nullptr && delivery->input == input.name && delivery->carry == "plain" &&
        (may_be_asked(variable) || !effective(variable.name).empty()))
      return &variable;
  }
  return input.feeds.empty() ? nullptr : contract_->variable(input.feeds);
}

const Input* Interview::input_before(const Variable& variable) const {
  const auto* const delivery = delivery_of(variable);
  return delivery == nullptr || delivery->input.empty() ? nullptr : contract_->input(delivery->input);
}

std::string Interview::suggestion_for(std::string_view name) const {
  const auto found = suggestions_.find(std::string(name));
  return found == suggestions_.end() ? "" : found->second;
}

// What a target derives from nothing else: a single server keeps its keys in a file.
std::string Interview::fixed_by_target(const Variable& variable) const {
  const auto* const delivery = delivery_of(variable);
  const bool fixed = delivery != nullptr && delivery->from == "derived" && !delivery->value.contains('{');
  return fixed ? delivery->value : "";
}

std::optional<std::string> Interview::fixed_value_of(std::string_view name) const {
  const auto fixed = profile_->locked.find(std::string(name));
  if (fixed == profile_->locked.end()) return std::nullopt;
  const auto by_target = fixed_by_target(*contract_->variable(name));
  return by_target.empty() ? fixed->second : by_target;
}

std::optional<Answer> Interview::value_of(const Variable& variable, std::string_view name) const {
  if (auto fixed = fixed_value_of(name)) return Answer{std::move(*fixed), Origin::fixed};
  if (const auto own = answers_.find(name); own != answers_.end()) return own->second;
  if (const auto* const input = input_before(variable)) {
    const auto own = answers_.find(input->name);
    if (own != answers_.end()) return own->second;
  }
  if (auto fixed = fixed_by_target(variable); !fixed.empty()) return Answer{std::move(fixed), Origin::fixed};
  if (const auto value = suggestion_for(name); !value.empty()) return Answer{value, Origin::suggested};
  if (auto value = derived_value_of(variable); !value.empty())
    return Answer{std::move(value), Origin::suggested};
  if (variable.fallback) return Answer{*variable.fallback, Origin::fallback};
  return std::nullopt;
}

// Where no blueprint derives it, the set-up does: an API that answers for localhost alone would refuse
// everybody.
std::string Interview::derived_value_of(const Variable& variable) const {
  if (target_ != nullptr || preset_ == "local") return "";
  const auto& everywhere = variable.targets.begin()->second.value;
  return everywhere == "{host of api_base_url}" ? net::host_of(effective("API_BASE_URL")) : "";
}

std::string Interview::own_value_of(const Input& input) const {
  if (const auto own = answers_.find(input.name); own != answers_.end()) return own->second.value;
  for (const auto& variable : contract_->variables) {
    const auto* const delivery = delivery_of(variable);
    const bool ours = (delivery != nullptr && delivery->input == input.name && delivery->carry == "plain") ||
                      input.feeds == variable.name;
    if (!ours || is_brought(variable)) continue;
    const auto value = value_of(variable, variable.name);
    if (!value || value->origin == Origin::fallback || value->value.empty()) continue;
    if (takes(input, variable, value->value)) return value->value;
  }
  return "";
}

// Where two inputs feed one variable (a name or an ARN), the one whose shape the value has takes it.
bool Interview::takes(const Input& input, const Variable& variable, std::string_view value) const {
  const auto feeds = [&](const Input& one) { return one.feeds == variable.name && is_here(one); };
  if (std::ranges::count_if(contract_->inputs, feeds) < 2) return true;
  return std::ranges::none_of(input.rules,
                              [&](const auto& rule) { return holds_with(rule.when, input.name, value); });
}

bool Interview::is_here(const Input& input) const {
  return target_ == nullptr || input.is_on(target_->name);
}

std::string Interview::value_of(const Input& input) const {
  if (auto value = own_value_of(input); !value.empty()) return value;
  if (target_ != nullptr)
    if (const auto own = input.fallbacks.find(target_->name); own != input.fallbacks.end())
      return own->second;
  return input.fallback.value_or("");
}

std::string Interview::effective(std::string_view name) const {
  if (const auto own = answers_.find(name); own != answers_.end() && name.find('.') != name.npos)
    return own->second.value;
  if (const auto* const variable = contract_->variable(name)) {
    const auto value = value_of(*variable, name);
    return value ? value->value : "";
  }
  const auto* const input = contract_->input(name);
  if (input == nullptr) return "";
  if (input->type != InputType::map) return value_of(*input);
  // A map, as conditions read it: JSON with its keys.
  std::string text;
  for (const auto& [entry, value] : entries(input->name))
    text += (text.empty() ? "\"" : ",\"") + entry + "\":\"\"";
  return "{" + text + "}";
}

std::map<std::string, std::string> Interview::entries(std::string_view map) const {
  std::map<std::string, std::string> all;
  for (const auto& [name, answer] : answers_)
    if (name.size() > map.size() && name.starts_with(map) && name[map.size()] == '.')
      all[name.substr(map.size() + 1)] = answer.value;
  return all;
}

Answers Interview::settled() const {
  Answers all;
  const auto consider = [&](const Variable& variable, const std::string& name) {
    if (!variable.unused.empty() || is_brought(variable)) return;
    if (!is_read_by_services(variable)) return;
    const auto value = value_of(variable, name);
    if (!value || value->origin == Origin::fallback || value->value.empty()) return;
    const auto* const delivery = delivery_of(variable);
    const bool derived =
        value->origin == Origin::fixed && !profile_->locked.contains(name) && delivery != nullptr;
    if (derived && !variable.is_read_by("console")) return;  // the blueprint's business
    const bool chosen = value->origin != Origin::suggested && value->origin != Origin::fixed;
    if (chosen || value->value != variable.fallback) all[name] = *value;
  };
  for (const auto& variable : contract_->variables)
    if (variable.name.find('<') == std::string::npos) consider(variable, variable.name);
  for (const auto& [name, answer] : answers_)
    if (const auto* const variable = contract_->variable(name)) consider(*variable, name);
  return all;
}

}  // namespace starter::console::setup
