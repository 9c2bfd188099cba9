// Processes: started in a session of their own and found again later by process id and start time, so that a
// recycled process id is never taken for one of ours.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// The first 4 KiB of a file of /proc. Empty when its process ends meanwhile: reading fails then, which an
/// iterator over the stream would throw.
std::string beginning_of(const std::filesystem::path& file);

/// The start time of a process that runs now, or nothing. A zombie does not run, unless threads of it do.
std::optional<unsigned long long> start_time(pid_t pid);
bool is_running(const ProcessId& process);

/// Those that have `folder` for temporary files (TMPDIR names it or a folder in it) or work in it, as far as
/// they can be looked at. Redis writes over its environment.
std::vector<ProcessId> processes_of(const std::filesystem::path& folder);

/// Waits for the end of a child that ends by itself or was killed, signals or not; its status as waitpid(2)
/// has it.
int reap(pid_t pid);

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

/// A program that this one talks to while it runs, in a session of its own, of which nothing is left when
/// this is gone. What it says on stderr is kept; where its standard output goes nowhere else, that as well.
class PipedProcess {
 public:
  /// Its input is empty unless it is piped; `output_to` is a descriptor of the caller.
  struct Plumbing {
    bool input = false, output = false;
    int output_to = -1;
  };
  static Outcome<PipedProcess> start(const Launch& launch, const Plumbing& plumbing);

  /// What it has written, at most `most` bytes; empty when there is no more. Failure interrupted.
  Outcome<std::string> read(std::size_t most);

  /// False when it does not read any more: finish() tells why. Failure interrupted.
  Outcome<bool> write(std::string_view bytes);

  /// Where write() writes to, for another program's output.
  int input() const { return in_; }

  /// Closes its input and waits for its end. Failure interrupted.
  Outcome<Finished> finish();

  PipedProcess(PipedProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        in_(std::exchange(other.in_, -1)),
        out_(std::exchange(other.out_, -1)),
        said_(std::exchange(other.said_, -1)) {}
  PipedProcess& operator=(PipedProcess&&) = delete;
  ~PipedProcess();

 private:
  PipedProcess() = default;
  pid_t pid_ = -1;
  int in_ = -1, out_ = -1, said_ = -1;
};

/// Runs a program in the foreground with this terminal; returns its exit status.
Outcome<int> run_attached(const Launch& launch);

/// Becomes the program: the same process, with its terminal, its signals and its exit status. Of `launch`
/// counts what is said about argv and environment. Returns only when that fails.
Failure become_program(const Launch& launch);

/// Full path of a program on PATH, or nothing.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// From now on Ctrl-C and SIGTERM only set a flag, which `interrupted` reads.
void watch_interrupts();
bool interrupted();
Failure interrupt_failure();

}  // namespace starter::console
