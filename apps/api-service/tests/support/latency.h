// How long calls take, beside how long the same calls take when nothing is wrong: figures of one run, so that
// they can be compared on a machine that does other work as well.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "support/trials.h"

namespace starter::test {

/// How long each of so many calls takes, in milliseconds.
template <class Call>
std::vector<double> times_of(int count, Call call) {
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const auto began = std::chrono::steady_clock::now();
    call();
    took.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
  }
  return took;
}

/// What 99 of 100 stay below.
inline double p99(std::vector<double> took) {
  std::ranges::sort(took);
  return took[(took.size() - 1) * 99 / 100];
}

template <class Call>
double p99_of(int count, Call call) {
  return p99(times_of(count, call));
}

/// Prints both; in the soak, with calls enough for a p99, the second may be twice the first.
inline void expect_at_most_twice(const char* what, double idle_ms, double now_ms) {
  std::printf("  %s: p99 %.2f ms, idle %.2f ms, ratio %.2f\n", what, now_ms, idle_ms, now_ms / idle_ms);
  if (trials(0, 1)) EXPECT_LE(now_ms, 2 * idle_ms) << what;
}

}  // namespace starter::test
