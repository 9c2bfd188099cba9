// The bars of the benchmarks: each has some, and one that is missed is said and ends with status 1.
#include <gmock/gmock.h>

#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

Finished judge(std::vector<std::string> words) {
  words.insert(words.begin(), {"bash", fs::path(STARTER_SOURCE_ROOT) / "tools/bench/judge"});
  const auto ran = run_process({.argv = words}, std::chrono::seconds(10));
  return ran ? *ran : Finished{.status = -1, .output = {}};
}

TEST(Bench, F10AMissedBarIsSaidAndEndsWithOne) {
  const auto good = judge({"console-start", "3.1", "2.8", "70.0"});
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.output,
            "start 3.1 ms (bar <= 10), help 2.8 ms (bar <= 20), doctor 70.0 ms (bar <= 2000): reached\n");
  const auto slow = judge({"console-start", "3.1", "20.1", "2000.1"});
  EXPECT_EQ(slow.status, 1);
  EXPECT_THAT(slow.output, HasSubstr(": MISSED help, doctor\n"));
  EXPECT_EQ(judge({"health", "1.29"}).status, 1);
  EXPECT_EQ(judge({"health", "1.30"}).status, 0);
  EXPECT_EQ(judge({"health"}).status, 2) << "a figure is missing";
}

TEST(Bench, EveryBenchmarkHasItsBarsAndIsJudgedByThem) {
  const auto bars = *read_file(fs::path(STARTER_SOURCE_ROOT) / "tools/bench/bars");
  int scripts = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(STARTER_SOURCE_ROOT) / "tools/bench")) {
    if (entry.path().extension() != ".sh") continue;
    ++scripts;
    const auto name = entry.path().stem().string();
    EXPECT_THAT(bars, HasSubstr("\n" + name + " "));
    const auto text = *read_file(entry.path());
    EXPECT_TRUE(text.find("tools/bench/judge " + name) != text.npos ||
                text.find("tools/bench/service " + name) != text.npos)
        << name;
  }
  EXPECT_GE(scripts, 9);
}

}  // namespace starter::console::testing
