// A coroutine of the runtime as a command uses it: one answer after the other, on a loop of its own.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "frame/outcome.h"
#include "starter/core/result.h"
#include "starter/core/task.h"
#include "system/process.h"

namespace starter::console::operate {

/// Runs the loop until the task has ended. Failure of Ctrl-C; what goes wrong in the task is in the Result. A
/// task that must not be left in its middle is ended by `on_interrupt`, and waited for.
template <class T>
Outcome<Result<T>> run_to_end(asio::io_context& loop, Task<Result<T>> task,
                              std::function<void()> on_interrupt = nullptr) {
  std::optional<Result<T>> result;
  std::exception_ptr thrown;
  asio::co_spawn(loop.get_executor(), std::move(task), [&](std::exception_ptr error, Result<T> value) {
    thrown = error;
    result.emplace(std::move(value));
  });
  loop.restart();
  while (!result && !loop.stopped()) {
    if (interrupted()) {
      if (!on_interrupt) return interrupt_failure();
      std::exchange(on_interrupt, [] {})();
    }
    loop.run_one_for(std::chrono::milliseconds(100));
  }
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

}  // namespace starter::console::operate
