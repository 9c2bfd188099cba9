// Building: the C++ targets with CMake, the web application and the mail catcher with npm, each only when its
// sources changed.
#pragma once

#include <string>
#include <vector>

#include "dev/workspace.h"
#include "frame/terminal.h"

namespace starter::console::dev {

/// Configures a preset when it has no build folder, and builds the targets (none: everything). A failure
/// shows the first errors of the compiler.
Outcome<> build_targets(const Workspace& workspace, const Terminal& terminal, const std::string& preset,
                        const std::vector<std::string>& targets);

/// `npm ci` in a folder when its package-lock.json is not the one that was installed last.
Outcome<> install_node_modules(const Workspace& workspace, const Terminal& terminal, const fs::path& folder);

/// The production build of the web application, when its sources changed. Returns the path of its server.js.
Outcome<fs::path> build_web(const Workspace& workspace, const Terminal& terminal);

/// Where the standalone server of the last build stands; a failure when there is none.
Outcome<fs::path> built_web_server(const Workspace& workspace);

/// The first lines of a build log that name an error.
std::string first_errors(std::string_view log, std::size_t most = 20);

}  // namespace starter::console::dev
