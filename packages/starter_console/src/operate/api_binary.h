// The API's binary, asked for what only it knows: its settings, its migrations. The console links nothing of
// apps/, so that an operator can use it beside any release.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>

#include "frame/invocation.h"

namespace starter::console::operate {

/// STARTER_API, or `starter-api` beside this console, in its build tree, in the clone, on PATH.
Outcome<std::filesystem::path> find_api_binary();

/// What `starter-api config` prints: {"settings": [{name, meaning, type, default, value, source, problem}],
/// "migrations": [names], "reserved_slugs": [words]}. Values of secrets are never in it.
Outcome<boost::json::object> describe_api(const Invocation& invocation);

}  // namespace starter::console::operate
