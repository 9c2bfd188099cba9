// How often randomised tests try, and with what.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>

namespace starter::contracts::testing {

/// `full` under STARTER_SOAK, for nights; else `everyday`.
inline int trials(int everyday, int full) {
  return std::getenv("STARTER_SOAK") ? full : everyday;
}

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  size_t below(size_t limit) { return std::uniform_int_distribution<size_t>(0, limit - 1)(engine_); }
  bool chance(int percent) { return below(100) < static_cast<size_t>(percent); }
  const auto& pick(const auto& range) {
    return *(std::begin(range) + static_cast<long>(below(std::size(range))));
  }

 private:
  std::mt19937 engine_;
};

}  // namespace starter::contracts::testing
