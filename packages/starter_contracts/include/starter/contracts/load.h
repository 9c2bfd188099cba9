// Reads and checks the contract.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <vector>

#include "starter/contracts/model.h"

namespace starter::contracts {

/// One thing that is wrong: where, what, and how to mend it.
struct Fault {
  std::string file;
  int line = 0;
  std::string what, fix;
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// "file:line: what; fix", one line each.
std::string report_of(const std::vector<Fault>& faults);

/// Path inside the folder contract, such as "environment/auth.yaml", to text.
using Files = std::map<std::string, std::string>;

/// All faults at once, in the order of files and lines.
std::expected<Contract, std::vector<Fault>> load(const Files& files);

}  // namespace starter::contracts
