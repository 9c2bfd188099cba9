// One waiter, one wake-up, one thread: the bridge from callbacks to a coroutine.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>

#include "starter/core/task.h"

namespace starter {

inline constexpr asio::use_awaitable_t<Executor> use_task{};

/// A coroutine waits for it once; complete() may come before or after. The waiter resumes through a post,
/// never inside complete(), so the completing side needs no guard against re-entry. Not thread-safe: both
/// sides run on the thread of one core.
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  void complete() {
    if (done_) return;
    done_ = true;
    if (handler_) asio::post(*executor_, [handler = std::move(handler_)]() mutable { std::move(handler)(); });
  }
  bool done() const { return done_; }
  bool waiting() const { return static_cast<bool>(handler_); }

  Task<> wait() {
    if (done_) co_return;
    executor_ = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
        [this](auto handler) { handler_ = std::move(handler); }, use_task);
  }

 private:
  bool done_ = false;
  std::optional<Executor> executor_;
  std::move_only_function<void()>
      handler_;  // any_completion_handler of Boost 1.81 recurses when it is assigned
};

}  // namespace starter
