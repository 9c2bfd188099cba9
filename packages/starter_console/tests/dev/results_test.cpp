#include "dev/results.h"

#include <gmock/gmock.h>

namespace starter::console::dev {

using ::testing::HasSubstr;

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

TEST(Results, TapCountsTheLeftMarginAndKeepsTheDetailsOfFailures) {
  const auto results = parse_tap(
      "TAP version 13\nok 1 - good\n    ok 1 - inner\nnot ok 2 - bad\n  ---\n  error: boom\n  ...\nok 3 - "
      "away # SKIP no browser\n1..3\n");
  EXPECT_EQ(results.passed, 1);
  ASSERT_EQ(results.failed.size(), 1u);
  EXPECT_THAT(results.failed[0].text, HasSubstr("boom"));
  ASSERT_EQ(results.skipped.size(), 1u);
  EXPECT_EQ(results.skipped[0].text, "no browser");
}

}  // namespace starter::console::dev
