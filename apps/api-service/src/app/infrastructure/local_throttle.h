// Token buckets inside one process: what limits fall back to when Redis is away.
#pragma once

#include <mutex>
#include <unordered_map>

#include "app/infrastructure/throttle.h"

namespace starter {

class LocalThrottle final : public Throttle {
 public:
  /// At most this many buckets: when they are used up, the fullest half is forgotten (a full bucket says
  /// nothing).
  explicit LocalThrottle(size_t max_buckets = 100000) : max_buckets_(max_buckets) {}

  Task<Taken> take(const Ctx& ctx, std::string bucket, Rate rate) override;
  Task<> give_back(const Ctx& ctx, std::string bucket, Rate rate) override;
  Task<> clear(const Ctx& ctx, std::string bucket) override;

  Taken take_now(SteadyTime now, const std::string& bucket, Rate rate);

 private:
  struct Bucket {
    double tokens;
    SteadyTime at;
  };
  void make_room();

  const size_t max_buckets_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace starter
