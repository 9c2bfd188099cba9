// The fault suite of the leased queue. Workers are real processes: this test program again, asked by an
// environment variable to run the one test at the end of the file. They die by failpoints (SIGKILL at a named
// step) or by signals.
#include "starter/queue/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>

#include <random>

#include "starter/postgres/database.h"
#include "starter/testing/failpoint.h"
#include "starter/testing/run.h"
#include "starter/testing/servers.h"

namespace starter::queue {
namespace {

using namespace std::chrono_literals;
using test::await;

constexpr const char* kSchema =
    "CREATE TABLE jobs (id uuid PRIMARY KEY, queue text NOT NULL, tenant_id uuid, payload jsonb NOT NULL,"
    " run_at timestamptz NOT NULL DEFAULT now(), attempts integer NOT NULL DEFAULT 0, fence bigint NOT NULL "
    "DEFAULT 0,"
    " lease_until timestamptz, done_at timestamptz, dead_at timestamptz, last_error text,"
    " created_at timestamptz NOT NULL DEFAULT now());"
    "CREATE INDEX jobs_ready ON jobs (queue, run_at) WHERE done_at IS NULL AND dead_at IS NULL;"
    "CREATE TABLE effects (job uuid NOT NULL, worker text NOT NULL, at timestamptz NOT NULL DEFAULT "
    "clock_timestamp())";

constexpr pg::Query<pg::Worker, void, Uuid, std::string> kEffect{
    .name = "effect", .timeout = 2000ms, .sql = "INSERT INTO effects (job, worker) VALUES ($1, $2)"};

std::string query(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  return status == PGRES_TUPLES_OK && PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

/// Leases and retries short enough for a test.
QueueOptions quick() {
  return {.name = "test",
          .concurrency = 4,
          .lease = 600ms,
          .poll = 50ms,
          .time_limit = 20s,
          .max_attempts = 8,
          .first_retry = 20ms,
          .longest_retry = 60ms};
}

/// Payload {"behaviour": ...}: "" applies the effect, "throw" is a bug, "refuse" can't succeed, "slow" takes
/// 100 ms.
class Work {
 public:
  explicit Work(std::string worker) : worker_(std::move(worker)) {}

  Task<Result<Outcome>> run(const Ctx& ctx, Claim& claim) {
    const std::string payload = claim.job().payload.text;
    if (payload.find("throw") != payload.npos) throw std::runtime_error("a bug in the handler");
    if (payload.find("kill") != payload.npos) ::raise(SIGKILL);
    if (payload.find("refuse") != payload.npos) co_return Outcome::never("refused for good");
    if (payload.find("fail") != payload.npos) co_return Problem{problems::unavailable, "not now"};
    if (payload.find("slow") != payload.npos) static_cast<void>(co_await claim.pause(100ms));
    auto transaction = CO_TRY(co_await ctx.worker().begin());
    CO_TRY(co_await transaction.execute(kEffect, claim.job().id, worker_));
    FAILPOINT("test.effect");
    CO_TRY(co_await claim.complete(transaction));
    FAILPOINT("test.completed");
    CO_TRY(co_await transaction.commit());
    FAILPOINT("test.committed");
    co_return Outcome::committed();
  }

 private:
  std::string worker_;
};

/// A queue on a loop of its own.
struct Bench {
  explicit Bench(const std::string& url, QueueOptions options = quick(), Handler handler = {})
      : database(io.get_executor(), Clock::system(), blocking, {Secret(url), "queue-test", 16, 256}),
        work("here"),
        queue(
            io.get_executor(), Clock::system(), database, log, metrics, std::move(options),
            handler ? std::move(handler)
                    : [this](const Ctx& ctx, Claim& claim) { return work.run(ctx, claim); }) {
    database.start();
    database.start_exclusive();
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (!database.ready() && std::chrono::steady_clock::now() < until) io.run_one_for(10ms);
    io.run_for(30ms);
  }
  ~Bench() {
    database.stop();
    io.restart();
    io.run_for(100ms);
  }
  void begin() { spawn(io.get_executor(), "queue", queue.run()); }
  void end(std::chrono::milliseconds patience = 5s) {
    await(io, queue.drain(Clock::system().steady() + patience));
  }
  bool run_until(std::function<bool()> condition, std::chrono::milliseconds limit = 15s) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < until) {
      if (condition()) return true;
      io.restart();
      io.run_for(20ms);
    }
    return condition();
  }

