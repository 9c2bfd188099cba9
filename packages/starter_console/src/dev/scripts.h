// The small programs below tools/: checks and generators are scripts, so that CI and a person run the same
// thing.
#pragma once

#include <string>
#include <vector>

#include "dev/workspace.h"
#include "frame/terminal.h"

namespace starter::console::dev {

struct ScriptResult {
  std::string name;
  bool passed = false;
  std::string output;
  double seconds = 0;
};

/// The names of tools/KIND/*.sh, in order.
std::vector<std::string> script_names(const Workspace& workspace, const std::string& kind);

/// Runs scripts of one kind side by side.
std::vector<ScriptResult> run_scripts(const Workspace& workspace, const std::string& kind,
                                      const std::vector<std::string>& names);

/// Writes the generated files of the console (reference, schemas, completion); with `check` it writes
/// nothing. Returns the paths that differ from what is generated.
Outcome<std::vector<std::string>> render_reference(const Workspace& workspace, bool check);

}  // namespace starter::console::dev
