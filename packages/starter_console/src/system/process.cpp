#include "system/process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "system/files.h"

namespace starter::console {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

std::atomic<bool> interrupt_seen{false};

Failure start_failure(const fs::path& program, int error) {
  return file_failure("start", program, error);
}

constexpr std::size_t kMostOutput = 8U << 20;
constexpr milliseconds kKillPatience{5000};  // a killed process may have files to write back first

// Fields of /proc/PID/stat, numbered as in proc(5).
constexpr std::size_t kState = 3, kThreads = 20, kStartTime = 22;

struct Prepared {
  std::vector<std::string> environment;
  std::vector<char*> argv, envp;
};

// Everything that allocates happens before fork.
Prepared prepare(const Launch& launch) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
      merged[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
  }
  if (launch.as) merged["HOME"] = launch.as->home, merged["USER"] = merged["LOGNAME"] = launch.as->name;
  for (const auto& [name, value] : launch.environment) merged[name] = value;
  Prepared prepared;
  for (const auto& [name, value] : merged) prepared.environment.push_back(name + "=" + value);
  for (auto& entry : prepared.environment) prepared.envp.push_back(entry.data());
  for (const auto& word : launch.argv) prepared.argv.push_back(const_cast<char*>(word.c_str()));
  prepared.envp.push_back(nullptr);
  prepared.argv.push_back(nullptr);
  return prepared;
}

// A clone below a closed folder such as /root stays usable: the one capability that passes folders is kept
// across the change of user and the exec. Containers often have only the second one.
bool keep_folder_capability() {
  for (const unsigned capability : {CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE}) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    data[0].effective = data[0].permitted = data[0].inheritable = 1U << capability;
    if (syscall(SYS_capset, &header, data) != 0) continue;
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0;
  }
  return false;
}

bool become(const RunAs& user) {
  if (user.cross_closed_folders && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return false;
  if (setgroups(0, nullptr) != 0 || setgid(user.gid) != 0 || setuid(user.uid) != 0) return false;
  return !user.cross_closed_folders || keep_folder_capability();
}

struct Descriptors {
  int in = -1, out = -1, err = -1;
};

// A signal must not end this wait: before exec the child leads no session yet, and no kill(-pid) reaches it.
bool read_start_error(int fd, int& error) {
  for (;;) {
    const auto got = ::read(fd, &error, sizeof error);
    if (got >= 0 || errno != EINTR) return got > 0;
  }
}

// Forks and execs; an error of the child comes back over a pipe that exec closes.
Outcome<pid_t> spawn(const Launch& launch, const Descriptors& descriptors, bool own_session) {
  auto prepared = prepare(launch);
  const auto program = launch.argv.at(0).find('/') == std::string::npos
                           ? find_program(launch.argv[0])
                           : std::optional<fs::path>(launch.argv[0]);
  if (!program) {
    return Failure{.code = "program.missing",
                   .what = "The program " + launch.argv[0] + " is not installed.",
                   .why = "It is in no folder of PATH.",
                   .fix = "./dev up   # installs what is missing",
                   .exit = Exit::not_found};
  }
  int pipe_fds[2];
  if (::pipe2(pipe_fds, O_CLOEXEC) != 0) return start_failure(*program, errno);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (own_session) ::setsid();
    for (int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) std::signal(signal, SIG_DFL);
    if (descriptors.in >= 0) ::dup2(descriptors.in, 0);
    if (descriptors.out >= 0) ::dup2(descriptors.out, 1);
    if (descriptors.err >= 0) ::dup2(descriptors.err, 2);
    const bool ready =
        (!launch.as || become(*launch.as)) && (launch.folder.empty() || ::chdir(launch.folder.c_str()) == 0);
    if (ready) ::execve(program->c_str(), prepared.argv.data(), prepared.envp.data());
    const int error = errno;
    [[maybe_unused]] const auto told = ::write(pipe_fds[1], &error, sizeof error);
    ::_exit(127);
  }
  int error = pid < 0 ? errno : 0;
  ::close(pipe_fds[1]);
  if (pid > 0 && read_start_error(pipe_fds[0], error)) reap(pid);
  ::close(pipe_fds[0]);
  if (error != 0) return start_failure(*program, error);
  return pid;
}

