// The table of test suites (tools/suites.yaml) and how their results are counted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev/workspace.h"

namespace starter::console::dev {

struct Suite {
  std::string name, group, about, format, target, soak;
  fs::path folder{}, npm{}, only_with{};
  std::vector<std::string> command, filter, needs, packages;
  std::vector<std::string> instead{};  // what gets it where the distribution has no such package
  bool sharded = false;
  bool alone = false;
  int minutes = 10;

  bool wants(std::string_view need) const;
};

Outcome<std::vector<Suite>> load_suites(const Workspace& workspace);

/// The suites of this name or group; all of them for an empty one.
Outcome<std::vector<Suite>> select_suites(const std::vector<Suite>& all, const std::string& name);

}  // namespace starter::console::dev
