// A bounded pool of threads for password hashes, with admission by deadline.
//
// A hash takes 13 ms of a core. Whoever queues them without looking answers every log-in too late as soon as
// more come than the machine can do. So a request is admitted only if its hash will be done in time,
//
//     now + cost * (ahead / threads + 1) <= deadline
//
// and is refused at once otherwise, before anything about the account is looked up: known and unknown
// accounts get the same answer. One client address can hold a bounded share of the queue, so that a spray
// from it leaves room for others.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/result.h"
#include "starter/core/task.h"
#include "starter/crypto/password.h"

namespace starter::problems {
inline constexpr ProblemType busy{"busy", 429, "Too many requests at the moment",
                                  "Try again after the time in Retry-After."};
}  // namespace starter::problems

namespace starter::crypto {

class PasswordPool {
 public:
  struct Options {
    unsigned threads = 0;  // 0: one less than the cores, at least one
    std::chrono::nanoseconds first_cost = std::chrono::milliseconds(15);  // until the first hash was measured
    size_t max_queue = 1024;  // waiting and running, whatever the deadlines
    unsigned client_share_percent =
        25;  // of the hashes that fit before the deadline; never less than `threads`
  };

  /// `clock` gives the same steady time as the deadlines and must outlive the pool.
  PasswordPool(const PasswordHasher& hasher, const Clock& clock, Options options);
  PasswordPool(const PasswordHasher& hasher, const Clock& clock) : PasswordPool(hasher, clock, Options()) {}

  /// Waits for the hashes that run; those that wait end with `unavailable`. The io_contexts of the callers
  /// must still exist, so declare the pool after them.
  ~PasswordPool();

  /// The stored form of a new password. `client` is the address the request came from. Resumes on the
  /// caller's own executor. Problems: busy (with Retry-After), deadline_exceeded, unavailable while shutting
  /// down or out of memory.
  Task<Result<std::string>> hash(Secret password, std::string client, SteadyTime deadline);

  /// Whether the password belongs to the stored hash; the hasher's decoy() stands in for an unknown account.
  Task<Result<bool>> verify(Secret password, std::string stored, std::string client, SteadyTime deadline);

  const PasswordHasher& hasher() const { return hasher_; }

  struct Stats {
    size_t queued = 0;  // waiting and running
    uint64_t done = 0, refused = 0, late = 0;
    std::chrono::nanoseconds cost{};
  };
  Stats stats() const;

 private:
  struct Ticket;
  Task<const ProblemType*> wait_for(std::shared_ptr<Ticket> ticket);
  Result<> admit(std::shared_ptr<Ticket> ticket);
  void serve();
  void run(Ticket& ticket);
  void leave(const Ticket& ticket);

  const PasswordHasher& hasher_;
  const Clock& clock_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Ticket>> waiting_;
  std::unordered_map<std::string, size_t> held_;  // by client: waiting and running
  size_t ahead_ = 0;                              // waiting and running
  std::chrono::nanoseconds cost_;
  uint64_t done_ = 0, refused_ = 0, late_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace starter::crypto
