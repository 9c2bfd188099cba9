#include "dev/workspace.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "system/files.h"

namespace starter::console::dev {

namespace {

std::optional<RunAs> user_by_id(uid_t uid) {
  const passwd* entry = ::getpwuid(uid);
  if (entry == nullptr) return std::nullopt;
  return RunAs{.uid = entry->pw_uid, .gid = entry->pw_gid, .name = entry->pw_name, .home = entry->pw_dir};
}

std::optional<RunAs> user_by_name(const char* name) {
  const passwd* entry = ::getpwnam(name);
  return entry == nullptr ? std::nullopt : user_by_id(entry->pw_uid);
}

// A folder above the clone that others may not enter, as /root is.
bool stands_below_closed_folder(const fs::path& root, const RunAs& user) {
  for (auto folder = root; folder != folder.parent_path(); folder = folder.parent_path()) {
    struct stat facts{};
    if (::stat(folder.c_str(), &facts) != 0) return true;
    const bool enters = (facts.st_mode & S_IXOTH) != 0 ||
                        (facts.st_uid == user.uid && (facts.st_mode & S_IXUSR) != 0) ||
                        (facts.st_gid == user.gid && (facts.st_mode & S_IXGRP) != 0);
    if (!enters) return true;
  }
  return false;
}

}  // namespace

Outcome<Workspace> Workspace::find() {
  if (const char* root = std::getenv("STARTER_ROOT"); root != nullptr && *root != '\0')
    return Workspace(fs::path(root));
  std::error_code error;
  for (auto folder = fs::current_path(error); !folder.empty(); folder = folder.parent_path()) {
    if (fs::exists(folder / "dev", error) && fs::exists(folder / "CMakePresets.json", error))
      return Workspace(folder);
    if (folder == folder.parent_path()) break;
  }
  return Failure{.code = "workspace.missing",
                 .what = "This folder belongs to no clone of the starter.",
                 .why = "Neither it nor a folder above it holds ./dev and CMakePresets.json.",
                 .fix = "export STARTER_ROOT=/path/to/clone   # or go there: cd /path/to/clone",
                 .exit = Exit::not_found};
}

fs::path Workspace::sockets() const {
  auto plain = state() / "run";
  if (plain.string().size() < 80) return plain;
  return fs::path("/tmp") / ("starter-" + sha256_hex(state_.string()).substr(0, 12));
}

Ports Workspace::ports() const {
  const auto text = read_file(state() / "port-base", 16);
  const int base = text ? std::atoi(text->c_str()) : 0;
  return Ports{base >= 1024 && base <= 65000 ? base : 3000};
}

Outcome<> Workspace::remember(Ports ports) const {
  return write_file(state() / "port-base", std::to_string(ports.base) + "\n", 0644);
}

Outcome<std::optional<RunAs>> Workspace::run_as() const {
  if (::geteuid() != 0) return std::optional<RunAs>{};
  struct stat facts{};
  ::stat(root_.c_str(), &facts);
  auto user = facts.st_uid != 0 ? user_by_id(facts.st_uid) : user_by_name("postgres");
  if (!user) {
    return Failure{
        .code = "dev.no_user",
        .what = "There is no ordinary user to run the services as.",
        .why =
            "Postgres refuses to run as root, the clone belongs to root, and the user postgres is missing.",
        .fix = "apt-get install -y postgresql"};
  }
  user->cross_closed_folders = stands_below_closed_folder(root_, *user);
  return user;
}

Outcome<> Workspace::prepare() const {
  const auto user = CHECKED(run_as());
  for (const auto& folder :
       {state(), logs(), state() / "env", state() / "keys", state() / "mail", sockets()}) {
    CHECKED(make_folders(folder));
    CHECKED(give_to(user, folder));
  }
  ::chmod(state().c_str(), 0755);
  return expect_room(state(), 300, "the stack");
}

Outcome<> expect_room(const fs::path& folder, std::uintmax_t mebibytes, std::string_view user) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error || space.available >= mebibytes << 20) return {};
  return Failure{.code = "file.disk_full",
                 .what = "The disk of " + folder.string() + " is nearly full.",
                 .why = std::to_string(space.available >> 20) + " MiB are free, and " + std::string(user) +
                        " needs " + std::to_string(mebibytes) + ".",
                 .fix = "df -h '" + folder.string() + "'   # free some space, then repeat the command"};
}

Outcome<> give_to(const std::optional<RunAs>& user, const fs::path& path) {
  if (!user) return {};
  std::error_code error;
  if (::lchown(path.c_str(), user->uid, user->gid) != 0 && errno != ENOENT)
    return file_failure("give away", path, errno);
  if (!fs::is_directory(path, error)) return {};
  auto entries = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    // What disappears in the meantime (a socket, a temporary file) needs no owner.
    if (::lchown(entries->path().c_str(), user->uid, user->gid) != 0 && errno != ENOENT) {
      return file_failure("give away", entries->path(), errno);
    }
  }
  return {};
}

}  // namespace starter::console::dev
