#include "starter/core/process.h"

#include <pthread.h>
#include <sys/prctl.h>

namespace starter {

namespace {

constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP};

}  // namespace

void leave_no_core() {
  ::prctl(PR_SET_DUMPABLE, 0);
}

SignalsLater::SignalsLater() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : kEnding) sigaddset(&ending, signal);
  ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
}

SignalsLater::~SignalsLater() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool SignalsLater::came() const {
  sigset_t waiting;
  sigemptyset(&waiting);
  ::sigpending(&waiting);
  for (const int signal : kEnding)
    if (sigismember(&waiting, signal) == 1) return true;
  return false;
}

}  // namespace starter
