// What a server answered, as a failure of ours.
#pragma once

#include <string>

#include "frame/outcome.h"

namespace starter::console::operate {

/// Of an HTTP status, or of a problem that has one.
Exit exit_of_status(int status);

/// In one line without control characters, with a full stop.
std::string sentence(std::string text);

}  // namespace starter::console::operate
