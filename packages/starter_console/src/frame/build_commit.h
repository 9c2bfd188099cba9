// Which commit this binary was built from: written by cmake/Commit.cmake at each build.
#pragma once

#include <string_view>

namespace starter::console {

/// The full hash; empty when it was built without git.
std::string_view build_commit();

}  // namespace starter::console
