// The environment of a service as it would have it: environment, then the file, then the secret manager, then
// the default of the contract.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "operate/secret_manager.h"
#include "starter/contracts/table.h"

namespace starter::console::operate {

struct Resolved {
  std::string name;
  std::string source;  // "environment", "file", "secret file", "secret manager", "default"
  Secret value;        // whatever it is: never printed
};

/// What a service of this role reads, and what else stands in the file; variables of the environment that the
/// contract does not know are left alone. `manager`, which may be null, is asked for the secrets that nothing
/// else says, below `prefix`. Failure settings.invalid names a NAME and NAME_FILE that contradict each other,
/// or a file that can't be read.
Outcome<std::vector<Resolved>> resolve_environment(const settings::Source& source,
                                                   contracts::table::Reader role, SecretManager* manager,
                                                   const std::string& prefix);

}  // namespace starter::console::operate
