#include "starter/queue/queue.h"

#include <algorithm>

#include "starter/core/report.h"
#include "starter/testing/failpoint.h"
#include "statements.h"

namespace starter::queue {
namespace {

constexpr size_t kLongestError = 500;
constexpr auto kMeasurePeriod = 15s;
/// How long a finished job is reported to a database that is away. Nobody can claim it meanwhile either.
constexpr auto kInsist = 30s;

std::string text_of(const Problem& problem) {
  std::string text(problem.type().code);
  if (!problem.cause().empty()) text.append(": ").append(problem.cause());
  if (text.size() > kLongestError) text.resize(kLongestError);
  // A cut through a character would not be UTF-8, and Postgres would refuse it.
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.pop_back();
  return text;
}

template <class Range, class Get>
std::string array_text(const Range& range, Get get) {
  std::string out = "{";
  for (const auto& item : range) {
    if (out.size() > 1) out += ',';
    out += get(*item);
  }
  return out + '}';
}

}  // namespace

QueueOptions standing_options(std::string name, std::chrono::milliseconds lease) {
  return {.name = std::move(name),
          .concurrency = 1,
          .lease = lease,
          .time_limit = 24h,
          .max_attempts = INT32_MAX,
          .first_retry = 250ms,
          .longest_retry = 5s};
}

std::chrono::milliseconds retry_delay(const QueueOptions& options, int64_t attempt) {
  auto delay = options.first_retry;
  for (int64_t i = 1; i < attempt && delay < options.longest_retry; ++i) delay *= 2;
  delay = std::min(delay, options.longest_retry);
  return delay - std::chrono::milliseconds(options.random(static_cast<uint32_t>(delay.count() / 5 + 1)));
}

struct Queue::Counters {
  Counters(observe::Metrics& metrics, const std::string& queue)
      : done(make(metrics, queue, "done")),
        retried(make(metrics, queue, "retried")),
        dead(make(metrics, queue, "dead")),
        lost(make(metrics, queue, "lost")),
        released(make(metrics, queue, "released")),
        ready(metrics.gauge("starter_queue_ready", "Jobs that are due, leased ones included, at most 10,000.",
                            {{"queue", queue}})),
        oldest(metrics.gauge("starter_queue_oldest_seconds", "How long the oldest due job has waited.",
                             {{"queue", queue}})),
        running(
            metrics.gauge("starter_queue_running", "Jobs that this process works on.", {{"queue", queue}})),
        seconds(metrics.histogram("starter_job_seconds", "How long one attempt took.", {{"queue", queue}})) {}
  static observe::Counter& make(observe::Metrics& metrics, const std::string& queue, const char* result) {
    return metrics.counter("starter_jobs_total", "Attempts at jobs by how they ended.",
                           {{"queue", queue}, {"result", result}});
  }
  observe::Counter &done, &retried, &dead, &lost, &released;
  observe::Gauge &ready, &oldest, &running;
  observe::Histogram& seconds;
};

Queue::Queue(Executor executor, const Clock& clock, pg::Database& database, observe::Logger& log,
             observe::Metrics& metrics, QueueOptions options, Handler handler)
    : executor_(executor),
      clock_(clock),
      database_(database),
      log_(log),
      options_(std::move(options)),
      handler_(std::move(handler)),
      counters_(std::make_shared<Counters>(metrics, options_.name)),
      pause_(executor),
      beat_pause_(executor),
      last_answer_(clock.steady()) {}

Ctx Queue::context(std::chrono::milliseconds patience) const {
  return Ctx(executor_, clock_, database_, clock_.steady() + patience);
}

std::chrono::milliseconds Queue::silence() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - last_answer_);
}

void Queue::wake() {
  if (wake_posted_.exchange(true)) return;
  asio::post(executor_, [this] {
    wake_posted_ = false;
    woken_ = true;
    pause_.cancel();
  });
}

// --- claiming
// --------------------------------------------------------------------------------------------------------

Task<> Queue::run() {
  spawn(executor_, "queue leases", keep_leases());
  while (!draining_) {
    woken_ = false;
    const size_t free = options_.concurrency - running_.size();
    bool answered = true;
    if (free > 0) {
      const auto claimed = co_await claim(free);
      answered = claimed.has_value();
      more_waiting_ = answered && *claimed == free;
    }
    if (draining_ || woken_) continue;
    pause_.expires_after(answered ? options_.poll : std::min(options_.poll, std::chrono::milliseconds(250)));
    co_await pause_.async_wait(net::as_tuple);
  }
  claiming_ended_.complete();
}

