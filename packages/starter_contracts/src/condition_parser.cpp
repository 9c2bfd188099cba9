// condition   = conjunction { "or" conjunction }
// conjunction = negation { "and" negation }
// negation    = "not" negation | "(" condition ")" | test
// test        = "always" | "never" | word | "set" NAME | operand "=" (value | NAME) | operand "in" "[" value
// {"," value} "]"
//             | operand ("<" | "<=" | ">" | ">=") integer | NAME "has" "key" word | NAME "contains" value
//             | NAME "matches" string
// operand     = NAME | "scheme" "(" NAME ")" | "length" "(" NAME ")"
// value       = string | word | integer | "true" | "false"
#include <charconv>
#include <optional>

#include "condition_tree.h"

namespace starter::contracts {

namespace {

constexpr size_t kLongest = 2'000;
constexpr int kDeepest = 40;
// What C++ and Terraform hold exactly.
constexpr size_t kMostDigits = 15;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

enum class Kind : uint8_t { word, text, integer, mark, end };

struct Token {
  Kind kind = Kind::end;
  std::string text{};
  size_t at = 0;
};

struct Problem {
  std::string text;
};

/// Throws Problem; the parser turns it into the error of parse().
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& token() const { return token_; }
  bool is(std::string_view word) const { return token_.kind != Kind::text && token_.text == word; }
  bool take(std::string_view word) {
    if (!is(word)) return false;
    advance();
    return true;
  }
  Token next() {
    Token taken = token_;
    advance();
    return taken;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Problem{"at " + std::to_string(token_.at + 1) + ": " + what};
  }

 private:
  void advance() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    token_ = {.at = at_};
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (is_letter(c)) return word();
    if (c == '"') return quoted();
    if (is_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) return number();
    if (std::string_view("()[],=<>").find(c) == std::string_view::npos)
      fail("what begins here is no word, text, number or sign");
    token_.kind = Kind::mark;
    token_.text = c;
    ++at_;
    if ((c == '<' || c == '>') && at_ < text_.size() && text_[at_] == '=') {
      token_.text += '=';
      ++at_;
    }
  }

  // A dash belongs to a word, so that values such as eu-central-1 need no quotes.
  void word() {
    token_.kind = Kind::word;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '-'))
      token_.text += text_[at_++];
  }

  void number() {
    token_.kind = Kind::integer;
    do token_.text += text_[at_++];
    while (at_ < text_.size() && is_digit(text_[at_]));
    if (token_.text.size() > kMostDigits) fail("the number has more than 14 digits");
    if (at_ < text_.size() && is_letter(text_[at_])) fail("a value that begins with a digit needs quotes");
  }

  void quoted() {
    token_.kind = Kind::text;
    const size_t close = text_.find('"', at_ + 1);
    if (close == text_.npos) fail("the quote is not closed");
    token_.text = text_.substr(at_ + 1, close - at_ - 1);
    for (const char c : token_.text)
      if (c < ' ' || c > '~') fail("the text has a character that isn't printable ASCII");
    at_ = close + 1;
  }

  std::string_view text_;
  size_t at_ = 0;
  Token token_;
};

std::optional<Compare> compare_of(std::string_view sign) {
  if (sign == "<") return Compare::less;
  if (sign == "<=") return Compare::at_most;
  if (sign == ">") return Compare::more;
  if (sign == ">=") return Compare::at_least;
  return std::nullopt;
}

}  // namespace

class ConditionParser {
 public:
  using Node = Condition::Node;

  ConditionParser(std::string_view text, const Condition::Named& named, int depth)
      : lexer_(text),
        named_(named),
        depth_(depth) {}

  Node parse() {
    Node all = disjunction();
    if (lexer_.token().kind != Kind::end) lexer_.fail("the condition should end here");
    return all;
  }

 private:
  Node disjunction() {
    if (++depth_ > kDeepest) lexer_.fail("the condition is nested too deeply");
    Node any{.test = Test::any, .parts = {conjunction()}};
    while (lexer_.take("or")) any.parts.push_back(conjunction());
    --depth_;
    return any.parts.size() == 1 ? Node(any.parts.front()) : any;
  }

  Node conjunction() {
    Node all{.test = Test::all, .parts = {negation()}};
    while (lexer_.take("and")) all.parts.push_back(negation());
    return all.parts.size() == 1 ? Node(all.parts.front()) : all;
  }

  Node negation() {
    if (lexer_.take("not")) {
      if (++depth_ > kDeepest) lexer_.fail("the condition is nested too deeply");
      Node node{.test = Test::negation, .parts = {negation()}};
      --depth_;
      return node;
    }
    if (!lexer_.take("(")) return test();
    Node inside = disjunction();
    if (!lexer_.take(")")) lexer_.fail("a ) is missing");
    return inside;
  }

