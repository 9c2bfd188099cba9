#include "starter/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "starter/testing/held_clock.h"
#include "tests/temporary_directory.h"

namespace starter::observe {
namespace {

using test::HeldClock;
using ::testing::HasSubstr;
using testing_support::TemporaryDirectory;

/// Keeps the lines; can be blocked like a pipe that nobody reads.
struct Lines {
  std::mutex mutex;
  std::condition_variable changed;
  std::string text;
  bool blocked = false, entered = false;

  void block() {
    const std::lock_guard lock(mutex);
    blocked = true;
  }
  void unblock() {
    const std::lock_guard lock(mutex);
    blocked = false;
    changed.notify_all();
  }
  void wait_until_entered() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return entered; });
  }
};

class LinesSink final : public LogSink {
 public:
  explicit LinesSink(std::shared_ptr<Lines> lines) : lines_(std::move(lines)) {}
  void write(std::string_view lines) override {
    std::unique_lock lock(lines_->mutex);
    lines_->entered = true;
    lines_->changed.notify_all();
    lines_->changed.wait(lock, [this] { return !lines_->blocked; });
    lines_->text += lines;
    lines_->changed.notify_all();
  }

 private:
  std::shared_ptr<Lines> lines_;
};

class Log : public ::testing::Test {
 protected:
  std::unique_ptr<Logger> logger(Logger::Options options = {}) {
    std::vector<std::unique_ptr<LogSink>> sinks;
    sinks.push_back(std::make_unique<LinesSink>(lines));
    return std::make_unique<Logger>(std::move(sinks), clock, options);
  }
  std::vector<boost::json::object> written() const {
    std::vector<boost::json::object> all;
    std::istringstream in(lines->text);
    for (std::string line; std::getline(in, line);) all.push_back(boost::json::parse(line).as_object());
    return all;
  }

  HeldClock clock;
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
};

// 000-40
TEST_F(Log, IsOneJsonObjectPerLineWithTheContextOfItsRequest) {
  {
    const auto log = logger();
    log->info("session.refreshed", {{"generation", 7}, {"tenant", "acme"}, {"share", 0.5}, {"first", true}},
              {.request_id = "r-1", .trace_id = "t", .span_id = "s"});
  }
  EXPECT_EQ(
      lines->text,
      R"({"time":"2027-01-15T08:00:00Z","level":"info","message":"session.refreshed","request_id":"r-1","trace_id":"t",)"
      R"("span_id":"s","generation":7,"tenant":"acme","share":0.5,"first":true})"
      "\n");
}

TEST_F(Log, EscapesWhateverAValueHolds) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  {
    const auto log = logger();
    log->info("x", {{"bytes", bytes},
                    {"forged", "a\"}\n{\"level\":\"error\""},
                    {"cut", "\xE2\x82"},
                    {"overlong", "\xC0\xAF"},
                    {"surrogate", "\xED\xA0\x80"},
                    {"fine", "\xF0\x9F\x98\x80"},
                    {"infinite", INFINITY}});
  }
  const auto all = written();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("forged").as_string(), "a\"}\n{\"level\":\"error\"");
  EXPECT_EQ(all[0].at("overlong").as_string(), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(all[0].at("fine").as_string(), "\xF0\x9F\x98\x80");
  EXPECT_TRUE(all[0].at("infinite").is_null());
}

TEST_F(Log, WritesOnlyFromItsLeastLevelUp) {
  {
    const auto log = logger({.least = Level::warning});
    log->debug("a");
    log->info("b");
    log->warning("c");
    log->set_least(Level::debug);
    log->debug("d");
  }
  ASSERT_EQ(written().size(), 2U);
  EXPECT_EQ(written()[0].at("message").as_string(), "c");
}

TEST_F(Log, DropsAndCountsLinesInsteadOfWaitingForABlockedSink) {
  const auto log = logger({.ring_bytes = 2000});
  lines->block();
  log->info("first");
  lines->wait_until_entered();
  for (int i = 0; i < 1000; ++i) log->info("more");
  EXPECT_GE(log->dropped(), 900U);
  lines->unblock();
  std::unique_lock lock(lines->mutex);
  lines->changed.wait(lock, [this] {
    return lines->text.find("\"message\":\"log.dropped\",\"lines\":") != std::string::npos;
  });
}

TEST_F(Log, StaysValidWhenALineIsTooLong) {
  {
    const auto log = logger({.line_bytes = 1000});
    log->info("x", {{"short", 1}, {"long", std::string(100'000, 'a')}, {"never", 2}});
  }
  ASSERT_EQ(written().size(), 1U);
  EXPECT_EQ(written()[0].at("short").as_int64(), 1);
  EXPECT_TRUE(written()[0].at("truncated").as_bool());
}

TEST_F(Log, TakesLinesFromSeveralThreadsWithoutMixingThem) {
  {
    const auto log = logger();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 500; ++i) log->info("line", {{"thread", t}, {"i", i}});
      });
    }
    for (auto& thread : threads) thread.join();
  }
  EXPECT_EQ(written().size(), 2000U);
}

TEST_F(Log, CarriesTheCauseOfAProblemThatTheClientDoesNotSee) {
  {
    logger()->problem(Level::error, "request.failed",
                      Problem(problems::internal, std::string("the pool is gone")));
  }
  ASSERT_EQ(written().size(), 1U);
  EXPECT_EQ(written()[0].at("code").as_string(), "internal");
  EXPECT_EQ(written()[0].at("cause").as_string(), "the pool is gone");
  EXPECT_THAT(std::string(written()[0].at("file").as_string()), HasSubstr("log_test.cpp"));
}

TEST_F(Log, GoesOnInANewFileAfterTheOldOneWasMovedAway) {
  const TemporaryDirectory directory;
  const auto sink = file_sink(directory.file("api.log"));
  sink->write("one\n");
  std::filesystem::rename(directory.file("api.log"), directory.file("api.log.1"));
  sink->write("two\n");
  std::ostringstream text;
  text << std::ifstream(directory.file("api.log")).rdbuf();
  EXPECT_EQ(text.str(), "two\n");
}

static_assert(!std::is_constructible_v<LogValue, Secret>);
static_assert(!std::is_constructible_v<LogValue, SecretText<1, 100>>);

}  // namespace
}  // namespace starter::observe
