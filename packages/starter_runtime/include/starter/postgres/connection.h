// One pipelined Postgres connection on one thread.
#pragma once

#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "starter/core/clock.h"
#include "starter/core/completion.h"
#include "starter/core/secret.h"
#include "starter/net/blocking_pool.h"
#include "starter/net/timer.h"
#include "starter/postgres/rows.h"

struct pg_conn;

namespace starter::pg {

struct Flight;
class Ledger;

/// Whose rows a statement may see; set for the length of one transaction.
struct Scope {
  std::optional<Uuid> tenant;
  std::optional<Uuid> user;
};

struct ConnectionOptions {
  Secret url;  // postgresql://user:password@host/database?...
  std::string application_name;
  size_t max_in_flight = 2048;       // statements; one more is refused with problems::unavailable
  std::function<void()> on_up{};     // it can be used, again
  std::function<bool()> may_open{};  // while it says no, it is not connected; asked a hundred times a second
};

/// Stays the same object over reconnects. Every statement travels with its scope in one flight:
/// settings + statement + sync is one implicit transaction (one round trip), so nothing of a request outlives
/// it.
class Connection {
 public:
  Connection(Executor executor, const Clock& clock, net::BlockingPool& blocking, ConnectionOptions options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Connects and reconnects, with a pause of 50 ms growing to 1 s, until stop().
  Task<> maintain();
  void stop();

  /// Safe from any thread: readiness is judged for the whole process.
  bool ready() const { return up_.load(std::memory_order_relaxed); }
  /// The first attempt to connect has not ended yet. Safe from any thread.
  bool coming() const { return coming_.load(std::memory_order_relaxed); }
  size_t in_flight() const;
  /// Why the last attempt to connect failed; empty while connected. Holds no secret.
  const std::string& last_error() const { return last_error_; }

  /// One statement as its own transaction.
  Task<Result<Rows>> run(Scope scope, Statement statement, Parameters parameters, SteadyTime deadline);

  /// The pieces of an explicit transaction; the caller holds the connection exclusively. `begin` opens the
  /// transaction in the same segment as its first statement. When the session is lost the transaction is too:
  /// what follows answers problems::unavailable, also after the connection has come back.
  Task<Result<Rows>> run_first(Scope scope, Statement statement, Parameters parameters, SteadyTime deadline);
  Task<Result<Rows>> run_next(Statement statement, Parameters parameters, SteadyTime deadline);
  /// Answers a problem when the server rolled back instead (a statement before had failed).
  Task<Result<>> commit(SteadyTime deadline);
  /// Queues a ROLLBACK without waiting; whatever is sent next comes after it.
  void rollback();

 private:
  std::shared_ptr<Flight> open_flight(const Statement& statement, SteadyTime deadline);
  bool ensure_prepared(const Statement& statement, const std::shared_ptr<Flight>& flight);
  bool send(const Statement& statement, const Parameters& parameters);
  bool send_settings(const Scope& scope, const Statement& statement, const std::shared_ptr<Flight>& flight);
  /// Makes the statement's own time-out that of the transaction, if it is another.
  bool send_timeout(const Statement& statement, const std::shared_ptr<Flight>& flight);
  std::string patience(const Statement& statement, const Flight& flight) const;
  bool send_sync(const std::shared_ptr<Flight>& flight);
  Task<Result<Rows>> finish(std::shared_ptr<Flight> flight, bool sent);

  Task<bool> connect();
  Task<> rest(std::chrono::milliseconds time);
  void arm_read();
  void on_readable();
  void schedule_flush();
  void flush();
  void arm_watchdog();
  void on_watchdog();
  void close(const std::string& cause);

  Executor executor_;
  const Clock& clock_;
  net::BlockingPool& blocking_;
  ConnectionOptions options_;
  asio::posix::basic_stream_descriptor<Executor> socket_;
  net::Timer watchdog_;
  net::Timer pause_;
  std::unique_ptr<Ledger> ledger_;
  std::unordered_set<std::string> prepared_;
  std::shared_ptr<pg_conn> handle_;
  pg_conn* connection_ = nullptr;  // handle_.get()
  std::atomic<bool> up_ = false;   // connection_ is there
  std::atomic<bool> coming_ = true;
  std::unique_ptr<Completion> closed_;  // wakes maintain() when the connection is lost
  std::string last_error_;
  std::string nonce_;
  SteadyTime last_progress_{};
  bool flush_scheduled_ = false;
  bool watchdog_armed_ = false;
  bool stopping_ = false;
  std::chrono::milliseconds timeout_{};  // that the transaction has now
  bool in_transaction_ = false;          // of this session: a new one knows nothing of what was begun before
};

}  // namespace starter::pg
