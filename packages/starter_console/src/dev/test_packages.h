// The distribution packages that suites need, and what stands in where a distribution has none of that name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dev/results.h"
#include "dev/suites.h"
#include "frame/terminal.h"

namespace starter::console::dev {

class TestPackages {
 public:
  TestPackages(const Workspace& workspace, const Terminal& terminal)
      : workspace_(workspace),
        terminal_(terminal) {}

  /// With apt-get, as far as the distribution has them.
  Outcome<> install(const Suite& suite);

  /// Runs `instead` of the suites that lack one, once their npm packages are there. A suite whose command
  /// fails is taken out, and counts as skipped with the reason.
  Outcome<> get_the_rest(std::vector<Suite>& suites, Results& results);

 private:
  Outcome<bool> get(const Suite& suite, const std::string& package);

  const Workspace& workspace_;
  const Terminal& terminal_;
  bool updated_ = false;                        // the package lists
  std::map<std::string, std::string> lacking_;  // the package, by suite
  std::map<std::vector<std::string>, bool> done_;
};

}  // namespace starter::console::dev
