#include "starter/contracts/built_in.h"

#include <stdexcept>

namespace starter::contracts {

const Contract& built_in() {
  static const Contract contract = [] {
    auto loaded = load(built_in_files());
    // A build whose contract has a fault can't be made: contract render refuses it, and CI runs that.
    if (!loaded) throw std::logic_error("the built-in contract is wrong: " + report_of(loaded.error()));
    return std::move(*loaded);
  }();
  return contract;
}

}  // namespace starter::contracts
