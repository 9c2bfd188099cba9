#include "system/files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "starter/core/process.h"
#include "system/process.h"

namespace starter::console {

namespace fs = std::filesystem;

namespace {

class Sha256 {
 public:
  Sha256() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view text) { EVP_DigestUpdate(context_.get(), text.data(), text.size()); }
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &length);
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
      text += "0123456789abcdef"[digest[i] >> 4];
      text += "0123456789abcdef"[digest[i] & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

std::vector<fs::path> files_below(const fs::path& root, const std::vector<std::string>& skip) {
  std::error_code error;
  if (fs::is_regular_file(root, error)) return {root};
  std::vector<fs::path> files;
  auto walk = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
  if (error) return {};
  for (; walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (error) break;
    if (walk->is_directory() && std::ranges::find(skip, walk->path().filename().string()) != skip.end()) {
      walk.disable_recursion_pending();
    } else if (walk->is_regular_file(error)) {
      files.push_back(walk->path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::string fix_for(const fs::path& path, int error) {
  const auto folder = path.has_parent_path() ? path.parent_path().string() : std::string(".");
  if (error == ENOSPC || error == EDQUOT)
    return "df -h '" + folder + "'   # then free some space and repeat the command";
  if (error == EACCES || error == EPERM) return "sudo chown -R \"$(id -un)\" '" + folder + "'";
  if (error == EISDIR) return "ls -ld '" + path.string() + "'   # a folder stands where a file should be";
  if (error == EROFS) return "findmnt --target '" + folder + "'   # it is read-only: work in another folder";
  return "ls -ld '" + folder + "' '" + path.string() + "'";
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// One file on its way: written beside its place, then moved there. Until keep() its destructor undoes all.
class Replacement {
 public:
  explicit Replacement(const fs::path& path) : path_(path) {
    std::error_code error;
    if (fs::is_symlink(path, error)) path_ = fs::weakly_canonical(path, error);
    const auto own = std::to_string(::getpid());
    fresh_ = path_.string() + ".new-" + own;
    old_ = path_.string() + ".old-" + own;
  }
  Replacement(Replacement&& other) noexcept
      : path_(std::move(other.path_)),
        fresh_(std::exchange(other.fresh_, {})),
        old_(std::exchange(other.old_, {})),
        replaced_(std::exchange(other.replaced_, false)),
        had_old_(std::exchange(other.had_old_, false)) {}
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement() {
    if (!fresh_.empty()) ::unlink(fresh_.c_str());
    if (had_old_ && replaced_)
      ::rename(old_.c_str(), path_.c_str());
    else if (had_old_)
      ::unlink(old_.c_str());
    else if (replaced_)
      ::unlink(path_.c_str());
  }

  Outcome<> stage(const NewFile& file) {
    std::error_code error;
    if (fs::is_directory(path_, error)) return file_failure("write", path_, EISDIR);
    CHECKED(make_folders(path_.parent_path()));
    const int fd = ::open(fresh_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file.mode);
    if (fd < 0) return file_failure("write", path_, errno);
    const bool written = write_all(fd, file.text) && ::fchmod(fd, file.mode) == 0 && ::fsync(fd) == 0;
    const int reason = errno;
    ::close(fd);
    if (!written) return file_failure("write", path_, reason);
    return {};
  }

  Outcome<> replace() {
    // Where links can't be made the file is moved away instead; readers may then miss it for an instant.
    had_old_ = ::link(path_.c_str(), old_.c_str()) == 0 ||
               (errno != ENOENT && ::rename(path_.c_str(), old_.c_str()) == 0);
    if (::rename(fresh_.c_str(), path_.c_str()) != 0) {
      const int reason = errno;
      replaced_ = had_old_;  // it may have been moved away
      return file_failure("write", path_, reason);
    }
    replaced_ = true;
    return {};
  }

  void keep() {
    if (had_old_) ::unlink(old_.c_str());
    had_old_ = replaced_ = false;
  }

 private:
  fs::path path_, fresh_, old_;
  bool replaced_ = false, had_old_ = false;
};

Outcome<std::string> read_to_end(int fd, const fs::path& path, std::size_t most) {
  std::string text(std::min<std::size_t>(most, 64U << 10) + 1, '\0');
  std::size_t length = 0;
  while (true) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, 100) <= 0) {
      if (interrupted()) return interrupt_failure();
      continue;
    }
    const auto got = ::read(fd, text.data() + length, text.size() - length);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return file_failure("read", path, errno);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
    if (length > most) return file_failure("read", path, EFBIG);
    if (length == text.size()) text.resize(std::min(most + 1, text.size() * 2));
  }
  text.resize(length);
  return text;
}

enum class Stop { never, on_interrupt };

Outcome<> replace_all(const std::vector<NewFile>& files, Stop stop) {
  const SignalsLater later;
  const auto stopped = [&] { return stop == Stop::on_interrupt && (interrupted() || later.came()); };
  std::vector<Replacement> replacements;
  for (const auto& file : files) {
    const auto staged = replacements.emplace_back(file.path).stage(file);
    if (stopped()) return interrupt_failure();
    if (!staged) return std::unexpected(staged.error());
  }
  for (auto& one : replacements) CHECKED(one.replace());
  if (stopped()) return interrupt_failure();
  for (auto& one : replacements) one.keep();
  return {};
}

}  // namespace

Failure file_failure(std::string_view doing, const fs::path& path, int error) {
  return {.code = error == ENOENT   ? "file.missing"
                  : error == ENOSPC ? "file.disk_full"
                                    : "file.access",
          .what = "Cannot " + std::string(doing) + " " + path.string() + ".",
          .why = std::string(std::strerror(error)) + ".",
          .fix = fix_for(path, error),
          .exit = error == ENOENT ? Exit::not_found : Exit::failed};
}

Outcome<std::string> read_file(const fs::path& path, std::size_t most) {
  std::error_code error;
  if (fs::is_directory(path, error)) return file_failure("read", path, EISDIR);
  // A pipe, or a keyboard, may be waited for until Ctrl-C.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return file_failure("read", path, errno);
  auto text = read_to_end(fd, path, most);
  ::close(fd);
  return text;
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string tail_of(const fs::path& path, std::size_t lines) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return {};
  constexpr std::streamoff kMost = 256 << 10;
  const auto size = static_cast<std::streamoff>(in.tellg());
  const auto length = std::min(size, kMost);
  in.seekg(size - length);
  std::string text(static_cast<std::size_t>(length), '\0');
  in.read(text.data(), length);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::size_t from = text.size();
  for (std::size_t i = 0; i < lines && from != std::string::npos; ++i)
    from = from == 0 ? std::string::npos : text.rfind('\n', from - 1);
  return from == std::string::npos ? text : text.substr(from + 1);
}

Outcome<> write_file(const fs::path& path, std::string_view text, mode_t mode) {
  return write_files({{path, std::string(text), mode}});
}

Outcome<> write_files(const std::vector<NewFile>& files) {
  return replace_all(files, Stop::never);
}

Outcome<> write_files_or_stop(const std::vector<NewFile>& files) {
  return replace_all(files, Stop::on_interrupt);
}

Outcome<> try_write(const fs::path& path) {
  const SignalsLater later;
  return Replacement(path).stage({path, std::string(4096, '\n')});
}

bool is_open_beyond(const fs::path& path, mode_t mode) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & 0777 & ~mode) != 0;
}

Outcome<bool> stands_already(const NewFile& file) {
  std::error_code error;
  if (!fs::is_regular_file(file.path, error) || is_open_beyond(file.path, file.mode)) return false;
  return CHECKED(read_file(file.path)) == file.text;
}

Outcome<> write_when_changed(const fs::path& path, std::string_view text, mode_t mode) {
  NewFile file{path, std::string(text), mode};
  const auto same = stands_already(file);
  return same && *same ? Outcome<>() : write_files({std::move(file)});
}

Outcome<> make_folders(const fs::path& path) {
  if (path.empty()) return {};  // of a name without a folder
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return file_failure("create", path, error.value());
  return {};
}

std::string random_secret(std::size_t length) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string secret;
  while (secret.size() < length) {
    unsigned char bytes[64];
    if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) continue;
    for (unsigned char byte : bytes) {
      // 248 is the largest multiple of 62: values above it would favour the first letters.
      if (byte < 248 && secret.size() < length) secret += kLetters[byte % kLetters.size()];
    }
  }
  return secret;
}

std::string hash_files(const std::vector<fs::path>& roots, const std::vector<std::string>& skip) {
  Sha256 hash;
  for (const auto& root : roots) {
    for (const auto& file : files_below(root, skip)) {
      std::ifstream in(file, std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(in), {}};
      hash.add(file.string() + '\0' + std::to_string(text.size()) + '\0');
      hash.add(text);
    }
  }
  return hash.hex();
}

std::string sha256_hex(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hex();
}

}  // namespace starter::console
