// The way through the console: words to a command, a command to a reply, a reply to output and an exit
// status.
#pragma once

#include <string>
#include <vector>

namespace starter::console {

/// Runs one command line without the program's name; returns the process's exit status.
int run(std::vector<std::string> words);

}  // namespace starter::console
