#include "app/infrastructure/revocations.h"

#include <boost/asio/redirect_error.hpp>

namespace starter {
namespace {

using namespace std::chrono_literals;
using net::Timer;

constexpr auto kPeriod = 250ms;
constexpr auto kTooOld = 900ms;
constexpr auto kPatience = 500ms;
/// Longer than any access token and its leeway: from then on its own expiry refuses it.
constexpr auto kKeep = 36min;

}  // namespace

struct RevocationRow {
  std::string horizon;
  std::optional<std::string> kind;
  std::optional<std::string> subject;
  std::optional<int64_t> min_version;
};
BOOST_DESCRIBE_STRUCT(RevocationRow, (), (horizon, kind, subject, min_version))

namespace {

/// The horizon is at or below every transaction that may still commit; the next poll starts there.
constexpr pg::Query<pg::Entry, RevocationRow, std::string> kPoll{
    .name = "revocations_poll",
    .timeout = 400ms,
    .sql =
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, r.kind, r.subject, r.min_version "
        "FROM (SELECT 1) one LEFT JOIN revocations r ON r.xid >= $1::xid8 AND r.expires_at > now()"};
constexpr pg::Statement kQueries[] = {kPoll.statement()};

}  // namespace

std::span<const pg::Statement> revocation_queries() {
  return kQueries;
}

Revocations::Revocations(Executor executor, const Clock& clock, pg::Database& database)
    : executor_(executor),
      clock_(clock),
      database_(database),
      pause_(executor) {}

Task<> Revocations::follow() {
  while (!stopping_) {
    const auto polled = co_await poll();
    // A database that just came back is asked again soon; a healthy one four times a second.
    pause_.expires_after(polled ? kPeriod : 50ms);
    boost::system::error_code woken;
    co_await pause_.async_wait(asio::redirect_error(use_task, woken));
  }
}

void Revocations::stop() {
  stopping_ = true;
  asio::post(executor_, [this] { pause_.cancel(); });
}

void Revocations::wake() {
  asio::post(executor_, [this] { pause_.cancel(); });
}

std::chrono::milliseconds Revocations::age() const {
  const SteadyTime last{SteadyTime::duration(last_good_.load())};
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - last);
}

Task<Result<>> Revocations::poll() {
  const auto began = clock_.steady();
  const Ctx ctx(executor_, clock_, database_, began + 450ms);
  auto rows = CO_TRY(co_await ctx.entry().all(kPoll, horizon_));
  const auto known = snapshot_.load();
  bool changed = !known;
  auto next = known ? std::make_shared<Map>(*known) : std::make_shared<Map>();
  for (const auto& row : rows) {
    horizon_ = row.horizon;
    if (!row.kind) continue;
    const std::string key = *row.kind + ":" + *row.subject;
    forget_at_[key] = began + kKeep;
    auto [place, added] = next->try_emplace(key, *row.min_version);
    if (!added && place->second >= *row.min_version) continue;
    place->second = *row.min_version;
    changed = true;
  }
  for (auto at = forget_at_.begin(); at != forget_at_.end();) {
    if (at->second > began) {
      ++at;
      continue;
    }
    next->erase(at->first);
    at = forget_at_.erase(at);
    changed = true;
  }
  if (changed) snapshot_.store(std::move(next));
  last_good_.store(began.time_since_epoch().count());
  co_return Result<>{};
}

Task<Result<>> Revocations::ensure_fresh(const Ctx& ctx) const {
  if (age() <= kTooOld) co_return Result<>{};
  const auto until = std::min(ctx.deadline, clock_.steady() + kPatience);
  Timer pause(ctx.executor);
  while (clock_.steady() < until) {
    pause.expires_after(20ms);
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(use_task, ignored));
    if (age() <= kTooOld) co_return Result<>{};
  }
  co_return Problem{problems::unavailable, "revocations could not be read for too long"}.with_retry_after(1s);
}

Revocations::Verdict Revocations::judge(const Token& token) const {
  const auto map = snapshot_.load();
  if (!map || map->empty()) return Verdict::good;
  if (map->contains("session:" + token.session.text())) return Verdict::ended;
  const auto below = [&](const std::string& key, int64_t version) {
    const auto found = map->find(key);
    return found != map->end() && version < found->second;
  };
  if (below("user:" + token.user.text(), token.user_version)) return Verdict::stale;
  if (!token.tenant) return Verdict::good;
  if (below("membership:" + token.tenant->text() + "/" + token.user.text(), token.membership_version))
    return Verdict::stale;
  if (below("tenant:" + token.tenant->text(), token.tenant_version)) return Verdict::stale;
  return Verdict::good;
}

}  // namespace starter
