// How a flight leaves and comes back. Four facts shape this file:
//  - set_config(..., true) + statement + sync is one implicit transaction, so a tenant can't leak into the
//  next one;
//  - libpq buffers, so one flush for each turn of the loop sends what many coroutines queued;
//  - a waiter may give up, its results still arrive: the ledger keeps the slot and drops the value;
//  - after anything unexpected the connection is closed, because a session in an unknown state is worse than
//  none.
#include "starter/postgres/connection.h"

#include <libpq-fe.h>

#include "ledger.h"

namespace starter::pg {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWatchdogPeriod{25};
constexpr milliseconds kSilence{3000};  // longer than any statement time-out plus a round trip
constexpr milliseconds kMaxPause{1000};
constexpr milliseconds kHold{10};
constexpr milliseconds kConnectPatience{5000};

constexpr Statement kSettings{
    .name = "scope_set",
    .sql =
        "SELECT set_config('app.nonce', $1, true), set_config('app.tenant', $2, true), "
        "set_config('app.user', $3, true), set_config('statement_timeout', $4, true)",
    .timeout = milliseconds(500),
    .violations = {},
    .parameters = {},
    .row = nullptr};
/// A statement of a transaction whose time is not that of the one before it.
constexpr Statement kTimeout{.name = "transaction_timeout",
                             .sql = "SELECT set_config('statement_timeout', $1, true)",
                             .timeout = milliseconds(500),
                             .violations = {},
                             .parameters = {},
                             .row = nullptr};
constexpr Statement kBegin{.name = "transaction_begin",
                           .sql = "BEGIN",
                           .timeout = milliseconds(500),
                           .violations = {},
                           .parameters = {},
                           .row = nullptr};
constexpr Statement kCommit{.name = "transaction_commit",
                            .sql = "COMMIT",
                            .timeout = milliseconds(2000),
                            .violations = {},
                            .parameters = {},
                            .row = nullptr};
constexpr Statement kRollback{.name = "transaction_rollback",
                              .sql = "ROLLBACK",
                              .timeout = milliseconds(500),
                              .violations = {},
                              .parameters = {},
                              .row = nullptr};

/// Session settings that never change; everything else is set for one transaction only. Every statement is
/// prepared and keyed, so the plan for any parameters is the right one, and planning anew costs more than
/// most of them.
constexpr const char* kSessionOptions =
    "-c timezone=UTC -c datestyle=ISO -c default_transaction_isolation=read\\ committed "
    "-c plan_cache_mode=force_generic_plan "
    "-c idle_in_transaction_session_timeout=15s -c lock_timeout=2s -c client_min_messages=warning";

using Handle = std::shared_ptr<PGconn>;

/// Blocks for at most three seconds for each host of the URL.
Result<Handle> open_connection(const std::string& url, const std::string& name) {
  // What stands before the URL is a default that the URL may change. To look for Kerberos credentials costs
  // milliseconds, and who uses them says so.
  const char* keys[] = {
      "gssencmode",           "dbname",           "application_name", "options",         "connect_timeout",
      "target_session_attrs", "tcp_user_timeout", "keepalives_idle",  "client_encoding", nullptr};
  const char* values[] = {"disable",    url.c_str(), name.c_str(), kSessionOptions, "3",
                          "read-write", "5000",      "10",         "UTF8",          nullptr};
  Handle handle(PQconnectdbParams(keys, values, 1), PQfinish);
  if (PQstatus(handle.get()) != CONNECTION_OK)
    return Problem{problems::unavailable, PQerrorMessage(handle.get())};
  return handle;
}

std::string millis_text(milliseconds value) {
  return std::to_string(std::max<int64_t>(1, value.count()));
}

Problem lost_transaction() {
  return Problem{problems::unavailable, "the session of this transaction was lost"}.with_retry_after(
      std::chrono::seconds(1));
}

std::string uuid_text(const std::optional<Uuid>& id) {
  return id ? id->text() : std::string();
}

}  // namespace

Connection::Connection(Executor executor, const Clock& clock, net::BlockingPool& blocking,
                       ConnectionOptions options)
    : executor_(executor),
      clock_(clock),
      blocking_(blocking),
      options_(std::move(options)),
      socket_(executor),
      watchdog_(executor),
      pause_(executor),
      ledger_(std::make_unique<Ledger>()),
      nonce_(random_token(9)) {}

Connection::~Connection() {
  if (socket_.is_open()) socket_.release();
  ledger_->fail_all(problems::unavailable, "the database connection was destroyed");
}

size_t Connection::in_flight() const {
  return ledger_->size();
}

Task<> Connection::maintain() {
  milliseconds pause(50);
  while (!stopping_) {
    if (options_.may_open && !options_.may_open()) {
      co_await rest(kHold);
      continue;
    }
    if (co_await connect()) {
      pause = milliseconds(50);
      closed_ = std::make_unique<Completion>();
      co_await closed_->wait();
      continue;
    }
    co_await rest(pause + milliseconds(random_below(50)));
    pause = std::min(pause * 2, kMaxPause);
  }
}

