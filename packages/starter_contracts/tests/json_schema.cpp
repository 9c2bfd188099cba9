#include "tests/json_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

namespace starter::contracts::testing {

namespace json = boost::json;

namespace {

const std::set<std::string_view> kSilent{"$schema",     "$id",       "$defs", "title",
                                         "description", "default",   "then",  "examples",
                                         "$comment",    "writeOnly", "else"};

class Validator {
 public:
  explicit Validator(const json::value& root) : root_(root) {}

  void check(const json::value& schema, const json::value& value, const std::string& at) {
    if (schema.is_bool()) {
      if (!schema.get_bool()) problems.push_back(at + " may not be there");
      return;
    }
    static const std::set<std::string_view> known{"$ref",
                                                  "type",
                                                  "enum",
                                                  "const",
                                                  "anyOf",
                                                  "oneOf",
                                                  "allOf",
                                                  "not",
                                                  "if",
                                                  "properties",
                                                  "required",
                                                  "additionalProperties",
                                                  "propertyNames",
                                                  "patternProperties",
                                                  "items",
                                                  "minLength",
                                                  "maxLength",
                                                  "pattern",
                                                  "minimum",
                                                  "maximum",
                                                  "uniqueItems"};
    for (const auto& [keyword, wanted] : schema.as_object()) {
      if (kSilent.contains(keyword) || keyword.starts_with("x-")) continue;
      if (!known.contains(keyword)) ADD_FAILURE() << "unknown keyword " << keyword;
      one(keyword, wanted, schema, value, at);
    }
  }

  std::vector<std::string> problems;

 private:
  bool is_valid(const json::value& schema, const json::value& value) {
    Validator other(root_);
    other.check(schema, value, "");
    return other.problems.empty();
  }

  static bool has_pattern(const json::value& schema, std::string_view name) {
    const auto* patterns = schema.get_object().if_contains("patternProperties");
    if (patterns == nullptr) return false;
    return std::ranges::any_of(patterns->get_object(), [&](const auto& one) {
      return std::regex_search(std::string(name), std::regex(std::string(one.key())));
    });
  }

  static bool has_type(const json::value& value, std::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return type == "number" && value.is_number();
  }

  void one(std::string_view keyword, const json::value& wanted, const json::value& schema,
           const json::value& value, const std::string& at) {
    const auto expect = [&](bool good, const std::string& what) {
      if (!good) problems.push_back(at + " " + what);
    };
    if (keyword == "$ref") return check(root_.at_pointer(wanted.get_string().subview(1)), value, at);
    if (keyword == "type") {
      bool any = false;
      if (wanted.is_string()) any = has_type(value, wanted.get_string());
      if (wanted.is_array())
        for (const auto& type : wanted.get_array()) any = any || has_type(value, type.get_string());
      return expect(any, "has the wrong type");
    }
    if (keyword == "enum") {
      const auto& all = wanted.get_array();
      return expect(std::find(all.begin(), all.end(), value) != all.end(), "is none of its values");
    }
    if (keyword == "const") return expect(value == wanted, "is not its value");
    if (keyword == "anyOf" || keyword == "oneOf") {
      size_t good = 0;
      for (const auto& option : wanted.get_array()) good += is_valid(option, value);
      return expect(keyword == "anyOf" ? good > 0 : good == 1, "fits none of its shapes");
    }
    if (keyword == "allOf") {
      for (const auto& part : wanted.get_array()) check(part, value, at);
      return;
    }
    if (keyword == "not") return expect(!is_valid(wanted, value), "is what it must not be");
    if (keyword == "if") {
      const auto* next = schema.get_object().if_contains(is_valid(wanted, value) ? "then" : "else");
      if (next != nullptr) check(*next, value, at);
      return;
    }
    if (value.is_object()) return of_object(keyword, wanted, schema, value.get_object(), at);
    if (value.is_array()) return of_array(keyword, wanted, value.get_array(), at);
    of_scalar(keyword, wanted, value, at);
  }

  void of_object(std::string_view keyword, const json::value& wanted, const json::value& schema,
                 const json::object& value, const std::string& at) {
    if (keyword == "required") {
      for (const auto& name : wanted.get_array())
        if (!value.contains(name.get_string()))
          problems.push_back(at + " lacks " + json::value_to<std::string>(name));
    } else if (keyword == "properties") {
      for (const auto& [name, inner] : wanted.get_object())
        if (const auto* member = value.if_contains(name)) check(inner, *member, at + "/" + std::string(name));
    } else if (keyword == "additionalProperties") {
      const auto* known = schema.get_object().if_contains("properties");
      for (const auto& [name, member] : value)
        if (known == nullptr || !known->get_object().contains(name))
          check(wanted, member, at + "/" + std::string(name));
    } else if (keyword == "patternProperties") {
      for (const auto& [pattern, inner] : wanted.get_object())
        for (const auto& [name, member] : value)
          if (std::regex_search(std::string(name), std::regex(std::string(pattern))))
            check(inner, member, at + "/" + std::string(name));
    } else if (keyword == "propertyNames") {
      for (const auto& [name, member] : value) check(wanted, json::value(name), at + "/" + std::string(name));
    }
  }

  void of_array(std::string_view keyword, const json::value& wanted, const json::array& value,
                const std::string& at) {
    if (keyword == "items") {
      for (size_t i = 0; i < value.size(); ++i) check(wanted, value[i], at + "/" + std::to_string(i));
    } else if (keyword == "uniqueItems") {
      for (size_t i = 0; i < value.size(); ++i)
        if (std::find(value.begin(), value.begin() + static_cast<long>(i), value[i]) !=
            value.begin() + static_cast<long>(i))
          problems.push_back(at + " says something twice");
    }
  }

  void of_scalar(std::string_view keyword, const json::value& wanted, const json::value& value,
                 const std::string& at) {
    const auto number = [](const json::value& one) { return one.to_number<double>(); };
    if (value.is_string()) {
      const std::string text(value.get_string());
      if (keyword == "minLength" && text.size() < number(wanted)) problems.push_back(at + " is too short");
      if (keyword == "maxLength" && text.size() > number(wanted)) problems.push_back(at + " is too long");
      if (keyword == "pattern" && !std::regex_search(text, std::regex(std::string(wanted.get_string()))))
        problems.push_back(at + " does not match");
    } else if (value.is_number()) {
      if (keyword == "minimum" && number(value) < number(wanted)) problems.push_back(at + " is too small");
      if (keyword == "maximum" && number(value) > number(wanted)) problems.push_back(at + " is too large");
    }
  }

  const json::value& root_;
};

}  // namespace

std::vector<std::string> schema_problems(const json::value& schema, const json::value& value) {
  Validator validator(schema);
  validator.check(schema, value, "");
  return validator.problems;
}

}  // namespace starter::contracts::testing
