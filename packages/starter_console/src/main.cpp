// starter-console: the operator's commands, and behind `dev` the verbs of ./dev.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "frame/run.h"
#include "system/roots.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  starter::console::find_system_roots();
  try {
    return starter::console::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& bug) {
    std::fprintf(stderr,
                 "error: The console met a case that it does not handle.\n  why: %s\n  fix: report it with "
                 "the command line that led here\n",
                 bug.what());
    return 1;
  }
}
