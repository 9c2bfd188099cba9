// What access tokens must be refused although their signature is good.
//
// Each process polls the table four times a second on a connection of its own, by transaction id: every row
// whose transaction was not finished at the previous poll is read again, so one that commits late is not
// missed, as it would be with a serial. Redis only wakes the poll. If the last good poll is too old, requests
// wait for one or get 503: a process that can't hear of revocations must not vouch for tokens.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "starter/core/completion.h"
#include "starter/core/context.h"
#include "starter/core/published.h"
#include "starter/net/timer.h"
#include "starter/postgres/database.h"
#include "starter/postgres/query.h"

namespace starter {

std::span<const pg::Statement> revocation_queries();

class Revocations {
 public:
  /// `database` belongs to `executor`'s thread, where the poll runs.
  Revocations(Executor executor, const Clock& clock, pg::Database& database);

  /// Polls until stop(). The first poll that succeeds makes it loaded.
  Task<> follow();
  void stop();
  /// Polls now instead of at the next quarter of a second. Safe from any thread.
  void wake();

  bool loaded() const { return snapshot_.load() != nullptr; }
  /// How old the last good poll is.
  std::chrono::milliseconds age() const;

  /// Waits (at most 500 ms) while the last good poll is older than 900 ms; problems::unavailable if that did
  /// not help.
  Task<Result<>> ensure_fresh(const Ctx& ctx) const;

  struct Token {
    Uuid session, user;
    std::optional<Uuid> tenant;
    int64_t user_version, membership_version, tenant_version;
  };
  enum class Verdict { good, ended, stale };
  Verdict judge(const Token& token) const;

 private:
  using Map = std::unordered_map<std::string, int64_t>;  // "kind:subject" -> least version
  Task<Result<>> poll();

  Executor executor_;
  const Clock& clock_;
  pg::Database& database_;
  net::Timer pause_;
  Published<Map> snapshot_;
  std::atomic<SteadyTime::rep> last_good_{0};
  std::string horizon_ = "0";
  std::unordered_map<std::string, SteadyTime> forget_at_;  // poll's thread only
  std::atomic<bool> stopping_ = false;
};

}  // namespace starter
