// Ends what a start has begun when the process that began it is gone.
#pragma once

#include <sys/types.h>

#include "frame/outcome.h"

namespace starter::console::dev {

/// A crash, a SIGKILL or a closed laptop leaves no time to clean up. While this object lives a process of its
/// own waits for the end of this one, and then runs `dev down` in its place. Destroying it calls that off.
/// It is for the clone's own stack: those of the tests are not what `dev down` stops.
class CrashGuard {
 public:
  static Outcome<CrashGuard> start();
  CrashGuard(CrashGuard&& other) noexcept;
  CrashGuard& operator=(CrashGuard&&) = delete;
  ~CrashGuard();

 private:
  CrashGuard(pid_t watcher, int pipe) : watcher_(watcher), pipe_(pipe) {}
  pid_t watcher_;
  int pipe_;
};

}  // namespace starter::console::dev
