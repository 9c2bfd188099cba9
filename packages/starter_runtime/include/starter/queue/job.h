// Jobs and what it means to hold one.
//
// A job is a row. Whoever claims it gets a lease and a new fence, a number that only goes up. The lease says
// until when nobody else will start the job; the fence decides who may finish it: every statement of the
// holder is guarded by it, so a process that was stopped past its lease and wakes up touches no row and gives
// up. The effect and the completion are one transaction; therefore a job whose effect is in the database
// happens once, whoever dies when.
#pragma once

#include <boost/describe/class.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "starter/core/types.h"
#include "starter/describe/type_info.h"
#include "starter/net/timer.h"
#include "starter/postgres/session.h"

namespace starter::problems {
inline constexpr ProblemType lease_lost{"queue.lease_lost", 409, "Somebody else works on this job now",
                                        "Nothing to do: whoever holds the job finishes it."};
}  // namespace starter::problems

namespace starter::queue {

/// What a claim read of its row.
struct Job {
  Uuid id;
  std::optional<Uuid> tenant_id;
  RawJson payload;
  int64_t attempts;  // this one included
  int64_t fence;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Job, (), (id, tenant_id, payload, attempts, fence, created_at))

/// How an attempt ended. A Problem instead of an Outcome means: try again later.
class Outcome {
 public:
  /// Nothing of the effect is in the database (a mail was handed over): the queue marks the job done.
  static Outcome done() { return Outcome(Kind::done); }
  /// Claim::complete() was part of the transaction that was committed.
  static Outcome committed() { return Outcome(Kind::committed); }
  /// For standing jobs: the next run begins after `pause`, with attempts counted from zero.
  static Outcome again(std::chrono::milliseconds pause) {
    Outcome out(Kind::again);
    out.pause = pause;
    return out;
  }
  /// Trying again can't help: dead letter at once. `why` is stored and must not hold a secret.
  static Outcome never(std::string why) {
    Outcome out(Kind::never);
    out.why = std::move(why);
    return out;
  }

  enum class Kind : uint8_t { done, committed, again, never };
  Kind kind;
  std::chrono::milliseconds pause{};
  std::string why;

 private:
  explicit Outcome(Kind kind) : kind(kind) {}
};

/// A job that this process holds. All on one thread.
class Claim {
 public:
  Claim(Executor executor, const Clock& clock, Job job, SteadyTime lease_until)
      : clock_(clock),
        pause_(executor),
        job_(std::move(job)),
        lease_until_(lease_until) {}

  const Job& job() const { return job_; }

  /// Whether nobody else can have started this job. Ask before an effect that no transaction covers: a
  /// process that was stopped past its lease learns it here.
  bool held() const { return !lost_ && clock_.steady() < lease_until_; }
  /// The process ends soon; a long job returns Outcome::again() at its next chance.
  bool draining() const { return draining_; }

  /// For standing jobs: waits, and answers whether to go on.
  Task<bool> pause(std::chrono::milliseconds time);

  /// Locks the job's row in the effect's transaction; problems::lease_lost if it is no longer ours.
  template <pg::Purpose P>
  Task<Result<>> hold(pg::Transaction<P>& transaction) const;
  /// Marks the job done in the effect's transaction; problems::lease_lost if it is no longer ours, and the
  /// transaction must not be committed.
  template <pg::Purpose P>
  Task<Result<>> complete(pg::Transaction<P>& transaction) const;

 private:
  friend class Queue;
  const Clock& clock_;
  net::Timer pause_;
  const Job job_;
  SteadyTime lease_until_;
  bool lost_ = false;
  bool draining_ = false;
};

/// What a new job needs. Adding one with an id that is there already does nothing.
struct NewJob {
  Uuid id;
  std::string queue;
  std::optional<Uuid> tenant_id;
  RawJson payload;
  std::chrono::milliseconds delay{};
};

/// Adds a job in the transaction of what it follows from.
template <pg::Purpose P>
Task<Result<>> enqueue(pg::Transaction<P>& transaction, NewJob job);

/// A queue of one row that is never done: the lease decides which process does the work. Safe to call at
/// every start.
Task<Result<>> ensure_standing(const Ctx& ctx, std::string queue);
/// The id of that row, the same everywhere.
Uuid standing_id(std::string_view queue);

/// Every statement of this component, for the test that prepares them against the migrated schema.
std::span<const pg::Statement> statements();

}  // namespace starter::queue
