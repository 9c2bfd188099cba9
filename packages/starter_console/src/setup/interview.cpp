#include "setup/interview.h"

#include <algorithm>

#include "frame/invocation.h"
#include "setup/refused.h"
#include "starter/contracts/render.h"
#include "starter/core/text.h"
#include "starter/net/host.h"
#include "system/files.h"

namespace starter::console::setup {

using contracts::Contract;
using contracts::Input;
using contracts::InputType;
using contracts::Variable;

namespace {

constexpr std::string_view kServices[] = {"api", "worker", "migrate", "web", "console"};

bool contains(const auto& all, std::string_view one) {
  return std::ranges::find(all, one) != std::ranges::end(all);
}

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

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

const contracts::Preset* preset_of(const Contract& contract, const std::string& name) {
  if (const auto* own = named(contract.presets, name); own != nullptr && own->clouds.empty()) return own;
  for (const auto& preset : contract.presets)
    if (contains(preset.clouds, name)) return &preset;
  return nullptr;
}

Failure unknown(const char* kind, const std::string& name, const std::vector<std::string>& known) {
  const auto near = nearest(name, known);
  return {
      .code = std::string("setup.") + kind,
      .what = "There is no " + std::string(kind) + " \"" + name + "\".",
      .why = "It is one of " + joined(known) + ".",
      .fix = "starter-console setup wizard --" + std::string(kind) + " " + (near.empty() ? known[0] : near),
      .exit = Exit::usage,
      .docs = "docs/ops/setup-wizard-presets.md"};
}

}  // namespace

std::string_view name_of(Origin origin) {
  constexpr std::string_view kNames[] = {
      "flag", "typed", "answers file", "env file", "fixed by profile", "generated", "suggested", "default"};
  return kNames[static_cast<std::size_t>(origin)];
}

std::vector<std::string> preset_names(const Contract& contract) {
  std::vector<std::string> names;
  for (const auto& preset : contract.presets) {
    if (preset.clouds.empty()) names.push_back(preset.name);
    names.insert(names.end(), preset.clouds.begin(), preset.clouds.end());
  }
  return names;
}

Outcome<Interview> Interview::begin(const Contract& contract, const std::string& profile,
                                    const std::string& preset) {
  std::vector<std::string> profiles;
  for (const auto& one : contract.profiles) profiles.push_back(one.name);
  const auto* const strictness = named(contract.profiles, profile);
  if (strictness == nullptr) return unknown("profile", profile, profiles);
  const auto* const place = preset_of(contract, preset);
  if (place == nullptr) return unknown("preset", preset, preset_names(contract));
  if (!contains(place->profiles, profile))
    return Failure{
        .code = "setup.combination",
        .what = "The preset " + preset + " is not for the profile " + profile + ".",
        .why = "It is for " + joined(place->profiles) + ".",
        .fix = "starter-console setup wizard --preset " + preset + " --profile " + place->profiles[0],
        .exit = Exit::usage,
        .docs = "docs/ops/setup-wizard-presets.md"};
  Interview interview(contract, *strictness, preset);
  interview.suggestions_ = strictness->defaults;
  for (const auto& [name, value] : place->defaults) interview.suggestions_[name] = value;
  if (const auto* const cloud = named(contract.clouds, preset)) {
    for (const auto& [name, value] : cloud->defaults) interview.suggestions_[name] = value;
    interview.brought_ = cloud->brings;
    interview.target_ = contract.target(cloud->target);
  }
  return interview;
}

// --- values

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
    if (!std::ranges::any_of(kServices, [&](auto role) { return variable.is_read_by(role); })) return;
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

// --- questions

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
  const bool service = std::ranges::any_of(kServices, [&](auto role) { return variable.is_read_by(role); });
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
    if (contains(contract_->condition(rule.when).names(), variable.name) && holds(rule.when))
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

std::vector<Question> Interview::questions() const {
  std::vector<Question> all;
  if (preset_ != "local") {
    for (const auto& input : contract_->inputs) {
      if (!is_here(input) || input.type == InputType::map) continue;
      // One's own servers are a cluster or a single one: both need what every target needs.
      if (target_ == nullptr && !input.required) continue;
      const auto* const variable = variable_behind(input);
      const bool by_variable =
          variable != nullptr && (may_be_asked(*variable) || !effective(variable->name).empty());
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

// --- answers

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

std::optional<Objection> Interview::breaks_rule(std::string_view name, std::string_view value) const {
  for (const auto& rule : profile_->rules) {
    const auto names = contract_->condition(rule.when).names();
    if (contains(names, name) && holds_with(rule.when, name, value)) return Objection{rule.refuse, rule.fix};
  }
  const auto judge = [&](const Input& input) -> std::optional<Objection> {
    if (!is_here(input)) return std::nullopt;
    for (const auto& rule : input.rules)
      if (holds_with(rule.when, input.name, value))
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
  if (const auto* const variable = contract_->variable(name)) {
    const auto show = "starter-console contract show " + named;
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
  std::vector<std::string> open;
  for (const auto& question : questions()) {
    if (answers_.contains(question.name)) continue;
    open.push_back(question.name);
    const auto* const variable = contract_->variable(question.name);
    const auto* const input = variable == nullptr ? nullptr : input_before(*variable);
    if (input != nullptr) open.push_back(input->name);
  }
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
