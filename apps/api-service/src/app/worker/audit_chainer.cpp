#include "app/worker/audit_chainer.h"

#include "starter/audit/chain.h"
#include "starter/core/context.h"
#include "starter/crypto/encoding.h"
#include "starter/testing/failpoint.h"

namespace starter::worker {

struct ChainTenant {
  Uuid tenant_id;
};
BOOST_DESCRIBE_STRUCT(ChainTenant, (), (tenant_id))

struct ChainHead {
  int64_t seq;
  Bytes hash;
};
BOOST_DESCRIBE_STRUCT(ChainHead, (), (seq, hash))

struct UnlinkedEvent {
  Uuid id;
  Bytes digest;
};
BOOST_DESCRIBE_STRUCT(UnlinkedEvent, (), (id, digest))

namespace {

using namespace std::chrono_literals;
using pg::Query;
using pg::Worker;

constexpr auto kPeriod = 200ms;
constexpr int64_t kBatch = 500;
constexpr auto kPatience = 5s;

constexpr Query<Worker, ChainTenant> kTenants{
    .name = "audit_chain_tenants",
    .timeout = 2000ms,
    .sql =
        "SELECT DISTINCT e.tenant_id FROM audit_events e WHERE NOT e.linked AND e.xid < "
        "pg_snapshot_xmin(pg_current_snapshot()) "
        "AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event_id = e.id) LIMIT 64"};

constexpr Query<Worker, void, Uuid, Bytes> kAddHead{
    .name = "audit_chain_add_head",
    .sql =
        "INSERT INTO audit_heads (tenant_id, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (tenant_id) DO "
        "NOTHING"};

constexpr Query<Worker, ChainHead, Uuid> kLockHead{
    .name = "audit_chain_lock_head",
    .timeout = 2000ms,
    .sql = "SELECT seq, hash FROM audit_heads WHERE tenant_id = $1 FOR UPDATE",
    .writes = true};

/// An event that says it is not linked although it is was tampered with: verifying names it, linking it again
/// would only stop the chain.
constexpr Query<Worker, UnlinkedEvent, Uuid, int64_t> kUnlinked{
    .name = "audit_chain_unlinked",
    .timeout = 2000ms,
    .sql =
        "SELECT e.id, e.digest FROM audit_events e WHERE e.tenant_id = $1 AND NOT e.linked "
        "AND e.xid < pg_snapshot_xmin(pg_current_snapshot()) "
        "AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event_id = e.id) ORDER BY e.xid, e.id LIMIT $2"};

constexpr Query<Worker, void, Uuid, std::string> kAppend{
    .name = "audit_chain_append",
    .timeout = 2000ms,
    .sql =
        "INSERT INTO audit_links (tenant_id, seq, event_id, digest, prev, hash) "
        "SELECT $1, l.seq, l.event_id, decode(l.digest, 'hex'), decode(l.prev, 'hex'), decode(l.hash, 'hex') "
        "FROM jsonb_to_recordset($2::text::jsonb) AS l(seq bigint, event_id uuid, digest text, prev text, "
        "hash text)"};

constexpr Query<Worker, void, Uuid, std::string> kMark{
    .name = "audit_chain_mark",
    .timeout = 2000ms,
    .sql =
        "UPDATE audit_events SET linked = true WHERE tenant_id = $1 AND id IN "
        "(SELECT l.event_id FROM jsonb_to_recordset($2::text::jsonb) AS l(event_id uuid))"};

constexpr Query<Worker, void, Uuid, int64_t, Bytes> kMoveHead{
    .name = "audit_chain_move_head",
    .sql = "UPDATE audit_heads SET seq = $2, hash = $3 WHERE tenant_id = $1"};

constexpr pg::Statement kQueries[] = {kTenants.statement(),  kAddHead.statement(), kLockHead.statement(),
                                      kUnlinked.statement(), kAppend.statement(),  kMark.statement(),
                                      kMoveHead.statement()};

/// Appends the oldest events of one tenant; whether there may be more.
Task<Result<bool>> link_tenant(const Ctx& ctx, queue::Claim& claim, Uuid tenant) {
  auto transaction = CO_TRY(co_await ctx.worker().begin());
  CO_TRY(co_await claim.hold(transaction));
  CO_TRY(co_await transaction.execute(kAddHead, tenant, Bytes{audit::genesis()}));
  auto head = CO_TRY(co_await transaction.one(kLockHead, tenant));
  const auto events = CO_TRY(co_await transaction.all(kUnlinked, tenant, kBatch));
  if (events.empty()) co_return false;
  std::string links = "[";
  for (const auto& event : events) {
    const std::string hash = audit::link_hash(head.hash.value, head.seq + 1, event.id, event.digest.value);
    if (links.size() > 1) links += ',';
    links += R"({"seq":)" + std::to_string(head.seq + 1) + R"(,"event_id":")" + event.id.text() +
             R"(","digest":")" + crypto::hex_encode(event.digest.value) + R"(","prev":")" +
             crypto::hex_encode(head.hash.value) + R"(","hash":")" + crypto::hex_encode(hash) + "\"}";
    head = {head.seq + 1, {hash}};
  }
  links += ']';
  CO_TRY(co_await transaction.execute(kAppend, tenant, links));
  FAILPOINT("audit.appended");
  CO_TRY(co_await transaction.execute(kMark, tenant, links));
  CO_TRY(co_await transaction.execute(kMoveHead, tenant, head.seq, head.hash));
  FAILPOINT("audit.moved");
  CO_TRY(co_await transaction.commit());
  FAILPOINT("audit.committed");
  co_return static_cast<int64_t>(events.size()) == kBatch;
}

}  // namespace

std::span<const pg::Statement> audit_chainer_queries() {
  return kQueries;
}

Task<Result<queue::Outcome>> link_audit_events(const Ctx& ctx, queue::Claim& claim) {
  while (true) {
    const Ctx turn(ctx.executor, ctx.clock, ctx.database, ctx.clock.steady() + kPatience);
    const auto tenants = CO_TRY(co_await turn.worker().all(kTenants));
    bool more = tenants.size() == 64;
    for (const auto& tenant : tenants) {
      const Ctx one(ctx.executor, ctx.clock, ctx.database, ctx.clock.steady() + kPatience);
      if (CO_TRY(co_await link_tenant(one, claim, tenant.tenant_id))) more = true;
    }
    if (!co_await claim.pause(more ? 0ms : kPeriod)) break;
  }
  co_return queue::Outcome::again(0ms);
}

}  // namespace starter::worker
