#include "frame/audit.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "dev/workspace.h"
#include "frame/terminal.h"
#include "system/files.h"

namespace starter::console {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr const char* kAuditLog = "log/console-audit.jsonl";

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[24];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

// The steps that a dry run prints, where the command has them, so that both can be compared; else its line.
std::string plan_of(const Outcome<Reply>& reply, const std::string& line) {
  const auto* plan = reply ? reply->data.if_contains("plan") : nullptr;
  return plan != nullptr ? json::serialize(*plan) : line;
}

// Tried, and undone: to root every folder seems writable, also one of a kernel's file system.
bool takes_folders(const fs::path& folder) {
  auto name = (folder / ".starter-XXXXXX").string();
  return ::access(folder.c_str(), W_OK) == 0 && ::mkdtemp(name.data()) != nullptr &&
         ::rmdir(name.c_str()) == 0;
}

// Appended under a lock and in one write, so that two commands never mix their lines.
bool append(const fs::path& path, const std::string& line) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written =
      ::flock(fd, LOCK_EX) == 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(fd);
  return written;
}

// Of the user (XDG Base Directory Specification), for where no folder can be made.
std::optional<fs::path> state_folder() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return fs::path(state) / "starter";
  const char* const home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".local/state/starter";
  return std::nullopt;
}

}  // namespace

fs::path var_folder() {
  const auto workspace = dev::Workspace::find();
  if (workspace) return workspace->root() / "var";
  std::error_code error;
  const auto here = fs::current_path(error);
  const auto var = here / "var";
  // Made by whoever writes first: to look, or to plan, changes nothing. What was set up here counts, whether
  // this user may change it or not.
  if (fs::exists(var, error) || takes_folders(here)) return var;
  return state_folder().value_or(var);
}

std::string who_runs() {
  const passwd* const entry = ::getpwuid(::geteuid());
  std::string name = entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
  const char* const asked = std::getenv("SUDO_USER");
  if (asked != nullptr && *asked != '\0') name = std::string(asked) + " as " + name;
  return name;
}

void note_in_audit_log(const Invocation& invocation, const Outcome<Reply>& reply, const Terminal& terminal) {
  if (reply && !reply->changed) return;
  if (!reply && reply.error().exit == Exit::usage) return;  // nothing was begun
  const auto line = invocation.line();
  json::object entry{{"at", utc_now()},
                     {"who", who_runs()},
                     {"command", invocation.command().name},
                     {"what", line},
                     {"plan", sha256_hex(plan_of(reply, line))},
                     {"outcome", reply ? "done" : "failed"},
                     {"exit", static_cast<int>(reply ? reply->exit : reply.error().exit)}};
  if (!reply) entry["error"] = reply.error().code;
  if (!reply && !reply.error().done.empty())
    entry["done"] = json::array(reply.error().done.begin(), reply.error().done.end());
  const auto text = json::serialize(entry) + "\n";
  const auto path = var_folder() / kAuditLog;
  const auto elsewhere = state_folder();
  if (append(path, text) || (elsewhere && append(*elsewhere / kAuditLog, text))) return;
  terminal.say("warning: " + path.string() + " can't be written, so this command is not noted there.");
}

}  // namespace starter::console