int status_of(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

int open_log(const fs::path& log) {
  return ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

}  // namespace

int reap(pid_t pid) {
  int raw = 0;
  while (::waitpid(pid, &raw, 0) < 0 && errno == EINTR) {
  }
  return raw;
}

std::string beginning_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(4096, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::optional<unsigned long long> start_time(pid_t pid) {
  const auto text = beginning_of("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::vector<std::string> from_state(kStartTime - kState + 1);
  for (auto& field : from_state) fields >> field;
  const auto& state = from_state.front();
  // The first thread of a process may have ended before the others, which still hold its files and ports.
  const bool threads_left = std::strtol(from_state[kThreads - kState].c_str(), nullptr, 10) > 1;
  if (state == "X" || (state == "Z" && !threads_left)) return std::nullopt;
  return std::strtoull(from_state.back().c_str(), nullptr, 10);
}

bool is_running(const ProcessId& process) {
  return process.pid > 0 && start_time(process.pid) == process.start;
}

std::vector<ProcessId> processes_of(const fs::path& folder) {
  const auto below = folder.string() + "/";
  const auto belongs = [&](const fs::path& process) {
    std::error_code error;
    if (fs::read_symlink(process / "cwd", error).string().starts_with(below)) return true;
    std::ifstream in(process / "environ");
    for (std::string one; std::getline(in, one, '\0');)
      if (one.starts_with("TMPDIR=" + below)) return true;
    return false;
  };
  std::vector<ProcessId> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const auto pid = static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    const auto start = pid > 0 ? start_time(pid) : std::nullopt;
    if (start && belongs(entry.path())) found.push_back({pid, *start});
  }
  return found;
}

Outcome<ProcessId> start_process(const Launch& launch) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  // Never this command's own output: whoever reads it to its end would wait for the background process.
  const int log = open_log(launch.log.empty() ? fs::path("/dev/null") : launch.log);
  auto pid = spawn(launch, {nothing, log, log}, true);
  ::close(nothing);
  if (log >= 0) ::close(log);
  if (!pid) return std::unexpected(std::move(pid).error());
  return ProcessId{*pid, start_time(*pid).value_or(0)};
}

namespace {

void wait_for_end(const ProcessId& process, milliseconds patience) {
  for (const auto end = Clock::now() + patience; is_running(process) && Clock::now() < end;) {
    ::waitpid(process.pid, nullptr, WNOHANG);
    std::this_thread::sleep_for(milliseconds(10));
  }
}

}  // namespace

bool stop_process(const ProcessId& process, int signal, milliseconds patience) {
  if (!is_running(process)) return false;
  ::kill(process.pid, signal);
  wait_for_end(process, patience);
  // It leads its session, so what it left behind is in its group; a gone leader's number cannot be reused
  // while the group has members.
  ::kill(-process.pid, SIGKILL);
  wait_for_end(process, kKillPatience);
  ::waitpid(process.pid, nullptr, WNOHANG);
  return true;
}

Outcome<Finished> run_process(const Launch& launch, milliseconds deadline, std::string_view input) {
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
    return start_failure(launch.argv.at(0), errno);
  const int log = launch.log.empty() ? -1 : open_log(launch.log);
  auto pid = spawn(launch, {in[0], log >= 0 ? log : out[1], log >= 0 ? log : out[1]}, launch.contained);
  for (int fd : {in[0], out[1], log})
    if (fd >= 0) ::close(fd);
  if (!pid) {
    ::close(in[1]), ::close(out[0]);
    return std::unexpected(std::move(pid).error());
  }
  [[maybe_unused]] const auto sent = input.empty() ? 0 : ::write(in[1], input.data(), input.size());
  ::close(in[1]);
  Finished finished;
  const auto end = Clock::now() + deadline;
  char buffer[1 << 14];
  int raw = 0;
  for (bool open = true;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now()).count();
    pollfd poll_fd{out[0], POLLIN, 0};
    if (open && ::poll(&poll_fd, 1, static_cast<int>(std::clamp<long long>(left, 0, 50))) > 0) {
      const auto got = ::read(out[0], buffer, sizeof buffer);
      if (got <= 0)
        open = false;
      else if (finished.output.size() < kMostOutput)
        finished.output.append(buffer, static_cast<std::size_t>(got));
      if (got > 0) continue;
    }
    if (::waitpid(*pid, &raw, WNOHANG) == *pid) break;
    if (!open) std::this_thread::sleep_for(milliseconds(2));
    if (left <= 0 || (launch.contained && interrupted())) {
      finished.timed_out = left <= 0;
      ::kill(*pid, SIGKILL);
      raw = reap(*pid);
      break;
    }
  }
  if (launch.contained) ::kill(-*pid, SIGKILL);
  ::close(out[0]);
  finished.status = status_of(raw);
  return finished;
}

