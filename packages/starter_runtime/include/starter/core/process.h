// What this process is to others on its machine.
#pragma once

#include <csignal>

namespace starter {

/// From now on a crash writes no core file, and no other process of the same user reads this one's memory:
/// what holds secrets keeps them (prctl(2), PR_SET_DUMPABLE). Debuggers can't attach either.
/// Programs that it starts are as before.
void leave_no_core();

/// As long as this lives, what ends a program (SIGINT, SIGTERM, SIGHUP) waits: until files are whole again.
class SignalsLater {
 public:
  SignalsLater();
  SignalsLater(const SignalsLater&) = delete;
  SignalsLater& operator=(const SignalsLater&) = delete;
  ~SignalsLater();

  /// One of them waits.
  bool came() const;

 private:
  sigset_t before_{};
};

}  // namespace starter
