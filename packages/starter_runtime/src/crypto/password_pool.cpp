#include "starter/crypto/password_pool.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>

namespace starter::crypto {
namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::chrono::nanoseconds kLeastCost = std::chrono::microseconds(100);

std::chrono::seconds whole_seconds(std::chrono::nanoseconds time) {
  return std::max(std::chrono::ceil<std::chrono::seconds>(time), std::chrono::seconds(1));
}

}  // namespace

/// One request for a hash, shared by the coroutine that waits and the thread that works. `problem` and what
/// `work` writes are published by the post to the executor; `ready` and `signal` are touched on the executor
/// alone.
struct PasswordPool::Ticket {
  Ticket(const Executor& executor, std::string client, SteadyTime deadline)
      : executor(executor),
        signal(executor, Timer::time_point::max()),
        client(std::move(client)),
        deadline(deadline) {}

  static void complete(std::shared_ptr<Ticket> ticket, const ProblemType* problem) {
    ticket->problem = problem;
    const Executor home = ticket->executor;
    asio::post(home, [ticket = std::move(ticket)] {
      ticket->ready = true;
      ticket->signal.cancel();
    });
  }

  const Executor executor;
  Timer signal;
  std::function<void()> work;
  const std::string client;
  const SteadyTime deadline;
  std::atomic<bool> abandoned = false;  // the caller was cancelled: nobody wants the result
  const ProblemType* problem = nullptr;
  bool ready = false;
};

PasswordPool::PasswordPool(const PasswordHasher& hasher, const Clock& clock, Options options)
    : hasher_(hasher),
      clock_(clock),
      options_(options),
      cost_(options.first_cost) {
  const unsigned cores = std::max(std::thread::hardware_concurrency(), 2U);
  const unsigned count = options.threads > 0 ? options.threads : cores - 1;
  for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { serve(); });
}

PasswordPool::~PasswordPool() {
  std::deque<std::shared_ptr<Ticket>> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(waiting_);
  }
  wake_.notify_all();
  for (auto& ticket : left) Ticket::complete(std::move(ticket), &problems::unavailable);
  for (std::thread& thread : threads_) thread.join();
}

Task<Result<std::string>> PasswordPool::hash(Secret password, std::string client, SteadyTime deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto stored = std::make_shared<std::string>();
  const auto ticket = std::make_shared<Ticket>(executor, std::move(client), deadline);
  ticket->work = [this, stored, password = std::move(password)] { *stored = hasher_.hash(password); };
  CO_TRY(admit(ticket));
  if (const ProblemType* const problem = co_await wait_for(ticket)) co_return Problem(*problem);
  co_return std::move(*stored);
}

Task<Result<bool>> PasswordPool::verify(Secret password, std::string stored, std::string client,
                                        SteadyTime deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto same = std::make_shared<bool>(false);
  const auto ticket = std::make_shared<Ticket>(executor, std::move(client), deadline);
  ticket->work = [this, same, password = std::move(password), stored = std::move(stored)] {
    *same = hasher_.verify(password, stored);
  };
  CO_TRY(admit(ticket));
  if (const ProblemType* const problem = co_await wait_for(ticket)) co_return Problem(*problem);
  co_return *same;
}

Task<const ProblemType*> PasswordPool::wait_for(std::shared_ptr<Ticket> ticket) {
  while (!ticket->ready) {
    co_await ticket->signal.async_wait(asio::as_tuple(asio::use_awaitable_t<Executor>()));
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (!ticket->ready && cancelled != asio::cancellation_type::none) {
      ticket->abandoned = true;
      co_return &problems::deadline_exceeded;
    }
  }
  co_return ticket->problem;
}

Result<> PasswordPool::admit(std::shared_ptr<Ticket> ticket) {
  const SteadyTime now = clock_.steady();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Problem(problems::unavailable);
    const size_t threads = threads_.size();
    const auto time_needed = cost_ * static_cast<int64_t>(ahead_ / threads + 1);
    const auto time_left = std::max(ticket->deadline - now, SteadyTime::duration::zero());
    const size_t fits = static_cast<size_t>(time_left / cost_) * threads;
    const size_t share =
        std::max(threads, std::min(fits, options_.max_queue) * options_.client_share_percent / 100);
    const auto held = held_.find(ticket->client);
    const bool too_many = ahead_ >= options_.max_queue || (held != held_.end() && held->second >= share);
    if (too_many || time_needed > time_left) {
      ++refused_;
      return Problem(problems::busy).with_retry_after(whole_seconds(time_needed));
    }
    ++ahead_;
    ++held_[ticket->client];
    waiting_.push_back(std::move(ticket));
  }
  wake_.notify_one();
  return {};
}

void PasswordPool::serve() {
  for (;;) {
    std::shared_ptr<Ticket> ticket;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      ticket = std::move(waiting_.front());
      waiting_.pop_front();
    }
    run(*ticket);
    leave(*ticket);
    const ProblemType* const problem = ticket->problem;
    Ticket::complete(std::move(ticket), problem);
  }
}

void PasswordPool::run(Ticket& ticket) {
  const SteadyTime begin = clock_.steady();
  if (ticket.abandoned || begin >= ticket.deadline) {
    ticket.problem = &problems::deadline_exceeded;
  } else {
    try {
      ticket.work();
    } catch (const std::bad_alloc&) {
      ticket.problem = &problems::unavailable;
    }
    // A moving average over about eight hashes; several threads on busy cores make each of them slower.
    const auto cost = std::max<std::chrono::nanoseconds>(clock_.steady() - begin, kLeastCost);
    const std::lock_guard lock(mutex_);
    cost_ += (cost - cost_) / 8;
  }
  ticket.work = nullptr;  // wipes the password here and now
}

void PasswordPool::leave(const Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  --ahead_;
  const auto held = held_.find(ticket.client);
  if (--held->second == 0) held_.erase(held);
  ++(ticket.problem ? late_ : done_);
}

PasswordPool::Stats PasswordPool::stats() const {
  const std::lock_guard lock(mutex_);
  return {ahead_, done_, refused_, late_, cost_};
}

}  // namespace starter::crypto
