// Redis dies, forgets, becomes slow or falls silent: people get in and go on, limits hold, and the metrics
// say so.
#include <gtest/gtest.h>

#include <cmath>

#include "faults/metrics.h"
#include "support/api.h"
#include "support/latency.h"
#include "support/proxy.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;

constexpr int kGuesses = 10;  // account_attempts of AuthOptions

class RedisFaults : public testing::TestWithParam<std::string> {
 protected:
  void begin_fault() {
    if (GetParam() == "Killed") redis_.crash();
    if (GetParam() == "Slow") proxy_.delay(2s);
    if (GetParam() == "HalfOpen") proxy_.hold(true);
  }
  void end_fault() {
    if (GetParam() == "Killed") redis_.start();
    proxy_.delay(0s);
    proxy_.hold(false);
  }
  void flush() {
    ASSERT_EQ(run({.arguments = {"redis-cli", "-p", std::to_string(redis_.port()), "FLUSHALL"}}), 0);
  }
  bool healthy() const {
    return metric(api_.inside(), "starter_redis_connected") == 2 &&
           metric(api_.inside(), "starter_redis_breaker_open") == 0;
  }
  /// Requests of addresses that were never seen, so that both threads have to ask Redis.
  void ask() {
    for (int i = 0; i < 4; ++i) {
      ++asked_;
      const auto address = "127.1." + std::to_string(asked_ / 250) + "." + std::to_string(1 + asked_ % 250);
      EXPECT_EQ(api_.client().from(address).get("/.well-known/jwks.json").status, 200);
    }
  }

  /// One person's day: signs in, asks, refreshes.
  void expect_service(Person person) {
    api_.sign_in(person);  // throws unless it is 200
    const auto me = api_.client().with_token(person.access_token).get("/api/v1/users/me");
    EXPECT_EQ(me.status, 200) << me.body;
    const auto refreshed =
        api_.client().post("/api/v1/auth/refresh", R"({"refresh_token":")" + person.refresh_token + "\"}");
    EXPECT_EQ(refreshed.status, 200) << refreshed.body;
  }
  /// A session of before the fault: its token and its refresh token are good.
  void expect_session(const Person& person) {
    EXPECT_EQ(api_.client().with_token(person.access_token).get("/api/v1/users/me").status, 200);
    EXPECT_EQ(api_.client()
                  .post("/api/v1/auth/refresh", R"({"refresh_token":")" + person.refresh_token + "\"}")
                  .status,
              200);
  }
  /// Guesses at one account's password, from many addresses, until one is refused; how many were let through.
  int guesses_let_through(const Person& person) {
    for (int i = 0; i < 10 * kGuesses; ++i) {
      const auto reply = api_.client()
                             .from("127.0.0." + std::to_string(2 + i))
                             .post("/api/v1/auth/sign-in", R"({"email":")" + person.email +
                                                               R"(","password":"wrong battery staple"})");
      if (reply.status == 429) return i;
      EXPECT_EQ(reply.status, 401) << reply.body;
    }
    return 10 * kGuesses;
  }

  int asked_ = 0;
  RedisServer redis_;
  Proxy proxy_{redis_.port()};
  Api api_{1, {{"REDIS_URL", "redis://127.0.0.1:" + std::to_string(proxy_.port()) + "/0"}}};
};

// 000-07: limits are counted in Redis, and nothing else waits for it.
TEST_P(RedisFaults, P2PeopleGoOnLimitsHoldAndTheMetricsSaySo) {
  const int rounds = trials(5, 50);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    wait_until("Redis is in use", [&] { return healthy(); });
    const Person before = api_.add_person("before"), guessed = api_.add_person("guessed");
    const auto refused = metric(api_.inside(), "starter_throttle_fallbacks_total");
    begin_fault();
    if (GetParam() == "Flushed") {
      flush();
      expect_service(api_.add_person("during"));
      expect_session(before);
      EXPECT_LE(guesses_let_through(guessed), std::ceil(kGuesses * 1.1));
      EXPECT_EQ(metric(api_.inside(), "starter_throttle_fallbacks_total"), refused) << "nothing was wrong";
      continue;
    }
    expect_service(api_.add_person("during"));  // before anything was noticed
    wait_until("the metrics tell of it", [&] { return ask(), !healthy(); }, 10s);
    expect_service(api_.add_person("during"));
    expect_session(before);
    EXPECT_LE(guesses_let_through(guessed), std::ceil(kGuesses * 1.1));
    EXPECT_GT(metric(api_.inside(), "starter_throttle_fallbacks_total"), refused);
    EXPECT_EQ(api_.client().get("/health/ready").status, 200) << "Redis gates nothing";
    end_fault();
    wait_until("Redis is in use again", [&] { return ask(), healthy(); }, 30s);
    expect_service(api_.add_person("after"));
  }
}

class SlowRedis : public RedisFaults {};

TEST_P(SlowRedis, P2RequestsAreHardlySlower) {
  const auto person = api_.add_person("steady");
  const auto client = api_.client().with_token(person.access_token);
  const auto p99 = [&] {
    return p99_of(trials(200, 5000), [&] { ASSERT_EQ(client.get("/api/v1/users/me").status, 200); });
  };
  wait_until("Redis is in use", [&] { return ask(), healthy(); });
  const double idle = p99();
  begin_fault();
  expect_at_most_twice("requests while Redis is slow", idle, p99());
}

INSTANTIATE_TEST_SUITE_P(By, SlowRedis, testing::Values("Slow"), [](const auto& info) { return info.param; });

INSTANTIATE_TEST_SUITE_P(By, RedisFaults, testing::Values("Killed", "Flushed", "Slow", "HalfOpen"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace starter::test
