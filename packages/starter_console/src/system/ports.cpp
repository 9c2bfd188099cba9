#include "system/ports.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "system/process.h"

namespace starter::console {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kListening = "0A";

// The inodes of sockets that listen on the port, over IPv4 and IPv6.
std::set<std::string> listening_inodes(int port) {
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream fields(line);
      std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
      fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
      const auto colon = local.rfind(':');
      if (state != kListening || colon == std::string::npos) continue;
      if (std::strtol(local.c_str() + colon + 1, nullptr, 16) == port) inodes.insert(inode);
    }
  }
  return inodes;
}

bool holds(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code error;
  auto entries = fs::directory_iterator(process / "fd", error);
  if (error) return false;
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    if (error) return false;
    const auto target = fs::read_symlink(entries->path(), error).string();
    if (target.starts_with("socket:[") && inodes.contains(target.substr(8, target.size() - 9))) return true;
  }
  return false;
}

std::string command_line(const fs::path& process) {
  auto text = beginning_of(process / "cmdline");
  std::ranges::replace(text, '\0', ' ');
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A name in the abstract socket name space is a lock that the kernel drops with its process, and no file.
bool take_name(const std::string& name) {
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(name, address.sun_path + 1);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0)
    return true;  // kept open on purpose
  ::close(fd);
  return false;
}

}  // namespace

std::optional<PortHolder> holder_of(int port) {
  const auto inodes = listening_inodes(port);
  if (inodes.empty()) return std::nullopt;
  std::error_code error;
  for (auto entry = fs::directory_iterator("/proc", error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    if (holds(entry->path(), inodes)) return PortHolder{std::stoi(name), command_line(entry->path())};
  }
  return PortHolder{};
}

std::string describe(const PortHolder& holder) {
  if (holder.pid == 0) return "a process of another user";
  return holder.command + " (process " + std::to_string(holder.pid) + ")";
}

bool accepts(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  const bool open = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return open;
}

int reserve_port_block() {
  constexpr int kFirst = 10000, kLast = 32000, kSize = 10;
  constexpr int kBlocks = (kLast - kFirst) / kSize;
  for (int i = 0; i < kBlocks; ++i) {
    const int base = kFirst + ((static_cast<int>(::getpid()) + i) % kBlocks) * kSize;
    if (!take_name("starter-ports-" + std::to_string(base))) continue;
    bool free = true;
    for (int port = base; port < base + kSize; ++port) free = free && !holder_of(port);
    if (free) return base;
  }
  return kFirst;
}

}  // namespace starter::console
