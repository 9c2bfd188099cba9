#include "starter/postgres/session.h"

#include <gtest/gtest.h>

#include "starter/core/context.h"
#include "starter/postgres/database.h"
#include "starter/testing/run.h"
#include "starter/testing/servers.h"

namespace starter::pg {

struct Setting {
  std::optional<std::string> tenant;
  std::string timeout;
};
BOOST_DESCRIBE_STRUCT(Setting, (), (tenant, timeout))
struct Number {
  int64_t value;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr Query<Tenant, Setting> kReadSetting{
    .name = "setting_read",
    .timeout = 400ms,
    .sql = "SELECT nullif(current_setting('app.tenant', true), ''), current_setting('statement_timeout')"};
constexpr Query<Entry, Setting> kReadSettingAtEntry{
    .name = "setting_read_entry",
    .timeout = 400ms,
    .sql = "SELECT nullif(current_setting('app.tenant', true), ''), current_setting('statement_timeout')"};
constexpr Query<Tenant, Number, int64_t> kSquare{.name = "square", .sql = "SELECT $1::bigint * $1::bigint"};
constexpr Query<Tenant, void, Int<0, 60>> kSleep{
    .name = "sleep", .timeout = 100ms, .sql = "SELECT pg_sleep($1::int)"};
constexpr Query<Tenant, void> kBroken{.name = "broken", .sql = "SELECT 1/0"};
constexpr Query<Tenant, void> kTable{.name = "table",
                                     .sql = "CREATE TABLE numbers (value bigint CONSTRAINT once UNIQUE)"};
inline constexpr ProblemType number_taken{"number.taken", 409, "Taken", "Choose another."};
constexpr Violation kOnce[] = {{"once", &number_taken}};
constexpr Query<Tenant, Number, int64_t> kInsert{
    .name = "insert", .sql = "INSERT INTO numbers VALUES ($1) RETURNING value", .violations = kOnce};
constexpr Query<Tenant, Number> kOwnSession{.name = "own_session", .sql = "SELECT pg_backend_pid()"};
constexpr Query<Tenant, void, int64_t> kTerminate{.name = "terminate",
                                                  .sql = "SELECT pg_terminate_backend($1::int)"};
constexpr Query<Tenant, Number, int64_t> kIdle{
    .name = "idle",
    .sql =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'session-test-transactions' "
        "AND datname = current_database() AND state = 'idle' AND pid <> $1::int"};
constexpr Query<Tenant, Number> kCount{.name = "count", .sql = "SELECT count(*) FROM numbers"};

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    ctx.principal = Principal{.user = Uuid::v7(ctx.now()), .session = {}, .tenant = Uuid::v7(ctx.now())};
    database.start();
    database.start_exclusive();
    wait_ready();
  }
  ~SessionTest() override {
    database.stop();
    io.restart();
    io.run_for(50ms);
  }
  void wait_ready() {
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (!database.ready() && std::chrono::steady_clock::now() < until) io.run_one_for(10ms);
    io.run_for(30ms);
  }

  int times_up = 0;
  asio::io_context io{1};
  net::BlockingPool blocking{2};
  Database database{io.get_executor(),
                    Clock::system(),
                    blocking,
                    {.url = Secret(starter::test::shared_postgres().create_database()),
                     .application_name = "session-test",
                     .exclusive_connections = 2,
                     .max_waiting = 4,
                     .on_up = [this] { ++times_up; }}};
  Ctx ctx{io.get_executor(), Clock::system(), database, Clock::system().steady() + 10s};
};

TEST_F(SessionTest, SetsTheTenantForOneStatementOnly) {
  const auto inside = starter::test::await(io, ctx.tenant().one(kReadSetting));
  ASSERT_TRUE(inside.has_value()) << inside.error().cause();
  EXPECT_EQ(inside->tenant, ctx.tenant_id().text());
  EXPECT_EQ(inside->timeout, "400ms");
  const auto after = starter::test::await(io, ctx.entry().one(kReadSettingAtEntry));
  EXPECT_EQ(after->tenant, std::nullopt);
}

// With connections for one of them alone, the shared one is it.
TEST_F(SessionTest, ConnectionsForTransactionsWaitForTheSharedOne) {
  Database other(io.get_executor(), Clock::system(), blocking,
                 {.url = Secret(starter::test::shared_postgres().create_database()),
                  .application_name = "waiting",
                  .exclusive_connections = 2});
  other.start_exclusive();
  io.run_for(200ms);
  EXPECT_EQ(other.missing(), 3u);
  other.start();
  while (other.missing() > 0 && io.run_one_for(5s)) {
  }
  EXPECT_EQ(other.missing(), 0u);
  other.stop();
  io.run_for(50ms);
}

