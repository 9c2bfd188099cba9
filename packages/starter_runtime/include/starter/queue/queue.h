// One queue as seen by one process: claims, runs, keeps leases alive, settles, drains.
//
// All queues live in one table, which the schema of the application owns:
//
//   jobs(id uuid, queue text, tenant_id uuid, payload jsonb, run_at, attempts integer, fence bigint,
//   lease_until,
//        done_at, dead_at, last_error text, created_at)
//
// Any number of processes may run the same queue. A claim is one statement: rows that are due and not leased
// (or whose lease ran out) are taken with SKIP LOCKED, their fence and their attempts go up. Attempts count
// at the claim and not at the failure, so a job that kills its worker is buried as well. Polling makes it
// correct, wake() makes it quick.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "starter/core/completion.h"
#include "starter/core/context.h"
#include "starter/observe/log.h"
#include "starter/observe/metrics.h"
#include "starter/queue/job.h"

namespace starter::queue {

struct QueueOptions {
  std::string name;
  size_t concurrency = 8;                        // jobs under way at once
  std::chrono::milliseconds lease{10'000};       // kept alive three times as often while the job runs
  std::chrono::milliseconds poll{1'000};         // how late a job may start that nobody woke us for
  std::chrono::milliseconds time_limit{60'000};  // of one attempt: the deadline in its Ctx
  int64_t max_attempts = 8;                      // then the dead letter
  std::chrono::milliseconds first_retry{30'000}, longest_retry{600'000};
  std::function<uint32_t(uint32_t)> random = random_below;  // spreads retries
};

/// For a queue made by ensure_standing(): one job, as many attempts as it takes.
QueueOptions standing_options(std::string name, std::chrono::milliseconds lease);

/// min(first * 2^(attempt-1), longest), and up to a fifth less so that jobs that failed together don't come
/// back together.
std::chrono::milliseconds retry_delay(const QueueOptions& options, int64_t attempt);

/// Does the work of one job. The deadline of the Ctx ends it; a Problem is tried again, see Outcome for the
/// rest.
using Handler = std::function<Task<Result<Outcome>>(const Ctx&, Claim&)>;

/// All on one thread, wake() excepted. It must outlive run() and be declared after the io_context.
class Queue {
 public:
  Queue(Executor executor, const Clock& clock, pg::Database& database, observe::Logger& log,
        observe::Metrics& metrics, QueueOptions options, Handler handler);

  /// Claims and runs jobs until drain(): spawn(executor, "queue mail", queue.run()).
  Task<> run();
  /// There may be work: look now instead of at the next poll. Any thread; calls that come together count
  /// once.
  void wake();

  /// Claims nothing more, waits until `deadline` for what runs, gives back the rest: another process may
  /// start those at once, and the attempt does not count. run() has ended afterwards.
  Task<> drain(SteadyTime deadline);

  const std::string& name() const { return options_.name; }
  size_t running() const { return running_.size(); }
  /// Since the database last answered a claim (with or without a job) or kept a lease: how long this queue
  /// may have been at a standstill.
  std::chrono::milliseconds silence() const;

 private:
  struct Counters;
  Task<Result<size_t>> claim(size_t most);
  Task<> work(std::shared_ptr<Claim> claim);
  Task<Result<Outcome>> attempt(std::shared_ptr<Claim> claim);
  Task<Result<>> settle(std::shared_ptr<Claim> claim, Outcome outcome);
  Task<Result<>> fail(std::shared_ptr<Claim> claim, std::string error, bool for_good);
  Task<Result<>> release(std::shared_ptr<Claim> claim);
  Task<> keep_leases();
  Task<Result<>> beat();
  Task<Result<>> measure();
  Ctx context(std::chrono::milliseconds patience) const;
  void finished(const std::shared_ptr<Claim>& claim);

  const Executor executor_;
  const Clock& clock_;
  pg::Database& database_;
  observe::Logger& log_;
  const QueueOptions options_;
  const Handler handler_;
  std::shared_ptr<Counters> counters_;
  net::Timer pause_, beat_pause_;
  std::list<std::shared_ptr<Claim>> running_;
  std::atomic<bool> wake_posted_ = false;
  bool woken_ = false, more_waiting_ = false, draining_ = false;
  SteadyTime last_answer_;
  Completion idle_, claiming_ended_, beating_ended_;
};

}  // namespace starter::queue
