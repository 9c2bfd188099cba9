// What this process is to others on its machine.
#pragma once

namespace starter {

/// From now on a crash writes no core file, and no other process of the same user reads this one's memory:
/// what holds secrets keeps them (prctl(2), PR_SET_DUMPABLE). Debuggers can't attach either.
/// Programs that it starts are as before.
void leave_no_core();

}  // namespace starter
