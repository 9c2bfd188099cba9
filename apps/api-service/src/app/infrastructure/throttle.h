// Token buckets that all replicas share.
#pragma once

#include <chrono>
#include <string>

#include "starter/core/context.h"

namespace starter {

/// `burst` at once, then `burst` more for each `window`.
struct Rate {
  uint32_t burst;
  std::chrono::seconds window;
};

struct Taken {
  bool allowed = true;
  uint32_t remaining = 0;
  std::chrono::seconds retry_after{0};
};

/// Safe from any thread. When the shared store does not answer, each process goes on with buckets of its own:
/// limits then hold for each replica, and nobody is locked out because a cache is down.
class Throttle {
 public:
  virtual ~Throttle() = default;
  virtual Task<Taken> take(const Ctx& ctx, std::string bucket, Rate rate) = 0;
  /// Gives one back: only failures are to count.
  virtual Task<> give_back(const Ctx& ctx, std::string bucket, Rate rate) = 0;
  /// Fills the bucket again.
  virtual Task<> clear(const Ctx& ctx, std::string bucket) = 0;
};

}  // namespace starter
