// The connections of one thread under one log-in: a shared one for single statements, a few for transactions.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "starter/postgres/connection.h"

namespace starter::pg {

struct DatabaseOptions {
  Secret url;
  std::string application_name;
  size_t exclusive_connections = 4;
  /// How many requests may wait for an exclusive connection; one more gets problems::unavailable at once.
  size_t max_waiting = 256;
  std::function<void()> on_up{};  // single statements find a connection, again
};

class Database;

/// Exclusive use of a connection; gives it back when destroyed.
class Lease {
 public:
  Lease(Database& database, Connection& connection, std::optional<Uuid> tenant)
      : database_(database),
        connection_(connection),
        tenant_(tenant) {}
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection& connection() { return connection_; }

 private:
  Database& database_;
  Connection& connection_;
  std::optional<Uuid> tenant_;
};

/// Belongs to one thread. It must outlive every coroutine that uses it and be declared after its io_context.
class Database {
 public:
  Database(Executor executor, const Clock& clock, net::BlockingPool& blocking, DatabaseOptions options);
  ~Database();

  /// Starts to open the shared connection, which looks after itself from then on.
  void start();
  /// Starts to open the exclusive ones, each while `may_open` says so. A process that has several of these
  /// gives its own: "all shared ones are open". To log in costs milliseconds on a few threads, and a log-in
  /// with too few connections would spend them on transactions: what a process needs to be ready comes first.
  void start_exclusive(std::function<bool()> may_open);
  /// The same for the only one of its process.
  void start_exclusive();
  void stop();

  /// The shared connection is open. Safe from any thread.
  bool shared_ready() const { return shared_.ready(); }

  /// True while single statements and a transaction find a connection; one that is on its way for the first
  /// time counts, as who needs it would wait for it. Safe from any thread.
  bool ready() const;
  /// How many of its connections are not open now. Safe from any thread.
  size_t missing() const;
  /// One statement as a transaction of its own: reads on the shared connection, which never waits for a lock
  /// or a disk; writes on an exclusive one, where a commit that waits for the disk holds up nobody else.
  Task<Result<Rows>> run(Scope scope, Statement statement, Parameters parameters, SteadyTime deadline);
  size_t waiting() const { return waiting_.size(); }
  size_t leased() const { return leased_; }

  /// An exclusive connection, or problems::unavailable when none is free before `deadline` or within 200 ms.
  /// One tenant may hold at most half of them while others wait, and beyond its half it never gets the last
  /// one, so that a noisy one, even one whose statements hang, can't starve the rest.
  Task<Result<std::unique_ptr<Lease>>> lease(std::optional<Uuid> tenant, SteadyTime deadline);

 private:
  friend class Lease;
  struct Waiter;
  void give_back(Connection& connection, const std::optional<Uuid>& tenant);
  Connection* take_free(const std::optional<Uuid>& tenant);
  size_t share() const;
  bool leaves_enough(const std::optional<Uuid>& tenant) const;
  size_t held_by(const std::optional<Uuid>& tenant) const;
  void serve_waiters();

  Executor executor_;
  const Clock& clock_;
  DatabaseOptions options_;
  Connection shared_;
  std::function<bool()> may_open_;
  std::vector<std::unique_ptr<Connection>> exclusive_;
  std::vector<Connection*> free_;
  std::vector<std::optional<Uuid>> holders_;
  std::deque<std::shared_ptr<Waiter>> waiting_;
  size_t leased_ = 0;
};

}  // namespace starter::pg
