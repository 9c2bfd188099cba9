#include "app/infrastructure/route_limiter.h"

namespace starter {
namespace {

using namespace std::chrono_literals;

constexpr size_t kMaxHeld = 20000;
constexpr uint32_t kOrdinary = http::Limit{}.per_minute;

/// Routes with the ordinary limit share one bucket; a stricter one has its own.
std::string bucket_of(const Ctx& ctx, const http::Route& route) {
  std::string name = route.options.limit.per_minute == kOrdinary ? "api" : std::string(route.info.operation);
  name += ctx.principal ? ":user:" + ctx.principal->user.text() : ":ip:" + ctx.client.ip;
  return name;
}

http::Allowance allowance_of(const Taken& taken, const Rate& rate) {
  const auto spent = rate.burst - std::min(rate.burst, taken.remaining);
  return {.allowed = taken.allowed,
          .limit = rate.burst,
          .remaining = taken.remaining,
          .reset = std::chrono::ceil<std::chrono::seconds>(rate.window * (double(spent) / rate.burst)),
          .retry_after = taken.retry_after};
}

}  // namespace

Task<http::Allowance> RouteLimiter::take(const Ctx& ctx, const http::Route& route) {
  const Rate rate{route.options.limit.per_minute * factor_, 60s};
  std::string bucket = bucket_of(ctx, route);
  Purse& purse = held_[ctx.core];
  const auto now = ctx.clock.steady();
  if (const auto held = purse.find(bucket);
      held != purse.end() && held->second.tokens > 0 && held->second.until > now) {
    --held->second.tokens;
    --held->second.remaining;
    co_return allowance_of({.remaining = held->second.remaining}, rate);
  }
  const int64_t handful = std::max<int64_t>(1, rate.burst / 20);
  auto taken = co_await throttle_.take_many(ctx, bucket, rate, handful);
  const bool whole = taken && taken->allowed;
  if (!whole) taken = co_await throttle_.take(ctx, bucket, rate);
  if (whole) {
    taken->remaining += static_cast<uint32_t>(handful - 1);  // those that this thread still has
    if (purse.size() >= kMaxHeld) purse.clear();
    purse[bucket] = {handful - 1, taken->remaining, now + 10s};
  }
  co_return allowance_of(*taken, rate);
}

}  // namespace starter
