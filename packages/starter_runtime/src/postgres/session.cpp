#include "starter/postgres/session.h"

#include "starter/core/context.h"
#include "starter/postgres/database.h"
#include "starter/postgres/idempotency.h"

namespace starter::pg {
namespace {

/// Opens a transaction without doing anything in it yet.
constexpr Query<Self, void> kOpen{.name = "transaction_open", .sql = "SELECT"};

}  // namespace

Task<Result<size_t>> detail::read_count(Task<Result<Rows>> running) {
  auto rows = CO_TRY(co_await std::move(running));
  co_return rows.affected();
}

template <Purpose P>
Task<Result<Rows>> Session<P>::run(Statement statement, Parameters parameters) {
  return ctx_->database.run(scope_, statement, std::move(parameters), ctx_->deadline);
}

template <Purpose P>
Task<Result<Transaction<P>>> Session<P>::begin() {
  // The coroutine's own copies: the session may be a temporary of the caller's expression.
  const Ctx* ctx = ctx_;
  const Scope scope = scope_;
  auto lease = CO_TRY(co_await ctx->database.lease(scope.tenant, ctx->deadline));
  Transaction<P> transaction(std::move(lease), scope, *ctx);
  if (ctx->idempotency) CO_TRY(co_await transaction.claim());
  co_return transaction;
}

template <Purpose P>
Transaction<P>::Transaction(std::unique_ptr<Lease> lease, Scope scope, const Ctx& ctx)
    : lease_(std::move(lease)),
      scope_(scope),
      ctx_(&ctx) {}

template <Purpose P>
Transaction<P>::Transaction(Transaction&& other) noexcept
    : lease_(std::move(other.lease_)),
      scope_(other.scope_),
      ctx_(other.ctx_),
      open_(std::exchange(other.open_, false)) {}

template <Purpose P>
Transaction<P>::~Transaction() {
  if (open_ && lease_) lease_->connection().rollback();
}

template <Purpose P>
Task<Result<>> Transaction<P>::claim() {
  if (ctx_->idempotency->parked) {
    co_return Problem{problems::internal,
                      "an idempotent request opened a second transaction after its first one"};
  }
  CO_TRY(co_await run(kOpen.statement(), {}));
  co_return co_await detail::open_claim(*ctx_, *ctx_->idempotency, *lease_);
}

template <Purpose P>
Task<Result<Rows>> Transaction<P>::run(Statement statement, Parameters parameters) {
  if (std::exchange(open_, true)) {
    return lease_->connection().run_next(statement, std::move(parameters), ctx_->deadline);
  }
  return lease_->connection().run_first(scope_, statement, std::move(parameters), ctx_->deadline);
}

template <Purpose P>
Task<Result<>> Transaction<P>::commit() {
  if (!std::exchange(open_, false)) co_return Result<>{};  // nothing was done
  if (ctx_->idempotency) {
    ctx_->idempotency->parked = std::move(lease_);
    co_return Result<>{};
  }
  auto committed = co_await lease_->connection().commit(ctx_->deadline);
  lease_.reset();  // the next request need not wait until this coroutine is gone
  co_return committed;
}

template class Session<Tenant>;
template class Session<Self>;
template class Session<Entry>;
template class Session<Worker>;
template class Transaction<Tenant>;
template class Transaction<Self>;
template class Transaction<Entry>;
template class Transaction<Worker>;

}  // namespace starter::pg
