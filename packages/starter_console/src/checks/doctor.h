// The health of a clone and its local stack.
#pragma once

#include <vector>

#include "checks/finding.h"
#include "dev/workspace.h"

namespace starter::console::checks {

/// Looks, changes nothing but when a finding's `mend` is called, and takes less than two seconds.
std::vector<Finding> examine_clone(const dev::Workspace& workspace);

}  // namespace starter::console::checks
