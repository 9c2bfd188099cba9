// What a condition is after parsing; shared by the evaluator and the emitter.
#pragma once

#include <cstdint>

#include "starter/contracts/condition.h"

namespace starter::contracts {

enum class Test : uint8_t {
  all,         // every part
  any,         // one part
  negation,    // not the part
  always,      //
  never,       //
  set,         // NAME has a value
  text_is,     // operand = one of `values`
  name_is,     // NAME = the NAME in values[0]
  boolean_is,  // NAME reads as values[0], "true" or "false"
  number,      // operand OP number
  has_key,     // NAME is a map with the key values[0]
  contains,    // NAME is a list with the item values[0]
  matches      // the whole of NAME matches `pattern`
};

enum class Function : uint8_t { none, scheme, length };
enum class Compare : uint8_t { equal, less, at_most, more, at_least };

struct Condition::Node {
  Test test = Test::never;
  std::vector<Node> parts{};
  std::string name{};
  Function function = Function::none;
  Compare compare = Compare::equal;
  int64_t number = 0;
  std::vector<std::string> values{};
  Pattern pattern{};
};

}  // namespace starter::contracts
