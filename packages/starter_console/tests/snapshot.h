// What a folder holds, to tell what a command changed: names, modes, contents.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support.h"

namespace starter::console::testing {

struct Entry {
  mode_t mode = 0;  // with its kind
  std::string content;
  bool operator==(const Entry&) const = default;
};

/// Path below the folder to what stands there; the folder itself is not among it.
using Snapshot = std::map<std::string, Entry>;
Snapshot snapshot_of(const fs::path& folder);

/// The paths that are new, changed or gone.
std::vector<std::string> difference(const Snapshot& before, const Snapshot& after);

/// The lines of the console's log in it, wherever it stands.
std::vector<std::string> audit_lines(const Snapshot& snapshot);

}  // namespace starter::console::testing
