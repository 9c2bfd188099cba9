// The logs of the stack: reading, following, and keeping them inside a bound.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dev/workspace.h"

namespace starter::console::dev {

/// A log longer than this is cut by the keeper to the newer half.
inline constexpr std::uintmax_t kMostLogBytes = 16U << 20;

/// The names of the logs there are.
std::vector<std::string> log_names(const Workspace& workspace);

/// Cuts every log that is over the bound, in place: its writers append and go on.
void trim_logs(const Workspace& workspace, std::uintmax_t most = kMostLogBytes);

/// Hands every new line of the logs to `show`, until interrupted or `show` returns false.
void follow_logs(const Workspace& workspace, const std::vector<std::string>& names,
                 const std::function<bool(const std::string& part, const std::string& line)>& show);

}  // namespace starter::console::dev
