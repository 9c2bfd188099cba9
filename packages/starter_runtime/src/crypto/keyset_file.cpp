// The keyset in a file: for development, and for a mounted secret that somebody else rewrites.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "starter/crypto/encoding.h"
#include "starter/crypto/keyset.h"

namespace starter::crypto {
namespace {

constexpr size_t kMaxFile = 64 * 1024;

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

std::string reason(const char* what, const std::string& path) {
  return std::string(what) + " " + path + ": " + std::strerror(errno);
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

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::expected<Keyset, std::string> load_keyset_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return std::unexpected(reason("can't open the keyset", path));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return std::unexpected(reason("can't look at the keyset", path));
  if (!S_ISREG(status.st_mode)) return std::unexpected("the keyset " + path + " isn't a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return std::unexpected("the keyset " + path + " can be read by others; run: chmod 600 " + path);
  }
  // The reserve is the whole bound, so that the buffer never moves and leaves no copy behind.
  std::string text(kMaxFile + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(reason("can't read the keyset", path));
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  const Secret document(std::move(text));
  auto keyset = Keyset::parse(document.reveal().substr(0, size));
  if (!keyset) return std::unexpected(keyset.error() + " (" + path + ")");
  return keyset;
}

std::string save_keyset_file(const std::string& path, const Keyset& keyset) {
  unsigned char noise[6];
  random_bytes(noise);
  const std::string temporary =
      path + ".tmp." + hex_encode({reinterpret_cast<const char*>(noise), sizeof noise});
  const auto give_up = [&temporary](const char* what, const std::string& where) {
    std::string error = reason(what, where);
    ::unlink(temporary.c_str());
    return error;
  };
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return reason("can't create", temporary);
    const Secret document = keyset.serialise();
    if (!write_all(file.get(), document.reveal())) return give_up("can't write", temporary);
    if (::fsync(file.get()) != 0) return give_up("can't flush", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up("can't replace", path);
  const Descriptor directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return reason("can't flush the directory of", path);
  return "";
}

std::optional<KeysetFile::Identity> KeysetFile::identify(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, static_cast<uint64_t>(status.st_size),
                  status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

KeysetFile::Poll KeysetFile::poll() {
  // Looked at before it is read: if the file is replaced in between, the next poll sees a difference and
  // reads again.
  const auto identity = identify(path_);
  if (!identity) {
    error_ = reason("can't look at the keyset", path_);
    return Poll::failed;
  }
  if (seen_ == identity) {
    error_.clear();
    return Poll::unchanged;
  }
  auto keyset = load_keyset_file(path_);
  if (!keyset) {
    error_ = std::move(keyset.error());
    // A file whose mode is fixed keeps its mtime, so a refused file is looked at again.
    seen_.reset();
    return Poll::failed;
  }
  seen_ = identity;
  error_.clear();
  current_ = std::make_shared<const Keyset>(std::move(*keyset));
  return Poll::changed;
}

}  // namespace starter::crypto