Task<Result<size_t>> Queue::claim(size_t most) {
  const Ctx ctx = context(2s);
  const auto lease_until = clock_.steady() + options_.lease;
  auto rows = CO_TRY(co_await ctx.worker().all(kClaim, options_.name, static_cast<int64_t>(most),
                                               options_.lease.count(), options_.max_attempts));
  last_answer_ = clock_.steady();
  for (auto& row : rows) {
    if (row.buried) {
      counters_->dead.add();
      log_.error("job.dead", {{"queue", options_.name}, {"job", row.id}, {"attempts", row.attempts}});
      continue;
    }
    Job job{row.id, row.tenant_id, std::move(row.payload), row.attempts, row.fence, row.created_at};
    const auto claim = std::make_shared<Claim>(executor_, clock_, std::move(job), lease_until);
    claim->draining_ = draining_;
    running_.push_back(claim);
    spawn(executor_, "queue job", work(claim));
  }
  counters_->running.set(static_cast<double>(running_.size()));
  co_return rows.size();
}

// --- one job
// ---------------------------------------------------------------------------------------------------------

Task<> Queue::work(std::shared_ptr<Claim> claim) {
  // Claimed just when the process was asked to end: not begun, so given back.
  if (claim->draining_) {
    static_cast<void>(co_await release(claim));
    co_return finished(claim);
  }
  const auto began = clock_.steady();
  auto outcome = co_await attempt(claim);
  counters_->seconds.observe(std::chrono::duration<double>(clock_.steady() - began).count());
  const auto until = clock_.steady() + kInsist;
  std::string error = outcome ? "" : text_of(outcome.error());
  if (!outcome && outcome.error().is(problems::lease_lost)) claim->lost_ = true;
  const bool committed = outcome && outcome->kind == Outcome::Kind::committed;
  if (committed) {
    claim->lost_ = false;  // a beat between the commit and here saw the job done and took it for lost
    counters_->done.add();
  }
  // What ended is reported until the database takes it; only a claim of somebody else ends it sooner.
  while (!committed && !claim->lost_ && clock_.steady() < until) {
    Result<> settled;
    if (outcome)
      settled = co_await settle(claim, *outcome);
    else
      settled = co_await fail(claim, error, claim->job().attempts >= options_.max_attempts);
    if (settled) break;
    net::Timer pause(executor_);
    pause.expires_after(250ms);
    co_await pause.async_wait(net::as_tuple);
  }
  if (claim->lost_) {
    counters_->lost.add();
    log_.warning("job.lost",
                 {{"queue", options_.name}, {"job", claim->job().id}, {"fence", claim->job().fence}});
  }
  finished(claim);
}

Task<Result<Outcome>> Queue::attempt(std::shared_ptr<Claim> claim) {
  FAILPOINT("queue.claimed");
  const Ctx ctx = context(options_.time_limit);
  try {
    auto outcome = CO_TRY(co_await handler_(ctx, *claim));
    FAILPOINT("queue.handled");
    co_return outcome;
  } catch (const std::exception& error) {
    report_bug("queue " + options_.name, error.what());
    co_return Problem{problems::internal, std::string("an exception escaped from the handler")};
  }
}

Task<Result<>> Queue::settle(std::shared_ptr<Claim> claim, Outcome outcome) {
  const Job& job = claim->job();
  const Ctx ctx = context(2s);
  size_t rows = 1;
  switch (outcome.kind) {
    case Outcome::Kind::committed:
      break;
    case Outcome::Kind::done:
      rows = CO_TRY(co_await ctx.worker().execute(kDone<pg::Worker>, job.id, job.fence));
      if (rows > 0) counters_->done.add();
      break;
    case Outcome::Kind::again:
      rows = CO_TRY(co_await ctx.worker().execute(kAgain, job.id, job.fence, outcome.pause.count()));
      break;
    case Outcome::Kind::never:
      co_return co_await fail(claim, outcome.why, true);
  }
  if (rows == 0) claim->lost_ = true;
  co_return Result<>{};
}

