#include "starter/postgres/idempotency.h"

#include "starter/core/context.h"
#include "starter/postgres/database.h"

namespace starter::pg {

struct StoredReply {
  Bytes body_hash;
  std::optional<Bytes> reply;
};
BOOST_DESCRIBE_STRUCT(StoredReply, (), (body_hash, reply))

namespace {

using namespace std::chrono_literals;

/// A first request that is still running holds the row's lock, so this waits for its end, but not for long.
constexpr Query<Self, void, Uuid, std::string, Bytes, Bytes> kClaim{
    .name = "idempotency_claim",
    .timeout = 250ms,
    .sql =
        "INSERT INTO idempotency_keys (tenant_id, route, key_hash, body_hash) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING"};

constexpr Query<Self, StoredReply, Uuid, std::string, Bytes> kRead{
    .name = "idempotency_read",
    .sql =
        "SELECT body_hash, reply FROM idempotency_keys "
        "WHERE tenant_id = $1 AND principal = app_user() AND route = $2 AND key_hash = $3"};

constexpr Query<Self, void, Uuid, std::string, Bytes, Bytes> kStore{
    .name = "idempotency_store",
    .sql =
        "UPDATE idempotency_keys SET reply = $4 "
        "WHERE tenant_id = $1 AND principal = app_user() AND route = $2 AND key_hash = $3"};

constexpr Statement kQueries[] = {kClaim.statement(), kRead.statement(), kStore.statement()};

}  // namespace

std::span<const Statement> idempotency_queries() {
  return kQueries;
}

IdempotencyClaim::IdempotencyClaim(Uuid tenant, std::string route, std::string key_hash,
                                   std::string body_hash)
    : tenant(tenant),
      route(std::move(route)),
      key_hash{std::move(key_hash)},
      body_hash{std::move(body_hash)} {}
IdempotencyClaim::~IdempotencyClaim() {
  abandon(*this);
}

Task<Result<>> detail::open_claim(const Ctx& ctx, IdempotencyClaim& claim, Lease& lease) {
  auto inserted = co_await lease.connection().run_next(
      kClaim.statement(), encode(claim.tenant, claim.route, claim.key_hash, claim.body_hash), ctx.deadline);
  if (!inserted &&
      (inserted.error().is(problems::deadline_exceeded) || inserted.error().is(problems::conflict))) {
    co_return Problem{problems::idempotency_in_progress}.with_retry_after(1s);
  }
  if (CO_TRY(std::move(inserted)).affected() > 0) co_return Result<>{};
  const auto rows = CO_TRY(co_await lease.connection().run_next(
      kRead.statement(), encode(claim.tenant, claim.route, claim.key_hash), ctx.deadline));
  StoredReply stored;
  if (rows.size() == 0) co_return Problem{problems::idempotency_in_progress}.with_retry_after(1s);
  CO_TRY(rows.read(0, type_of<StoredReply>, &stored));
  if (stored.body_hash.value != claim.body_hash.value) co_return Problem{problems::idempotency_reused};
  if (!stored.reply) co_return Problem{problems::idempotency_in_progress}.with_retry_after(1s);
  claim.stored = std::move(stored.reply);
  co_return Problem{problems::idempotent_replay};
}

Task<Result<>> complete(const Ctx& ctx, IdempotencyClaim& claim, Bytes sealed_reply) {
  auto lease = std::move(claim.parked);
  auto stored = co_await lease->connection().run_next(
      kStore.statement(), detail::encode(claim.tenant, claim.route, claim.key_hash, sealed_reply),
      ctx.deadline);
  if (!stored) {
    lease->connection().rollback();
    co_return std::move(stored).error();
  }
  co_return co_await lease->connection().commit(ctx.deadline);
}

void abandon(IdempotencyClaim& claim) {
  if (claim.parked) claim.parked->connection().rollback();
  claim.parked.reset();
}

}  // namespace starter::pg
