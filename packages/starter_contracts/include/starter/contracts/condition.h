// Conditions: when a variable is required, and what must not be.
//
//   set AWS_ACCESS_KEY_ID and not AWS_REGION in [eu-central-1, us-east-1]
//   scheme(REDIS_URL) = "redis" or length(SECRET_KEY) < 32
//   api_secrets has key DATABASE_URL          LOGGING_SINKS contains "otlp"
//   APP_PUBLIC_URL matches "https://[a-z0-9.-]+"
//
// The language is small so that the same condition can be judged here, by Terraform and by the web server,
// and never differently: hcl(), script() and holds() are tested against each other. Every test has an answer
// for every value. A name that is not set fails each of them. docs/contracts/conditions.md describes it for
// people.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "starter/contracts/pattern.h"

namespace starter::contracts {

class Condition {
 public:
  /// The value in effect, its default included; empty when there is none.
  using Lookup = std::function<std::string(std::string_view name)>;

  /// How Terraform reads a name.
  struct Source {
    std::string expression;  // a string that is never null: "" when there is no value
    std::string map{};       // the map itself, for a name that is one
  };
  using Sources = std::function<Source(std::string_view name)>;

  /// What a word alone stands for, such as `hosted`; empty when it stands for nothing.
  using Named = std::function<std::string(std::string_view word)>;

  /// The error is a sentence with the place, such as "at 14: = is followed by neither a value nor a name".
  static std::expected<Condition, std::string> parse(std::string_view text, const Named& named = {});

  /// Never true.
  Condition();

  bool holds(const Lookup& lookup) const;

  /// An expression of Terraform that is true or false, for every value and without an error. It doesn't rely
  /// on && and ||, which evaluate both sides before 1.12.
  std::string hcl(const Sources& sources) const;

  /// An expression of JavaScript that is true or false, for every value; names are read by value("NAME").
  std::string script() const;

  /// Every name that the condition reads, in order, once.
  std::vector<std::string> names() const;

  struct Node;  // the tree, for the library's own sources

 private:
  std::shared_ptr<const Node> root_;
};

/// "text" as a literal of HCL: quotes, backslashes, control characters, ${ and %{ escaped.
std::string hcl_quoted(std::string_view text);

/// The same for JavaScript, and a list of such texts.
std::string script_quoted(std::string_view text);
std::string script_quoted(const std::vector<std::string>& list);

}  // namespace starter::contracts
