// Where a deployment stands: the one thing to do now, out of what the set-up and the exports left behind.
#pragma once

#include <string>

#include "frame/invocation.h"
#include "starter/contracts/model.h"

namespace starter::console::checks {

struct Standing {
  std::string stage;  // stable: nothing, interrupted, open, clone, faults, export, outdated, secrets,
                      // references, ready
  std::string says;   // one sentence
  std::string next;   // a command
};

Outcome<Standing> standing(const Invocation& invocation);

/// What a preset for another place than this machine is exported for: the target of the last export, or
/// without one the usual target of the preset.
const contracts::Target& export_target(const contracts::Contract& contract, const std::string& preset);

/// What standing() will name once a set-up is complete, and nothing is wrong with it.
std::string command_after_set_up(const contracts::Contract& contract, const std::string& preset);

}  // namespace starter::console::checks
