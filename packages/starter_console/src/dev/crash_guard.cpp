#include "dev/crash_guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "system/process.h"

namespace starter::console::dev {
namespace {

/// In the child, where only what is safe after fork() may be called.
[[noreturn]] void watch(int pipe) {
  ::setsid();  // a Ctrl-C in the terminal is for the other one
  char called_off = 0;
  ssize_t read;
  do read = ::read(pipe, &called_off, 1);
  while (read < 0 && errno == EINTR);
  if (read == 1) ::_exit(0);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int stream = 0; stream < 3; ++stream) ::dup2(nowhere, stream);
  ::signal(SIGINT, SIG_DFL), ::signal(SIGTERM, SIG_DFL);
  ::execl("/proc/self/exe", "starter-console", "dev", "down", nullptr);
  ::_exit(1);
}

}  // namespace

Outcome<CrashGuard> CrashGuard::start() {
  int ends[2];
  const auto failed = [] {
    return Failure{.code = "dev.no_guard",
                   .what = "Nothing can watch over the start.",
                   .why = std::string(std::strerror(errno)) + ".",
                   .fix = "ulimit -u -n"};
  };
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed();
  const pid_t watcher = ::fork();
  if (watcher < 0) {
    auto why = failed();
    ::close(ends[0]), ::close(ends[1]);
    return why;
  }
  if (watcher == 0) {
    ::close(ends[1]);
    watch(ends[0]);
  }
  ::close(ends[0]);
  return CrashGuard(watcher, ends[1]);
}

CrashGuard::CrashGuard(CrashGuard&& other) noexcept
    : watcher_(std::exchange(other.watcher_, -1)),
      pipe_(std::exchange(other.pipe_, -1)) {}

CrashGuard::~CrashGuard() {
  if (watcher_ < 0) return;
  [[maybe_unused]] const auto told = ::write(pipe_, "x", 1);
  ::close(pipe_);
  reap(watcher_);
}

}  // namespace starter::console::dev