  Node test() {
    if (lexer_.take("always")) return {.test = Test::always};
    if (lexer_.take("never")) return {.test = Test::never};
    if (lexer_.take("set")) return {.test = Test::set, .name = name()};
    Node node;
    const Token first = lexer_.next();
    if (first.kind != Kind::word) lexer_.fail("a name is missing");
    node.name = first.text;
    if ((first.text == "scheme" || first.text == "length") && lexer_.take("(")) {
      node.function = first.text == "scheme" ? Function::scheme : Function::length;
      node.name = name();
      if (!lexer_.take(")")) lexer_.fail("a ) is missing");
    }
    return compared(std::move(node));
  }

  Node compared(Node node) {
    if (lexer_.take("=")) return equal(std::move(node));
    if (lexer_.take("in")) return one_of(std::move(node));
    if (const auto compare = compare_of(lexer_.token().text); compare && lexer_.token().kind == Kind::mark) {
      lexer_.next();
      return number(std::move(node), *compare);
    }
    if (node.function != Function::none) lexer_.fail("a comparison is missing");
    if (lexer_.take("has")) {
      if (!lexer_.take("key")) lexer_.fail("has is followed by key");
      // A word: for Terraform a number in quotes would be an index into a list.
      return with_value(std::move(node), Test::has_key, name());
    }
    if (lexer_.take("contains")) return with_value(std::move(node), Test::contains, item());
    if (lexer_.take("matches")) return matches(std::move(node));
    return expanded(node.name);
  }

  Node equal(Node node) {
    const Token token = lexer_.token();
    if (token.kind == Kind::integer) return number(std::move(node), Compare::equal);
    if (node.function == Function::length) lexer_.fail("a length is compared with a number");
    if (token.kind == Kind::text) return with_value(std::move(node), Test::text_is, value());
    if (node.function != Function::none || token.kind != Kind::word)
      lexer_.fail("= is followed by neither a value nor a name");
    lexer_.next();
    const bool truth = token.text == "true" || token.text == "false";
    return with_value(std::move(node), truth ? Test::boolean_is : Test::name_is, token.text);
  }

  Node one_of(Node node) {
    if (node.function == Function::length) lexer_.fail("a length is compared with a number");
    node.test = Test::text_is;
    if (!lexer_.take("[")) lexer_.fail("in is followed by [");
    do node.values.push_back(value());
    while (lexer_.take(","));
    if (!lexer_.take("]")) lexer_.fail("a ] is missing");
    return node;
  }

  Node number(Node node, Compare compare) {
    if (node.function == Function::scheme) lexer_.fail("a scheme is no number");
    const Token token = lexer_.next();
    if (token.kind != Kind::integer) lexer_.fail("a number is missing");
    node.test = Test::number;
    node.compare = compare;
    std::from_chars(token.text.data(), token.text.data() + token.text.size(), node.number);
    return node;
  }

  Node matches(Node node) {
    if (lexer_.token().kind != Kind::text) lexer_.fail("matches is followed by a pattern in quotes");
    auto pattern = Pattern::parse(lexer_.token().text);
    if (!pattern) lexer_.fail("the pattern " + pattern.error());
    lexer_.next();
    node.test = Test::matches;
    node.pattern = std::move(*pattern);
    return node;
  }

  Node expanded(const std::string& word) {
    const auto text = named_ ? named_(word) : std::string();
    if (text.empty()) lexer_.fail(word + " is followed by no test, and no condition has this name");
    if (depth_ + 2 > kDeepest) lexer_.fail("named conditions name each other");
    return ConditionParser(text, named_, depth_ + 1).parse();
  }

  static Node with_value(Node node, Test test, std::string value) {
    node.test = test;
    node.values = {std::move(value)};
    return node;
  }

  std::string name() {
    const Token token = lexer_.next();
    if (token.kind != Kind::word) lexer_.fail("a name is missing");
    return token.text;
  }

  std::string value() {
    const Token token = lexer_.next();
    if (token.kind == Kind::mark || token.kind == Kind::end) lexer_.fail("a value is missing");
    if (token.text.empty()) lexer_.fail("an empty value is never set; use not set NAME");
    return token.text;
  }

  std::string item() {
    auto text = value();
    if (text.find(',') != text.npos || text.front() == ' ' || text.back() == ' ')
      lexer_.fail("an item of a list has no comma and no blank around it");
    return text;
  }

  Lexer lexer_;
  const Condition::Named& named_;
  int depth_;
};

Condition::Condition() : root_(std::make_shared<const Node>()) {}

std::expected<Condition, std::string> Condition::parse(std::string_view text, const Named& named) {
  if (text.size() > kLongest) return std::unexpected("is longer than 2,000 characters");
  try {
    Condition condition;
    condition.root_ = std::make_shared<const Node>(ConditionParser(text, named, 0).parse());
    return condition;
  } catch (const Problem& problem) {
    return std::unexpected(problem.text);
  }
}

}  // namespace starter::contracts
