// The reference: JSON, Markdown, llms.txt, the man page and a JSON Schema per command, all from the command
// table.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>

#include "frame/command.h"

namespace starter::console {

/// One command, or all of the operator's or of ./dev, for `help --json`.
boost::json::object reference_json(const Command& command);
boost::json::object reference_json(bool development);

/// Path below packages/starter_console/reference -> content, for every generated file.
std::map<std::string, std::string> reference_files();

}  // namespace starter::console
