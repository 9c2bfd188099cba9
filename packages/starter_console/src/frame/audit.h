// Who changed what with this console: one JSON line for each command that changed something, appended to
// var/log/console-audit.jsonl. What it changed in a database is audited there as well.
#pragma once

#include <filesystem>

#include "frame/invocation.h"

namespace starter::console {

class Terminal;

/// Where the console keeps what it writes: var below the clone, without one below the working folder, and
/// below XDG_STATE_HOME where no folder can be made. A var that is there counts, also when it can't be
/// written.
std::filesystem::path var_folder();

/// One line about a writer that has run; below XDG_STATE_HOME where var can't be written. A reply that
/// changed nothing leaves none. When the line can't be written the command still counts, and a warning says
/// so.
void note_in_audit_log(const Invocation& invocation, const Outcome<Reply>& reply, const Terminal& terminal);

/// The user that runs this command, and behind sudo the one that asked.
std::string who_runs();

}  // namespace starter::console
