// Runs a coroutine to its end on the calling thread.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <stdexcept>

#include "starter/core/task.h"

namespace starter::test {

/// Returns when `task` has ended, rethrowing what it threw; other work of the context goes on until then.
template <class T>
T await(asio::io_context& io, Task<T> task) {
  std::exception_ptr thrown;
  bool done = false;
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr e) { thrown = e, done = true; });
    io.restart();
    while (!done && io.run_one()) {
    }
    if (thrown) std::rethrow_exception(thrown);
    if (!done) throw std::runtime_error("the coroutine can't go on: nothing is left to wait for");
  } else {
    std::optional<T> value;
    asio::co_spawn(io, std::move(task), [&](std::exception_ptr e, T result) {
      thrown = e;
      if (!e) value.emplace(std::move(result));
      done = true;
    });
    io.restart();
    while (!done && io.run_one()) {
    }
    if (thrown) std::rethrow_exception(thrown);
    if (!value) throw std::runtime_error("the coroutine can't go on: nothing is left to wait for");
    return std::move(*value);
  }
}

}  // namespace starter::test
