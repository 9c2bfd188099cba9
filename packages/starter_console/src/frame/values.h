// The values that an argument may have in this clone or deployment, for completion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frame/invocation.h"

namespace starter::console {

/// "benchmarks", "parts", "presets", "settings", "suites" or "variables"; none where there is nothing to
/// list.
std::vector<std::string> known_values(const Invocation& invocation, std::string_view what);

}  // namespace starter::console
