// What this binary knows about itself, for the console: every setting with its origin, its migrations, the
// words that no tenant may have as its address. Values of secrets are never part of it.
#pragma once

#include <string>

#include "starter/settings/settings.h"

namespace starter {

/// One JSON document: {"settings": [{"name", "meaning", "type", "allowed", "default", "secret", "value",
/// "source", "problem"}], "migrations": [names in order], "reserved_slugs": [words]}. `value` is null where
/// there is none or it was refused, and "******" for a secret that is set. `problem` is null or says what is
/// wrong, with the fix.
std::string describe_settings(const settings::Source& source);

}  // namespace starter
