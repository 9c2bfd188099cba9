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

// A clone whose console ends as it is told to, and whose stack is the word of a file.
class ConsoleBenchmark : public ::testing::Test {
 protected:
  ConsoleBenchmark() {
    for (const auto* name : {"console-start.sh", "judge", "bars"}) {
      const auto script = fs::path("tools/bench") / name;
      clone_.put(script, *read_file(fs::path(STARTER_SOURCE_ROOT) / script), 0755);
    }
    clone_.put("bin/cmake", "#!/bin/sh\n", 0755);
    clone_.put("build/release/build.ninja", "");
    clone_.put("dev",
               "#!/bin/sh\necho $1 >>calls\ncase $1 in status) [ -e running ] ;; up) touch running ;; down) "
               "rm running ;; "
               "esac\n",
               0755);
    console("exit 0");
  }
  void console(const std::string& doctor) const {
    clone_.put("build/release/packages/starter_console/starter-console",
               "#!/bin/sh\n[ $1 = doctor ] || exit 0\n[ -e running ] || exit 9\n" + doctor + "\n", 0755);
  }
  Finished measure() const {
    const auto ran =
        run_process({.argv = {"bash", "tools/bench/console-start.sh"},
                     .environment = {{"PATH", (clone_ / "bin").string() + ":" + std::getenv("PATH")}},
                     .folder = clone_.path()},
                    std::chrono::seconds(60));
    return ran ? *ran : Finished{.status = -1, .output = {}};
  }
  TemporaryFolder clone_;
};

TEST_F(ConsoleBenchmark, F10DoctorIsMeasuredOnARunningStackThatIsStoppedAgain) {
  for (const auto* documented : {"exit 0", "exit 3"}) {
    console(documented);
    const auto ran = measure();
    EXPECT_THAT(ran.output, HasSubstr("doctor ")) << "whether the bars are reached is this machine's affair";
    EXPECT_THAT(ran.output, HasSubstr(" ms (bar <= 2000)"));
    EXPECT_FALSE(fs::exists(clone_ / "running"));
  }
  EXPECT_EQ(*read_file(clone_ / "calls"), "status\nup\ndown\nstatus\nup\ndown\n");
  clone_.put("running", "");
  measure();
  EXPECT_TRUE(fs::exists(clone_ / "running")) << "it ran before";
}

TEST_F(ConsoleBenchmark, F10ADoctorThatCrashesHasNoFigure) {
  console("kill -SEGV $$");
  const auto crashed = measure();
  EXPECT_EQ(crashed.status, 1);
  EXPECT_THAT(crashed.output, HasSubstr("doctor ended with status 139\n"));
  EXPECT_EQ(crashed.output.find("(bar"), std::string::npos) << crashed.output;
  console("exit 2");
  EXPECT_THAT(measure().output, HasSubstr("doctor ended with status 2\n"));
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
