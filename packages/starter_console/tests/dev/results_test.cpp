#include "dev/results.h"

#include <gmock/gmock.h>

namespace starter::console::dev {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Results, GtestReportsAreCountedTestByTest) {
  const auto results = parse_gtest(R"({"testsuites":[{"testsuite":[
    {"classname":"A","name":"Good","status":"RUN","result":"COMPLETED"},
    {"classname":"A","name":"Off","status":"NOTRUN","result":"SUPPRESSED"},
    {"classname":"A","name":"Skip","status":"RUN","result":"SKIPPED","skipped":[{"message":"no disk"}]},
    {"classname":"A","name":"Bad","status":"RUN","result":"COMPLETED","failures":[{"failure":"x.cpp:1\nexpected 1"}]}]}]})");
  EXPECT_EQ(results.passed, 1);
  ASSERT_EQ(results.failed.size(), 1u);
  EXPECT_EQ(results.failed[0].name, "A.Bad");
  EXPECT_THAT(results.failed[0].text, HasSubstr("expected 1"));
  ASSERT_EQ(results.skipped.size(), 1u);
  EXPECT_EQ(results.skipped[0].text, "no disk");
}

TEST(Results, AProgramThatDiedBlamesTheTestThatRan) {
  const auto results = parse_gtest_output(
      "[ RUN      ] A.One\n[       OK ] A.One (0 ms)\n[ RUN      ] A.Two\nSegmentation fault\n");
  EXPECT_EQ(results.passed, 1);
  ASSERT_EQ(results.failed.size(), 1u);
  EXPECT_EQ(results.failed[0].name, "A.Two");
  EXPECT_THAT(results.failed[0].text, HasSubstr("Segmentation fault"));
}

TEST(Results, NoReportIsAFailureAndNeverAPass) {
  EXPECT_EQ(parse_gtest("").failed.size(), 1u);
  EXPECT_EQ(parse_gtest("[1]").failed.size(), 1u);
  EXPECT_EQ(parse_vitest("{}").failed.size(), 1u);
}

TEST(Results, VitestFilesThatDoNotLoadCountAsFailed) {
  const auto results = parse_vitest(R"({"testResults":[
    {"name":"a.test.ts","status":"failed","message":"SyntaxError","assertionResults":[]},
    {"name":"b.test.ts","status":"passed","assertionResults":[
      {"fullName":"adds","status":"passed"},{"fullName":"later","status":"todo"},
      {"fullName":"breaks","status":"failed","failureMessages":["1 is not 2"]}]}]})");
  EXPECT_EQ(results.passed, 1);
  EXPECT_EQ(results.failed.size(), 2u);
  EXPECT_EQ(results.skipped.size(), 1u);
}

TEST(Results, TapKeepsTheDetailsOfFailuresAndTheReasonsOfSkips) {
  const auto results = parse_tap(
      "TAP version 13\nok 1 - good\nnot ok 2 - bad\n  ---\n  error: boom\n  ...\n# said by it\n"
      "ok 3 - away # SKIP no browser\n1..3\n");
  EXPECT_EQ(results.passed, 1);
  ASSERT_EQ(results.failed.size(), 1u);
  EXPECT_EQ(results.failed[0].name, "bad");
  EXPECT_THAT(results.failed[0].text, AllOf(HasSubstr("boom"), HasSubstr("said by it")));
  ASSERT_EQ(results.skipped.size(), 1u);
  EXPECT_EQ(results.skipped[0].name, "away");
  EXPECT_EQ(results.skipped[0].text, "no browser");
}

TEST(Results, TapTestsInsideOfOthersAreCountedAndNamedOneByOne) {
  const auto results = parse_tap(R"(TAP version 13
# Subtest: port
    # Subtest: opens
    ok 1 - opens
      ---
      type: 'test'
      ...
    # Subtest: closes
    not ok 2 - closes
      ---
      error: 'boom'
      ...
    # Subtest: speaks
    ok 3 - speaks # SKIP no ear
    # Subtest: inner
        # Subtest: deep
        ok 1 - deep
        1..1
    ok 4 - inner
      ---
      type: 'suite'
      ...
    1..4
not ok 1 - port
  ---
  error: '1 subtest failed'
  ...
# Subtest: flat
ok 2 - flat
1..2
# tests 5
)");
  EXPECT_EQ(results.passed, 3);
  ASSERT_EQ(results.failed.size(), 1u);
  EXPECT_EQ(results.failed[0].name, "port > closes");
  EXPECT_THAT(results.failed[0].text, AllOf(HasSubstr("boom"), Not(HasSubstr("subtest"))));
  ASSERT_EQ(results.skipped.size(), 1u);
  EXPECT_EQ(results.skipped[0].name, "port > speaks");
}

TEST(Results, ATapGroupThatFailsWhileItsTestsPassIsAFailureOfItsOwn) {
  const auto results = parse_tap(
      "# Subtest: port\n    # Subtest: opens\n    ok 1 - opens\n    1..1\nnot ok 1 - port\n  ---\n"
      "  error: 'after hook'\n  ...\n");
  EXPECT_EQ(results.passed, 1);
  ASSERT_EQ(results.failed.size(), 1u);
  EXPECT_EQ(results.failed[0].name, "port");
  EXPECT_THAT(results.failed[0].text, HasSubstr("after hook"));
}

TEST(Results, ATapFileWithoutATestOfThatNameCountsAsNone) {
  const auto results = parse_tap(
      "TAP version 13\n# Subtest: port\n    # Subtest: opens\n    ok 1 - opens\n    1..1\nok 1 - port\n"
      "1..0\n# Subtest: other.test.mjs\nok 2 - other.test.mjs\n1..2\n");
  EXPECT_EQ(results.passed, 1);
  EXPECT_EQ(results.total(), 1);
  EXPECT_EQ(parse_tap("TAP version 13\n1..0\n").total(), 0);
}

}  // namespace starter::console::dev
