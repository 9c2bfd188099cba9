// More transactions than connections: who can't be served hears so soon, others go on.
#include <gtest/gtest.h>

#include "faults/metrics.h"
#include "support/api.h"
#include "support/latency.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;

constexpr size_t kPool = 4;  // DATABASE_POOL_SIZE; one thread, so it is the whole pool

class PoolExhausted : public testing::Test {
 protected:
  /// A project whose row a session of the test holds locked, so that whoever renames it waits.
  struct Locked {
    TenantOf tenant;
    std::string project;
    std::unique_ptr<Sql> holder;
  };
  Locked lock(const std::string& name) {
    Locked out{api_.add_tenant(name), "", std::make_unique<Sql>(api_.superuser_url())};
    out.project = of(out.tenant).post(projects(out.tenant), R"({"name":"locked"})").text("id");
    out.holder->run("BEGIN; SELECT 1 FROM projects WHERE id = " + literal(out.project) + " FOR UPDATE");
    return out;
  }
  Client of(const TenantOf& tenant) const { return api_.client().with_token(tenant.owner.access_token); }
  static std::string projects(const TenantOf& tenant) { return "/api/v1/tenants/" + tenant.id + "/projects"; }
  Response rename(const Locked& locked) const {
    return of(locked.tenant)
        .with_header("If-Match", "\"1\"")
        .patch(projects(locked.tenant) + "/" + locked.project, R"({"name":"renamed"})");
  }
  /// How many statements wait for a row that a test holds.
  int waiting() const {
    return std::stoi(
        api_.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                 "'starter-api-transactions' AND datname = current_database() AND wait_event_type = 'Lock'"));
  }

  Api api_{1, {{"WORKERS", "1"}, {"DATABASE_POOL_SIZE", std::to_string(kPool)}}};
};

TEST_F(PoolExhausted, P18WhoFindsNoConnectionHearsSoWithin250Milliseconds) {
  const int rounds = trials(5, 50);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    // Each tenant may hold only its share, so several are needed to take all.
    std::vector<Locked> locked;
    for (size_t i = 0; i < kPool; ++i) locked.push_back(lock("Holding"));
    const auto other = api_.add_tenant("Other");
    std::vector<Response> replies(kPool + 8);
    together(replies.size(), [&](size_t k) {
      if (k >= kPool)
        wait_until("every connection waits for a row", [&] { return waiting() >= static_cast<int>(kPool); });
      replies[k] = k < kPool ? rename(locked[k]) : of(other).post(projects(other), R"({"name":"none"})");
    });
    for (size_t k = kPool; k < replies.size(); ++k) {
      // Either it was told so in time, or a statement's own limit gave a connection back meanwhile.
      EXPECT_TRUE(replies[k].status == 503 || replies[k].status == 201)
          << replies[k].status << replies[k].body;
      if (replies[k].status == 503) {
        ++refused;
        EXPECT_EQ(replies[k].code(), "unavailable");
        EXPECT_TRUE(replies[k].headers.contains("retry-after"));
      }
    }
    const double late = metric(api_.inside(),
                               "starter_http_request_seconds_count{method=\"POST\",route=\"/api/v1/tenants/"
                               "{tenant}/projects\"}") -
                        metric(api_.inside(),
                               "starter_http_request_seconds_bucket{method=\"POST\",route=\"/api/v1/tenants/"
                               "{tenant}/projects\",le=\"0.25\"}");
    EXPECT_EQ(late, 0) << "answers that took longer, by the service's own clock";
    for (const auto& one : locked) one.holder->run("ROLLBACK");
    wait_until("the pool is free", [&] { return waiting() == 0; });
    EXPECT_EQ(of(other).post(projects(other), R"({"name":"after"})").status, 201);
  }
  EXPECT_GT(refused, 0);
}

TEST_F(PoolExhausted, P18ANoisyTenantLeavesTheOthersTheirShare) {
  const int rounds = trials(5, 50);
  std::vector<double> idle, beside;  // of all rounds: the p99 of one is a handful of calls
  for (int round = 0; round < rounds; ++round) {
    const auto noisy = lock("Noisy");
    const auto quiet = api_.add_tenant("Quiet");
    const auto add_times = [&](std::vector<double>& all) {
      std::ranges::copy(times_of(trials(20, 500),
                                 [&] {
                                   const auto made = of(quiet).post(projects(quiet), R"({"name":"quiet"})");
                                   EXPECT_EQ(made.status, 201) << made.body;
                                 }),
                        std::back_inserter(all));
    };
    add_times(idle);
    std::atomic<bool> stop{false};
    std::atomic<int> refused{0};
    together(13, [&](size_t k) {
      if (k < 12) {
        while (!stop) {
          const auto reply = rename(noisy);
          if (reply.status == 503) ++refused;
        }
        return;
      }
      wait_until("the noisy tenant holds what it can get",
                 [&] { return waiting() >= static_cast<int>(kPool) / 2; });
      add_times(beside);
      wait_until("the noisy one is held back", [&] { return refused > 0; });
      stop = true;
    });
    noisy.holder->run("ROLLBACK");
  }
  expect_at_most_twice("a quiet tenant beside a noisy one", p99(idle), p99(beside));
}

TEST_F(PoolExhausted, P18RevocationsGoOnWhileThePoolIsExhausted) {
  const auto noisy = lock("Noisy");
  std::atomic<bool> stop{false};
  together(13, [&](size_t k) {
    if (k < 12) {
      while (!stop) static_cast<void>(rename(noisy));
      return;
    }
    wait_until("the pool is busy", [&] { return waiting() >= static_cast<int>(kPool) / 2; });
    const int people = trials(20, 200);
    for (int i = 0; i < people; ++i) {
      const auto person = api_.add_person("revoked");
      const auto client = api_.client().with_token(person.access_token);
      ASSERT_EQ(client.get("/api/v1/users/me").status, 200);
      Sql(api_.superuser_url()).run("UPDATE users SET disabled_at = now() WHERE id = " + literal(person.id));
      wait_until("it is refused", [&] { return client.get("/api/v1/users/me").status == 401; }, 1s);
    }
    EXPECT_LT(metric(api_.inside(), "starter_revocations_age_seconds"), 0.9);
    stop = true;
  });
}

TEST_F(PoolExhausted, P18ManySessionsRefreshAtOnceAndNoneIsLost) {
  const size_t count = static_cast<size_t>(trials(200, 10000)), clients = 16;
  std::vector<Person> people;
  for (size_t i = 0; i < count; ++i) people.push_back(api_.add_person("asleep"));
  std::atomic<size_t> next{0}, busy{0};
  together(clients, [&](size_t) {
    for (size_t at = next++; at < count; at = next++) {
      Response reply;
      // Too busy is an answer; the client asks again with the same token.
      wait_until("a session goes on", [&] {
        reply = api_.client().post("/api/v1/auth/refresh",
                                   R"({"refresh_token":")" + people[at].refresh_token + "\"}");
        if (reply.status == 503) ++busy;
        return reply.status != 503;
      });
      EXPECT_EQ(reply.status, 200) << reply.body;
      people[at].refresh_token = reply.text("refresh_token");
    }
  });
  EXPECT_EQ(api_.sql("SELECT count(*) FROM families WHERE gen = 1 AND revoked_at IS NULL"),
            std::to_string(count));
  EXPECT_EQ(api_.client().get("/health/ready").status, 200);
  std::printf("  %zu sessions refreshed, %zu times too busy\n", count, busy.load());
}

}  // namespace
}  // namespace starter::test
