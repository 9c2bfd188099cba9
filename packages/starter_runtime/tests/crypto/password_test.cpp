#include "starter/crypto/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <condition_variable>
#include <map>
#include <thread>

#include "starter/crypto/password_pool.h"
#include "starter/testing/held_clock.h"
#include "tests/run_task.h"

namespace starter::crypto {
namespace {

using test::HeldClock;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using testing_support::run_task;

const std::string kOld(32, 'o'), kNew(32, 'n');
Peppers peppers(const std::string& setting) {
  return *Peppers::parse(Secret(setting));
}

TEST(PasswordHash, IsArgon2idWithTheIdOfItsPepper) {
  const PasswordHasher hasher(peppers(kOld));
  const std::string stored = hasher.hash(Secret("correct horse battery"));
  EXPECT_THAT(stored, StartsWith("$argon2id$v=19$m=19456,t=2,p=1,keyid=" + peppers(kOld).first_id() + "$"));
  EXPECT_TRUE(hasher.verify(Secret("correct horse battery"), stored));
  EXPECT_FALSE(hasher.verify(Secret("correct horse batterz"), stored));
  EXPECT_FALSE(hasher.verify(Secret(""), stored));
  EXPECT_FALSE(hasher.needs_rehash(stored));
}

TEST(PasswordHash, DependsOnThePepperAndFollowsItsReplacement) {
  const PasswordHasher before(peppers(kOld)), during(peppers(kNew + "," + kOld)), after(peppers(kNew));
  const std::string stored = before.hash(Secret("a long password"));
  EXPECT_TRUE(during.verify(Secret("a long password"), stored));
  EXPECT_TRUE(during.needs_rehash(stored));
  EXPECT_FALSE(after.verify(Secret("a long password"), stored));
}

TEST(PasswordHash, IsRefusedWhenTheStoredTextIsNotOurs) {
  const PasswordHasher hasher(peppers(kOld));
  const std::string stored = hasher.hash(Secret("a long password"));
  const auto changed = [&stored](std::string_view from, std::string_view to) {
    std::string text = stored;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string(), std::string("$"), std::string(1000, '$'), changed("argon2id", "argon2i"),
        changed("m=19456", "m=99999999"), changed("t=2", "t=5"), changed("p=1", "p=2"),
        changed("keyid=", "key="), stored.substr(0, stored.size() - 1)}) {
    EXPECT_FALSE(hasher.verify(Secret("a long password"), text)) << text;
  }
  EXPECT_TRUE(hasher.needs_rehash("nonsense"));
  EXPECT_FALSE(hasher.verify(Secret("a long password"), hasher.decoy()));
  EXPECT_FALSE(hasher.needs_rehash(hasher.decoy()));  // it has the shape of a hash, so it costs one
  EXPECT_EQ(hasher.decoy().size(), hasher.hash(Secret("a long password")).size());
}

class PasswordPoolTest : public ::testing::Test {
 protected:
  SteadyTime in(std::chrono::milliseconds time) const { return Clock::system().steady() + time; }

