// Habit 16: long work says how far it is, how long it took and when it will probably end.
#include "frame/progress.h"

#include <gmock/gmock.h>

#include "frame/terminal.h"
#include "starter/testing/held_clock.h"

namespace starter::console {
namespace {

using namespace std::chrono_literals;
using test::HeldClock;
using ::testing::HasSubstr;

TEST(Progress, EstimatesFromHowItWentSoFar) {
  HeldClock clock;
  Progress progress(clock);
  clock.advance(20s);
  auto estimate = progress.reached(250, 1000);
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->percent, 25);
  EXPECT_EQ(estimate->left, 60s);
  clock.advance(20s);
  estimate = progress.reached(999, 1000);
  ASSERT_TRUE(estimate);
  EXPECT_EQ(estimate->percent, 99);
  EXPECT_EQ(estimate->left, 0s);
}

TEST(Progress, SpeaksEachFiveSecondsAndNotAboutWhatNobodyKnows) {
  HeldClock clock;
  Progress progress(clock);
  clock.advance(4999ms);
  EXPECT_FALSE(progress.reached(1, 2)) << "short work is over before anybody asks";
  clock.advance(1ms);
  EXPECT_TRUE(progress.reached(1, 2));
  EXPECT_FALSE(progress.reached(1, 2));
  clock.advance(5s);
  EXPECT_FALSE(progress.reached(0, 2)) << "nothing is done: no rate";
  EXPECT_FALSE(progress.reached(1, 0)) << "no size";
  EXPECT_FALSE(progress.reached(3, 2)) << "more than was said, such as a log that grew meanwhile";
  EXPECT_TRUE(progress.reached(2, 2));
}

std::string said(Format format) {
  const Terminal terminal({.format = format});
  HeldClock clock;
  const auto reached = terminal.progress(2, 3, clock);
  format == Format::text ? ::testing::internal::CaptureStderr() : ::testing::internal::CaptureStdout();
  reached(1, 100);
  clock.advance(82s);
  reached(41, 100);
  return format == Format::text ? ::testing::internal::GetCapturedStderr()
                                : ::testing::internal::GetCapturedStdout();
}

TEST(Progress, IsALineOfTalkOrAnEventOfTheStream) {
  EXPECT_THAT(said(Format::text), ::testing::MatchesRegex("\\[2/3\\] [0-9]+ s 41 %, about 1 min left\n"));
  EXPECT_THAT(said(Format::stream_json), HasSubstr(R"("event":"progress","number":2,"of":3,"percent":41,)"
                                                   R"("left_seconds":118,"elapsed_seconds":)"));
}

}  // namespace
}  // namespace starter::console
