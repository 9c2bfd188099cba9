// Time that stands still until a test moves it.
#pragma once

#include "starter/core/clock.h"

namespace starter::test {

class HeldClock final : public Clock {
 public:
  WallTime now() const override { return wall; }
  SteadyTime steady() const override { return steady_; }

  void advance(std::chrono::milliseconds time) {
    wall += time;
    steady_ += time;
  }

  WallTime wall{std::chrono::seconds(1'800'000'000)};

 private:
  SteadyTime steady_{std::chrono::hours(1)};
};

}  // namespace starter::test
