#include "dev/supervisor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "system/files.h"
#include "system/ports.h"

namespace starter::console::dev {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr auto kStopPatience = 10s;
constexpr std::size_t kLogLines = 15;

Failure with_log(const Workspace& workspace, const Part& part, std::string code, std::string what) {
  const auto log = tail_of(workspace.log(part.name), kLogLines);
  return {.code = std::move(code),
          .what = std::move(what),
          .why = log.empty() ? "It wrote nothing to its log." : "The last lines of its log:\n" + log,
          .fix = "./dev logs " + part.name};
}

Failure port_busy(const Part& part, const PortHolder& holder, int base) {
  return {.code = "dev.port_busy",
          .what = "Port " + std::to_string(part.port) + ", which " + part.title + " needs, is taken.",
          .why = "It is held by " + describe(holder) + ".",
          .fix = "./dev up --port-base " + std::to_string(base + 100),
          .exit = Exit::conflict};
}

}  // namespace

std::string fingerprint_of(const Part& part) {
  std::string text;
  for (const auto& word : part.launch.argv) {
    text += word + '\0';
    struct stat facts{};
    if (word.starts_with('/') && ::stat(word.c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
      text += std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec) + ":" +
              std::to_string(facts.st_size) + '\0';
    }
  }
  for (const auto& [name, value] : part.launch.environment) text += name + "=" + value + '\0';
  return sha256_hex(text).substr(0, 16);
}

Supervisor::Supervisor(const Workspace& workspace, const Terminal& terminal)
    : workspace_(workspace),
      terminal_(terminal),
      state_(State::load(workspace)) {}

Outcome<> Supervisor::ensure(const Part& part) {
  const auto fingerprint = fingerprint_of(part);
  if (const auto* known = state_.find(part.name); known != nullptr && is_running(known->process)) {
    if (known->fingerprint == fingerprint && part.ready()) return {};
    static_cast<void>(CHECKED(stop(part.name)));
  }
  if (const auto holder = holder_of(part.port)) return port_busy(part, *holder, workspace_.ports().base);
  return start(part, fingerprint);
}

Outcome<> Supervisor::start(const Part& part, const std::string& fingerprint) {
  const auto process = CHECKED(start_process(part.launch));
  state_.put({part.name, process, part.signal, part.port, fingerprint});
  started_.push_back(part.name);
  CHECKED(state_.save(workspace_));
  return wait_ready(part, process);
}

Outcome<> Supervisor::wait_ready(const Part& part, const ProcessId& process) {
  const auto end = Clock::now() + part.patience;
  while (!part.ready()) {
    if (interrupted()) return interrupt_failure();
    if (!is_running(process))
      return with_log(workspace_, part, "dev.died", part.title + " ended before it was ready.");
    if (Clock::now() > end) {
      return with_log(
          workspace_, part, "dev.not_ready",
          part.title + " was not ready after " + std::to_string(part.patience.count()) + " seconds.");
    }
    std::this_thread::sleep_for(20ms);
  }
  return {};
}

Outcome<bool> Supervisor::stop(std::string_view name) {
  const auto* part = state_.find(name);
  if (part == nullptr) return false;
  const bool ran = stop_process(part->process, part->signal, kStopPatience);
  state_.drop(name);
  CHECKED(state_.save(workspace_));
  return ran;
}

Outcome<std::vector<std::string>> Supervisor::stop_all() {
  std::vector<std::string> stopped;
  while (!state_.parts().empty()) {
    const auto name = state_.parts().back().name;
    if (CHECKED(stop(name))) stopped.push_back(name);
  }
  return stopped;
}

void Supervisor::undo() {
  for (; !started_.empty(); started_.pop_back()) {
    if (const auto stopped = stop(started_.back()); stopped && *stopped)
      terminal_.say("stopped " + started_.back());
  }
}

Outcome<FileLock> lock_stack(const Workspace& workspace, std::chrono::seconds patience) {
  return FileLock::take(workspace.state() / "lock", "Another ./dev command changes this stack.", patience);
}

}  // namespace starter::console::dev
