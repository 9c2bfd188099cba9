// Processes: started in a session of their own and found again later by process id and start time, so that a
// recycled process id is never taken for one of ours.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frame/outcome.h"

namespace starter::console {

/// A process for good: `start` is field 22 of /proc/PID/stat, in clock ticks since boot.
struct ProcessId {
  pid_t pid = 0;
  unsigned long long start = 0;
  bool operator==(const ProcessId&) const = default;
};

/// The user that services run as when ./dev was started as root.
struct RunAs {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name{};
  std::string home{};
  bool cross_closed_folders = false;  // the clone stands below a folder that this user may not enter
};

struct Launch {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment{};  // beside what this process has
  std::filesystem::path folder{};
  std::filesystem::path log{};  // stdout and stderr are appended here; empty: see the function that starts it
  std::optional<RunAs> as{};
  bool contained = false;  // run_process: a session of its own, of which nothing is left when it returns
};

/// The start time of a process that runs now, or nothing; a zombie does not run.
std::optional<unsigned long long> start_time(pid_t pid);
bool is_running(const ProcessId& process);

/// Starts a process in its own session. Its standard input is empty; without a log its output goes nowhere.
Outcome<ProcessId> start_process(const Launch& launch);

/// Signals it, waits until it is gone, and kills its whole group when the time is over. True when it was
/// running.
bool stop_process(const ProcessId& process, int signal, std::chrono::milliseconds patience);

struct Finished {
  int status = 0;  // exit status, or 128 + signal
  bool timed_out = false;
  std::string output{};  // stdout, and stderr when `log` is empty; at most 8 MiB
};

/// Runs a program to its end, in this terminal's session (Ctrl-C reaches it). Output is captured, or appended
/// to `log`.
Outcome<Finished> run_process(const Launch& launch, std::chrono::milliseconds deadline,
                              std::string_view input = {});

/// Runs a program in the foreground with this terminal; returns its exit status.
Outcome<int> run_attached(const Launch& launch);

/// Full path of a program on PATH, or nothing.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// What this process holds from now on, secrets among it, comes into no core dump. Programs that it starts
/// are as before.
void leave_no_core();

/// From now on Ctrl-C and SIGTERM only set a flag, which `interrupted` reads.
void watch_interrupts();
bool interrupted();
Failure interrupt_failure();

}  // namespace starter::console
