// How often a fault is tried, and how callers are made to race.
#pragma once

#include <barrier>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace starter::test {

/// `everyday` in the ordinary run, `full` when STARTER_SOAK is set (./dev soak).
inline int trials(int everyday, int full) {
  return std::getenv("STARTER_SOAK") ? full : everyday;
}

/// Calls work(0) to work(count - 1), each on a thread of its own, as simultaneously as threads can start.
/// Rethrows what one of them threw.
template <class Work>
void together(size_t count, Work work) {
  std::barrier gate(static_cast<std::ptrdiff_t>(count));
  std::mutex mutex;
  std::exception_ptr thrown;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      gate.arrive_and_wait();
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        thrown = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace starter::test