  asio::io_context io{1};
  net::BlockingPool blocking{2};
  observe::Logger log{{}, Clock::system()};
  observe::Metrics metrics;
  pg::Database database;
  Work work;
  Queue queue;
};

class QueueTest : public testing::Test {
 protected:
  QueueTest() : url(test::shared_postgres().create_database()) { query(url, kSchema); }

  void add(int count, const std::string& behaviour = "") {
    query(url,
          "INSERT INTO jobs (id, queue, payload) SELECT gen_random_uuid(), 'test', "
          "jsonb_build_object('behaviour', '" +
              behaviour + "') FROM generate_series(1, " + std::to_string(count) + ")");
  }
  int64_t number(const std::string& sql) { return std::stoll(query(url, sql)); }
  int64_t done() { return number("SELECT count(*) FROM jobs WHERE done_at IS NOT NULL"); }
  int64_t open() { return number("SELECT count(*) FROM jobs WHERE done_at IS NULL AND dead_at IS NULL"); }
  /// The invariant of every trial: an effect for each job that is done, none twice, none of others.
  void expect_each_once() {
    EXPECT_EQ(number("SELECT count(*) FROM (SELECT job FROM effects GROUP BY job HAVING count(*) > 1) twice"),
              0);
    EXPECT_EQ(number("SELECT count(*) FROM jobs j WHERE done_at IS NOT NULL AND NOT EXISTS "
                     "(SELECT 1 FROM effects e WHERE e.job = j.id)"),
              0);
    EXPECT_EQ(number("SELECT count(*) FROM effects e JOIN jobs j ON j.id = e.job WHERE j.done_at IS NULL"),
              0);
  }
  test::Process worker(const std::string& name, const std::string& failpoints = "") {
    return test::Process({.arguments = {"/proc/self/exe", "--gtest_also_run_disabled_tests",
                                        "--gtest_filter=QueueWorker.DISABLED_RunsUntilItIsKilled"},
                          .environment = {{"QUEUE_WORKER_URL", url},
                                          {"QUEUE_WORKER_NAME", name},
                                          {"STARTER_FAILPOINTS", failpoints},
                                          {"GTEST_OUTPUT", ""}}});
  }

