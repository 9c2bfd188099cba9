// Child processes, folders and ports that a test owns and that are gone when it ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace starter::test {

/// A folder below the system's temporary one, readable by other users so that an unprivileged server can use
/// it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A port that was free a moment ago and is handed out once per process.
int free_port();

/// Waits until `condition` holds, looking every 10 ms. Throws with `what` after `limit`.
void wait_until(const std::string& what, std::function<bool()> condition,
                std::chrono::milliseconds limit = std::chrono::seconds(30));

/// True when something accepts connections on 127.0.0.1:port.
bool accepts(int port);

struct Command {
  std::vector<std::string> arguments;                // the program first
  std::map<std::string, std::string> environment{};  // added to ours
  std::filesystem::path log{};                       // stdout and stderr; /dev/null if empty
  bool unprivileged = false;                         // as user `postgres` when we are root
};

/// Runs in its own process group; killed when destroyed, and by the kernel if the test process dies.
class Process {
 public:
  Process() = default;
  explicit Process(const Command& command);
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;

  pid_t id() const { return pid_; }
  bool running();
  void signal(int number);
  /// Exit code, or 128 + signal. Throws when it does not end in time.
  int wait(std::chrono::milliseconds limit = std::chrono::seconds(30));
  void kill();
  /// True when it has ended and the kernel wrote a core file.
  bool left_core() const;

 private:
  pid_t pid_ = -1;
  int status_ = 0;
};

/// Runs to the end; the exit code.
int run(const Command& command);

}  // namespace starter::test
