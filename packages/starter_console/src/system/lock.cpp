#include "system/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <thread>

#include "system/files.h"
#include "system/process.h"

namespace starter::console {

using namespace std::chrono_literals;

namespace {

Failure held(int fd, const std::string& busy) {
  struct stat facts{};
  ::fstat(fd, &facts);
  char text[32] = {};
  [[maybe_unused]] const auto length = ::pread(fd, text, sizeof text - 1, 0);
  const std::string holder(text);
  const auto age = std::max<long>(0, ::time(nullptr) - facts.st_mtim.tv_sec);
  return {.code = "lock.held",
          .what = busy,
          .why = "Process " + holder + " has held its lock for " + std::to_string(age) + " seconds.",
          .fix = "--wait 60   # or look at the holder: ps -fp " + holder,
          .exit = Exit::conflict};
}

}  // namespace

Outcome<FileLock> FileLock::take(const std::filesystem::path& path, const std::string& busy,
                                 std::chrono::seconds patience) {
  if (path.has_parent_path()) CHECKED(make_folders(path.parent_path()));
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return file_failure("lock", path, errno);
  FileLock lock(fd);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (interrupted()) return interrupt_failure();
    if (std::chrono::steady_clock::now() >= end) return held(fd, busy);
    std::this_thread::sleep_for(50ms);
  }
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0)
    return file_failure("lock", path, errno);
  return lock;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace starter::console
