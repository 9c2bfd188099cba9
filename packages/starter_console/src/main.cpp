// starter-console: the operator's commands, and behind `dev` the verbs of ./dev.
#include <csignal>
#include <string>
#include <vector>

#include "frame/run.h"
#include "system/roots.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  starter::console::find_system_roots();
  return starter::console::run(std::vector<std::string>(argv + 1, argv + argc));
}
