// Where a deployment stands: the one thing to do now, out of what the set-up and the exports left behind.
#pragma once

#include <string>

#include "frame/invocation.h"

namespace starter::console::checks {

struct Standing {
  std::string stage;  // stable: nothing, interrupted, open, clone, faults, export, outdated, secrets,
                      // references, ready
  std::string says;   // one sentence
  std::string next;   // a command
};

Outcome<Standing> standing(const Invocation& invocation);

}  // namespace starter::console::checks
