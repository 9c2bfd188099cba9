// The limit of a route, with Redis and without it.
#include <gtest/gtest.h>

#include <thread>

#include "starter/http/route.h"
#include "support/api.h"

namespace starter::test {
namespace {

class RouteLimits : public testing::TestWithParam<bool> {
 protected:
  static constexpr int kLimit = static_cast<int>(http::Limit{}.per_minute);

  RedisServer redis;
  Api api{1, {{"REDIS_URL", redis.url()}, {"RATE_LIMIT_FACTOR", "1"}}};
};

TEST_P(RouteLimits, A12WhoAsksTooOftenIsToldWhenToComeBackAndNobodyElseIs) {
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

INSTANTIATE_TEST_SUITE_P(Redis, RouteLimits, testing::Bool(),
                         [](const auto& info) { return info.param ? "There" : "Away"; });

}  // namespace
}  // namespace starter::test
