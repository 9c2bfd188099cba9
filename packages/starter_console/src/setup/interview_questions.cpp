// What is still to be asked, and why.
#include <algorithm>

#include "setup/interview.h"
#include "starter/contracts/render.h"
#include "starter/core/range.h"

namespace starter::console::setup {

using contracts::Contract;
using contracts::Input;
using contracts::InputType;
using contracts::Variable;

namespace {

// What many later questions depend on comes first.
std::vector<std::pair<std::string, std::string>> groups_in_order(const Contract& contract) {
  constexpr std::string_view kFirst[] = {"application", "http", "database", "redis", "mail", "sign-up"};
  std::vector<std::pair<std::string, std::string>> groups;
  for (const auto first : kFirst)
    std::ranges::copy_if(contract.groups, std::back_inserter(groups),
                         [&](const auto& group) { return group.first == first; });
  std::ranges::copy_if(contract.groups, std::back_inserter(groups),
                       [&](const auto& group) { return !contains(kFirst, group.first); });
  return groups;
}

}  // namespace

// As conditions see it: what a blueprint makes is set, and nobody here knows to what.
std::string Interview::judged(std::string_view name) const {
  const auto* const variable = contract_->variable(name);
  return variable != nullptr && is_brought(*variable) ? "(made by the blueprint)" : effective(name);
}

bool Interview::holds(const std::string& condition) const {
  return !condition.empty() &&
         contract_->condition(condition).holds([&](std::string_view name) { return judged(name); });
}

bool Interview::holds_with(const std::string& condition, std::string_view name,
                           std::string_view value) const {
  return contract_->condition(condition).holds(
      [&](std::string_view asked) { return asked == name ? std::string(value) : judged(asked); });
}

bool Interview::is_brought(const Variable& variable) const {
  if (!contains(brought_, variable.name) || answers_.contains(variable.name)) return false;
  return !variable.secret || effective("bring_own_data") != "true";
}

bool Interview::may_be_asked(const Variable& variable) const {
  const bool service = is_read_by_services(variable);
  if (!service || !variable.unused.empty() || variable.name.find('<') != std::string::npos) return false;
  // What waits for a feature is carried by deployments already; on one machine it would be set in vain.
  if (variable.since.empty() && preset_ == "local") return false;
  if (profile_->locked.contains(variable.name) || variable.generated > 0 || is_brought(variable))
    return false;
  const auto* const delivery = delivery_of(variable);
  return delivery == nullptr ||
         (delivery->omitted.empty() && (delivery->from == "input" || delivery->from == "secret"));
}

std::string Interview::need_of(const Variable& variable) const {
  if (contains(profile_->required, variable.name)) return "the profile " + profile_->name + " needs it";
  if (variable.required_when == "always") return "nothing runs without it";
  if (holds(variable.required_when)) return "needed when " + variable.required_when;
  const auto* const input = input_before(variable);
  if (input != nullptr && input->is_on(target_->name))
    if (auto because = need_of(*input); !because.empty()) return because;
  // A default may be what the profile refuses.
  const auto value = value_of(variable, variable.name);
  if (!value || value->origin != Origin::fallback || is_brought(variable)) return "";
  for (const auto& rule : profile_->rules)
    if (contains(contract_->condition(rule.when).names(), variable.name) &&
        is_to_blame(rule.when, variable.name, value->value, {}))
      return rule.refuse.substr(0, rule.refuse.size() - 1);
  return "";
}

std::string Interview::need_of(const Input& input) const {
  if (input.required) return "every deployment needs it";
  if (holds(input.required_when)) return "needed when " + input.required_when;
  if (value_of(input).empty())
    for (const auto& rule : input.rules)
      if (holds(rule.when)) return rule.refuse.substr(0, rule.refuse.size() - 1);
  return "";
}

const contracts::Provider* Interview::provider_of(std::string_view chooser) const {
  const auto& all = chooser == "STORAGE_PROVIDER" ? contract_->object_stores : contract_->secret_managers;
  const auto value = effective(chooser);
  for (const auto& provider : all)
    if (provider.name == value || contains(provider.aliases, value)) return &provider;
  return nullptr;
}

Question Interview::question_of(const Variable& variable, std::string because) const {
  Question question{.name = variable.name,
                    .section = variable.group,
                    .ask = variable.meaning,
                    .takes = contracts::type_text(variable),
                    .suggestion = suggestion_for(variable.name),
                    .because = std::move(because),
                    .secret = variable.secret};
  if (variable.type == contracts::Type::choice) question.choices = variable.allowed;
  for (const auto* chooser : {"SECRETS_PROVIDER", "AUTH_KEY_STORAGE_PROVIDER", "STORAGE_PROVIDER"}) {
    const auto* const provider = provider_of(chooser);
    if (provider == nullptr) continue;
    for (const auto& prompt : provider->prompts)
      if (prompt.variable == variable.name && question.example.empty())
        question.ask = provider->title + ": " + prompt.ask, question.example = prompt.example;
    if (variable.name == "AUTH_KEY_SECRET_NAME" && std::string_view(chooser) == "AUTH_KEY_STORAGE_PROVIDER")
      question.takes = provider->keyset_means, question.example = provider->keyset_example;
  }
  return question;
}

Question Interview::question_of(const Input& input, std::string because) const {
  return {.name = input.name,
          .section = "deployment",
          .ask = input.meaning,
          .because = std::move(because),
          .secret = input.secret};
}

// A name that two products would share is no answer to what every deployment must say for itself.
bool Interview::answers(const Variable& variable, const Input& input) const {
  const auto value = value_of(variable, variable.name);
  return value && !value->value.empty() && !(input.required && value->origin == Origin::fallback);
}

std::vector<Question> Interview::questions() const {
  std::vector<Question> all;
  if (preset_ != "local") {
    for (const auto& input : contract_->inputs) {
      if (!is_here(input) || input.type == InputType::map) continue;
      // One's own servers are a cluster or a single one: both need what every target needs.
      if (target_ == nullptr && !input.required) continue;
      const auto* const variable = variable_behind(input);
      const bool by_variable = variable != nullptr && (may_be_asked(*variable) || answers(*variable, input));
      if (auto because = need_of(input); !by_variable && !because.empty())
        all.push_back(question_of(input, std::move(because)));
    }
  }
  for (const auto& [group, about] : groups_in_order(*contract_)) {
    for (const auto& variable : contract_->variables) {
      if (variable.group != group || !may_be_asked(variable)) continue;
      auto because = need_of(variable);
      if (!because.empty() || suggestions_.contains(variable.name))
        all.push_back(question_of(variable, std::move(because)));
    }
  }
  return all;
}

std::optional<Question> Interview::next() const {
  for (auto& question : questions()) {
    const auto* const variable = contract_->variable(question.name);
    const auto* const input = variable == nullptr ? nullptr : input_before(*variable);
    if (!answers_.contains(question.name) && (input == nullptr || !answers_.contains(input->name)))
      return std::move(question);
  }
  return std::nullopt;
}

}  // namespace starter::console::setup
