// Which result belongs to whom: the bookkeeping of a pipelined connection, without any I/O.
//
// In pipeline mode libpq hands out results in the order in which they were asked for: for each statement its
// result and then a null, for each sync one result without a null. An error makes the server skip everything
// up to the next sync ("aborted"). The ledger holds the expected sequence and gives each result to its
// flight.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "starter/core/clock.h"
#include "starter/core/completion.h"
#include "starter/postgres/rows.h"

namespace starter::pg {

/// One group of statements that ends with a sync, and the coroutine that waits for it.
struct Flight {
  explicit Flight(SteadyTime until) : deadline(until) {}
  SteadyTime deadline;
  Statement statement{};  // the one whose rows are wanted
  std::string nonce;      // what the settings statement must echo; empty if there is none
  Rows rows;
  std::optional<Problem> problem;
  std::string command_tag;       // of the last statement, "COMMIT" or "ROLLBACK" among them
  bool kill_connection = false;  // the session can't be trusted any more
  Completion completion;
};

/// What a slot in the pipeline stands for.
/// A barrier is a sync that ends a segment of its own (the preparing one) and wakes nobody.
enum class Step : uint8_t { prepare, barrier, settings, statement, sync };

class Ledger {
 public:
  void expect(Step step, std::shared_ptr<Flight> flight) {
    slots_.push_back({step, std::move(flight), false});
  }

  bool empty() const { return slots_.empty(); }
  size_t size() const { return slots_.size(); }
  const std::shared_ptr<Flight>& front_flight() const { return slots_.front().flight; }

  /// A result arrived (ownership is taken), or the null that ends a statement's results (nullptr). Completes
  /// the flight at its sync. Answers false when the result fits no expectation: the connection is out of
  /// step.
  bool on_result(pg_result* result);

  /// The connection is gone: every waiting flight ends with this problem.
  void fail_all(const ProblemType& type, const std::string& cause);

  /// Ends the waiters whose deadline has passed; their slots stay, so that the results are still consumed.
  void expire(SteadyTime now);

 private:
  struct Slot {
    Step step;
    std::shared_ptr<Flight> flight;
    bool answered;
  };
  std::deque<Slot> slots_;
};

/// Maps an error result to the problem that a client or a log should see.
Problem problem_of(const pg_result* result, const Statement& statement);

}  // namespace starter::pg
