// src/tables.cpp.
#include <algorithm>
#include <cstdio>
#include <map>

#include "writers.h"

namespace starter::contracts {

namespace {

constexpr std::string_view kOrder[] = {"aws", "azure", "gcp", "kubernetes", "compose"};

// A word of C++ is no name of an enumerator.
std::string enumerator_of(Type type) {
  return type == Type::integer   ? "integer"
         : type == Type::boolean ? "boolean"
         : type == Type::choice  ? "choice"
                                 : std::string(name_of(type));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

class Writer {
 public:
  explicit Writer(const Contract& contract) {
    for (const auto& variable : contract.variables) {
      row(variable, "0");
      for (const auto& [role, other] : variable.by_role) row(other, role);
    }
  }

  std::string text() const {
    return std::string("// Written by `starter-console contract render` from ") + kSource +
           "; change that.\n// clang-format off\n#include \"starter/contracts/table.h\"\n\n"
           "namespace starter::contracts::table {\n\nnamespace {\n\nconstexpr Delivery kDeliveries[] = {\n" +
           deliveries_ + "};\n\nconstexpr Variable kVariables[] = {\n" + rows_ +
           "};\n\n}  // namespace\n\nstd::span<const Variable> variables() {\n  return kVariables;\n}\n\n"
           "std::span<const Delivery> deliveries() {\n  return kDeliveries;\n}\n\n"
           "}  // namespace starter::contracts::table\n";
  }

 private:
  size_t delivery(const Delivery& one) {
    const auto line = "    {" + quoted(one.carry) + ", " + quoted(one.from) + ", " + quoted(one.input) +
                      ", " + quoted(one.value) + ", " + quoted(one.omitted) + "},\n";
    const auto [found, added] = places_.emplace(line, places_.size());
    if (added) deliveries_ += line;
    return found->second;
  }

  void row(const Variable& variable, const std::string& reading) {
    std::string out = "    {.name = " + quoted(variable.name) + ", .group = " + quoted(variable.group) +
                      ", .roles = " + joined(variable.roles, " | ");
    if (reading != "0") out += ", .reading = " + reading;
    if (variable.type != Type::string) out += ", .type = Type::" + enumerator_of(variable.type);
    if (variable.secret) out += ", .secret = true";
    if (variable.fallback) out += ", .has_fallback = true, .fallback = " + quoted(*variable.fallback);
    if (variable.values > 1) out += ", .values = " + std::to_string(variable.values);
    out += limits(variable);
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) out += std::string(", .") + name + " = " + quoted(value);
    };
    add("allowed", joined(variable.allowed, " "));
    std::string aliases;
    for (const auto& [alias, value] : variable.value_aliases)
      aliases += (aliases.empty() ? "" : " ") + alias + "=" + value;
    add("aliases", aliases);
    add("pattern", variable.pattern ? variable.pattern->text() : "");
    add("required_when", variable.required_when);
    add("meaning", variable.meaning);
    add("since", variable.since);
    add("awaits", variable.awaits);
    add("unused", variable.unused);
    rows_ += out + ",\n     .deliveries = {" + places(variable) + "}},\n";
  }

  static std::string limits(const Variable& variable) {
    if (!variable.min && !variable.max) return ", .min = 1, .max = 0";
    return ", .min = " + (variable.min ? number(*variable.min) : "-1e300") +
           ", .max = " + (variable.max ? number(*variable.max) : "1e300");
  }

  std::string places(const Variable& variable) {
    std::string out;
    for (const auto target : kOrder)
      out += (out.empty() ? "" : ", ") + std::to_string(delivery(variable.targets.at(std::string(target))));
    return out;
  }

  std::map<std::string, size_t> places_;
  std::string deliveries_, rows_;
};

}  // namespace

std::string write_tables(const Contract& contract) {
  return Writer(contract).text();
}

}  // namespace starter::contracts