  std::string url;
};

TEST(RetryDelay, DoublesUpToItsBoundAndSpreads) {
  QueueOptions options{.name = "x", .random = [](uint32_t) { return 0u; }};
  EXPECT_EQ(retry_delay(options, 1), 30s);
  EXPECT_EQ(retry_delay(options, 2), 60s);
  EXPECT_EQ(retry_delay(options, 5), 480s);
  EXPECT_EQ(retry_delay(options, 6), 600s);
  EXPECT_EQ(retry_delay(options, 60), 600s);
  options.random = [](uint32_t bound) { return bound - 1; };
  EXPECT_EQ(retry_delay(options, 1), 24s);
  EXPECT_EQ(retry_delay(options, 60), 480s);
}

TEST_F(QueueTest, AppliesEachJobOnceAndDrains) {
  add(50);
  Bench bench(url);
  bench.begin();
  EXPECT_TRUE(bench.run_until([&] { return done() == 50; }));
  bench.end();
  expect_each_once();
}

TEST_F(QueueTest, TriesAgainWithBackoffAndBuriesAfterTheLastAttempt) {
  add(1, "fail");
  Bench bench(url);
  bench.begin();
  EXPECT_TRUE(bench.run_until([&] { return open() == 0; }));
  bench.end();
  EXPECT_EQ(query(url, "SELECT attempts || ' ' || last_error FROM jobs WHERE dead_at IS NOT NULL"),
            "8 unavailable: not now");
}

TEST_F(QueueTest, BuriesAtOnceWhatCanNeverSucceed) {
  add(1, "refuse");
  Bench bench(url);
  bench.begin();
  EXPECT_TRUE(bench.run_until([&] { return open() == 0; }));
  bench.end();
  EXPECT_EQ(query(url, "SELECT attempts || ' ' || last_error FROM jobs WHERE dead_at IS NOT NULL"),
            "1 refused for good");
}

TEST_F(QueueTest, TakesAnExceptionForAFailedAttempt) {
  add(1, "throw");
  Bench bench(url);
  bench.begin();
  EXPECT_TRUE(bench.run_until([&] { return number("SELECT attempts FROM jobs") >= 2; }));
  bench.end();
  EXPECT_THAT(query(url, "SELECT last_error FROM jobs"), testing::HasSubstr("an exception escaped"));
}

TEST_F(QueueTest, StartsAtOnceWhenItIsWoken) {
  auto options = quick();
  options.poll = 60s;
  Bench bench(url, options);
  bench.begin();
  bench.run_until([] { return false; }, 100ms);
  add(1);
  bench.queue.wake();
  EXPECT_TRUE(bench.run_until([&] { return done() == 1; }, 2s));
  bench.end();
}

TEST_F(QueueTest, KeepsTheLeaseOfALongJob) {
  add(1, "slow");
  auto options = quick();
  options.lease = 60ms;
  Bench bench(url, options), other(url, options);
  bench.begin();
  other.begin();
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (done() == 0 && std::chrono::steady_clock::now() < until) {
    bench.run_until([] { return false; }, 5ms);
    other.run_until([] { return false; }, 5ms);
  }
  bench.end();
  other.end();
  expect_each_once();
}

TEST_F(QueueTest, GivesBackWhatDoesNotEndInTime) {
  add(1, "slow");
  Bench bench(url, quick(), [](const Ctx& ctx, Claim&) -> Task<Result<Outcome>> {
    net::Timer timer(ctx.executor);
    timer.expires_after(700ms);
    co_await timer.async_wait(net::as_tuple);
    co_return Outcome::done();
  });
  bench.begin();
  ASSERT_TRUE(bench.run_until([&] { return bench.queue.running() == 1; }));
  bench.end(50ms);
  EXPECT_EQ(query(url, "SELECT attempts || ' ' || (lease_until IS NULL) || ' ' || fence FROM jobs"),
            "0 true 2");
  // What still runs of the attempt ends without touching the row.
  bench.run_until([] { return false; }, 900ms);
  EXPECT_EQ(done(), 0);
}

TEST_F(QueueTest, AStandingJobHasOneHolderAndIsNeverDone) {
  std::atomic<int> at_work = 0, most = 0, runs = 0;
  const auto handler = [&](const Ctx&, Claim& claim) -> Task<Result<Outcome>> {
    most = std::max<int>(most, ++at_work);
    for (int i = 0; i < 3 && co_await claim.pause(10ms); ++i) ++runs;
    --at_work;
    co_return Outcome::again(10ms);
  };
  auto options = standing_options("standing", 600ms);
  options.poll = 10ms;
  Bench bench(url, options, handler), other(url, options, handler);
  const Ctx ctx(bench.io.get_executor(), Clock::system(), bench.database, Clock::system().steady() + 5s);
  EXPECT_TRUE(await(bench.io, ensure_standing(ctx, "standing")));
  EXPECT_TRUE(await(bench.io, ensure_standing(ctx, "standing")));
  bench.begin();
  other.begin();
  for (int i = 0; i < 100 && runs < 30; ++i) {
    bench.run_until([] { return false; }, 5ms);
    other.run_until([] { return false; }, 5ms);
  }
  bench.end();
  other.end();
  EXPECT_GE(runs, 30);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(
      number("SELECT count(*) FROM jobs WHERE done_at IS NULL AND dead_at IS NULL AND lease_until IS NULL"),
      1);
}

TEST_F(QueueTest, AWorkerKilledAtAnyStepLosesAndDoublesNothing) {
  for (const char* step :
       {"queue.claimed", "test.effect", "test.completed", "test.committed", "queue.handled"}) {
    query(url, "TRUNCATE jobs, effects");
    add(12);
    // The first one dies at its first job; the second one takes over when the leases have run out.
    auto dying = worker("dying", std::string(step) + "=abort");
    EXPECT_EQ(dying.wait(), 128 + SIGKILL) << step;
    auto healthy = worker("healthy");
    test::wait_until(std::string("every job is done after a death at ") + step, [&] { return done() == 12; });
    healthy.kill();
    expect_each_once();
  }
}

TEST_F(QueueTest, AWorkerStoppedPastItsLeaseChangesNothingWhenItWakes) {
  // It holds the effect back until it is stopped, well before its commit.
  for (const char* step : {"queue.claimed", "test.effect"}) {
    query(url, "TRUNCATE jobs, effects");
    add(1);
    auto stopped = worker("stopped", std::string(step) + "=sleep(300ms)*1");
    test::wait_until("the job is claimed", [&] { return number("SELECT max(fence) FROM jobs") == 1; });
    std::this_thread::sleep_for(50ms);
    stopped.signal(SIGSTOP);
    auto other = worker("other");
    // An open transaction of the stopped one has no lock on the job yet, so the other one goes ahead.
    test::wait_until("another worker has done it", [&] { return done() == 1; });
    stopped.signal(SIGCONT);
    std::this_thread::sleep_for(600ms);
    EXPECT_EQ(query(url, "SELECT string_agg(worker, ',') FROM effects"), "other") << step;
    expect_each_once();
  }
}

TEST_F(QueueTest, WorkersThatDieAtRandomApplyABacklogOnceEach) {
  std::mt19937 random(20261121);
  constexpr int kJobs = 600;
  add(kJobs);
  add(6, "kill");  // each kills every worker that touches it
  add(6, "refuse");
  std::vector<test::Process> workers;
  for (int i = 0; i < 4; ++i) workers.push_back(worker("w" + std::to_string(i)));
  const auto until = std::chrono::steady_clock::now() + 60s;
  int restarts = 0;
  while (open() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 60));
    auto& victim = workers[random() % workers.size()];
    if (random() % 4 == 0) victim.kill();
    for (auto& each : workers) {
      if (each.running()) continue;
      each = worker("again" + std::to_string(++restarts));
    }
  }
  workers.clear();
  EXPECT_EQ(open(), 0);
  EXPECT_EQ(
      number("SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL AND payload->>'behaviour' = 'refuse'"), 6);
  EXPECT_EQ(number("SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL AND payload->>'behaviour' = 'kill'"),
            6);
  // A healthy job may die of its neighbours, who killed its worker eight times; it was then not applied.
  EXPECT_EQ(done() + number("SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL"), kJobs + 12);
  expect_each_once();
}

