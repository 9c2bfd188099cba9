// Runs a task to its end on a loop of its own and gives back its result.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "starter/core/task.h"

namespace starter::testing_support {

template <class T>
T run_task(asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  std::exception_ptr failure;
  asio::co_spawn(loop.get_executor(), std::move(task), [&](std::exception_ptr error, T value) {
    failure = error;
    if (!error) result.emplace(std::move(value));
  });
  loop.restart();
  while (!result && !failure && loop.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
  return std::move(result).value();
}

inline void run_task(asio::io_context& loop, Task<> task) {
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(loop.get_executor(), std::move(task), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  loop.restart();
  while (!done && loop.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace starter::testing_support
