// Work that blocks (name look-ups, libpq's connect, files) runs on a few threads of its own.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>

#include "starter/core/completion.h"

namespace starter {

/// A small pool. It is declared after every io_context whose coroutines use it, so that it is joined before they go.
class BlockingPool {
 public:
  explicit BlockingPool(size_t threads) : pool_(threads) {}
  ~BlockingPool() { pool_.join(); }

  /// Runs `work` on the pool and resumes on `executor` with what it returned. `work` must bound its own time and
  /// must not throw; if the waiter is gone, the result is dropped.
  template <class Work>
  Task<std::invoke_result_t<Work>> run(Executor executor, Work work) {
    struct State {
      Completion done;
      std::optional<std::invoke_result_t<Work>> value;
    };
    auto state = std::make_shared<State>();
    auto tracked = asio::require(executor, asio::execution::outstanding_work.tracked);
    asio::post(pool_, [state, work = std::move(work), tracked]() mutable {
      state->value.emplace(work());
      asio::post(tracked, [state] { state->done.complete(); });
    });
    co_await state->done.wait();
    co_return std::move(*state->value);
  }

 private:
  asio::thread_pool pool_;
};

}  // namespace starter
