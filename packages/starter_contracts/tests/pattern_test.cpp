#include "starter/contracts/pattern.h"

#include <gtest/gtest.h>

#include <regex>

#include "tests/trials.h"

namespace starter::contracts::testing {

bool matches(const std::string& pattern, const std::string& text) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern << " " << (parsed ? "" : parsed.error());
  return parsed && parsed->matches(text);
}

TEST(Pattern, MeansTheWholeText) {
  EXPECT_TRUE(matches("abc", "abc"));
  EXPECT_FALSE(matches("abc", "abcd"));
  EXPECT_FALSE(matches("abc", "xabc"));
  EXPECT_FALSE(matches("abc", "abc\n"));
  EXPECT_FALSE(matches("abc", ""));
}

TEST(Pattern, ReadsClassesRepeatsAndGroups) {
  EXPECT_TRUE(matches("[a-z0-9_-]+", "a-b_9"));
  EXPECT_FALSE(matches("[a-z0-9_-]+", "a.b"));
  EXPECT_TRUE(matches("(ab|c){2,3}d?", "abcab"));
  EXPECT_FALSE(matches("(ab|c){2,3}d?", "abcabc"));
  EXPECT_TRUE(matches("a{2,}", "aaaaa"));
  EXPECT_FALSE(matches("a{2,}", "a"));
  EXPECT_TRUE(matches("(a*)*", "aaa"));
  EXPECT_TRUE(matches(R"(\[\.\])", "[.]"));
}

TEST(Pattern, TakesNoLongTimeOverAny) {
  EXPECT_FALSE(matches("((a*)*)*b", std::string(50'000, 'a')));
  EXPECT_FALSE(matches("(a|a)*(a|a)*c", std::string(50'000, 'a')));
}

TEST(Pattern, RefusesWhatEnginesReadDifferently) {
  const std::pair<const char*, const char*> refused[] = {
      {"a.b", "has a ."},
      {"^a", "has a ^"},
      {"a$", "has a $"},
      {"[^a]", "negated"},
      {"a+?", "repeats a repeat"},
      {"a**", "repeats a repeat"},
      {"a{2}{3}", "repeats a"},
      {"(?:a)", "(?"},
      {R"(\d)", "backslash"},
      {"a{1001}", "1,000"},
      {"(a{1000}){1000}", "too long"},
      {"()", "empty part"},
      {"a|", "empty part"},
      {"", "empty part"},
      {"(a", "without its )"},
      {"a)", "without its ("},
      {"[a", "without its ]"},
      {"[]", "empty class"},
      {"[z-a]", "backwards"},
      {"[[:alpha:]]", "inside a class"},
      {"a{3,2}", "fewer"},
      {"a{0}", "0 times"},
      {"caf\xc3\xa9", "printable"},
      {"a{x}", "{n}"},
      {"*a", "out of place"},
      {"a]", "out of place"},
      {"a\\", "backslash"},
  };
  for (const auto& [pattern, why] : refused) {
    const auto parsed = Pattern::parse(pattern);
    ASSERT_FALSE(parsed) << pattern;
    EXPECT_NE(parsed.error().find(why), std::string::npos) << pattern << ": " << parsed.error();
  }
}

std::string random_pattern(Random& random, int depth) {
  static const std::string atoms[] = {"a", "b", "[ab]", "[a-c]", "c", "-", R"(\.)", "[.-]"};
  static const std::string repeats[] = {"", "", "", "*", "+", "?", "{2}", "{1,2}", "{1,}"};
  std::string out;
  for (size_t parts = 1 + random.below(3); parts > 0; --parts) {
    const bool group = depth > 0 && random.chance(40);
    out += group ? "(" + random_pattern(random, depth - 1) +
                       (random.chance(50) ? "|" + random_pattern(random, depth - 1) : "") + ")"
                 : random.pick(atoms);
    out += random.pick(repeats);
  }
  return out;
}

TEST(Pattern, AgreesWithTheStandardLibraryOnRandomOnes) {
  Random random(1);
  int matched = 0;
  for (int i = 0; i < trials(400, 20'000); ++i) {
    const auto pattern = random_pattern(random, 2);
    const auto ours = Pattern::parse(pattern);
    ASSERT_TRUE(ours) << pattern << " " << ours.error();
    const std::regex theirs(pattern);
    for (int j = 0; j < 10; ++j) {
      std::string text;
      for (size_t length = random.below(7); length > 0; --length) text += random.pick(std::string("aabbc.-"));
      ASSERT_EQ(ours->matches(text), std::regex_match(text, theirs)) << pattern << " on " << text;
      matched += ours->matches(text);
    }
  }
  EXPECT_GT(matched, 20);
}

}  // namespace starter::contracts::testing
