// A lock that a test holds until the console has come to it.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <optional>

#include "system/lock.h"
#include "tests/support.h"

namespace starter::console::testing {

class Gate {
 public:
  explicit Gate(const fs::path& lock) : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    lock_.emplace(FileLock::take(lock, "Held.", std::chrono::seconds(0)).value());
    ::inotify_add_watch(events_, lock.c_str(), IN_OPEN);
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { ::close(events_); }

  // One after the other: two that come at once are one event.
  void await_a_run() const {
    pollfd ready{.fd = events_, .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&ready, 1, 30000), 1) << "nobody came to the lock";
    inotify_event event{};
    ASSERT_EQ(::read(events_, &event, sizeof event), static_cast<ssize_t>(sizeof event));
  }
  void open() { lock_.reset(); }

 private:
  std::optional<FileLock> lock_;
  int events_;
};

}  // namespace starter::console::testing