TEST_F(SessionTest, AnswersManyWaitersInOnePipeline) {
  std::vector<int64_t> answers;
  for (int64_t i = 0; i < 200; ++i) {
    asio::co_spawn(
        io,
        [](Ctx& ctx, int64_t i, std::vector<int64_t>& answers) -> Task<> {
          auto row = co_await ctx.tenant().one(kSquare, i);
          answers.push_back(row ? row->value : -1);
        }(ctx, i, answers),
        [](std::exception_ptr e) { EXPECT_FALSE(e); });
  }
  while (answers.size() < 200 && io.run_one_for(5s)) {
  }
  for (int64_t i = 0; i < 200; ++i) EXPECT_EQ(answers[static_cast<size_t>(i)], i * i);
}

TEST_F(SessionTest, AFailedStatementHarmsNoNeighbour) {
  const auto broken = starter::test::await(io, ctx.tenant().execute(kBroken));
  ASSERT_FALSE(broken.has_value());
  EXPECT_TRUE(broken.error().is(problems::internal));
  EXPECT_EQ(broken.error().cause(), "statement broken failed with SQLSTATE 22012");
  EXPECT_EQ(starter::test::await(io, ctx.tenant().one(kSquare, 3))->value, 9);
}

TEST_F(SessionTest, AStatementEndsAtItsTimeout) {
  const auto slow = starter::test::await(io, ctx.tenant().execute(kSleep, Int<0, 60>{30}));
  ASSERT_FALSE(slow.has_value());
  EXPECT_TRUE(slow.error().is(problems::deadline_exceeded));
}

TEST_F(SessionTest, AStatementOfATransactionEndsAtItsOwnTimeoutWhateverCameBefore) {
  using Settings = std::vector<std::string>;
  auto scenario = [](Ctx& ctx, Settings& settings) -> Task<Result<>> {
    auto transaction = CO_TRY(co_await ctx.tenant().begin());
    CO_TRY(co_await transaction.execute(kSleep, Int<0, 60>{0}));
    settings.push_back(CO_TRY(co_await transaction.one(kReadSetting)).timeout);
    CO_TRY(co_await transaction.one(kSquare, 3));
    CO_TRY(co_await transaction.execute(kSleep, Int<0, 60>{30}));
    co_return Result<>{};
  };
  Settings settings;
  const auto slow = starter::test::await(io, scenario(ctx, settings));
  EXPECT_EQ(settings, Settings{"400ms"});
  ASSERT_FALSE(slow.has_value());
  EXPECT_TRUE(slow.error().is(problems::deadline_exceeded));
  EXPECT_EQ(slow.error().cause(), "statement sleep failed with SQLSTATE 57014") << "the server ended it";
}

TEST_F(SessionTest, ATransactionCommitsOrLeavesNothing) {
  auto scenario = [](Ctx& ctx) -> Task<Result<int64_t>> {
    CO_TRY(co_await ctx.tenant().execute(kTable));
    {
      auto transaction = CO_TRY(co_await ctx.tenant().begin());
      CO_TRY(co_await transaction.one(kInsert, 1));
      CO_TRY(co_await transaction.commit());
    }
    {
      auto transaction = CO_TRY(co_await ctx.tenant().begin());
      CO_TRY(co_await transaction.one(kInsert, 2));
    }
    co_return CO_TRY(co_await ctx.tenant().one(kCount)).value;
  };
  const auto count = starter::test::await(io, scenario(ctx));
  ASSERT_TRUE(count.has_value()) << count.error().cause();
  EXPECT_EQ(*count, 1);
}

// To prepare takes the table's lock, so it may fail today and succeed tomorrow.
TEST_F(SessionTest, AStatementThatCouldNotBePreparedIsPreparedAgain) {
  auto scenario = [](Ctx& ctx) -> Task<Result<Number>> {
    auto transaction = CO_TRY(co_await ctx.tenant().begin());
    CO_TRY(co_await transaction.execute(kSleep, Int<0, 60>{0}));
    CO_TRY(co_await transaction.one(kReadSetting));
    co_return co_await transaction.one(kCount);
  };
  EXPECT_FALSE(starter::test::await(io, scenario(ctx)).has_value()) << "there is no such table yet";
  ASSERT_TRUE(starter::test::await(io, ctx.tenant().execute(kTable)).has_value());
  for (int i = 0; i < 3; ++i) {
    const auto count = starter::test::await(io, scenario(ctx));
    ASSERT_TRUE(count.has_value()) << count.error().cause();
    EXPECT_EQ(count->value, 0);
  }
}

