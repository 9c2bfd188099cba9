// The contract that this binary was built with. Whoever has a binary and no clone has it too.
#pragma once

#include "starter/contracts/load.h"

namespace starter::contracts {

/// contract/*.yaml as they were when this was built.
const Files& built_in_files();

/// Read at the first call, which takes some milliseconds; for the console's commands alone.
const Contract& built_in();

}  // namespace starter::contracts
