#include "starter/core/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "starter/core/clock.h"
#include "starter/core/process.h"

namespace starter {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

std::string reason(const std::string& what, const std::string& path) {
  return what + " " + path + ": " + std::strerror(errno);
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

/// Fills `text` as far as the file goes; the number of bytes, or -1.
ssize_t read_up_to(int file, std::string& text) {
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(size);
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::expected<Secret, std::string> read_private_file(const std::string& path, size_t most,
                                                     std::string_view what) {
  const std::string named = "the " + std::string(what);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return std::unexpected(reason("can't open " + named, path));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return std::unexpected(reason("can't look at " + named, path));
  if (!S_ISREG(status.st_mode)) return std::unexpected(named + " " + path + " isn't a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return std::unexpected(named + " " + path + " can be read by others; run: chmod 600 " + path);
  // The reserve is the whole bound, so that the buffer never moves and leaves no copy behind.
  std::string text(most + 1, '\0');
  const ssize_t size = read_up_to(file.get(), text);
  if (size < 0) return std::unexpected(reason("can't read " + named, path));
  if (static_cast<size_t>(size) > most)
    return std::unexpected(named + " is larger than " + std::to_string(most / 1024) + " KiB (" + path + ")");
  const Secret whole(std::move(text));
  return Secret(std::string(whole.reveal().substr(0, static_cast<size_t>(size))));
}

std::string replace_private_file(const std::string& path, std::string_view bytes) {
  const SignalsLater later;  // a copy with keys would stay behind
  const std::string temporary = path + ".tmp." + random_token(6);
  const auto give_up = [&temporary](const char* what, const std::string& where) {
    std::string error = reason(what, where);
    ::unlink(temporary.c_str());
    return error;
  };
  struct stat before{};
  const bool replaces = ::stat(path.c_str(), &before) == 0;
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return reason("can't create", temporary);
    if (!write_all(file.get(), bytes)) return give_up("can't write", temporary);
    if (replaces && ::geteuid() == 0 && ::fchown(file.get(), before.st_uid, before.st_gid) != 0)
      return give_up("can't give back", temporary);
    if (::fsync(file.get()) != 0) return give_up("can't flush", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up("can't replace", path);
  const Descriptor directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return reason("can't flush the directory of", path);
  return "";
}

std::string read_text_file(const std::string& path, size_t most) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  std::string text(most, '\0');
  const ssize_t size = file ? read_up_to(file.get(), text) : 0;
  text.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
  return text;
}

}  // namespace starter
