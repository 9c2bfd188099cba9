// The timer of our loops, and deadlines on it.
//
// Deadlines are moments of Clock::steady(), which goes on while the machine sleeps; Asio's timers run on
// another clock. So a deadline becomes a duration at the moment the timer is set.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "starter/core/clock.h"
#include "starter/core/task.h"

namespace starter::net {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Awaitable completion that yields (error_code, ...) instead of throwing.
using AsTuple = asio::as_tuple_t<asio::use_awaitable_t<Executor>>;
inline constexpr AsTuple as_tuple{};

/// No deadline at all: only for waits that something else ends.
inline constexpr SteadyTime no_deadline = SteadyTime::max();

/// What is left until `deadline`, never negative; `no_deadline` gives a year.
inline std::chrono::nanoseconds remaining(SteadyTime deadline) {
  if (deadline == no_deadline) return std::chrono::hours(24 * 365);
  return std::max<std::chrono::nanoseconds>(deadline - Clock::system().steady(), std::chrono::nanoseconds(0));
}

/// The moment `time` from now, as a deadline.
inline SteadyTime deadline_in(std::chrono::nanoseconds time) {
  return Clock::system().steady() + std::chrono::duration_cast<SteadyTime::duration>(time);
}

}  // namespace starter::net
