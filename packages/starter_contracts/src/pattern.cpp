#include "starter/contracts/pattern.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace starter::contracts {

namespace {

// What a repeat may multiply to. RE2 refuses more than 1,000 repeats of one thing.
constexpr size_t kMostSteps = 20'000;
constexpr int kMostRepeats = 1'000, kDeepest = 50;
constexpr std::string_view kSpecial = R"(\[](){}|*+?.^$)";

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

bool is_special(char c) {
  return kSpecial.find(c) != kSpecial.npos;
}

}  // namespace

/// Text to tree to automaton.
class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  std::expected<Pattern, std::string> parse() {
    out_.text_ = text_;
    const Node all = alternatives();
    if (problem_.empty() && at_ < text_.size()) fail("has a ) without its (");
    if (problem_.empty()) out_.start_ = build(all, step({.kind = Pattern::Step::Kind::end}));
    if (!problem_.empty()) return std::unexpected(problem_);
    return std::move(out_);
  }

 private:
  using Step = Pattern::Step;

  struct Node {
    enum class Kind : uint8_t { one_of, sequence, either } kind = Kind::sequence;
    std::bitset<128> set{};
    std::vector<Node> parts{};
    int least = 1, most = 1;  // most < 0: any number
  };

  void fail(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
    at_ = text_.size();
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Node alternatives() {
    Node either{.kind = Node::Kind::either};
    do either.parts.push_back(sequence());
    while (take('|'));
    return either.parts.size() == 1 ? std::move(either.parts.front()) : either;
  }

  Node sequence() {
    Node all;
    while (at_ < text_.size() && here() != '|' && here() != ')') all.parts.push_back(repeated());
    if (all.parts.empty()) fail("has an empty part");
    return all;
  }

  Node repeated() {
    Node part = atom();
    if (take('*')) {
      part.least = 0, part.most = -1;
    } else if (take('+')) {
      part.most = -1;
    } else if (take('?')) {
      part.least = 0;
    } else if (take('{')) {
      braces(part);
    } else {
      return part;
    }
    if (here() != '\0' && std::string_view("*+?{").find(here()) != std::string_view::npos)
      fail("repeats a repeat");
    return part;
  }

  void braces(Node& part) {
    const auto first = number();
    if (!first) return fail("has a { without {n}, {n,} or {n,m}");
    part.least = part.most = *first;
    if (take(',')) part.most = number().value_or(-1);
    if (!take('}')) return fail("has a { without {n}, {n,} or {n,m}");
    if (part.least > kMostRepeats || part.most > kMostRepeats) fail("repeats more than 1,000 times");
    if (part.most >= 0 && part.most < part.least) fail("repeats at most fewer times than at least");
    if (part.most == 0) fail("repeats 0 times");
  }

  std::optional<int> number() {
    int value = 0;
    const size_t start = at_;
    while (here() >= '0' && here() <= '9' && at_ - start < 5) value = value * 10 + (text_[at_++] - '0');
    return at_ == start ? std::nullopt : std::optional(value);
  }

  Node atom() {
    if (take('(')) return group();
    if (take('[')) return character_class();
    Node one{.kind = Node::Kind::one_of};
    const char c = here();
    if (c == '.' || c == '^' || c == '$') {
      fail(std::string("has a ") + c + ", which engines read differently; name the characters");
    } else if (c != '\\' && is_special(c)) {
      fail(std::string("has a ") + c + " out of place; write \\" + c);
    } else if (const auto literal = character()) {
      one.set.set(static_cast<size_t>(*literal));
    }
    return one;
  }

  Node group() {
    if (++depth_ > kDeepest) fail("is nested too deeply");
    if (here() == '?') fail("has a (? group");
    // A sequence of one, so that a repeat behind the group is not taken for one inside.
    Node all{.parts = {alternatives()}};
    if (!take(')')) fail("has a ( without its )");
    --depth_;
    return all;
  }

  Node character_class() {
    Node one{.kind = Node::Kind::one_of};
    if (here() == '^') fail("has a negated class; name what is allowed");
    while (at_ < text_.size() && here() != ']') {
      const auto low = class_member();
      auto high = low;
      // A dash between two characters is a range; at either end it is itself.
      if (low && here() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
        ++at_;
        high = class_member();
      }
      if (!low || !high) return one;
      if (*high < *low) fail("has a range that goes backwards");
      for (auto c = static_cast<size_t>(*low); c <= static_cast<size_t>(*high); ++c) one.set.set(c);
    }
    if (!take(']')) fail("has a [ without its ]");
    if (one.set.none()) fail("has an empty class");
    return one;
  }

  std::optional<char> class_member() {
    if (here() != '[') return character();
    fail("has a [ inside a class; write \\[");
    return std::nullopt;
  }

  /// One character, or a backslash and a special one.
  std::optional<char> character() {
    char c = here();
    if (c == '\\') {
      ++at_;
      c = here();
      if (!is_special(c) && c != '-') {
        fail("has a backslash before something that isn't special; engines read that differently");
        return std::nullopt;
      }
    } else if (!is_printable(c)) {
      fail("has a character that isn't printable ASCII");
      return std::nullopt;
    }
    ++at_;
    return c;
  }

  uint32_t step(Step step) {
    if (out_.steps_.size() >= kMostSteps) fail("is too long when its repeats are written out");
    if (problem_.empty()) out_.steps_.push_back(step);
    return static_cast<uint32_t>(out_.steps_.size() - 1);
  }

  uint32_t fork(uint32_t one, uint32_t other) {
    return step({.kind = Step::Kind::fork, .next = one, .other = other});
  }

  /// The steps of `node` with its repeats, which go on at `next`. Built from the end, so that every part is
  /// told where to go when it has matched.
  uint32_t build(const Node& node, uint32_t next) {
    if (node.most < 0) {
      const uint32_t loop = fork(0, next);
      const uint32_t body = once(node, loop);
      out_.steps_[loop].next = body;
      next = loop;
    }
    const uint32_t exit = next;
    for (int i = node.least; i < node.most && problem_.empty(); ++i) next = fork(once(node, next), exit);
    for (int i = 0; i < node.least && problem_.empty(); ++i) next = once(node, next);
    return next;
  }

  uint32_t once(const Node& node, uint32_t next) {
    if (!problem_.empty()) return 0;
    if (node.kind == Node::Kind::one_of)
      return step({.kind = Step::Kind::read, .set = node.set, .next = next});
    if (node.kind == Node::Kind::sequence) {
      for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part) next = build(*part, next);
      return next;
    }
    uint32_t first = build(node.parts.front(), next);
    for (size_t i = 1; i < node.parts.size(); ++i) first = fork(first, build(node.parts[i], next));
    return first;
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::string problem_;
  Pattern out_;
};

