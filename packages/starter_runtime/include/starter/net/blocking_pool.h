// A small pool of threads for calls that can only block: DNS, files. The loop goes on meanwhile; the caller
// waits until the call is done or its deadline has passed. A call that outlives its deadline runs on,
// unheard, and still occupies its thread: the queue is bounded, so a resolver that hangs leads to refusals
// and not to memory.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "starter/core/result.h"
#include "starter/core/task.h"
#include "starter/net/timer.h"

namespace starter::net {

class BlockingPool {
 public:
  explicit BlockingPool(unsigned threads = 2, size_t max_queue = 256);

  /// Waits for the calls that run. The io_contexts of the callers must still exist.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Runs `call` on a thread of the pool and resumes on the caller's executor. `call` must own what it uses:
  /// it may run after the caller has gone. Problems: those of `call`, deadline_exceeded, unavailable when the
  /// queue is full.
  template <class T>
  Task<Result<T>> run(std::function<Result<T>()> call, SteadyTime deadline) {
    const auto result = std::make_shared<Result<T>>(Problem(problems::unavailable));
    const auto job = [result, call = std::move(call)] { *result = call(); };
    if (const ProblemType* const problem = co_await wait_for(job, deadline)) co_return Problem(*problem);
    co_return std::move(*result);
  }

 private:
  struct Ticket;
  Task<const ProblemType*> wait_for(std::function<void()> job, SteadyTime deadline);
  bool enqueue(std::shared_ptr<Ticket> ticket);
  void serve();

  const size_t max_queue_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Ticket>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace starter::net
