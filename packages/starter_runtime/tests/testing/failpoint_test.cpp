#include "starter/testing/failpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/run_task.h"

namespace starter::failpoints {
namespace {

using ::testing::HasSubstr;
using testing_support::run_task;

Task<Result<int>> work() {
  FAILPOINT("test.before");
  co_return 7;
}

class Failpoint : public ::testing::Test {
 protected:
  ~Failpoint() override { disarm_all(); }
  asio::io_context loop{1};
};

TEST_F(Failpoint, DoesNothingUntilItIsArmed) {
  EXPECT_FALSE(any_armed());
  EXPECT_EQ(run_task(loop, work()), 7);
  ASSERT_EQ(arm("another", "error"), nullptr);
  EXPECT_EQ(run_task(loop, work()), 7);
}

TEST_F(Failpoint, FailsAsOftenAsItWasTold) {
  ASSERT_EQ(arm("test.before", "error*2"), nullptr);
  for (int i = 0; i < 2; ++i) {
    const auto result = run_task(loop, work());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(problems::failpoint));
  }
  EXPECT_EQ(run_task(loop, work()), 7);
  EXPECT_EQ(hits("test.before"), 3U);
  disarm("test.before");
  EXPECT_FALSE(any_armed());
}

TEST_F(Failpoint, HoldsWorkUntilItIsDisarmed) {
  ASSERT_EQ(arm("test.before", "pause"), nullptr);
  std::optional<Result<int>> result;
  const auto run = [](std::optional<Result<int>>& result) -> Task<> { result = co_await work(); };
  spawn(loop.get_executor(), "work", run(result));
  while (hits("test.before") == 0) loop.run_one();
  loop.poll();
  EXPECT_FALSE(result);
  disarm("test.before");
  while (!result) loop.run_one();
  EXPECT_EQ(*result, 7);
}

TEST_F(Failpoint, KillsTheProcessLikeKillDashNine) {
  ASSERT_EQ(arm("test.before", "abort"), nullptr);
  EXPECT_EXIT(
      {
        asio::io_context own{1};
        (void)run_task(own, work());
      },
      ::testing::KilledBySignal(SIGKILL), "");
}

TEST_F(Failpoint, IsArmedFromOneVariableAndNeverWhenHosted) {
  EXPECT_EQ(arm_from("", true), "");
  EXPECT_THAT(arm_from("test.before=error", true), HasSubstr("hosted"));
  EXPECT_FALSE(any_armed());
  EXPECT_EQ(arm_from("test.before=error*1;x=sleep(1ms)", false), "");
  EXPECT_FALSE(run_task(loop, work()));
  for (const char* wrong : {"x", "x=", "x=explode", "x=sleep(1s)", "x=sleep(-1ms)", "x=sleep(99999999ms)",
                            "x=error*0", "x=error*a", "=error"}) {
    EXPECT_NE(arm_from(wrong, false), "") << wrong;
  }
}

}  // namespace
}  // namespace starter::failpoints