std::expected<Pattern, std::string> Pattern::parse(std::string_view text) {
  if (text.size() > 1'000) return std::unexpected("is longer than 1,000 characters");
  return PatternParser(text).parse();
}

void Pattern::add(uint32_t step, std::vector<uint32_t>& active, std::vector<bool>& seen) const {
  std::vector<uint32_t> open{step};
  while (!open.empty()) {
    const uint32_t one = open.back();
    open.pop_back();
    if (seen[one]) continue;
    seen[one] = true;
    if (steps_[one].kind != Step::Kind::fork) {
      active.push_back(one);
      continue;
    }
    open.push_back(steps_[one].other);
    open.push_back(steps_[one].next);
  }
}

bool Pattern::matches(std::string_view text) const {
  std::vector<uint32_t> active, following;
  std::vector<bool> seen(steps_.size());
  add(start_, active, seen);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 128 || active.empty()) return false;
    following.clear();
    std::fill(seen.begin(), seen.end(), false);
    for (const uint32_t one : active) {
      if (steps_[one].kind == Step::Kind::read && steps_[one].set.test(byte))
        add(steps_[one].next, following, seen);
    }
    active.swap(following);
  }
  return std::ranges::any_of(active, [&](uint32_t one) { return steps_[one].kind == Step::Kind::end; });
}

}  // namespace starter::contracts
