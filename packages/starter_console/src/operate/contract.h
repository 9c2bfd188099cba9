// The contract as this clone has it, and the files that are written from it.
#pragma once

#include "dev/workspace.h"
#include "starter/contracts/load.h"
#include "starter/contracts/render.h"

namespace starter::console::operate {

/// Reads packages/starter_contracts/contract; every mistake in it is in the Failure.
Outcome<contracts::Contract> load_contract(const dev::Workspace& workspace);

/// A file that is not what the contract says.
struct Drift {
  std::string path, now, wanted;
};
Outcome<std::vector<Drift>> contract_drift(const dev::Workspace& workspace,
                                           const contracts::Contract& contract);

}  // namespace starter::console::operate
