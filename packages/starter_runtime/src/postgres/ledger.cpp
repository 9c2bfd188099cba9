#include "ledger.h"

#include <libpq-fe.h>

#include <algorithm>

namespace starter::pg {
namespace {

std::string_view field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

void take_error(Flight& flight, const pg_result* result) {
  if (!flight.problem) flight.problem = problem_of(result, flight.statement);
  const auto state = field(result, PG_DIAG_SQLSTATE);
  // A read-only server was demoted under us; a shutdown or an unknown session state can't be repaired either.
  // The same goes for a prepared statement that is missing (26000) or planned against an older table (0A000).
  if (state == "25006" || state == "26000" || state == "0A000" || state.starts_with("57P") ||
      state.starts_with("08")) {
    flight.kill_connection = true;
  }
}

void check_nonce(Flight& flight, const pg_result* result) {
  if (PQntuples(result) == 1 && PQnfields(result) >= 1 && flight.nonce == PQgetvalue(result, 0, 0)) return;
  flight.problem = Problem{problems::internal, "a database session answered for another request"};
  flight.kill_connection = true;
}

}  // namespace

bool Ledger::on_result(pg_result* result) {
  if (slots_.empty()) {
    if (result) PQclear(result);
    return result == nullptr;
  }
  Slot& slot = slots_.front();
  Flight& flight = *slot.flight;
  if (!result) {
    if (slot.step == Step::sync || slot.step == Step::barrier) return true;  // nothing has arrived for it yet
    if (!slot.answered) return false;
    slots_.pop_front();
    return true;
  }
  const auto status = PQresultStatus(result);
  if (status == PGRES_PIPELINE_SYNC) {
    PQclear(result);
    if (slot.step != Step::sync && slot.step != Step::barrier) return false;
    const bool ends_flight = slot.step == Step::sync;
    const auto done = std::move(slot.flight);
    slots_.pop_front();
    if (ends_flight) done->completion.complete();
    return true;
  }
  if (slot.step == Step::sync || slot.step == Step::barrier) {
    PQclear(result);
    return false;
  }
  slot.answered = true;
  Rows rows(result);
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
    take_error(flight, result);
    flight.kill_connection |= slot.step == Step::prepare;  // the session lacks what it is believed to know
  } else if (status == PGRES_TUPLES_OK && slot.step == Step::settings) {
    check_nonce(flight, result);
  } else if (status != PGRES_PIPELINE_ABORTED && slot.step == Step::statement) {
    flight.command_tag = PQcmdStatus(result);
    flight.rows = std::move(rows);
  }
  return true;
}

void Ledger::fail_all(const ProblemType& type, const std::string& cause) {
  auto slots = std::exchange(slots_, {});
  for (auto& slot : slots) {
    if (slot.flight->completion.done()) continue;
    slot.flight->problem = Problem{type, cause};
    slot.flight->kill_connection = true;
    slot.flight->completion.complete();
  }
}

void Ledger::expire(SteadyTime now) {
  for (auto& slot : slots_) {
    Flight& flight = *slot.flight;
    if (flight.completion.done() || flight.deadline > now) continue;
    flight.problem =
        Problem{problems::deadline_exceeded, "the database did not answer within the request's time"};
    flight.completion.complete();
  }
}

Problem problem_of(const pg_result* result, const Statement& statement) {
  const auto state = field(result, PG_DIAG_SQLSTATE);
  const auto constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  if (!constraint.empty()) {
    const auto found = std::find_if(statement.violations.begin(), statement.violations.end(),
                                    [&](const Violation& v) { return v.constraint == constraint; });
    if (found != statement.violations.end()) return Problem{*found->problem};
  }
  // The primary message may quote a value, so the log gets state, names and position only.
  std::string cause =
      "statement " + std::string(statement.name) + " failed with SQLSTATE " + std::string(state);
  for (const auto& [label, code] : {std::pair{"constraint", PG_DIAG_CONSTRAINT_NAME},
                                    {"table", PG_DIAG_TABLE_NAME},
                                    {"column", PG_DIAG_COLUMN_NAME},
                                    {"position", PG_DIAG_STATEMENT_POSITION}}) {
    if (const auto text = field(result, code); !text.empty())
      cause += std::string(", ") + label + " " + std::string(text);
  }
  if (state.starts_with("42")) {
    if (const auto text = field(result, PG_DIAG_MESSAGE_PRIMARY); !text.empty())
      cause += ": " + std::string(text);
  }
  if (state == "57014") return Problem{problems::deadline_exceeded, cause};
  if (state == "55P03" || state == "40001" || state == "40P01") {
    return Problem{problems::conflict, cause}.with_retry_after(std::chrono::seconds(1));
  }
  if (state == "25006" || state.starts_with("57P") || state.starts_with("08") || state.starts_with("53")) {
    return Problem{problems::unavailable, cause}.with_retry_after(std::chrono::seconds(1));
  }
  return Problem{problems::internal, cause};
}

}  // namespace starter::pg