/// Figure B4: at least 2,000 a second on two cores. For a quiet machine: --gtest_also_run_disabled_tests.
TEST_F(QueueTest, DISABLED_AppliesTwoThousandJobsASecond) {
  constexpr int kJobs = 20'000;
  add(kJobs);
  query(url, "ANALYZE jobs");  // autovacuum would have come by
  auto options = quick();
  options.concurrency = 64;
  options.lease = 10s;
  Bench bench(url, options);
  const auto began = std::chrono::steady_clock::now();
  bench.begin();
  EXPECT_TRUE(bench.run_until([&] { return done() == kJobs; }, 60s));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  bench.end();
  expect_each_once();
  RecordProperty("jobs_per_second", static_cast<int>(kJobs / took.count()));
  EXPECT_GE(kJobs / took.count(), 2000);
}

/// The worker process of the tests above.
TEST(QueueWorker, DISABLED_RunsUntilItIsKilled) {
  const char* url = std::getenv("QUEUE_WORKER_URL");
  if (!url) GTEST_SKIP() << "runs only as a child of the fault suite";
  ASSERT_EQ(failpoints::arm_from(std::getenv("STARTER_FAILPOINTS"), false), "");
  Bench bench(url, quick(),
              [work = std::make_shared<Work>(std::getenv("QUEUE_WORKER_NAME"))](
                  const Ctx& ctx, Claim& claim) { return work->run(ctx, claim); });
  bench.begin();
  bench.io.restart();
  bench.io.run();
}

}  // namespace
}  // namespace starter::queue