Task<Result<>> Queue::fail(std::shared_ptr<Claim> claim, std::string error, bool for_good) {
  const Job& job = claim->job();
  const Ctx ctx = context(2s);
  const auto delay = retry_delay(options_, job.attempts);
  const auto row =
      CO_TRY(co_await ctx.worker().maybe(kFail, job.id, job.fence, delay.count(), error, for_good));
  if (!row) {
    claim->lost_ = true;
    co_return Result<>{};
  }
  (row->dead ? counters_->dead : counters_->retried).add();
  log_.write(row->dead ? observe::Level::error : observe::Level::warning,
             row->dead ? "job.dead" : "job.failed",
             {{"queue", options_.name},
              {"job", job.id},
              {"attempts", job.attempts},
              {"error", error},
              {"retry_milliseconds", row->dead ? 0 : delay.count()}});
  co_return Result<>{};
}

Task<Result<>> Queue::release(std::shared_ptr<Claim> claim) {
  const Ctx ctx = context(1s);
  claim->lost_ = true;
  counters_->released.add();
  CO_TRY(co_await ctx.worker().execute(kRelease, claim->job().id, claim->job().fence));
  co_return Result<>{};
}

void Queue::finished(const std::shared_ptr<Claim>& claim) {
  running_.remove(claim);
  counters_->running.set(static_cast<double>(running_.size()));
  if (running_.empty() && draining_) idle_.complete();
  // Claims come in batches: one for each job would cost as many statements as there are jobs.
  if (more_waiting_ && running_.size() <= options_.concurrency / 2) {
    woken_ = true;
    pause_.cancel();
  }
}

// --- leases
// ----------------------------------------------------------------------------------------------------------

Task<> Queue::keep_leases() {
  auto measured = clock_.steady() - kMeasurePeriod;
  while (!draining_ || !running_.empty()) {
    beat_pause_.expires_after(options_.lease / 3);
    co_await beat_pause_.async_wait(net::as_tuple);
    if (!running_.empty()) static_cast<void>(co_await beat());
    if (!draining_ && clock_.steady() - measured >= kMeasurePeriod) {
      measured = clock_.steady();
      static_cast<void>(co_await measure());
    }
  }
  beating_ended_.complete();
}

Task<Result<>> Queue::beat() {
  const Ctx ctx = context(2s);
  const auto lease_until = clock_.steady() + options_.lease;
  const std::string ids = array_text(running_, [](const Claim& claim) { return claim.job().id.text(); });
  const std::string fences =
      array_text(running_, [](const Claim& claim) { return std::to_string(claim.job().fence); });
  const auto rows = CO_TRY(co_await ctx.worker().all(kBeat, ids, fences, options_.lease.count()));
  last_answer_ = clock_.steady();
  for (const auto& claim : running_) {
    const auto row = std::ranges::find(rows, claim->job().id, &BeatRow::id);
    if (row == rows.end()) continue;  // claimed meanwhile
    if (row->extended) claim->lease_until_ = std::max(claim->lease_until_, lease_until);
    if (row->ours) continue;
    claim->lost_ = true;
    claim->pause_.cancel();
  }
  co_return Result<>{};
}

Task<Result<>> Queue::measure() {
  const Ctx ctx = context(2s);
  const auto depth = CO_TRY(co_await ctx.worker().one(kDepth, options_.name));
  counters_->ready.set(static_cast<double>(depth.ready));
  counters_->oldest.set(static_cast<double>(depth.oldest_milliseconds) / 1000);
  co_return Result<>{};
}

// --- the end
// ---------------------------------------------------------------------------------------------------------

Task<> Queue::drain(SteadyTime deadline) {
  draining_ = true;
  pause_.cancel();
  beat_pause_.cancel();
  for (const auto& claim : running_) {
    claim->draining_ = true;
    claim->pause_.cancel();
  }
  co_await claiming_ended_.wait();
  if (!running_.empty()) {
    net::Timer limit(executor_);
    limit.expires_after(net::remaining(deadline));
    limit.async_wait([this](const boost::system::error_code& error) {
      if (!error) idle_.complete();
    });
    co_await idle_.wait();
    limit.cancel();
  }
  const auto left = running_;
  for (const auto& claim : left) {
    if (!co_await release(claim))
      log_.warning("job.not_released", {{"queue", options_.name}, {"job", claim->job().id}});
  }
  running_.clear();
  beat_pause_.cancel();
  co_await beating_ended_.wait();
}

}  // namespace starter::queue
