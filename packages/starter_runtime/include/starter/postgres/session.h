// Sessions: the only way to a query, and only a Ctx hands them out.
#pragma once

#include <optional>
#include <vector>

#include "starter/core/task.h"
#include "starter/postgres/connection.h"
#include "starter/postgres/query.h"

namespace starter {
class Ctx;
}

namespace starter::pg {

class Database;
class Lease;

namespace detail {

/// Runs one statement somewhere: on the shared connection, or inside a transaction.
class Channel {
 public:
  virtual Task<Result<Rows>> run(Statement statement, Parameters parameters) = 0;

 protected:
  ~Channel() = default;
};

template <class Row>
Task<Result<std::vector<Row>>> read_all(Task<Result<Rows>> running) {
  auto rows = CO_TRY(co_await std::move(running));
  std::vector<Row> out(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) CO_TRY(rows.read(i, type_of<Row>, &out[i]));
  co_return out;
}
template <class Row>
Task<Result<std::optional<Row>>> read_maybe(Task<Result<Rows>> running) {
  auto rows = CO_TRY(co_await std::move(running));
  std::optional<Row> out;
  if (rows.size() > 0) CO_TRY(rows.read(0, type_of<Row>, &out.emplace()));
  co_return out;
}
template <class Row>
Task<Result<Row>> read_one(Task<Result<Rows>> running) {
  auto rows = CO_TRY(co_await std::move(running));
  if (rows.size() == 0) co_return Problem{problems::not_found};
  Row out{};
  CO_TRY(rows.read(0, type_of<Row>, &out));
  co_return out;
}
Task<Result<size_t>> read_count(Task<Result<Rows>> running);

template <class... Args>
Parameters encode(const Args&... args) {
  Parameters parameters(sizeof...(Args));
  (parameters.add(&args, type_of<Args>), ...);
  return parameters;
}

}  // namespace detail

/// The four ways to run a query, the same on a session and in a transaction. A query of another purpose does
/// not compile.
template <class Derived, Purpose P>
class Queries {
 public:
  /// Every row.
  template <class Row, class... Args>
  Task<Result<std::vector<Row>>> all(const Query<P, Row, Args...>& query,
                                     const std::type_identity_t<Args>&... args) {
    return detail::read_all<Row>(start(query, args...));
  }
  /// The first row, or nothing.
  template <class Row, class... Args>
  Task<Result<std::optional<Row>>> maybe(const Query<P, Row, Args...>& query,
                                         const std::type_identity_t<Args>&... args) {
    return detail::read_maybe<Row>(start(query, args...));
  }
  /// The first row; problems::not_found if there is none.
  template <class Row, class... Args>
  Task<Result<Row>> one(const Query<P, Row, Args...>& query, const std::type_identity_t<Args>&... args) {
    return detail::read_one<Row>(start(query, args...));
  }
  /// How many rows were touched.
  template <class Row, class... Args>
  Task<Result<size_t>> execute(const Query<P, Row, Args...>& query,
                               const std::type_identity_t<Args>&... args) {
    return detail::read_count(start(query, args...));
  }

  template <class Other, class Row, class... Args>
    requires(!std::same_as<Other, P>)
  void one(const Query<Other, Row, Args...>&, const auto&...) = delete;  // this query is for another purpose

 private:
  template <class Row, class... Args>
  Task<Result<Rows>> start(const Query<P, Row, Args...>& query, const Args&... args) {
    return static_cast<Derived*>(this)->run(query.statement(), detail::encode(args...));
  }
};

/// An open transaction. Destroyed without commit() it rolls back.
template <Purpose P>
class Transaction : public Queries<Transaction<P>, P> {
 public:
  Transaction(std::unique_ptr<Lease> lease, Scope scope, const Ctx& ctx);
  Transaction(Transaction&&) noexcept;
  ~Transaction();

  Task<Result<Rows>> run(Statement statement, Parameters parameters);
  /// Inserts the request's idempotency claim; begin() has done it already.
  Task<Result<>> claim();
  /// Makes everything durable; under an idempotency key together with the reply, after the handler has
  /// returned. An error means that it is not known whether it was (connection lost) or that it was not (a
  /// statement had failed); a client may repeat it under its idempotency key.
  Task<Result<>> commit();

 private:
  std::unique_ptr<Lease> lease_;
  Scope scope_;
  const Ctx* ctx_;
  bool open_ = false;
};

/// Single statements, each its own transaction on a shared connection; transactions on an exclusive one.
template <Purpose P>
class Session : public Queries<Session<P>, P> {
 public:
  Session(const Ctx& ctx, Scope scope) : ctx_(&ctx), scope_(scope) {}

  Task<Result<Rows>> run(Statement statement, Parameters parameters);
  /// Waits for an exclusive connection, at most until the request's deadline.
  Task<Result<Transaction<P>>> begin();

 private:
  const Ctx* ctx_;
  Scope scope_;
};

using TenantSession = Session<Tenant>;
using SelfSession = Session<Self>;
using EntrySession = Session<Entry>;
using WorkerSession = Session<Worker>;
using TenantTransaction = Transaction<Tenant>;
using SelfTransaction = Transaction<Self>;
using EntryTransaction = Transaction<Entry>;
using WorkerTransaction = Transaction<Worker>;

extern template class Session<Tenant>;
extern template class Session<Self>;
extern template class Session<Entry>;
extern template class Session<Worker>;
extern template class Transaction<Tenant>;
extern template class Transaction<Self>;
extern template class Transaction<Entry>;
extern template class Transaction<Worker>;

}  // namespace starter::pg