TEST_F(SessionTest, ACommitAfterAFailedStatementIsAnError) {
  auto scenario = [](Ctx& ctx) -> Task<Result<>> {
    auto transaction = CO_TRY(co_await ctx.tenant().begin());
    CO_TRY(co_await transaction.one(kSquare, 1));
    auto broken = co_await transaction.execute(kBroken);
    EXPECT_FALSE(broken.has_value());
    co_return co_await transaction.commit();
  };
  EXPECT_FALSE(starter::test::await(io, scenario(ctx)).has_value());
}

// The pool connects again by itself; a COMMIT on the new session would be answered with COMMIT, for nothing.
TEST_F(SessionTest, P1ATransactionWhoseSessionWasReplacedIsLostAndSaysSo) {
  auto scenario = [](Ctx& ctx) -> Task<std::vector<Result<>>> {
    std::vector<Result<>> out;
    out.push_back(co_await ctx.tenant().execute(kTable) ? Result<>{} : Result<>{Problem{problems::internal}});
    for (const bool with_statement : {false, true}) {
      auto transaction = co_await ctx.tenant().begin();
      const auto session = co_await transaction->one(kOwnSession);
      static_cast<void>(co_await transaction->one(kInsert, 1));
      static_cast<void>(co_await ctx.tenant().execute(kTerminate, session->value));
      net::Timer pause(ctx.executor);
      for (int64_t others = 0; others < 2;) {
        pause.expires_after(20ms);
        co_await pause.async_wait(use_task);
        others = (co_await ctx.tenant().one(kIdle, session->value))->value;
      }
      pause.expires_after(50ms);  // the loop has to hear of it too
      co_await pause.async_wait(use_task);
      if (with_statement) {
        auto next = co_await transaction->one(kInsert, 2);
        out.push_back(next ? Result<>{} : std::move(next).error());
      }
      out.push_back(co_await transaction->commit());
    }
    out.push_back((co_await ctx.tenant().one(kCount))->value == 0 ? Result<>{}
                                                                  : Result<>{Problem{problems::internal}});
    co_return out;
  };
  const auto results = starter::test::await(io, scenario(ctx));
  ASSERT_EQ(results.size(), 5u);
  EXPECT_TRUE(results[0].has_value());
  for (size_t i = 1; i < 4; ++i)
    EXPECT_TRUE(!results[i] && results[i].error().is(problems::unavailable)) << i;
  EXPECT_TRUE(results[4].has_value()) << "nothing of it was stored";
}

TEST_F(SessionTest, F8SaysEachTimeThatSingleStatementsFindAConnection) {
  EXPECT_EQ(times_up, 1);  // the connections for transactions don't count
  const auto own = starter::test::await(io, ctx.tenant().one(kOwnSession));
  ASSERT_TRUE(own.has_value()) << own.error().cause();
  static_cast<void>(starter::test::await(io, ctx.tenant().execute(kTerminate, own->value)));
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (times_up < 2 && std::chrono::steady_clock::now() < until) io.run_one_for(10ms);
  EXPECT_EQ(times_up, 2);
  EXPECT_TRUE(starter::test::await(io, ctx.tenant().one(kOwnSession)).has_value());
}

TEST_F(SessionTest, AViolatedConstraintBecomesTheFeaturesProblem) {
  auto scenario = [](Ctx& ctx) -> Task<Result<Number>> {
    CO_TRY(co_await ctx.tenant().execute(kTable));
    CO_TRY(co_await ctx.tenant().one(kInsert, 7));
    co_return co_await ctx.tenant().one(kInsert, 7);
  };
  const auto second = starter::test::await(io, scenario(ctx));
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(second.error().is(number_taken));
}

TEST_F(SessionTest, RefusesWhenNoTransactionIsFree) {
  auto scenario = [](Ctx& ctx) -> Task<Result<>> {
    auto first = CO_TRY(co_await ctx.tenant().begin());
    auto second = CO_TRY(co_await ctx.self().begin());
    auto third = co_await ctx.self().begin();
    EXPECT_FALSE(third.has_value());
    co_return std::move(third).error();
  };
  const auto result = starter::test::await(io, scenario(ctx));
  ASSERT_FALSE(result.has_value());
  EXPECT_TRUE(result.error().is(problems::unavailable));
}

TEST_F(SessionTest, P18TheLastConnectionIsNotForATenantThatHasItsShare) {
  auto scenario = [](Ctx& ctx) -> Task<Result<>> {
    auto first = CO_TRY(co_await ctx.tenant().begin());
    auto second = co_await ctx.tenant().begin();
    EXPECT_FALSE(second.has_value());
    static_cast<void>(CO_TRY(co_await ctx.self().begin()));
    co_return Result<>{};
  };
  EXPECT_TRUE(starter::test::await(io, scenario(ctx)).has_value());
}

}  // namespace
}  // namespace starter::pg
