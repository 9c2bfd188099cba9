#include "starter/core/process.h"

#include <sys/prctl.h>

namespace starter {

void leave_no_core() {
  ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace starter
