#include "support/raw_http.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace starter::test {

std::string converse(int port, const std::string& bytes, int seconds) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
  std::string out;
  size_t sent = 0;
  bool writing = true;
  char buffer[16384];
  while (true) {
    pollfd watch{socket, static_cast<short>(POLLIN | (writing ? POLLOUT : 0)), 0};
    if (::poll(&watch, 1, seconds * 1000) <= 0) {
      out += "timed out";
      break;
    }
    if (watch.revents & (POLLIN | POLLHUP | POLLERR)) {
      const auto got = ::recv(socket, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      out.append(buffer, static_cast<size_t>(got));
    } else if (writing && watch.revents & POLLOUT) {
      const auto went = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      sent += went > 0 ? static_cast<size_t>(went) : 0;
      if (went < 0 || sent == bytes.size()) {
        writing = false;
        ::shutdown(socket, SHUT_WR);
      }
    }
  }
  ::close(socket);
  return out;
}

std::vector<RawReply> replies_of(const std::string& bytes) {
  std::vector<RawReply> out;
  for (size_t at = 0; at < bytes.size();) {
    RawReply reply;
    const size_t end = bytes.find("\r\n\r\n", at);
    if (bytes.compare(at, 9, "HTTP/1.1 ") != 0 || end == bytes.npos) return out.push_back({}), out;
    reply.status = std::atoi(bytes.c_str() + at + 9);
    for (size_t line = bytes.find("\r\n", at); line < end;) {
      line += 2;
      const size_t next = bytes.find("\r\n", line), colon = bytes.find(": ", line);
      if (colon == bytes.npos || colon > next) return out.push_back({}), out;
      std::string name = bytes.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      reply.headers[name] = bytes.substr(colon + 2, next - colon - 2);
      line = next;
    }
    at = end + 4;
    if (reply.status < 200) continue;
    if (const auto length = reply.headers.find("content-length"); length != reply.headers.end()) {
      const auto size = static_cast<size_t>(std::atoll(length->second.c_str()));
      if (at + size > bytes.size()) return out.push_back({}), out;
      reply.body = bytes.substr(at, size);
      at += size;
    }
    out.push_back(std::move(reply));
  }
  return out;
}

}  // namespace starter::test