  PasswordHasher hasher{peppers(kOld)};
  asio::io_context loop{1};
};

TEST_F(PasswordPoolTest, HashesAndVerifiesOffTheLoopAndResumesOnIt) {
  PasswordPool pool(hasher, Clock::system());
  const auto work = [](PasswordPool& pool, SteadyTime deadline, std::thread::id home) -> Task<bool> {
    const auto stored = co_await pool.hash(Secret("a long password"), "192.0.2.1", deadline);
    EXPECT_TRUE(stored);
    EXPECT_EQ(std::this_thread::get_id(), home);
    const auto right = co_await pool.verify(Secret("a long password"), *stored, "192.0.2.1", deadline);
    const auto wrong = co_await pool.verify(Secret("another one"), *stored, "192.0.2.1", deadline);
    EXPECT_EQ(std::this_thread::get_id(), home);
    co_return right && *right&& wrong && !*wrong;
  };
  EXPECT_TRUE(run_task(loop, work(pool, in(60s), std::this_thread::get_id())));
  EXPECT_EQ(pool.stats().done, 3U);
  EXPECT_EQ(pool.stats().queued, 0U);
}

/// Starts `count` hashes at once and counts the answers by their code; "" is a hash.
std::map<std::string, int> offer(asio::io_context& loop, PasswordPool& pool, int count, int clients,
                                 SteadyTime deadline) {
  std::map<std::string, int> answers;
  const auto one = [](PasswordPool& pool, std::string client, SteadyTime deadline,
                      std::map<std::string, int>& answers) -> Task<> {
    const auto stored = co_await pool.hash(Secret("a long password"), std::move(client), deadline);
    if (!stored && stored.error().is(problems::busy)) {
      EXPECT_TRUE(stored.error().retry_after());
      EXPECT_GE(*stored.error().retry_after(), 1s);
    }
    ++answers[stored ? "" : std::string(stored.error().type().code)];
  };
  for (int i = 0; i < count; ++i) {
    asio::co_spawn(loop, one(pool, "192.0.2." + std::to_string(i % clients), deadline, answers),
                   [](std::exception_ptr error) { EXPECT_FALSE(error); });
  }
  loop.restart();
  loop.run();
  return answers;
}

TEST_F(PasswordPoolTest, AdmitsWhatFitsBeforeTheDeadlineAndRefusesTheRestAtOnce) {
  const HeldClock clock;
  // Time stands still, so a hash seems to take nothing and the cost only falls: at least what fits at first
  // is done.
  PasswordPool pool(hasher, clock, {.threads = 1, .first_cost = 10ms});
  const auto answers = offer(loop, pool, 60, 60, clock.steady() + 100ms);
  EXPECT_GE(answers.at(""), 10);
  EXPECT_EQ(answers.at("") + (answers.contains("busy") ? answers.at("busy") : 0), 60);
  EXPECT_EQ(pool.stats().late, 0U);
}

TEST_F(PasswordPoolTest, RefusesEverythingWhenOneHashAloneIsTooSlow) {
  const HeldClock clock;
  PasswordPool pool(hasher, clock, {.threads = 1, .first_cost = 10ms});
  EXPECT_EQ(offer(loop, pool, 3, 3, clock.steady() + 9ms), (std::map<std::string, int>{{"busy", 3}}));
  EXPECT_EQ(pool.stats().refused, 3U);
}

TEST_F(PasswordPoolTest, LeavesRoomForOthersBesideOneClientThatFloods) {
  const HeldClock clock;
  PasswordPool pool(hasher, clock, {.threads = 1, .first_cost = 10ms, .max_queue = 8});
  const auto flood = offer(loop, pool, 8, 1, clock.steady() + 80ms);
  EXPECT_GE(flood.at("busy"), 1);
  const auto others = offer(loop, pool, 4, 4, clock.steady() + 80ms);
  EXPECT_EQ(others.at(""), 4);
}

TEST_F(PasswordPoolTest, EndsWaitingHashesAsUnavailableWhenItIsDestroyed) {
  std::map<std::string, int> answers;
  const auto one = [](PasswordPool& pool, std::string client, SteadyTime deadline,
                      std::map<std::string, int>& answers) -> Task<> {
    const auto stored = co_await pool.hash(Secret("a long password"), std::move(client), deadline);
    ++answers[stored ? "" : std::string(stored.error().type().code)];
  };
  {
    PasswordPool pool(hasher, Clock::system(),
                      {.threads = 1, .first_cost = 1ms, .client_share_percent = 100});
    for (int i = 0; i < 20; ++i) {
      asio::co_spawn(loop, one(pool, std::to_string(i), in(60s), answers),
                     [](std::exception_ptr error) { EXPECT_FALSE(error); });
    }
    loop.poll();
  }
  loop.restart();
  loop.run();
  EXPECT_GE(answers["unavailable"], 1);
  EXPECT_EQ(answers[""] + answers["unavailable"], 20);
}

}  // namespace
}  // namespace starter::crypto