Task<> Connection::rest(milliseconds time) {
  pause_.expires_after(time);
  boost::system::error_code ignored;
  co_await pause_.async_wait(asio::redirect_error(use_task, ignored));
}

void Connection::stop() {
  stopping_ = true;
  pause_.cancel();
  close("the process is shutting down");
}

Task<bool> Connection::connect() {
  std::function<Result<Handle>()> open = [url = std::string(options_.url.reveal()),
                                          name = options_.application_name] {
    return open_connection(url, name);
  };
  auto opened = co_await blocking_.run<Handle>(std::move(open), clock_.steady() + kConnectPatience);
  coming_ = false;
  if (!opened || stopping_) {
    last_error_ = stopping_ ? "the process is shutting down" : std::string(opened.error().cause());
    co_return false;
  }
  handle_ = std::move(*opened);
  connection_ = handle_.get();
  PQsetnonblocking(connection_, 1);
  PQenterPipelineMode(connection_);
  socket_.assign(PQsocket(connection_));
  last_error_.clear();
  prepared_.clear();
  last_progress_ = clock_.steady();
  up_ = true;
  arm_read();
  if (options_.on_up) options_.on_up();
  co_return true;
}

void Connection::close(const std::string& cause) {
  if (!connection_) return;
  up_ = false;
  in_transaction_ = false;
  last_error_ = cause;
  socket_.release();
  connection_ = nullptr;
  handle_.reset();
  ledger_->fail_all(problems::unavailable, cause);
  if (closed_) closed_->complete();
}

// --- sending
// -----------------------------------------------------------------------------------------------------

std::shared_ptr<Flight> Connection::open_flight(const Statement& statement, SteadyTime deadline) {
  auto flight = std::make_shared<Flight>(deadline);
  flight->statement = statement;
  return flight;
}

bool Connection::ensure_prepared(const Statement& statement, const std::shared_ptr<Flight>& flight) {
  std::string name(statement.name);
  if (prepared_.contains(name)) return true;
  if (!PQsendPrepare(connection_, name.c_str(), std::string(statement.sql).c_str(), 0, nullptr)) return false;
  ledger_->expect(Step::prepare, flight);
  if (!PQpipelineSync(connection_)) return false;
  ledger_->expect(Step::barrier, flight);
  prepared_.insert(std::move(name));
  return true;
}

bool Connection::send(const Statement& statement, const Parameters& parameters) {
  const auto pointers = parameters.pointers();
  return PQsendQueryPrepared(connection_, std::string(statement.name).c_str(),
                             static_cast<int>(pointers.size()), pointers.data(), nullptr, nullptr, 0) == 1;
}

bool Connection::send_settings(const Scope& scope, const Statement& statement,
                               const std::shared_ptr<Flight>& flight) {
  timeout_ = statement.timeout;
  flight->nonce = nonce_ + std::to_string(reinterpret_cast<uintptr_t>(flight.get()));
  Parameters parameters(4);
  parameters.add_text(flight->nonce);
  parameters.add_text(uuid_text(scope.tenant));
  parameters.add_text(uuid_text(scope.user));
  parameters.add_text(patience(statement, *flight));
  if (!send(kSettings, parameters)) return false;
  ledger_->expect(Step::settings, flight);
  return true;
}

bool Connection::send_timeout(const Statement& statement, const std::shared_ptr<Flight>& flight) {
  if (timeout_ == statement.timeout) return true;
  timeout_ = statement.timeout;
  Parameters parameters(1);
  parameters.add_text(patience(statement, *flight));
  if (!ensure_prepared(kTimeout, flight) || !send(kTimeout, parameters)) return false;
  ledger_->expect(Step::statement, flight);
  return true;
}

std::string Connection::patience(const Statement& statement, const Flight& flight) const {
  const auto remaining = std::chrono::duration_cast<milliseconds>(flight.deadline - clock_.steady());
  return millis_text(std::min(statement.timeout, remaining));
}

bool Connection::send_sync(const std::shared_ptr<Flight>& flight) {
  if (!watchdog_armed_) last_progress_ = clock_.steady();  // the connection was idle until now
  if (!PQpipelineSync(connection_)) return false;
  ledger_->expect(Step::sync, flight);
  schedule_flush();
  arm_watchdog();
  return true;
}

Task<Result<Rows>> Connection::run(Scope scope, Statement statement, Parameters parameters,
                                   SteadyTime deadline) {
  if (!connection_)
    co_return Problem{problems::unavailable, last_error_}.with_retry_after(std::chrono::seconds(1));
  if (ledger_->size() >= options_.max_in_flight) {
    co_return Problem{problems::unavailable, "too many statements wait for the database"}.with_retry_after(
        std::chrono::seconds(1));
  }
  auto flight = open_flight(statement, deadline);
  bool sent = ensure_prepared(kSettings, flight) && ensure_prepared(statement, flight) &&
              send_settings(scope, statement, flight) && send(statement, parameters);
  if (sent) {
    ledger_->expect(Step::statement, flight);
    sent = send_sync(flight);
  }
  co_return co_await finish(flight, sent);
}

