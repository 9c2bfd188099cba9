#include "dev/logs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "system/files.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

struct Followed {
  std::string name;
  fs::path path;
  std::uintmax_t at = 0;
  std::string rest{};  // a line that has no end yet
};

// Hands over what was added since the last look; a file that shrank was cut and is read from its start.
bool drain(Followed& log, const std::function<bool(const std::string&, const std::string&)>& show) {
  std::error_code error;
  const auto size = fs::file_size(log.path, error);
  if (error) return true;
  if (size < log.at) log.at = 0;
  if (size == log.at) return true;
  std::ifstream in(log.path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(log.at));
  std::string text(std::min<std::uintmax_t>(size - log.at, 1U << 20), '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  log.at += text.size();
  log.rest += text;
  for (std::size_t end = 0; (end = log.rest.find('\n')) != std::string::npos; log.rest.erase(0, end + 1)) {
    if (!show(log.name, log.rest.substr(0, end))) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> log_names(const Workspace& workspace) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(workspace.logs(), error)) {
    if (entry.path().extension() == ".log") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

void trim_logs(const Workspace& workspace, std::uintmax_t most) {
  std::error_code error;
  for (const auto& name : log_names(workspace)) {
    const auto path = workspace.log(name);
    const auto size = fs::file_size(path, error);
    if (error || size <= most) continue;
    std::ifstream in(path, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(size - most / 2));
    std::string kept{std::istreambuf_iterator<char>(in), {}};
    kept.erase(0, kept.find('\n') + 1);
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) continue;
    if (::ftruncate(fd, 0) == 0) [[maybe_unused]]
      const auto wrote = ::write(fd, kept.data(), kept.size());
    ::close(fd);
  }
}

void follow_logs(const Workspace& workspace, const std::vector<std::string>& names,
                 const std::function<bool(const std::string&, const std::string&)>& show) {
  std::vector<Followed> logs;
  std::error_code error;
  for (const auto& name : names) {
    const auto path = workspace.log(name);
    const auto size = fs::file_size(path, error);
    logs.push_back({name, path, error ? 0 : size});
  }
  while (!interrupted()) {
    for (auto& log : logs) {
      if (!drain(log, show)) return;
    }
    std::this_thread::sleep_for(100ms);
  }
}

}  // namespace starter::console::dev
