// Postgres dies in the middle of the writes of many clients, and comes back.
#include <gtest/gtest.h>

#include "faults/load.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr size_t kClients = 6;

class PostgresKilled : public testing::Test {
 protected:
  int ready() const { return api_.client().get("/health/ready").status; }
  /// Sessions of the pool that wait for work: all of them when nothing is wedged.
  bool pool_is_whole() const {
    return api_.sql(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'starter-api-transactions' "
               "AND datname = current_database()") == "8";
  }

  PostgresServer postgres_;
  Api api_{1, {}, postgres_};
  TenantOf tenant_ = api_.add_tenant("Killed");
  Client owner_ = api_.client().with_token(tenant_.owner.access_token);
};

TEST_F(PostgresKilled, P1EachPostIsAppliedOnceHoweverOftenPostgresDies) {
  Load load(owner_, tenant_.id, kClients);
  const int rounds = trials(20, 50);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    wait_until("every client has been answered", [&] { return load.steady(3); });
    postgres_.crash();
    const auto crashed = Clock::now();
    const auto pause = std::getenv("STARTER_SOAK") ? std::array{0s, 5s, 30s}[static_cast<size_t>(round) % 3]
                                                   : (round % 5 == 4 ? 1s : 0s);
    if (pause > 0s) {
      wait_until("the service says that it is not ready", [&] { return ready() == 503; }, 2s);
      wait_until(
          "the time without Postgres is over", [&] { return Clock::now() - crashed >= pause; }, pause + 1s);
    }
    postgres_.start();
    wait_until("nobody meets an error any more", [&] { return ready() == 200 && load.steady(10); }, 5s);
    const auto failures = load.failures();
    wait_until("the pool is whole", [&] { return pool_is_whole(); }, 5s);
    wait_until("every client goes on", [&] { return load.steady(20); });
    EXPECT_EQ(load.failures(), failures) << "errors after the recovery";
  }
  load.stop();
  load.settle();
  load.expect_each_applied_once(api_);
  std::printf("  %zu posts, %zu failed attempts over %d crashes, first: %s\n", load.answered(),
              load.failures(), rounds, load.first_failure().c_str());
}

}  // namespace
}  // namespace starter::test
