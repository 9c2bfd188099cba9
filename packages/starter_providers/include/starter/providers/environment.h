// The variables that a client logs in with, as the program that uses it has them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "starter/settings/settings.h"

namespace starter::providers {

/// The value of a variable, empty without one. Asked again each time: what a platform writes into a file
/// changes while the program runs.
using Environment = std::function<std::string(std::string_view name)>;

/// Environment over file, and NAME_FILE in the place of NAME, as everywhere.
Environment environment_of(settings::Source source);

}  // namespace starter::providers
