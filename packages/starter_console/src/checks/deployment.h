// The configuration of a deployment, before anything is deployed: every fault that the contract, the services
// and the platforms would answer with a refused plan, a container that doesn't start, or one that serves
// nobody. Nothing is asked over the network.
#pragma once

#include <filesystem>
#include <map>
#include <optional>

#include "checks/finding.h"
#include "frame/invocation.h"
#include "starter/contracts/model.h"
#include "system/env_file.h"

namespace starter::console::checks {

/// What people wrote down about a deployment.
struct Said {
  std::string profile{}, preset{};  // empty: nobody said
  /// The lines of the services' env files as they stand, NAME_FILE too; none: there is no such file.
  std::optional<EnvValues> api{}, web{};
  /// Variables, inputs, and entries of maps such as "api_env.LOG_LEVEL".
  std::map<std::string, std::string> answers{};
};

/// One fault, one finding; none when nothing is wrong. Never holds a value.
Outcome<std::vector<Finding>> examine_deployment(const contracts::Contract& contract, const Said& said);

/// Whether flags of this run name one.
bool is_deployment_named(const Invocation& invocation);

/// Whether one is written down here at all: by flags, or by a set-up: for another place than this
/// machine, or of someone who has the console alone.
bool is_deployment_said(const Invocation& invocation);

/// Reads what is_deployment_said() saw, and examines it; what is wrong with the files themselves included.
Outcome<std::vector<Finding>> examine_deployment(const Invocation& invocation);

}  // namespace starter::console::checks