Task<Result<Rows>> Connection::run_first(Scope scope, Statement statement, Parameters parameters,
                                         SteadyTime deadline) {
  if (!connection_)
    co_return Problem{problems::unavailable, last_error_}.with_retry_after(std::chrono::seconds(1));
  in_transaction_ = true;
  auto flight = open_flight(statement, deadline);
  bool sent = ensure_prepared(kBegin, flight) && ensure_prepared(kSettings, flight) &&
              ensure_prepared(statement, flight) && send(kBegin, {});
  if (sent) {
    ledger_->expect(Step::statement, flight);
    sent = send_settings(scope, statement, flight) && send(statement, parameters);
  }
  if (sent) {
    ledger_->expect(Step::statement, flight);
    sent = send_sync(flight);
  }
  co_return co_await finish(flight, sent);
}

Task<Result<Rows>> Connection::run_next(Statement statement, Parameters parameters, SteadyTime deadline) {
  if (!in_transaction_) co_return lost_transaction();
  auto flight = open_flight(statement, deadline);
  bool sent =
      send_timeout(statement, flight) && ensure_prepared(statement, flight) && send(statement, parameters);
  if (sent) {
    ledger_->expect(Step::statement, flight);
    sent = send_sync(flight);
  }
  co_return co_await finish(flight, sent);
}

Task<Result<>> Connection::commit(SteadyTime deadline) {
  if (!in_transaction_) co_return lost_transaction();
  in_transaction_ = false;
  auto flight = open_flight(kCommit, deadline);
  bool sent = ensure_prepared(kCommit, flight) && send(kCommit, {});
  if (sent) {
    ledger_->expect(Step::statement, flight);
    sent = send_sync(flight);
  }
  CO_TRY(co_await finish(flight, sent));
  if (flight->command_tag != "COMMIT") {
    co_return Problem{problems::internal, "the transaction had failed, so COMMIT rolled it back"};
  }
  co_return Result<>{};
}

void Connection::rollback() {
  if (!std::exchange(in_transaction_, false)) return;
  auto flight = open_flight(kRollback, clock_.steady() + std::chrono::seconds(2));
  bool sent = ensure_prepared(kRollback, flight) && send(kRollback, {});
  if (sent) {
    ledger_->expect(Step::statement, flight);
    sent = send_sync(flight);
  }
  if (!sent) close("a rollback could not be sent");
}

Task<Result<Rows>> Connection::finish(std::shared_ptr<Flight> flight, bool sent) {
  if (!sent) {
    const std::string cause = PQerrorMessage(connection_);
    close(cause);
    co_return Problem{problems::unavailable, cause}.with_retry_after(std::chrono::seconds(1));
  }
  co_await flight->completion.wait();
  if (flight->kill_connection) close("the session was closed after an error that leaves it unusable");
  if (flight->problem) co_return std::move(*flight->problem);
  co_return std::move(flight->rows);
}

// --- the loop
// ----------------------------------------------------------------------------------------------------

void Connection::arm_read() {
  socket_.async_wait(asio::posix::descriptor_base::wait_read,
                     [this, generation = connection_](const boost::system::error_code& error) {
                       if (error || !connection_ || connection_ != generation) return;
                       on_readable();
                       if (connection_ == generation) arm_read();
                     });
}

void Connection::on_readable() {
  last_progress_ = clock_.steady();
  if (!PQconsumeInput(connection_)) return close(PQerrorMessage(connection_));
  int idle_answers = 0;
  while (!ledger_->empty() && !PQisBusy(connection_)) {
    PGresult* result = PQgetResult(connection_);
    // libpq answers null between statements and when nothing is there yet; two in a row mean the latter.
    if (!result && ++idle_answers > 2) return;
    if (result) idle_answers = 0;
    if (!ledger_->on_result(result)) return close("the database answered out of step");
  }
}

void Connection::schedule_flush() {
  if (flush_scheduled_) return;
  flush_scheduled_ = true;
  asio::post(executor_, [this] {
    flush_scheduled_ = false;
    flush();
  });
}

void Connection::flush() {
  if (!connection_) return;
  const int left = PQflush(connection_);
  if (left < 0) return close(PQerrorMessage(connection_));
  if (left == 0) return;
  socket_.async_wait(asio::posix::descriptor_base::wait_write,
                     [this, generation = connection_](const boost::system::error_code& error) {
                       if (!error && connection_ == generation) flush();
                     });
}

/// One lazy timer for all flights: it runs only while something is under way.
void Connection::arm_watchdog() {
  if (watchdog_armed_) return;
  watchdog_armed_ = true;
  watchdog_.expires_after(kWatchdogPeriod);
  watchdog_.async_wait([this](const boost::system::error_code& error) {
    watchdog_armed_ = false;
    if (!error) on_watchdog();
  });
}

void Connection::on_watchdog() {
  if (!connection_ || ledger_->empty()) return;
  const auto now = clock_.steady();
  ledger_->expire(now);
  if (now - last_progress_ > kSilence) return close("the database has been silent for too long");
  arm_watchdog();
}

}  // namespace starter::pg
