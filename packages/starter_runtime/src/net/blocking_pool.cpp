#include "starter/net/blocking_pool.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace starter::net {

/// Shared by the coroutine that waits and the thread that works; `ready`, `problem` and `signal` belong to
/// the loop.
struct BlockingPool::Ticket {
  Ticket(const Executor& executor, std::function<void()> job)
      : executor(executor),
        signal(executor),
        job(std::move(job)) {}

  static void complete(std::shared_ptr<Ticket> ticket, const ProblemType* problem) {
    const Executor home = ticket->executor;
    asio::post(home, [ticket = std::move(ticket), problem] {
      ticket->problem = problem;
      ticket->ready = true;
      ticket->signal.cancel();
    });
  }

  const Executor executor;
  Timer signal;
  std::function<void()> job;
  const ProblemType* problem = nullptr;
  bool ready = false;
};

BlockingPool::BlockingPool(unsigned threads, size_t max_queue) : max_queue_(max_queue) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

BlockingPool::~BlockingPool() {
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

Task<const ProblemType*> BlockingPool::wait_for(std::function<void()> job, SteadyTime deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto ticket = std::make_shared<Ticket>(executor, std::move(job));
  if (!enqueue(ticket)) co_return &problems::unavailable;
  ticket->signal.expires_after(remaining(deadline));
  co_await ticket->signal.async_wait(as_tuple);
  co_return ticket->ready ? ticket->problem : &problems::deadline_exceeded;
}

bool BlockingPool::enqueue(std::shared_ptr<Ticket> ticket) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= max_queue_) return false;
    waiting_.push_back(std::move(ticket));
  }
  wake_.notify_one();
  return true;
}

void BlockingPool::serve() {
  for (;;) {
    std::shared_ptr<Ticket> ticket;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      ticket = std::move(waiting_.front());
      waiting_.pop_front();
    }
    ticket->job();
    Ticket::complete(std::move(ticket), nullptr);
  }
}

}  // namespace starter::net
