// What runs in the background, written to var/dev/state.json: one part a line, because `./dev down` must be
// able to read it without this binary.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dev/workspace.h"

namespace starter::console::dev {

struct RunningPart {
  std::string name;
  ProcessId process;
  int signal = 15;
  int port = 0;
  std::string fingerprint{};  // of what it was started from; another one means a restart
};

class State {
 public:
  /// An unreadable file counts as empty: what it named is found by port later.
  static State load(const Workspace& workspace);

  Outcome<> save(const Workspace& workspace) const;

  const std::vector<RunningPart>& parts() const { return parts_; }
  const RunningPart* find(std::string_view name) const;
  void put(RunningPart part);
  void drop(std::string_view name);

 private:
  std::vector<RunningPart> parts_;  // in the order in which they were started
};

/// SIGINT for Postgres, SIGTERM for all others; "INT" and "TERM" in the file.
std::string_view signal_name(int signal);

}  // namespace starter::console::dev
