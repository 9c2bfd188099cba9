// Taking an answer, and what speaks against it.
#include <algorithm>

#include "setup/interview.h"
#include "setup/refused.h"
#include "starter/contracts/render.h"
#include "starter/core/range.h"
#include "system/files.h"

namespace starter::console::setup {

using contracts::Input;
using contracts::InputType;

void Interview::take(const std::string& name, Answer answer) {
  answers_[name] = std::move(answer);
}

void Interview::take_back(const std::string& name) {
  answers_.erase(name);
}

void Interview::accept_suggestions() {
  for (const auto& question : questions())
    if (!question.suggestion.empty() && !answers_.contains(question.name))
      take(question.name, {question.suggestion, Origin::suggested});
}

void Interview::generate_secrets() {
  for (const auto& variable : contract_->variables) {
    if (variable.generated == 0 || answers_.contains(variable.name) || variable.since.empty()) continue;
    if (!need_of(variable).empty())
      take(variable.name, {random_secret(static_cast<std::size_t>(variable.generated)), Origin::generated});
  }
}

// What is still to be asked: variables, and the inputs before them.
std::vector<std::string> Interview::open_names() const {
  std::vector<std::string> open;
  for (const auto& question : questions()) {
    if (answers_.contains(question.name)) continue;
    open.push_back(question.name);
    const auto* const variable = contract_->variable(question.name);
    const auto* const input = variable == nullptr ? nullptr : input_before(*variable);
    if (input != nullptr) open.push_back(input->name);
  }
  return open;
}

// Whether this value is what breaks a rule: one that is broken by others alone is theirs, and what is `open`
// may still be answered well.
bool Interview::is_to_blame(const std::string& when, std::string_view name, std::string_view value,
                            const std::vector<std::string>& open) const {
  const auto holds_by = [&](std::string_view own, bool others) {
    return contract_->condition(when).holds([&](std::string_view asked) {
      if (asked == name) return std::string(own);
      return others && !contains(open, asked) ? judged(asked) : std::string();
    });
  };
  return holds_with(when, name, value) && holds_by(value, true) &&
         (!holds_by("", true) || holds_by(value, false));
}

std::optional<Objection> Interview::breaks_rule(std::string_view name, std::string_view value) const {
  const auto open = open_names();
  for (const auto& rule : profile_->rules) {
    const auto names = contract_->condition(rule.when).names();
    if (contains(names, name) && is_to_blame(rule.when, name, value, open))
      return Objection{rule.refuse, rule.fix};
  }
  const auto judge = [&](const Input& input) -> std::optional<Objection> {
    if (!is_here(input)) return std::nullopt;
    for (const auto& rule : input.rules)
      if (is_to_blame(rule.when, input.name, value, open))
        return Objection{rule.refuse, "Change " + std::string(name) + "."};
    return std::nullopt;
  };
  if (const auto* const own = contract_->input(name)) return judge(*own);
  const auto* const variable = contract_->variable(name);
  const auto* const input = variable == nullptr ? nullptr : input_before(*variable);
  if (input == nullptr) return std::nullopt;
  auto problem = judge(*input);
  if (!problem || takes(*input, *variable, value)) return problem;
  // Another input may be meant: then its rules count.
  for (const auto& other : contract_->inputs)
    if (other.feeds == variable->name && &other != input && is_here(other)) return judge(other);
  return problem;
}

// By variable, in the words with which the API ends its start. What is required is a question, and what a
// blueprint or a secret manager has is not known here.
std::map<std::string, Objection> Interview::refused_at_start() const {
  Values values;
  for (const auto& [name, answer] : settled()) values[name] = answer.value;
  for (const auto& [name, value] : entries("api_env")) values[name] = value;
  std::map<std::string, Objection> all;
  for (const auto& problem : refused_by_services(*contract_, values)) {
    const auto* const variable = contract_->variable(problem.variable);
    const bool known = variable != nullptr && values.contains(problem.variable) && !is_brought(*variable);
    // A release to come may have that client, and the exports are the same with it: `next` and doctor tell.
    if (!known || problem.code == "keys.no_client" || is_referred_to(problem.variable)) continue;
    if (problem.code.starts_with("value.") || problem.code.starts_with("twin.")) continue;  // said before
    auto fix = problem.fix + ".";
    fix[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(fix[0])));
    all.emplace(problem.variable, Objection{problem.variable + " " + problem.what + ".", std::move(fix)});
  }
  return all;
}

