// A client can pace itself: every reply of a route that has a limit says how much of it is left.
#include <gtest/gtest.h>

#include "support/api.h"

namespace starter::test {
namespace {

int number(const Response& reply, const std::string& name) {
  const auto found = reply.headers.find(name);
  if (found != reply.headers.end()) return std::stoi(found->second);
  ADD_FAILURE() << name << " is missing from " << reply.status << " " << reply.body;
  return -1;
}

// A thread takes three of these sixty at a time and spends two of them without asking Redis.
TEST(RouteLimits, EveryReplySaysWhatIsLeftAndSoDoesTheRefusal) {
  Api api(1, {{"RATE_LIMIT_FACTOR", "1"}, {"WORKERS", "1"}});
  int left = 60;
  for (int i = 0; i < 600; ++i) {  // one comes back each second
    const auto reply = api.client().post("/api/v1/auth/verify", R"({"token":"0123456789abcdef"})");
    EXPECT_EQ(number(reply, "ratelimit-limit"), 60);
    EXPECT_LE(number(reply, "ratelimit-reset"), 60);
    const int remaining = number(reply, "ratelimit-remaining");
    if (reply.status == 429) {
      EXPECT_GE(i, 60);
      EXPECT_EQ(reply.code(), "rate.limited");
      EXPECT_EQ(remaining, 0);
      EXPECT_GE(number(reply, "ratelimit-reset"), 1);
      EXPECT_GE(number(reply, "retry-after"), 1);
      return;
    }
    ASSERT_EQ(reply.status, 400) << reply.body;
    EXPECT_LT(remaining, 60);
    if (i < 3) EXPECT_EQ(remaining, 59 - i);  // of one handful, whatever the clock does
    left = remaining;
  }
  ADD_FAILURE() << "never refused; " << left << " left";
}

}  // namespace
}  // namespace starter::test
