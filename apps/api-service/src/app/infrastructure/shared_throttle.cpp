#include "app/infrastructure/shared_throttle.h"

#include <algorithm>

namespace starter {
namespace {

using namespace std::chrono_literals;

/// Longer than a healthy Redis needs, short enough that a request hardly notices one that hangs.
constexpr auto kPatience = 100ms;

/// One atomic step (the server's own clock, so replicas need not agree on the time): refill, take `cost`,
/// answer {taken, tokens left, milliseconds until the cost would be there}. A negative cost gives back.
constexpr const char* kTake = R"lua(
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local burst, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(stored[1]) or burst, tonumber(stored[2]) or now
if now > at then tokens = tokens + (now - at) * burst / window end
tokens = math.min(burst, tokens)
local taken = 0
if tokens >= cost then
  tokens = math.min(burst, tokens - cost)
  taken = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', now)
redis.call('PEXPIRE', KEYS[1], window)
local missing = 0
if taken == 0 then missing = math.ceil((cost - tokens) * window / burst) end
return {taken, math.floor(tokens), missing}
)lua";

std::chrono::seconds rounded_up(int64_t milliseconds) {
  return std::chrono::seconds(std::max<int64_t>(1, (milliseconds + 999) / 1000));
}

}  // namespace

SharedThrottle::SharedThrottle(std::vector<redis::Client*> clients)
    : clients_(std::move(clients)),
      script_(kTake) {}

Task<std::optional<Taken>> SharedThrottle::take_many(const Ctx& ctx, std::string bucket, Rate rate,
                                                     int64_t count) {
  if (ctx.core >= clients_.size()) co_return std::nullopt;
  std::vector<std::string> keys{"throttle:" + bucket};
  std::vector<std::string> arguments{std::to_string(rate.burst), std::to_string(rate.window.count() * 1000),
                                     std::to_string(count)};
  const auto until = std::min(ctx.deadline, ctx.clock.steady() + kPatience);
  const auto reply = co_await clients_[ctx.core]->eval(script_, std::move(keys), std::move(arguments), until);
  if (!reply || reply->is_error() || reply->items.size() != 3) co_return std::nullopt;
  const bool taken = reply->items[0].integer == 1;
  co_return Taken{.allowed = taken,
                  .remaining = static_cast<uint32_t>(std::max<int64_t>(0, reply->items[1].integer)),
                  .retry_after = taken ? 0s : rounded_up(reply->items[2].integer)};
}

Task<Taken> SharedThrottle::take(const Ctx& ctx, std::string bucket, Rate rate) {
  const auto shared = co_await take_many(ctx, bucket, rate, 1);
  if (shared) co_return *shared;
  fallbacks_.fetch_add(1, std::memory_order_relaxed);
  co_return local_.take_now(ctx.clock.steady(), bucket, rate);
}

Task<> SharedThrottle::give_back(const Ctx& ctx, std::string bucket, Rate rate) {
  const auto given = co_await take_many(ctx, bucket, rate, -1);
  if (!given) co_await local_.give_back(ctx, std::move(bucket), rate);
}

Task<> SharedThrottle::clear(const Ctx& ctx, std::string bucket) {
  if (ctx.core < clients_.size()) {
    std::vector<std::string> words{"DEL", "throttle:" + bucket};
    // Without Redis there is nothing to clear there, and the local bucket goes below.
    static_cast<void>(co_await clients_[ctx.core]->command(std::move(words), ctx.clock.steady() + kPatience));
  }
  co_await local_.clear(ctx, std::move(bucket));
}

}  // namespace starter
