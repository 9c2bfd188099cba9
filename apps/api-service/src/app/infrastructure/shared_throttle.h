// Token buckets in Redis, shared by all replicas; buckets of this process while Redis is away.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "app/infrastructure/local_throttle.h"
#include "starter/redis/client.h"

namespace starter {

class SharedThrottle final : public Throttle {
 public:
  /// One client for each thread, by core.
  explicit SharedThrottle(std::vector<redis::Client*> clients);

  Task<Taken> take(const Ctx& ctx, std::string bucket, Rate rate) override;
  Task<> give_back(const Ctx& ctx, std::string bucket, Rate rate) override;
  Task<> clear(const Ctx& ctx, std::string bucket) override;

  /// Several tokens in one round trip. Nothing when Redis did not answer.
  Task<std::optional<Taken>> take_many(const Ctx& ctx, std::string bucket, Rate rate, int64_t count);

  LocalThrottle& local() { return local_; }
  /// Requests that were judged by this process alone, since the start.
  uint64_t fallbacks() const { return fallbacks_.load(std::memory_order_relaxed); }

 private:
  std::vector<redis::Client*> clients_;
  redis::Script script_;
  LocalThrottle local_;
  std::atomic<uint64_t> fallbacks_ = 0;
};

}  // namespace starter
