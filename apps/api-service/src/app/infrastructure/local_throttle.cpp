#include "app/infrastructure/local_throttle.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace starter {

Taken LocalThrottle::take_now(SteadyTime now, const std::string& name, Rate rate) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= max_buckets_ && !buckets_.contains(name)) make_room();
  const double burst = rate.burst;
  const double per_second = burst / static_cast<double>(rate.window.count());
  auto& bucket = buckets_.try_emplace(name, burst, now).first->second;
  const double seconds = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(burst, bucket.tokens + seconds * per_second);
  bucket.at = now;
  if (bucket.tokens < 1) {
    const auto wait = static_cast<int64_t>(std::ceil((1 - bucket.tokens) / per_second));
    return {
        .allowed = false, .remaining = 0, .retry_after = std::chrono::seconds(std::max<int64_t>(1, wait))};
  }
  bucket.tokens -= 1;
  return {.allowed = true,
          .remaining = static_cast<uint32_t>(bucket.tokens),
          .retry_after = std::chrono::seconds(static_cast<int64_t>((burst - bucket.tokens) / per_second))};
}

void LocalThrottle::make_room() {
  std::vector<std::pair<double, const std::string*>> order;
  order.reserve(buckets_.size());
  for (const auto& [name, bucket] : buckets_) order.emplace_back(bucket.tokens, &name);
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2), order.end());
  std::vector<std::string> fullest;
  for (size_t i = order.size() / 2; i < order.size(); ++i) fullest.push_back(*order[i].second);
  for (const auto& name : fullest) buckets_.erase(name);
}

Task<Taken> LocalThrottle::take(const Ctx& ctx, std::string bucket, Rate rate) {
  co_return take_now(ctx.clock.steady(), bucket, rate);
}

Task<> LocalThrottle::give_back(const Ctx&, std::string bucket, Rate rate) {
  const std::lock_guard lock(mutex_);
  if (const auto found = buckets_.find(bucket); found != buckets_.end()) {
    found->second.tokens = std::min<double>(rate.burst, found->second.tokens + 1);
  }
  co_return;
}

Task<> LocalThrottle::clear(const Ctx&, std::string bucket) {
  const std::lock_guard lock(mutex_);
  buckets_.erase(bucket);
  co_return;
}

}  // namespace starter
