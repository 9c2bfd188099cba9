// Failpoints: named places where a test makes the real binary slow, fail or die.
//
// They are compiled into every build, because the binary that is tested must be the binary that ships;
// unarmed, one costs a relaxed load of a flag. Arming is refused for a hosted service. Written as
//
//   FAILPOINT("dispatch.claimed");                 // in a coroutine that returns a Result
//
// and armed by STARTER_FAILPOINTS="dispatch.claimed=abort;mail.sent=error*2;pool.get=sleep(200ms)" or by
// arm().
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "starter/core/result.h"
#include "starter/core/task.h"

namespace starter::problems {
inline constexpr ProblemType failpoint{"failpoint", 500, "A test made this fail", "Nothing is wrong."};
}  // namespace starter::problems

namespace starter::failpoints {

namespace detail {
extern std::atomic<bool> armed_flag;
}  // namespace detail

/// What FAILPOINT asks first.
inline bool any_armed() {
  return detail::armed_flag.load(std::memory_order_relaxed);
}

/// Does what is armed for `name`: waits, gives problems::failpoint, kills the process by SIGKILL, or nothing.
Task<Result<>> reach(std::string_view name);

/// `action` is sleep(250ms), error, abort, or pause (until disarm(), at most a minute), each optionally
/// followed by *N: N times, then no more. nullptr or a sentence.
const char* arm(std::string_view name, std::string_view action);
void disarm(std::string_view name);
void disarm_all();

/// How often an armed failpoint was reached since it was armed.
uint64_t hits(std::string_view name);

/// Arms what STARTER_FAILPOINTS says: name=action, separated by semicolons. Empty, or a sentence: a wrong
/// action, or the service is hosted and the variable is set at all.
std::string arm_from(std::string_view specification, bool hosted);

}  // namespace starter::failpoints

/// In a coroutine that returns a Result; `name` is a literal, unique in the program.
#define FAILPOINT(name)                                    \
  do {                                                     \
    if (::starter::failpoints::any_armed()) [[unlikely]]   \
      CO_TRY(co_await ::starter::failpoints::reach(name)); \
  } while (false)
