#include "starter/service/settings_table.h"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "starter/contracts/condition.h"
#include "starter/contracts/table.h"

namespace starter::service {

namespace table = contracts::table;
using settings::Setting;

namespace {

constexpr uint8_t kServices = table::api | table::worker;

// Nothing is stored before the feature comes, and yet a hosted service refuses what would lose files then.
// The default of what nobody uses harms nobody: it counts only when somebody says it.
constexpr std::string_view kRefusedAhead = "STORAGE_PROVIDER";

settings::Type type_of(table::Type type) {
  switch (type) {
    case table::Type::integer:
      return settings::Type::integer;
    case table::Type::boolean:
      return settings::Type::boolean;
    case table::Type::url:
      return settings::Type::url;
    case table::Type::mailbox:
      return settings::Type::mailbox;
    case table::Type::choice:
      return settings::Type::choice;
    case table::Type::csv:
      return settings::Type::list;
    case table::Type::duration:
      return settings::Type::duration;
    case table::Type::bytes:
      return settings::Type::bytes;
    case table::Type::string:
    case table::Type::number:
    case table::Type::json:
    case table::Type::path:
      return settings::Type::text;
  }
  return settings::Type::text;
}

/// Some conditions have names, such as `hosted`; what is refused then is in refusals(), with better words.
std::expected<contracts::Condition, std::string> condition_of(std::string_view name) {
  return contracts::Condition::parse(table::find(name, table::api)->required_when);
}

bool required_by_contract(const settings::Settings& values, const Setting& setting) {
  const auto condition = condition_of(setting.name);
  return condition &&
         condition->holds([&](std::string_view name) { return std::string(values.given(name)); });
}

/// `AUTH_KEY_STORAGE_BACKEND = "secret-manager"` as a person says it.
std::string in_words(std::string_view condition) {
  std::string out = "when ";
  for (const char c : condition) {
    if (c == '"') continue;
    if (c == '=')
      out += "is";
    else
      out += c;
  }
  return out;
}

Setting setting_of(const table::Variable& variable, uint8_t needing) {
  static std::deque<std::string> words;  // as long as the table that points into it
  Setting setting{.name = variable.name,
                  .type = type_of(variable.type),
                  .fallback = variable.name == kRefusedAhead ? std::string_view() : variable.fallback,
                  .allowed = variable.allowed,
                  .aliases = variable.aliases,
                  .secret = variable.secret,
                  .meaning = variable.meaning};
  if (variable.type == table::Type::integer && variable.min <= variable.max) {
    setting.min = variable.min > -1e18 ? static_cast<int64_t>(variable.min) : INT64_MIN;
    setting.max = variable.max < 1e18 ? static_cast<int64_t>(variable.max) : INT64_MAX;
  }
  if ((variable.roles & needing) == 0 || variable.required_when.empty()) return setting;
  if (variable.required_when == "always") {
    setting.required_when = settings::always;
  } else if (condition_of(variable.name)) {
    setting.required_when = required_by_contract;
    setting.required_reason = words.emplace_back(in_words(variable.required_when));
  }
  return setting;
}

/// What one of `readers` reads; required is what one of `needing` can't do without.
std::vector<Setting> made_of_the_contract(uint8_t readers, uint8_t needing) {
  std::vector<Setting> all;
  for (const auto& variable : table::variables()) {
    const bool read =
        (variable.roles & readers) != 0 && (!variable.since.empty() || variable.name == kRefusedAhead);
    if (read && table::find(variable.name, table::api) == &variable)
      all.push_back(setting_of(variable, needing));
  }
  return all;
}

}  // namespace

std::span<const Setting> settings_table() {
  static const auto all = made_of_the_contract(kServices | table::migrate, kServices);
  return all;
}

std::span<const Setting> migration_table() {
  static const auto all = made_of_the_contract(table::migrate, table::migrate);
  return all;
}

std::vector<Setting> settings_of(std::initializer_list<std::string_view> names) {
  std::vector<Setting> all;
  for (const auto name : names) {
    const auto* const variable = table::find(name, table::api);
    if (variable == nullptr) throw std::logic_error("the contract has no variable " + std::string(name));
    all.push_back(setting_of(*variable, variable->roles));
  }
  return all;
}

}  // namespace starter::service
