// Faults that are put into what targets render, in classes; each names the code that must be reported.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/native.h"
#include "tests/trials.h"

namespace starter::contracts::testing {

struct Fault {
  std::string what;
  std::function<void(Native&)> make;
  std::string code;  // must be among the findings
};

struct FaultClass {
  const char* name;
  std::function<std::vector<Fault>(Native&, Random&)> faults;
};

std::vector<FaultClass> plain_faults();      // one thing of one role
std::vector<FaultClass> workload_faults();   // what runs, and in which order
std::vector<FaultClass> source_faults();     // ways of giving that are easily overlooked
std::vector<FaultClass> reference_faults();  // where secrets are
std::vector<FaultClass> agreed_faults();     // the target says the same wrong thing about itself

/// The four roles.
std::vector<std::string> serving();

}  // namespace starter::contracts::testing
