// What probes are told: each check by name, Redis that is away, and that the process is about to end.
#include <gtest/gtest.h>
#include <signal.h>

#include "support/api.h"

namespace starter::test {
namespace {

using Checks = std::map<std::string, std::string>;

class HealthTest : public testing::Test {
 protected:
  /// Name and state of each check; fails when a check says anything but that and its milliseconds.
  static Checks checks_of(const Response& reply) {
    Checks out;
    const auto document = reply.json().as_object();
    EXPECT_EQ(document.size(), 2U) << reply.body;
    for (const auto& check : document.at("checks").as_array()) {
      EXPECT_EQ(check.as_object().size(), 3U) << reply.body;
      EXPECT_GE(check.at("milliseconds").as_int64(), 0) << reply.body;
      out[std::string(check.at("name").as_string())] = std::string(check.at("status").as_string());
    }
    return out;
  }
  Response ready() const { return api.client().get("/health/ready"); }
  /// Whether the API's own command for container health checks says that it is well.
  int healthcheck(int port) {
    auto environment = api.environment();
    environment["PORT"] = std::to_string(port);
    return run({.arguments = {api_binary(), "healthcheck"}, .environment = environment});
  }

  RedisServer redis;
  Api api{1, {{"REDIS_URL", redis.url()}}};
  const Checks all_well{
      {"keyset", "ok"}, {"postgres", "ok"}, {"redis", "ok"}, {"revocations", "ok"}, {"schema", "ok"}};
};

TEST_F(HealthTest, RedisThatIsAwayIsToldAndGatesNothing) {
  wait_until("both threads have Redis", [&] { return checks_of(ready()) == all_well; });
  EXPECT_EQ(ready().text("status"), "ready");
  redis.crash();
  auto without = all_well;
  without["redis"] = "degraded";
  wait_until("it is missed", [&] { return checks_of(ready()) == without; });
  const auto reply = ready();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("status"), "ready");
  redis.start();
  wait_until("it is back", [&] { return checks_of(ready()) == all_well; });
}

TEST_F(HealthTest, AProcessThatIsAboutToEndSaysSoWhileItServes) {
  api.process().signal(SIGTERM);
  Response last;
  wait_until("load balancers are told", [&] {
    EXPECT_EQ(api.client().get("/openapi.json").status, 200) << "a request holds the end up";
    last = ready();
    return last.status == 503;
  });
  EXPECT_EQ(last.text("status"), "draining");
  EXPECT_EQ(checks_of(last), all_well);
  EXPECT_EQ(api.client().get("/health").text("status"), "alive");
  EXPECT_EQ(api.process().wait(), 0);
}

TEST_F(HealthTest, TheCommandForContainersSaysWhetherTheApiAnswers) {
  EXPECT_EQ(healthcheck(api.port()), 0);
  EXPECT_EQ(healthcheck(free_port()), 1);
  api.process().signal(SIGSTOP);
  EXPECT_EQ(healthcheck(api.port()), 1) << "it listens and says nothing";
  api.process().signal(SIGCONT);
  EXPECT_EQ(healthcheck(api.port()), 0);
}

}  // namespace
}  // namespace starter::test
