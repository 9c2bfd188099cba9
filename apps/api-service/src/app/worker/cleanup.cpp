#include "app/worker/cleanup.h"

#include "starter/core/context.h"

namespace starter::worker {
namespace {

using namespace std::chrono_literals;
using Query = pg::Query<pg::Worker, void, int64_t>;

constexpr int64_t kBatch = 500;
/// Between batches, so that cleaning takes a small part of the database's time.
constexpr auto kBreath = 20ms;
constexpr auto kPatience = 5s;

constexpr Query kSignUps{.name = "cleanup_sign_ups",
                         .timeout = 2000ms,
                         .sql =
                             "DELETE FROM sign_ups WHERE id IN (SELECT id FROM sign_ups WHERE expires_at < "
                             "now() - interval '1 day' LIMIT $1)"};
constexpr Query kResets{
    .name = "cleanup_password_resets",
    .timeout = 2000ms,
    .sql =
        "DELETE FROM password_resets WHERE id IN "
        "(SELECT id FROM password_resets WHERE expires_at < now() - interval '1 day' LIMIT $1)"};
constexpr Query kFamilies{.name = "cleanup_families",
                          .timeout = 2000ms,
                          .sql =
                              "DELETE FROM families WHERE id IN (SELECT id FROM families WHERE expires_at < "
                              "now() - interval '1 day' LIMIT $1)"};
constexpr Query kRevocations{
    .name = "cleanup_revocations",
    .timeout = 2000ms,
    .sql =
        "DELETE FROM revocations WHERE id IN (SELECT id FROM revocations WHERE expires_at < now() LIMIT $1)"};
/// The worker may read nothing of a key but its age.
constexpr Query kIdempotencyKeys{
    .name = "cleanup_idempotency_keys",
    .timeout = 2000ms,
    .sql =
        "DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours' AND created_at <= "
        "(SELECT max(created_at) FROM (SELECT created_at FROM idempotency_keys "
        "WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT $1) oldest)"};
constexpr Query kJobs{.name = "cleanup_jobs",
                      .timeout = 2000ms,
                      .sql =
                          "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE done_at < now() - "
                          "interval '1 day' LIMIT $1)"};

constexpr Query kServiceTokens{
    .name = "cleanup_service_tokens",
    .timeout = 2000ms,
    .sql =
        "DELETE FROM service_account_tokens WHERE id IN "
        "(SELECT id FROM service_account_tokens WHERE expires_at < now() - interval '30 days' LIMIT $1)"};
constexpr Query kNonces{
    .name = "cleanup_signed_request_nonces",
    .timeout = 2000ms,
    .sql =
        "DELETE FROM signed_request_nonces WHERE nonce IN "
        "(SELECT nonce FROM signed_request_nonces WHERE expires_at < now() - interval '1 hour' LIMIT $1)"};

constexpr Query kAll[] = {kSignUps,         kResets, kFamilies,      kRevocations,
                          kIdempotencyKeys, kJobs,   kServiceTokens, kNonces};
constexpr pg::Statement kStatements[] = {
    kSignUps.statement(),         kResets.statement(), kFamilies.statement(),      kRevocations.statement(),
    kIdempotencyKeys.statement(), kJobs.statement(),   kServiceTokens.statement(), kNonces.statement()};

/// Answers how many rows went; stops early when the process drains.
Task<Result<size_t>> empty(const Ctx& ctx, queue::Claim& claim, const Query& query) {
  size_t total = 0;
  for (bool more = true; more;) {
    const Ctx turn(ctx.executor, ctx.clock, ctx.database, ctx.clock.steady() + kPatience);
    const size_t gone = CO_TRY(co_await turn.worker().execute(query, kBatch));
    total += gone;
    more = gone >= static_cast<size_t>(kBatch) && co_await claim.pause(kBreath);
  }
  co_return total;
}

}  // namespace

std::span<const pg::Statement> cleanup_queries() {
  return kStatements;
}

Task<Result<queue::Outcome>> clean_up(const Ctx& ctx, queue::Claim& claim, observe::Logger& log,
                                      std::chrono::milliseconds period) {
  do {
    for (const Query& query : kAll) {
      const size_t gone = CO_TRY(co_await empty(ctx, claim, query));
      if (gone > 0) log.info("cleanup.deleted", {{"query", query.name}, {"rows", gone}});
    }
  } while (co_await claim.pause(period));
  co_return queue::Outcome::again(0ms);
}

}  // namespace starter::worker
