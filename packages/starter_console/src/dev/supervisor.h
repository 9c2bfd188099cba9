// Starts, keeps and stops the background parts of the stack, and records them in the state file.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "dev/state.h"
#include "frame/terminal.h"
#include "system/lock.h"

namespace starter::console::dev {

/// One background process: how to start it and how to know that it serves.
struct Part {
  std::string name;   // "api"
  std::string title;  // "API"
  int port = 0;       // the one that `ready` needs, and whose holder is named when it is busy
  Launch launch;
  int signal = 15;
  std::function<bool()> ready;
  std::chrono::seconds patience{30};
};

class Supervisor {
 public:
  Supervisor(const Workspace& workspace, const Terminal& terminal);

  /// Leaves a running part of the same fingerprint alone; otherwise starts it anew and waits until it is
  /// ready. A part that dies or does not get ready is reported with the last lines of its log.
  Outcome<> ensure(const Part& part);

  /// Stops a part by name; true when it ran.
  Outcome<bool> stop(std::string_view name);

  /// Stops every part, last started first; returns the names of those that ran.
  Outcome<std::vector<std::string>> stop_all();

  /// Stops what this object started: after Ctrl-C or a failure.
  void undo();

  const State& state() const { return state_; }

 private:
  Outcome<> start(const Part& part, const std::string& fingerprint);
  Outcome<> wait_ready(const Part& part, const ProcessId& process);

  const Workspace& workspace_;
  const Terminal& terminal_;
  State state_;
  std::vector<std::string> started_;
};

/// What a part is started from: program file, arguments, environment.
std::string fingerprint_of(const Part& part);

/// One stack command at a time per clone.
Outcome<FileLock> lock_stack(const Workspace& workspace, std::chrono::seconds patience);

}  // namespace starter::console::dev