bool Interview::is_referred_to(std::string_view name) const {
  return std::ranges::any_of(answers_, [&](const auto& one) {
    const auto dot = one.first.find("_secrets.");
    return dot != std::string::npos && one.first.substr(dot + 9) == name;
  });
}

std::optional<Objection> Interview::objection(std::string_view name, std::string_view value) const {
  const auto named = std::string(name);
  if (stands_for_a_value(value))
    return Objection{named + " is no value but " + std::string(value) + ", which stands for one.",
                     "Put the value itself there."};
  if (const auto* const variable = contract_->variable(name)) {
    if (const auto fixed = fixed_value_of(named); fixed && *fixed != value) {
      const bool by_profile = profile_->locked.at(named) == *fixed;
      return Objection{
          named + " is fixed to " + *fixed + " by the " +
              (by_profile ? "profile " + profile_->name : "target " + target_->title) + ".",
          std::string("Leave it out, or choose another ") + (by_profile ? "profile." : "preset.")};
    }
    auto problem = contracts::problem_of_value(*variable, value);
    for (const auto& [role, reading] : variable->by_role)
      if (problem.empty() && reading.type == variable->type)
        problem = contracts::problem_of_value(reading, value);
    if (!problem.empty())
      return Objection{named + " " + problem + ".", "It takes " + contracts::type_text(*variable) + "."};
    const auto* const keys =
        named == "AUTH_KEY_SECRET_NAME" ? provider_of("AUTH_KEY_STORAGE_PROVIDER") : nullptr;
    if (keys != nullptr && keys->keyset_pattern && !keys->keyset_pattern->matches(value))
      return Objection{named + " is no " + keys->keyset_means + ".",
                       "Write it like " + keys->keyset_example + "."};
  } else if (const auto* const input = contract_->input(name); input != nullptr) {
    if (input->type == InputType::boolean && value != "true" && value != "false")
      return Objection{named + " is neither true nor false.", "Write true or false."};
    if (input->type == InputType::number &&
        (value.empty() || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }) ||
         value.size() > 9))
      return Objection{named + " is no whole number.", "Use digits alone."};
  }
  if (auto broken = breaks_rule(name, value)) return broken;
  auto with = *this;
  with.take(named, {std::string(value)});
  const auto* const input = contract_->input(name);
  auto refused = with.refused_at_start();
  const auto found = refused.find(named.starts_with("api_env.") ? named.substr(8)
                                  : input != nullptr            ? input->feeds
                                                                : named);
  return found == refused.end() ? std::nullopt : std::optional(std::move(found->second));
}

std::vector<Objection> Interview::objections() const {
  std::vector<Objection> all;
  // A rule about something that is still to be asked is no objection yet.
  const auto open = open_names();
  const auto broken = [&](const std::string& when) {
    return holds(when) && std::ranges::none_of(contract_->condition(when).names(),
                                               [&](const auto& name) { return contains(open, name); });
  };
  for (const auto& rule : profile_->rules)
    if (broken(rule.when)) all.push_back({rule.refuse, rule.fix});
  for (const auto& [name, refused] : refused_at_start())
    if (!contains(open, name)) all.push_back(refused);
  if (target_ == nullptr) return all;
  for (const auto& input : contract_->inputs) {
    if (!input.is_on(target_->name) || input.type == InputType::map) continue;
    for (const auto& rule : input.rules)
      if (broken(rule.when)) all.push_back({rule.refuse, "Change " + input.name + "."});
  }
  return all;
}

std::vector<std::string> Interview::refusals() const {
  std::vector<std::string> all;
  if (target_ == nullptr) return all;
  for (const auto& input : contract_->inputs) {
    if (!input.is_on(target_->name)) continue;
    if (input.required && value_of(input).empty())
      all.push_back(input.name + " is required.");
    else if (value_of(input).empty() && holds(input.required_when))
      all.push_back(contracts::refusal_without(input));
    for (const auto& rule : input.rules)
      if (!(input.required && value_of(input).empty()) && holds(rule.when)) all.push_back(rule.refuse);
  }
  return all;
}

}  // namespace starter::console::setup
