#include "starter/providers/file_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "starter/core/private_file.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "starter/net/timer.h"

namespace starter::providers {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr size_t kMaxSecret = 64 * 1024;

Problem file_problem(const std::string& what) {
  return {problems::secrets_unreachable, what};
}

std::string version_of(const Secret& value) {
  return crypto::hex_encode(crypto::bytes_of(crypto::sha256(value.reveal())).substr(0, 16));
}

/// Held between reading and writing. The kernel lets go of it when its holder dies.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : file_(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (file_ >= 0) ::close(file_);
  }
  bool opened() const { return file_ >= 0; }
  bool take() { return ::flock(file_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int file_;
};

}  // namespace

Result<fs::path> FileStore::path_of(const std::string& name) const {
  const fs::path below(name);
  const bool good =
      !name.empty() && below.is_relative() && std::ranges::none_of(below, [](const fs::path& part) {
        return part.empty() || part.string().starts_with('.');
      });
  if (!good)
    return Problem(problems::secret_refused, "a secret's name is a path below " + folder_.string() +
                                                 ", without parts that begin with a dot");
  return folder_ / below;
}

Result<StoredSecret> FileStore::read(const std::string& name) const {
  const auto path = TRY(path_of(name));
  std::error_code error;
  if (!fs::exists(path, error)) return Problem(problems::secret_absent, "there is no file " + path.string());
  auto value = read_private_file(path.string(), kMaxSecret, "secret");
  if (!value) return file_problem(value.error());
  auto version = version_of(*value);
  return StoredSecret{std::move(*value), std::move(version), path.string()};
}

Task<Result<StoredSecret>> FileStore::get(std::string name, SteadyTime) {
  co_return read(name);
}

Task<Result<std::string>> FileStore::put(std::string name, Secret value, std::string expected,
                                         SteadyTime deadline) {
  const auto path = CO_TRY(path_of(name));
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  FolderLock lock(path.parent_path());
  if (error || !lock.opened())
    co_return file_problem("can't write in " + path.parent_path().string() + ": " +
                           (error ? error.message() : std::strerror(errno)));
  net::Timer pause(co_await asio::this_coro::executor);
  while (!lock.take()) {
    if (Clock::system().steady() >= deadline)
      co_return Problem(problems::secrets_late,
                        "another program holds the lock of " + path.parent_path().string());
    pause.expires_after(10ms);
    co_await pause.async_wait(net::as_tuple);
  }
  const auto now = read(name);
  if (!now && !now.error().is(problems::secret_absent))
    co_return file_problem(std::string(now.error().cause()));
  if ((now ? now->version : "") != expected)
    co_return Problem(problems::secret_changed, path.string() + " has another value by now");
  if (const auto wrong = replace_private_file(path.string(), value.reveal()); !wrong.empty())
    co_return file_problem(wrong + "; what was there before is still in force");
  co_return version_of(value);
}

Task<Result<std::vector<std::string>>> FileStore::list(std::string prefix, SteadyTime) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    if (hidden && at->is_directory(error)) at.disable_recursion_pending();
    if (hidden || !at->is_regular_file(error)) continue;
    auto name = fs::relative(at->path(), folder_, error).string();
    if (name.starts_with(prefix)) names.push_back(std::move(name));
  }
  if (error && error != std::errc::no_such_file_or_directory)
    co_return file_problem("can't look into " + folder_.string() + ": " + error.message());
  std::ranges::sort(names);
  co_return names;
}

Task<Result<bool>> FileStore::probe(std::string name, SteadyTime) {
  const auto path = CO_TRY(path_of(name));
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const auto trial = path.parent_path() / (".probe." + random_token(6));
  if (const auto wrong = replace_private_file(trial.string(), "probe"); !wrong.empty())
    co_return file_problem(wrong);
  fs::remove(trial, error);
  const auto there = read(name);
  if (there) co_return true;
  if (there.error().is(problems::secret_absent)) co_return false;
  co_return file_problem(std::string(there.error().cause()));
}

}  // namespace starter::providers
