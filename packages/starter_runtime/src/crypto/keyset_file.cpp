// The keyset in a file: for development, and for a mounted secret that somebody else rewrites.
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "starter/core/private_file.h"
#include "starter/crypto/keyset.h"

namespace starter::crypto {
namespace {

constexpr size_t kMaxFile = 64 * 1024;

std::string reason(const char* what, const std::string& path) {
  return std::string(what) + " " + path + ": " + std::strerror(errno);
}

}  // namespace

std::expected<Keyset, std::string> load_keyset_file(const std::string& path) {
  const auto document = read_private_file(path, kMaxFile, "keyset");
  if (!document) return std::unexpected(document.error());
  auto keyset = Keyset::parse(document->reveal());
  if (!keyset) return std::unexpected(keyset.error() + " (" + path + ")");
  return keyset;
}

std::string save_keyset_file(const std::string& path, const Keyset& keyset) {
  return replace_private_file(path, keyset.serialise().reveal());
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
