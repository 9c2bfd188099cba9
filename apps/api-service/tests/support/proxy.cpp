#include "support/proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <list>
#include <stdexcept>
#include <vector>

namespace starter::test {
namespace {

using Time = std::chrono::steady_clock::time_point;

/// Bytes that a delay holds back, with the moment at which they go on.
struct Late {
  Time due;
  bool to_server;
  std::string bytes;
};

struct Pair {
  int client, server;
  std::deque<Late> late{};
};

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto went = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (went <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(went));
  }
  return true;
}

/// False when one side has gone.
bool send_due(Pair& pair) {
  while (!pair.late.empty() && pair.late.front().due <= std::chrono::steady_clock::now()) {
    const auto late = std::move(pair.late.front());
    pair.late.pop_front();
    if (!send_all(late.to_server ? pair.server : pair.client, late.bytes)) return false;
  }
  return true;
}

}  // namespace

Proxy::Proxy(int target, Watch to_server)
    : target_(target),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      to_server_(std::move(to_server)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 128) != 0) {
    throw std::runtime_error("the proxy can't listen");
  }
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
  stop_ = true;
  thread_.join();
  ::close(listener_);
}

void Proxy::run() {
  std::list<Pair> pairs;
  const auto end = [&](std::list<Pair>::iterator at) {
    ::close(at->client);
    ::close(at->server);
    return pairs.erase(at);
  };
  const auto end_all = [&] {
    for (auto at = pairs.begin(); at != pairs.end();) at = end(at);
  };
  std::vector<char> buffer(64 * 1024);
  while (!stop_) {
    if (cut_.exchange(false)) end_all();
    for (auto at = pairs.begin(); !hold_ && at != pairs.end();) at = send_due(*at) ? std::next(at) : end(at);
    std::vector<pollfd> watched{{listener_, POLLIN, 0}};
    if (!hold_) {
      for (const auto& pair : pairs) {
        watched.push_back({pair.client, POLLIN, 0});
        watched.push_back({pair.server, POLLIN, 0});
      }
    }
    if (::poll(watched.data(), watched.size(), 10) <= 0) continue;
    size_t index = 1;
    for (auto at = pairs.begin(); at != pairs.end() && index < watched.size(); index += 2) {
      bool open = true;
      for (const bool from_client : {true, false}) {
        if (!open || !(watched[index + (from_client ? 0 : 1)].revents & (POLLIN | POLLHUP | POLLERR)))
          continue;
        const auto got = ::recv(from_client ? at->client : at->server, buffer.data(), buffer.size(), 0);
        const std::string_view bytes(buffer.data(), got > 0 ? static_cast<size_t>(got) : 0);
        open = got > 0;
        if (open && from_client && to_server_ && !to_server_(bytes)) cut_ = true, open = false;
        const auto by = delay_.load();
        if (open && (by.count() > 0 || !at->late.empty()))
          at->late.push_back({std::chrono::steady_clock::now() + by, from_client, std::string(bytes)});
        else
          open = open && send_all(from_client ? at->server : at->client, bytes);
      }
      at = open ? std::next(at) : end(at);
    }
    if (!(watched[0].revents & POLLIN)) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(target_);
    if (refuse_ || ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
    } else {
      pairs.push_back({client, server});
    }
  }
  end_all();
}

}  // namespace starter::test
