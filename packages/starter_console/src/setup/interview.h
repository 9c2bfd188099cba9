// What the set-up still has to know. The contract says what a deployment needs, a profile how strict it is, a
// preset where it goes; each answer may close questions and open others. No terminal and no file here: the
// dialogue, the headless run and the exports ask the same object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/outcome.h"
#include "starter/contracts/model.h"

namespace starter::console::setup {

/// Where a value is from, the strongest first.
enum class Origin : uint8_t { flag, typed, answers, file, fixed, generated, suggested, fallback };
std::string_view name_of(Origin origin);

struct Answer {
  std::string value;
  Origin origin = Origin::typed;
  std::string path{};  // of a secret that stays in a file: NAME_FILE is written, and never the value
};
using Answers = std::map<std::string, Answer, std::less<>>;

struct Question {
  std::string name;     // of a variable (DATABASE_URL) or an input (project_name)
  std::string section;  // "database: Postgres, with one log-in for each purpose"
  std::string ask;
  std::string takes;       // "url: https", what it may be
  std::string suggestion;  // taken when nothing is typed
  std::string example;
  std::string because;  // why it must be answered; empty when the suggestion will do
  std::vector<std::string> choices;
  bool secret = false;
};

/// VALUE and ... stand for a value in lines that are printed for pasting, and are none themselves.
inline bool stands_for_a_value(std::string_view value) {
  return value == "VALUE" || value == "...";
}

/// What is wrong with a value, and what to do; never the value.
struct Objection {
  std::string what, fix;
};

class Interview {
 public:
  /// `preset` is local, enterprise_custom or a cloud. Both are names out of the contract, and go together.
  static Outcome<Interview> begin(const contracts::Contract& contract, const std::string& profile,
                                  const std::string& preset);

  const std::string& profile() const { return profile_->name; }
  const std::string& preset() const { return preset_; }
  const contracts::Contract& contract() const { return *contract_; }
  /// Null for a deployment that no blueprint makes.
  const contracts::Target* target() const { return target_; }

  /// All questions in the order in which they are asked, answered ones too.
  std::vector<Question> questions() const;
  /// The first that has no answer yet.
  std::optional<Question> next() const;

  std::optional<Objection> objection(std::string_view name, std::string_view value) const;
  /// Takes an answer as it is; objection() comes first.
  void take(const std::string& name, Answer answer);
  void take_back(const std::string& name);
  const Answers& answers() const { return answers_; }

  /// Answers what has a suggestion with it.
  void accept_suggestions();
  /// Makes the secrets that nobody needs to know.
  void generate_secrets();

  /// The value in effect of a variable, an input or an entry of a map ("api_secrets.SMTP_URL"); empty: none.
  std::string effective(std::string_view name) const;
  /// Every variable that has a value beyond the contract's default.
  Answers settled() const;

  /// Every refusal of the blueprint, those about maps too, in its own words; what is missing included.
  std::vector<std::string> refusals() const;

  /// Whether the person or the preset said it, or it is fixed: a default doesn't count.
  std::string said(const contracts::Input& input) const { return own_value_of(input); }

  /// The one value that a variable may have, by the profile unless the target says another; none for most.
  std::optional<std::string> fixed_value_of(std::string_view name) const;

  /// The blueprint makes it.
  bool is_brought(const contracts::Variable& variable) const;
  /// Why it must be answered; empty when it needs not.
  std::string need_of(const contracts::Variable& variable) const;
  /// The entries of a map input, such as api_secrets.
  std::map<std::string, std::string> entries(std::string_view map) const;

  /// Whether a condition of the contract holds now: what a blueprint makes counts as set.
  bool holds(const std::string& condition) const;

  /// Makes this an interview about another target than the preset's.
  void aim_at(const contracts::Target& target) { target_ = &target; }

  /// Rules that are broken by several answers together, in the words of the contract and of the services.
  std::vector<Objection> objections() const;

  /// The secret manager or object store that STORAGE_PROVIDER, SECRETS_PROVIDER or AUTH_KEY_STORAGE_PROVIDER
  /// chooses; null without one.
  const contracts::Provider* provider_of(std::string_view chooser) const;

 private:
  static bool is_read_by_services(const contracts::Variable& variable);
  Interview(const contracts::Contract& contract, const contracts::Profile& profile, std::string preset)
      : contract_(&contract),
        profile_(&profile),
        preset_(std::move(preset)) {}

  std::optional<Answer> value_of(const contracts::Variable& variable, std::string_view name) const;
  std::string value_of(const contracts::Input& input) const;
  std::string own_value_of(const contracts::Input& input) const;
  bool takes(const contracts::Input& input, const contracts::Variable& variable,
             std::string_view value) const;
  bool is_here(const contracts::Input& input) const;
  std::string suggestion_for(std::string_view name) const;
  std::string derived_value_of(const contracts::Variable& variable) const;
  std::string fixed_by_target(const contracts::Variable& variable) const;
  const contracts::Delivery* delivery_of(const contracts::Variable& variable) const;
  const contracts::Variable* variable_behind(const contracts::Input& input) const;
  const contracts::Input* input_before(const contracts::Variable& variable) const;

  std::string judged(std::string_view name) const;
  std::vector<std::string> open_names() const;
  bool is_to_blame(const std::string& when, std::string_view name, std::string_view value,
                   const std::vector<std::string>& open) const;
  bool answers(const contracts::Variable& variable, const contracts::Input& input) const;
  bool holds_with(const std::string& condition, std::string_view name, std::string_view value) const;
  bool may_be_asked(const contracts::Variable& variable) const;
  std::string need_of(const contracts::Input& input) const;
  Question question_of(const contracts::Variable& variable, std::string because) const;
  Question question_of(const contracts::Input& input, std::string because) const;
  std::optional<Objection> breaks_rule(std::string_view name, std::string_view value) const;
  std::map<std::string, Objection> refused_at_start() const;
  bool is_referred_to(std::string_view name) const;

  const contracts::Contract* contract_;
  const contracts::Profile* profile_;
  std::string preset_;
  const contracts::Target* target_ = nullptr;
  std::map<std::string, std::string> suggestions_;
  std::vector<std::string> brought_;
  Answers answers_;
};

/// Every name of a preset, as --preset takes them.
std::vector<std::string> preset_names(const contracts::Contract& contract);

}  // namespace starter::console::setup
