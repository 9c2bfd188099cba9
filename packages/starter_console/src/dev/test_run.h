// ./dev test: builds and starts what the chosen suites need, runs them side by side, and leaves nothing
// behind.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dev/results.h"
#include "dev/suites.h"
#include "frame/terminal.h"

namespace starter::console::dev {

/// Runs the suites, one test alone when `name` is not empty. Progress goes to the terminal.
Outcome<Results> run_suites(const Workspace& workspace, const Terminal& terminal,
                            const std::vector<Suite>& suites, const std::string& name);

/// "12 passed, 0 failed, 1 skipped".
std::string closing_line(const Results& results);

}  // namespace starter::console::dev
