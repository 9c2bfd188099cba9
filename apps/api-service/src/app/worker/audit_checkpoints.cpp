#include "app/worker/audit_checkpoints.h"

#include "starter/audit/chain.h"
#include "starter/core/context.h"
#include "starter/crypto/encoding.h"

namespace starter::worker {

struct LastCheckpoint {
  Uuid id;
  Timestamp at;
  std::optional<std::string> digest;  // hex
};
BOOST_DESCRIBE_STRUCT(LastCheckpoint, (), (id, at, digest))

namespace {

using namespace std::chrono_literals;
using pg::Query;
using pg::Worker;

constexpr auto kPatience = 30s;
constexpr size_t kHeadsALine = 100;

constexpr Query<Worker, LastCheckpoint> kLast{.name = "audit_checkpoint_last",
                                              .sql =
                                                  "SELECT id, at, document->>'digest' AS digest FROM "
                                                  "audit_checkpoints ORDER BY at DESC, id DESC LIMIT 1"};

constexpr Query<Worker, audit::Head> kHeads{
    .name = "audit_checkpoint_heads",
    .timeout = 30s,
    .sql = "SELECT tenant_id, seq, hash FROM audit_heads WHERE seq > 0 ORDER BY tenant_id"};

constexpr Query<Worker, void, Uuid, Timestamp, std::string, std::string, Bytes> kAdd{
    .name = "audit_checkpoint_add",
    .timeout = 30s,
    .sql =
        "INSERT INTO audit_checkpoints (id, at, document, key_id, signature) VALUES ($1, $2, "
        "$3::text::jsonb, $4, $5)"};

constexpr pg::Statement kQueries[] = {kLast.statement(), kHeads.statement(), kAdd.statement()};

std::string document_of(const audit::Checkpoint& checkpoint) {
  std::string out = R"({"schema_version":1,"full":)" + std::string(checkpoint.full ? "true" : "false") +
                    R"(,"previous":")" + crypto::hex_encode(checkpoint.previous) + R"(","digest":")" +
                    crypto::hex_encode(checkpoint.digest()) + R"(","heads":[)";
  for (const auto& head : checkpoint.heads) {
    if (out.back() != '[') out += ',';
    out += R"({"tenant_id":")" + head.tenant_id.text() + R"(","seq":)" + std::to_string(head.seq) +
           R"(,"hash":")" + crypto::hex_encode(head.hash.value) + "\"}";
  }
  return out + "]}";
}

/// The whole checkpoint goes to the log: with it and the public key a chain can be held to what it was.
void log_checkpoint(observe::Logger& log, const audit::Checkpoint& checkpoint, const std::string& key_id,
                    const std::string& signature) {
  for (size_t from = 0; from < checkpoint.heads.size(); from += kHeadsALine) {
    std::string heads;
    for (size_t i = from; i < std::min(from + kHeadsALine, checkpoint.heads.size()); ++i) {
      const auto& head = checkpoint.heads[i];
      if (!heads.empty()) heads += ' ';
      heads +=
          head.tenant_id.text() + ":" + std::to_string(head.seq) + ":" + crypto::hex_encode(head.hash.value);
    }
    log.info("audit.checkpoint.heads", {{"checkpoint", checkpoint.id}, {"from", from}, {"heads", heads}});
  }
  log.info("audit.checkpoint", {{"checkpoint", checkpoint.id},
                                {"at", checkpoint.at},
                                {"full", checkpoint.full},
                                {"heads", checkpoint.heads.size()},
                                {"previous", crypto::hex_encode(checkpoint.previous)},
                                {"digest", crypto::hex_encode(checkpoint.digest())},
                                {"key_id", key_id},
                                {"signature", crypto::base64url_encode(signature)}});
}

}  // namespace

std::span<const pg::Statement> audit_checkpoint_queries() {
  return kQueries;
}

Task<Result<>> AuditCheckpoints::write(const Ctx& ctx, queue::Claim& claim) {
  auto transaction = CO_TRY(co_await ctx.worker().begin());
  CO_TRY(co_await claim.hold(transaction));
  const auto last = CO_TRY(co_await transaction.maybe(kLast));
  auto heads = CO_TRY(co_await transaction.all(kHeads));
  audit::Checkpoint checkpoint{
      .id = Uuid::v7(ctx.now()), .at = ctx.timestamp(), .previous = audit::genesis(), .heads = {}};
  if (last) {
    checkpoint.previous = crypto::hex_decode(last->digest.value_or("")).value_or(audit::genesis());
    // They are read in the order of their time, so a clock that was set back must not reorder them.
    checkpoint.at.at = std::max(checkpoint.at.at, last->at.at + std::chrono::microseconds(1));
  }
  const auto now = ctx.clock.steady();
  checkpoint.full = !last || last_ != last->id || now - last_full_ > 24h;
  for (auto& head : heads) {
    const auto known = signed_.find(head.tenant_id);
    if (checkpoint.full || known == signed_.end() || known->second != head.seq)
      checkpoint.heads.push_back(std::move(head));
  }
  const auto keyset = keys_.current();
  const auto& key = keyset->active();
  const auto made = key.key.sign(checkpoint.signed_bytes());
  const std::string signature(reinterpret_cast<const char*>(made.data()), made.size());
  CO_TRY(co_await transaction.execute(kAdd, checkpoint.id, checkpoint.at, document_of(checkpoint), key.kid,
                                      Bytes{signature}));
  // Unless the commit is known, the next one is full again.
  last_.reset();
  CO_TRY(co_await transaction.commit());
  last_ = checkpoint.id;
  if (checkpoint.full) last_full_ = now;
  for (const auto& head : checkpoint.heads) signed_[head.tenant_id] = head.seq;
  log_checkpoint(log_, checkpoint, key.kid, signature);
  co_return Result<>{};
}

Task<Result<queue::Outcome>> AuditCheckpoints::run(const Ctx& ctx, queue::Claim& claim) {
  do {
    const Ctx turn(ctx.executor, ctx.clock, ctx.database, ctx.clock.steady() + kPatience);
    CO_TRY(co_await write(turn, claim));
  } while (co_await claim.pause(period_));
  co_return queue::Outcome::again(std::chrono::milliseconds(0));
}

}  // namespace starter::worker
