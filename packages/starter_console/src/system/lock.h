// A lock in a file: one writer at a time on this machine. The kernel releases it when its holder ends, in
// whatever way; the file tells who that is.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>

#include "frame/outcome.h"

namespace starter::console {

class FileLock {
 public:
  /// Waits up to `patience` for the lock. Failure lock.held names the holder and how long it has had it;
  /// `busy` is its first line, such as "Another command changes the signing keys."
  static Outcome<FileLock> take(const std::filesystem::path& path, const std::string& busy,
                                std::chrono::seconds patience);

  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace starter::console
