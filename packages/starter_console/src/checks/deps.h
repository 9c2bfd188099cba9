// What a target needs beside the configuration: tools with their versions, a log-in, what must exist before
// the first plan, and what whoever deploys must be allowed to do. Programs are asked for their version and
// nothing else; no cloud is asked anything.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checks/finding.h"

namespace starter::console::checks {

/// "1.11.3" out of what a program prints when it is asked for its version; empty when there is none.
std::string version_in(std::string_view text);

/// Whether `has` is at least `wanted`, number by number.
bool is_at_least(std::string_view has, std::string_view wanted);

/// How this machine answers; another one in tests.
struct Machine {
  /// What `argv` prints; nothing when there is no such program.
  std::function<std::optional<std::string>(const std::vector<std::string>& argv)> ask;
  std::function<bool(const std::string& variable)> is_set;
  std::function<bool(const std::string& below_home)> has_file;
};
Machine this_machine();

/// aws, azure, gcp, kubernetes, compose.
const std::vector<std::string>& deps_targets();

std::vector<Finding> examine_needs(const std::string& target, const Machine& machine);

}  // namespace starter::console::checks