Outcome<PipedProcess> PipedProcess::start(const Launch& launch, const Plumbing& plumbing) {
  PipedProcess process;
  int in[2] = {-1, -1}, out[2] = {-1, -1};
  // In memory, so that whoever reads late never stops the program.
  process.said_ = ::memfd_create("said", MFD_CLOEXEC);
  if (process.said_ < 0 || (plumbing.input && ::pipe2(in, O_CLOEXEC) != 0) ||
      (plumbing.output && ::pipe2(out, O_CLOEXEC) != 0))
    return start_failure(launch.argv.at(0), errno);
  process.in_ = in[1];
  process.out_ = out[0];
  const int nothing = plumbing.input ? -1 : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int to = plumbing.output_to >= 0 ? plumbing.output_to : plumbing.output ? out[1] : process.said_;
  auto pid = spawn(launch, {plumbing.input ? in[0] : nothing, to, process.said_}, true);
  for (int fd : {in[0], out[1], nothing})
    if (fd >= 0) ::close(fd);
  if (!pid) return std::unexpected(std::move(pid).error());
  process.pid_ = *pid;
  return process;
}

PipedProcess::~PipedProcess() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    reap(pid_);
  }
  for (int fd : {in_, out_, said_})
    if (fd >= 0) ::close(fd);
}

Outcome<std::string> PipedProcess::read(std::size_t most) {
  std::string bytes(most, '\0');
  for (;;) {
    if (interrupted()) return interrupt_failure();
    pollfd ready{out_, POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    const auto got = ::read(out_, bytes.data(), most);
    if (got < 0) continue;  // a signal
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
}

Outcome<bool> PipedProcess::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (interrupted()) return interrupt_failure();
    pollfd ready{in_, POLLOUT, 0};
    if (::poll(&ready, 1, 100) <= 0) continue;
    // A pipe that can be written takes this much without a wait. It is not set to never wait: another program
    // may write to the same one.
    const auto written = ::write(in_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Outcome<Finished> PipedProcess::finish() {
  if (in_ >= 0) ::close(std::exchange(in_, -1));
  if (out_ >= 0) ::close(std::exchange(out_, -1));
  int raw = 0;
  while (::waitpid(pid_, &raw, WNOHANG) != pid_) {
    if (interrupted()) return interrupt_failure();
    std::this_thread::sleep_for(milliseconds(5));
  }
  ::kill(-std::exchange(pid_, -1), SIGKILL);
  Finished finished{.status = status_of(raw)};
  finished.output.resize(kMostOutput);
  const auto got = ::pread(said_, finished.output.data(), kMostOutput, 0);
  finished.output.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return finished;
}

Outcome<int> run_attached(const Launch& launch) {
  auto pid = spawn(launch, {}, false);
  if (!pid) return std::unexpected(std::move(pid).error());
  return status_of(reap(*pid));
}

Failure become_program(const Launch& launch) {
  auto prepared = prepare(launch);
  const auto program = launch.argv.at(0).find('/') == std::string::npos
                           ? find_program(launch.argv[0])
                           : std::optional<fs::path>(launch.argv[0]);
  if (!program)
    return Failure{.code = "program.missing",
                   .what = "The program " + launch.argv[0] + " is not installed.",
                   .why = "It is in no folder of PATH.",
                   .fix = "command -v '" + launch.argv[0] + "'",
                   .exit = Exit::not_found};
  std::signal(SIGPIPE, SIG_DFL);  // what is ignored stays ignored over exec
  ::execve(program->c_str(), prepared.argv.data(), prepared.envp.data());
  const int error = errno;
  std::signal(SIGPIPE, SIG_IGN);
  return start_failure(*program, error);
}

std::optional<fs::path> find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code error;
    if (fs::is_regular_file(candidate, error) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

void watch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupt_seen = true; };
  for (int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  struct sigaction before = {};
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(SIGHUP, &action, nullptr);  // nohup(1)
}

bool interrupted() {
  return interrupt_seen;
}

Failure interrupt_failure() {
  return {.code = "interrupted",
          .what = "Stopped.",
          .why = "Ctrl-C or a signal ended it; the same command goes on from where it was.",
          .exit = Exit::interrupted};
}

}  // namespace starter::console
