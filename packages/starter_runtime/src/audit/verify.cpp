#include "starter/audit/verify.h"

#include <map>
#include <set>

#include "starter/crypto/encoding.h"

namespace starter::audit {

struct CheckpointRow {
  Uuid id;
  Timestamp at;
  bool full;
  std::optional<std::string> previous;  // hex
  std::string key_id;
  Bytes signature;
};
BOOST_DESCRIBE_STRUCT(CheckpointRow, (), (id, at, full, previous, key_id, signature))

struct TenantRow {
  Uuid tenant_id;
};
BOOST_DESCRIBE_STRUCT(TenantRow, (), (tenant_id))

struct StrayRow {
  Uuid id;
  bool linked;
};
BOOST_DESCRIBE_STRUCT(StrayRow, (), (id, linked))

struct SizeRow {
  int64_t links;
};
BOOST_DESCRIBE_STRUCT(SizeRow, (), (links))

namespace {

using namespace std::chrono_literals;
using pg::Query;
using pg::Worker;

constexpr int64_t kPage = 1000;

/// From the newest full one on: it names every chain, so older ones say nothing more.
constexpr Query<Worker, CheckpointRow> kCheckpoints{
    .name = "audit_verify_checkpoints",
    .timeout = 60s,
    .sql =
        "SELECT id, at, coalesce((document->>'full')::boolean, false) AS \"full\", document->>'previous' AS "
        "previous, key_id, signature "
        "FROM audit_checkpoints WHERE at >= coalesce((SELECT max(at) FROM audit_checkpoints "
        "WHERE (document->>'full')::boolean), '-infinity') ORDER BY at, id"};

constexpr Query<Worker, Head, Uuid> kCheckpointHeads{
    .name = "audit_verify_checkpoint_heads",
    .timeout = 60s,
    .sql =
        "SELECT h.tenant_id, h.seq, decode(h.hash, 'hex') AS hash FROM audit_checkpoints c, "
        "jsonb_to_recordset(c.document->'heads') AS h(tenant_id uuid, seq bigint, hash text) WHERE c.id = $1 "
        "ORDER BY h.tenant_id"};

constexpr Query<Worker, TenantRow> kTenants{.name = "audit_verify_tenants",
                                            .timeout = 60s,
                                            .sql =
                                                "SELECT tenant_id FROM audit_heads UNION SELECT tenant_id "
                                                "FROM audit_links UNION SELECT tenant_id FROM audit_events "
                                                "ORDER BY 1"};

constexpr Query<Worker, SizeRow> kSize{
    .name = "audit_verify_size",
    .timeout = 60s,
    .sql = "SELECT coalesce(sum(seq), 0)::bigint AS links FROM audit_heads"};

constexpr Query<Worker, LinkedEvent, Uuid, int64_t, int64_t> kLinks{
    .name = "audit_verify_links",
    .timeout = 60s,
    .sql =
        "SELECT l.seq, l.event_id, l.digest, l.prev, l.hash, e.tenant_id, e.digest AS event_digest, e.salt, "
        "e.payload IS NOT NULL AS has_payload, e.linked, "
        "audit_canonical(e.id, e.tenant_id, e.at, e.actor_id, e.action, e.target_type, e.target_id, "
        "e.payload) AS canonical, "
        "CASE WHEN e.action = 'subject.erased' THEN e.payload::text END AS erased "
        "FROM audit_links l LEFT JOIN audit_events e ON e.id = l.event_id "
        "WHERE l.tenant_id = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3"};

constexpr Query<Worker, Head, Uuid> kHead{
    .name = "audit_verify_head",
    .timeout = 60s,
    .sql = "SELECT tenant_id, seq, hash FROM audit_heads WHERE tenant_id = $1"};

/// Events outside the chain: they say that they are linked but nothing links them, or they should be by now.
/// Events of transactions that are still open, or younger than one that is, can't be linked yet.
constexpr Query<Worker, StrayRow, Uuid> kStray{
    .name = "audit_verify_stray",
    .timeout = 60s,
    .sql =
        "SELECT e.id, e.linked FROM audit_events e WHERE e.tenant_id = $1 "
        "AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event_id = e.id) "
        "AND (e.linked OR (e.at < now() - interval '5 seconds' AND e.xid < "
        "pg_snapshot_xmin(pg_current_snapshot()))) "
        "ORDER BY e.xid, e.id LIMIT 1"};

constexpr pg::Statement kStatements[] = {kCheckpoints.statement(), kCheckpointHeads.statement(),
                                         kTenants.statement(),     kSize.statement(),
                                         kLinks.statement(),       kHead.statement(),
                                         kStray.statement()};

using Vouched = std::map<Uuid, std::map<int64_t, std::string>>;

/// Checks signatures and the chain of checkpoints; what good ones say goes into `vouched`.
Task<Result<>> check_checkpoints(const Ctx& ctx, std::span<const crypto::VerifyingKey> keys,
                                 const VerifyOptions& options, Vouched& vouched, VerifyReport& report) {
  const auto rows = CO_TRY(co_await ctx.worker().all(kCheckpoints));
  std::optional<std::string> before;
  bool known_seen = !options.known;
  const auto find = [&](const Uuid& id, const char* what) {
    report.findings.push_back({Uuid{}, 0, std::nullopt, "checkpoint " + id.text() + ": " + what});
  };
  for (const auto& row : rows) {
    ++report.checkpoints;
    auto heads = CO_TRY(co_await ctx.worker().all(kCheckpointHeads, row.id));
    const Checkpoint checkpoint{row.id, row.at, row.full,
                                crypto::hex_decode(row.previous.value_or("")).value_or(""), std::move(heads)};
    const std::string bytes = checkpoint.signed_bytes();
    const auto* key = crypto::find_key(keys, row.key_id, row.at.at);
    const std::string digest(crypto::bytes_of(crypto::sha256(bytes)));
    if (!key)
      find(row.id, "it was signed with a key that is not in the keyset");
    else if (!key->verify(bytes, row.signature.value))
      find(row.id, "its signature is wrong");
    else {
      if (before && *before != checkpoint.previous)
        find(row.id, "the one before it is missing or was changed");
      for (const auto& head : checkpoint.heads) vouched[head.tenant_id][head.seq] = head.hash.value;
    }
    if (options.known && row.id == options.known->id) {
      known_seen = true;
      if (digest != options.known->digest) find(row.id, "it is not the one that the log names");
    }
    before = digest;
  }
  if (!known_seen) find(options.known->id, "it is missing although the log names it");
  co_return Result<>{};
}

using OnPage = std::function<void(int64_t checked)>;

Task<Result<>> check_chain(const Ctx& ctx, Uuid tenant, std::map<int64_t, std::string> vouched,
                           const OnPage& on_page, VerifyReport& report) {
  ChainVerifier chain(tenant, std::move(vouched));
  const auto stray = CO_TRY(co_await ctx.worker().maybe(kStray, tenant));
  int64_t after = 0;
  std::optional<Head> head;
  // The chain may grow meanwhile. Links and head move in one transaction, so a head that is read after the
  // links is at least as far; if it is further, the rest is read too, until a pass finds nothing new.
  for (bool grown = true; grown;) {
    const int64_t before = after;
    for (bool more = true; more;) {
      const auto page = CO_TRY(co_await ctx.worker().all(kLinks, tenant, after, kPage));
      for (const auto& row : page) {
        after = row.seq;
        chain.add(row);
      }
      on_page(report.events + chain.events());
      more = static_cast<int64_t>(page.size()) == kPage;
    }
    head = CO_TRY(co_await ctx.worker().maybe(kHead, tenant));
    grown = head && head->seq > after && after > before;
  }
  auto finding = chain.finish(head);
  if (finding)
    report.findings.push_back(std::move(*finding));
  else if (stray) {
    report.findings.push_back({tenant, 0, stray->id,
                               stray->linked ? "the event says it is linked, but no link names it"
                                             : "the event has not been linked for more than 5 seconds"});
  }
  ++report.chains;
  report.events += chain.events();
  report.erased += chain.erased();
  co_return Result<>{};
}

}  // namespace

std::span<const pg::Statement> verify_statements() {
  return kStatements;
}

Task<Result<VerifyReport>> verify(const Ctx& ctx, std::vector<crypto::VerifyingKey> keys,
                                  VerifyOptions options) {
  VerifyReport report;
  Vouched vouched;
  CO_TRY(co_await check_checkpoints(ctx, keys, options, vouched, report));
  std::set<Uuid> tenants;
  const auto known_tenants = CO_TRY(co_await ctx.worker().all(kTenants));
  for (const auto& row : known_tenants) tenants.insert(row.tenant_id);
  for (const auto& [tenant, heads] : vouched) tenants.insert(tenant);
  OnPage on_page = [](int64_t) {};
  if (options.on_page) {
    const auto size = CO_TRY(co_await ctx.worker().one(kSize));
    on_page = [tell = options.on_page, links = static_cast<uint64_t>(size.links)](int64_t checked) {
      tell(static_cast<uint64_t>(checked), links);
    };
  }
  for (const auto& tenant : tenants) {
    if (report.findings.size() >= options.most_findings) break;
    std::map<int64_t, std::string> heads;
    if (const auto known = vouched.find(tenant); known != vouched.end()) heads = known->second;
    CO_TRY(co_await check_chain(ctx, tenant, std::move(heads), on_page, report));
  }
  co_return report;
}

}  // namespace starter::audit
