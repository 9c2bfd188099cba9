// Files with secrets that others on this machine can read.
#pragma once

#include <filesystem>
#include <optional>

#include "checks/finding.h"

namespace starter::console::checks {

/// A finding of kind `id` that mends itself; nothing when there is no such file or its owner alone can read
/// it.
std::optional<Finding> open_to_others(std::string_view id, const std::filesystem::path& path);

}  // namespace starter::console::checks
