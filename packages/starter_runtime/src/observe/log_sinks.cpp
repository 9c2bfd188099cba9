// The sinks that write to a descriptor. A line that can't be written is lost: there is nowhere left to say
// so.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "starter/observe/log.h"

namespace starter::observe {
namespace {

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {  // another process made the shared pipe non-blocking
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

class StandardOutput final : public LogSink {
 public:
  void write(std::string_view lines) override { write_all(STDOUT_FILENO, lines); }
};

class File final : public LogSink {
 public:
  explicit File(std::string path) : path_(std::move(path)) { open(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() override { close(); }

  void write(std::string_view lines) override {
    if (moved_away()) {
      close();
      open();
    }
    if (descriptor_ >= 0) write_all(descriptor_, lines);
  }

 private:
  void open() { descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640); }
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  bool moved_away() const {
    struct stat here{}, there{};
    return descriptor_ < 0 || ::fstat(descriptor_, &here) != 0 || ::stat(path_.c_str(), &there) != 0 ||
           here.st_ino != there.st_ino || here.st_dev != there.st_dev;
  }

  const std::string path_;
  int descriptor_ = -1;
};

}  // namespace

std::unique_ptr<LogSink> standard_output_sink() {
  return std::make_unique<StandardOutput>();
}
std::unique_ptr<LogSink> file_sink(std::string path) {
  return std::make_unique<File>(std::move(path));
}

}  // namespace starter::observe
