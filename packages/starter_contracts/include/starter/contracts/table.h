// The environment of the contract as compiled tables: no service parses YAML when it starts. src/tables.cpp
// is written by `starter-console contract render`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace starter::contracts::table {

enum class Type : uint8_t {
  string,
  integer,
  number,
  boolean,
  url,
  mailbox,
  choice,
  csv,
  json,
  duration,
  bytes,
  path
};

/// As the contract's files write it: "int" for Type::integer.
std::string_view name_of(Type type);
std::optional<Type> type_of(std::string_view name);

/// Bits of `Variable::roles`, in this order.
enum Reader : uint8_t { api = 1, worker = 2, migrate = 4, web = 8, console = 16, compose = 32, tools = 64 };

struct Delivery {
  std::string_view carry, from, input, value;
  std::string_view omitted;  // why it is left out; then the others are empty
};

inline constexpr std::array<std::string_view, 5> kTargets{"aws", "azure", "gcp", "kubernetes", "compose"};

struct Variable {
  std::string_view name;  // may hold one <PLACEHOLDER>
  std::string_view group;
  uint8_t roles = 0;
  uint8_t reading = 0;  // 0: as every role reads it; else the one role that reads it so
  Type type = Type::string;
  bool secret = false, has_fallback = false;
  uint8_t values = 1;  // of a secret: so many, separated by commas, while one follows another
  std::string_view fallback{};
  double min = 0, max = 0;     // of numbers; of other types the length. Not limited when min > max
  std::string_view allowed{};  // separated by blanks
  std::string_view aliases{};  // of a choice: "old=allowed other=allowed"
  std::string_view pattern{}, required_when{}, meaning{};
  std::string_view since{}, awaits{}, unused{};       // one of them is said
  std::array<uint8_t, kTargets.size()> deliveries{};  // places in deliveries()
};

/// In the order of the contract; what one role reads differently stands behind the variable.
std::span<const Variable> variables();
std::span<const Delivery> deliveries();

/// As that role reads it; null when there is none. SSO_OKTA_CLIENT_ID finds SSO_<PROVIDER>_CLIENT_ID.
const Variable* find(std::string_view name, uint8_t role = 0);

}  // namespace starter::contracts::table
