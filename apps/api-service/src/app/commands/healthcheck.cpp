#include "app/commands/healthcheck.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>

namespace starter {
namespace {

using Clock = std::chrono::steady_clock;

struct Socket {
  int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  ~Socket() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

bool wait_for(int descriptor, short events, Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd one{descriptor, events, 0};
  return left > 0 && ::poll(&one, 1, static_cast<int>(left)) == 1;
}

/// The first line of the answer, or empty.
std::string ask(uint16_t port) {
  const auto until = Clock::now() + std::chrono::seconds(3);
  const Socket socket;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    return "";
  static constexpr char request[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  if (!wait_for(socket.descriptor, POLLOUT, until)) return "";
  if (::send(socket.descriptor, request, sizeof request - 1, MSG_NOSIGNAL) !=
      static_cast<ssize_t>(sizeof request - 1))
    return "";
  std::string line;
  char buffer[512];
  while (line.find("\r\n") == line.npos && line.size() < 4096) {
    if (!wait_for(socket.descriptor, POLLIN, until)) return "";
    const ssize_t size = ::recv(socket.descriptor, buffer, sizeof buffer, 0);
    if (size <= 0) return "";
    line.append(buffer, static_cast<size_t>(size));
  }
  return line.substr(0, line.find("\r\n"));
}

}  // namespace

int healthcheck(uint16_t port) {
  const std::string line = ask(port);
  if (line.starts_with("HTTP/1.1 200")) return 0;
  std::fprintf(stderr, "nothing healthy answers on 127.0.0.1:%u%s\n", port,
               line.empty() ? "" : ": it does not say 200");
  return 1;
}

}  // namespace starter
