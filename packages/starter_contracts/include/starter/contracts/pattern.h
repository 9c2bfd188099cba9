// Patterns: the part of regular expressions that every engine reads alike.
//
// The same pattern is judged here, by Terraform (RE2), by JSON Schema (ECMAScript) and by the console. They
// agree about literals, classes such as [a-z0-9_-], groups, |, * + ? and {n,m}; they differ about dots,
// negated classes, anchors and lazy repeats, so those are refused. A pattern always means the whole text.
// Matching takes time in proportion to the text, whatever the pattern.
#pragma once

#include <bitset>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace starter::contracts {

class Pattern {
 public:
  /// The error is a sentence about what can't be used.
  static std::expected<Pattern, std::string> parse(std::string_view text);

  bool matches(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  friend class PatternParser;
  // A Thompson automaton. A step reads one character of `set`, or reads nothing and forks, or is the end.
  struct Step {
    enum class Kind : uint8_t { read, fork, end } kind = Kind::end;
    std::bitset<128> set{};
    uint32_t next = 0, other = 0;
  };
  void add(uint32_t step, std::vector<uint32_t>& active, std::vector<bool>& seen) const;

  std::string text_;
  std::vector<Step> steps_;
  uint32_t start_ = 0;
};

}  // namespace starter::contracts
