// The limit of each route row, for each person or address.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/infrastructure/shared_throttle.h"
#include "starter/http/service.h"

namespace starter {

/// A round trip to Redis for every read would cost more than the read. So each thread takes tokens from the
/// shared bucket by the handful and spends them itself; what it holds is a twentieth of the limit, which is
/// how far replicas together can overshoot.
class RouteLimiter final : public http::RateLimiter {
 public:
  /// `factor` multiplies every limit.
  RouteLimiter(SharedThrottle& throttle, uint32_t factor, size_t cores)
      : throttle_(throttle),
        factor_(factor),
        held_(cores) {}

  Task<http::Allowance> take(const Ctx& ctx, const http::Route& route) override;

 private:
  struct Held {
    int64_t tokens = 0;
    uint32_t remaining = 0;  // in the shared bucket when they were taken, and they themselves
    SteadyTime until{};
  };
  using Purse = boost::unordered_flat_map<std::string, Held>;

  SharedThrottle& throttle_;
  const uint32_t factor_;
  std::vector<Purse> held_;
};

}  // namespace starter
