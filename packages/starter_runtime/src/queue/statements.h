// Every statement of the leased queue. "Ours" means: this fence, and neither done, dead nor released.
#pragma once

#include "starter/queue/job.h"

namespace starter::queue {

using namespace std::chrono_literals;

struct ClaimRow {
  Uuid id;
  std::optional<Uuid> tenant_id;
  RawJson payload;
  int64_t attempts;
  int64_t fence;
  Timestamp created_at;
  bool buried;
};
BOOST_DESCRIBE_STRUCT(ClaimRow, (), (id, tenant_id, payload, attempts, fence, created_at, buried))

struct BeatRow {
  Uuid id;
  bool ours;
  bool extended;
};
BOOST_DESCRIBE_STRUCT(BeatRow, (), (id, ours, extended))

struct FailRow {
  bool dead;
};
BOOST_DESCRIBE_STRUCT(FailRow, (), (dead))

struct DepthRow {
  int64_t ready;
  int64_t oldest_milliseconds;
};
BOOST_DESCRIBE_STRUCT(DepthRow, (), (ready, oldest_milliseconds))

struct HeldRow {
  Uuid id;
};
BOOST_DESCRIBE_STRUCT(HeldRow, (), (id))

/// $1 queue, $2 how many, $3 lease in milliseconds, $4 most attempts. The rows are chosen in a materialised
/// part, because a plan may run a sub-select more than once and then take more than its limit. A job that was
/// claimed as often as it may be and never settled is buried here: its worker died each time.
inline constexpr pg::Query<pg::Worker, ClaimRow, std::string, int64_t, int64_t, int64_t> kClaim{
    .name = "queue_claim",
    .timeout = 2000ms,
    .sql =
        "WITH due AS MATERIALIZED ("
        "SELECT id FROM jobs WHERE queue = $1 AND done_at IS NULL AND dead_at IS NULL AND run_at <= now() "
        "AND (lease_until IS NULL OR lease_until < now()) ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED) "
        "UPDATE jobs j SET fence = j.fence + 1, "
        "attempts = CASE WHEN j.attempts < $4 THEN j.attempts + 1 ELSE j.attempts END, "
        "lease_until = CASE WHEN j.attempts < $4 THEN now() + $3::bigint * interval '1 millisecond' END, "
        "dead_at = CASE WHEN j.attempts < $4 THEN NULL ELSE now() END, "
        "last_error = CASE WHEN j.attempts < $4 THEN j.last_error ELSE coalesce(j.last_error || '; then ', "
        "'') || "
        "'every worker that tried ended before it could report' END "
        "FROM due WHERE j.id = due.id "
        "RETURNING j.id, j.tenant_id, j.payload, j.attempts, j.fence, j.created_at, j.dead_at IS NOT NULL AS "
        "buried"};

/// $1 ids and $2 fences as arrays in text form, $3 lease in milliseconds. A row that the effect's own
/// transaction has locked is skipped instead of waited for: while it is locked nobody else can claim it
/// either.
inline constexpr pg::Query<pg::Worker, BeatRow, std::string, std::string, int64_t> kBeat{
    .name = "queue_beat",
    .timeout = 2000ms,
    .sql =
        "WITH held AS MATERIALIZED (SELECT * FROM unnest($1::text::uuid[], $2::text::bigint[]) AS h(id, "
        "fence)), "
        "ours AS MATERIALIZED (SELECT j.id FROM jobs j JOIN held h ON j.id = h.id AND j.fence = h.fence "
        "WHERE j.done_at IS NULL AND j.dead_at IS NULL AND j.lease_until IS NOT NULL), "
        "free AS MATERIALIZED (SELECT j.id FROM jobs j JOIN held h ON j.id = h.id AND j.fence = h.fence "
        "WHERE j.done_at IS NULL AND j.dead_at IS NULL AND j.lease_until IS NOT NULL FOR UPDATE OF j SKIP "
        "LOCKED), "
        "beaten AS (UPDATE jobs j SET lease_until = now() + $3::bigint * interval '1 millisecond' FROM free "
        "WHERE j.id = free.id RETURNING j.id) "
        "SELECT h.id, EXISTS (SELECT 1 FROM ours WHERE ours.id = h.id) AS ours, "
        "EXISTS (SELECT 1 FROM beaten WHERE beaten.id = h.id) AS extended FROM held h"};

template <pg::Purpose P>
constexpr std::string_view named(std::string_view for_worker, std::string_view for_tenant) {
  return std::same_as<P, pg::Worker> ? for_worker : for_tenant;
}

template <pg::Purpose P>
inline constexpr pg::Query<P, HeldRow, Uuid, int64_t> kHold{
    .name = named<P>("queue_hold", "queue_hold_tenant"),
    .timeout = 2000ms,
    .sql =
        "SELECT id FROM jobs WHERE id = $1 AND fence = $2 AND done_at IS NULL AND dead_at IS NULL "
        "AND lease_until IS NOT NULL FOR UPDATE",
    .writes = true};

template <pg::Purpose P>
inline constexpr pg::Query<P, void, Uuid, int64_t> kDone{
    .name = named<P>("queue_done", "queue_done_tenant"),
    .timeout = 2000ms,
    .sql =
        "UPDATE jobs SET done_at = now(), lease_until = NULL, last_error = NULL WHERE id = $1 AND fence = $2 "
        "AND done_at IS NULL AND dead_at IS NULL AND lease_until IS NOT NULL"};

template <pg::Purpose P>
inline constexpr pg::Query<P, void, Uuid, std::string, std::optional<Uuid>, RawJson, int64_t> kAdd{
    .name = named<P>("queue_add", "queue_add_tenant"),
    .sql =
        "INSERT INTO jobs (id, queue, tenant_id, payload, run_at) "
        "VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 millisecond') ON CONFLICT (id) DO NOTHING"};

/// $3 pause in milliseconds.
inline constexpr pg::Query<pg::Worker, void, Uuid, int64_t, int64_t> kAgain{
    .name = "queue_again",
    .timeout = 2000ms,
    .sql =
        "UPDATE jobs SET run_at = now() + $3::bigint * interval '1 millisecond', attempts = 0, lease_until = "
        "NULL, "
        "last_error = NULL WHERE id = $1 AND fence = $2 AND done_at IS NULL AND dead_at IS NULL AND "
        "lease_until IS NOT NULL"};

/// $3 delay in milliseconds, $4 the error, $5 whether to give up.
inline constexpr pg::Query<pg::Worker, FailRow, Uuid, int64_t, int64_t, std::string, bool> kFail{
    .name = "queue_fail",
    .timeout = 2000ms,
    .sql =
        "UPDATE jobs SET run_at = now() + $3::bigint * interval '1 millisecond', lease_until = NULL, "
        "last_error = $4, "
        "dead_at = CASE WHEN $5::boolean THEN now() END WHERE id = $1 AND fence = $2 "
        "AND done_at IS NULL AND dead_at IS NULL AND lease_until IS NOT NULL RETURNING dead_at IS NOT NULL "
        "AS dead"};

/// The fence goes up: what still runs of the released attempt can't finish it any more.
inline constexpr pg::Query<pg::Worker, void, Uuid, int64_t> kRelease{
    .name = "queue_release",
    .timeout = 2000ms,
    .sql =
        "UPDATE jobs SET lease_until = NULL, fence = fence + 1, attempts = greatest(attempts - 1, 0), run_at "
        "= now() "
        "WHERE id = $1 AND fence = $2 AND done_at IS NULL AND dead_at IS NULL AND lease_until IS NOT NULL"};

inline constexpr pg::Query<pg::Worker, DepthRow, std::string> kDepth{
    .name = "queue_depth",
    .timeout = 2000ms,
    .sql =
        "SELECT count(*) AS ready, coalesce((extract(epoch FROM now() - min(run_at)) * 1000)::bigint, 0) AS "
        "oldest_milliseconds "
        "FROM (SELECT run_at FROM jobs WHERE queue = $1 AND done_at IS NULL AND dead_at IS NULL AND run_at "
        "<= now() "
        "ORDER BY run_at LIMIT 10000) due"};

}  // namespace starter::queue
