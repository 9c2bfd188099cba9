#include "starter/crypto/password_strength.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace starter::crypto {
namespace {

constexpr std::string_view kWordLines[] = {
#include "common_words.inc"
};

constexpr size_t kMaxLooked = 128, kShortestWord = 3, kLongestWord = 20;

/// Rank of each common word, 1 for the most frequent. Built on first use: 15,000 words.
const std::unordered_map<std::string_view, size_t>& ranks() {
  static const auto words = [] {
    std::unordered_map<std::string_view, size_t> ranks;
    ranks.reserve(16384);
    for (std::string_view line : kWordLines) {
      while (!line.empty()) {
        const size_t space = std::min(line.find(' '), line.size());
        ranks.emplace(line.substr(0, space), ranks.size() + 1);
        line.remove_prefix(std::min(space + 1, line.size()));
      }
    }
    return ranks;
  }();
  return words;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

/// What people write for a letter: p4ssw0rd, l3tm31n.
char without_leet(char c) {
  static constexpr std::string_view from = "@4310$5!7+", to = "aaeiossitt";
  const size_t i = from.find(c);
  return i == from.npos ? c : to[i];
}

/// Bits to guess one character that belongs to nothing.
double bits_of_character(char c) {
  return is_digit(c) ? 3.33 : is_lower(c) ? 4.7 : 5.5;
}

/// Neighbours on the rows of common keyboards, in either direction.
bool adjacent(char left, char right) {
  static constexpr std::string_view rows[] = {"`1234567890-=",
                                              "qwertyuiop[]",
                                              "asdfghjkl;'",
                                              "zxcvbnm,./",
                                              "qwertzuiop",
                                              "azertyuiop",
                                              "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
                                              "!@#$%^&*()_+"};
  for (const std::string_view row : rows) {
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      if ((row[i] == left && row[i + 1] == right) || (row[i] == right && row[i + 1] == left)) return true;
    }
  }
  return false;
}

/// The cheapest way to build the password out of parts: cost_[i] is the price of the first i characters.
class Segmentation {
 public:
  Segmentation(std::string_view password, std::span<const std::string_view> personal)
      : original_(password),
        text_(folded(password)) {
    for (const char c : text_) unleeted_ += without_leet(c);
    for (const std::string_view word : personal) add_personal(folded(word));
    cost_.fill(1e9);
    cost_[0] = 0;
    for (size_t at = 0; at < text_.size(); ++at) extend(at);
  }

  double bits() const { return cost_[text_.size()]; }

 private:
  /// An e-mail address or a full name counts as a whole and by its parts.
  void add_personal(std::string word) {
    for (size_t begin = 0; begin < word.size();) {
      const size_t end = std::min(word.find_first_of("@.-_+ ", begin), word.size());
      if (end - begin >= kShortestWord) personal_.push_back(word.substr(begin, end - begin));
      begin = end + 1;
    }
    if (word.size() >= kShortestWord) personal_.push_back(std::move(word));
  }

  void offer(size_t end, double cost) { cost_[end] = std::min(cost_[end], cost); }

  void extend(size_t at) {
    const double before = cost_[at];
    offer(at + 1, before + bits_of_character(original_[at]));
    extend_word(at, before);
    extend_run(at, before, [this](size_t i) { return text_[i] == text_[i - 1]; });
    extend_run(at, before, [this](size_t i) { return text_[i] == text_[i - 1] + 1; });
    extend_run(at, before, [this](size_t i) { return text_[i] == text_[i - 1] - 1; });
    extend_run(at, before, [this](size_t i) { return adjacent(text_[i - 1], text_[i]); });
    extend_year(at, before);
    extend_repeat(at, before);
  }

  void extend_word(size_t at, double before) {
    for (size_t length = kShortestWord; length <= std::min(kLongestWord, text_.size() - at); ++length) {
      for (const std::string* spelling : {&text_, &std::as_const(unleeted_)}) {
        const auto found = ranks().find(std::string_view(*spelling).substr(at, length));
        if (found == ranks().end()) continue;
        const double leet =
            spelling == &text_ || text_.compare(at, length, unleeted_, at, length) == 0 ? 0 : 1.5;
        offer(at + length, before + std::log2(static_cast<double>(found->second) + 1) + leet +
                               bits_of_capitals(at, length));
      }
    }
    for (const std::string& word : personal_) {
      if (std::string_view(text_).substr(at).starts_with(word))
        offer(at + word.size(), before + 2 + bits_of_capitals(at, word.size()));
    }
  }

  /// Nothing for none, one bit for the first or for all, more for others.
  double bits_of_capitals(size_t at, size_t length) const {
    size_t capitals = 0;
    for (size_t i = at; i < at + length; ++i) capitals += original_[i] != text_[i];
    if (capitals == 0) return 0;
    if (capitals == length || (capitals == 1 && original_[at] != text_[at])) return 1;
    return 1 + static_cast<double>(std::min(capitals, length - capitals));
  }

  /// Three characters or more that follow from one another: the first, and how many.
  template <class Follows>
  void extend_run(size_t at, double before, Follows follows) {
    for (size_t end = at + 1; end < text_.size() && follows(end);) {
      ++end;
      if (end - at >= 3) offer(end, before + 4 + std::log2(static_cast<double>(end - at)));
    }
  }

  void extend_year(size_t at, double before) {
    const std::string_view four = std::string_view(text_).substr(at, 4);
    if (four.size() == 4 && (four.starts_with("19") || four.starts_with("20")) && is_digit(four[2]) &&
        is_digit(four[3])) {
      offer(at + 4, before + 5);
    }
  }

  /// What stands before, once more: only the length has to be guessed.
  void extend_repeat(size_t at, double before) {
    for (size_t length = 2; length <= std::min(at, text_.size() - at); ++length) {
      if (text_.compare(at - length, length, text_, at, length) == 0) offer(at + length, before + 2);
    }
  }

  const std::string original_, text_;
  std::string unleeted_;
  std::vector<std::string> personal_;
  std::array<double, kMaxLooked + 1> cost_;
};

}  // namespace

double password_bits(std::string_view password, std::span<const std::string_view> personal) {
  return Segmentation(password.substr(0, kMaxLooked), personal).bits();
}

const char* password_weakness(std::string_view password, std::span<const std::string_view> personal) {
  if (password_bits(password, personal) >= kLeastPasswordBits) return nullptr;
  return "is easy to guess: it is made of common words, names, dates, repeats or keyboard patterns; add "
         "another unrelated word "
         "or two";
}

}  // namespace starter::crypto
