// A client can pace itself: every reply of a route that has a limit says how much of it is left, and a
// refusal when to come back, with Redis and without it.
#include <gtest/gtest.h>

#include <thread>

#include "starter/http/route.h"
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

class LimitedRoute : public testing::TestWithParam<bool> {
 protected:
  static constexpr int kLimit = static_cast<int>(http::Limit{}.per_minute);

  RedisServer redis;
  Api api{1, {{"REDIS_URL", redis.url()}, {"RATE_LIMIT_FACTOR", "1"}}};
};

TEST_P(LimitedRoute, A12WhoAsksTooOftenIsToldWhenToComeBackAndNobodyElseIs) {
  if (!GetParam()) {
    redis.crash();
    wait_until("Redis is missed", [&] {
      return api.client().get("/health/ready").body.find(R"("name":"redis","status":"degraded")") !=
             std::string::npos;
    });
  }
  const auto greedy = api.client().from("127.3.0.1");
  Response refused;
  int served = 0;
  for (; served < 2 * kLimit; ++served) {
    refused = greedy.get("/.well-known/jwks.json");
    if (refused.status != 200) break;
  }
  EXPECT_EQ(refused.status, 429) << served << " were served";
  EXPECT_EQ(refused.code(), "rate.limited");
  EXPECT_EQ(refused.headers["content-type"], "application/problem+json");
  EXPECT_GE(served, kLimit);
  EXPECT_EQ(api.client().from("127.3.0.2").get("/.well-known/jwks.json").status, 200);
  EXPECT_EQ(greedy.get("/health").status, 200) << "probes have no limit";
  const int patience = std::atoi(refused.headers["retry-after"].c_str());
  ASSERT_GE(patience, 1);
  ASSERT_LE(patience, 60);
  std::this_thread::sleep_for(std::chrono::seconds(patience));
  EXPECT_EQ(greedy.get("/.well-known/jwks.json").status, 200) << "it was told to come back now";
}

INSTANTIATE_TEST_SUITE_P(Redis, LimitedRoute, testing::Bool(),
                         [](const auto& info) { return info.param ? "There" : "Away"; });

}  // namespace
}  // namespace starter::test
