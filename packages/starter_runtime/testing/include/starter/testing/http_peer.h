// A small HTTP server on a thread, for tests of clients.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace starter::testing_support {

/// A server that answers each connection once, with what a function makes of the request; an empty answer is
/// silence.
class Peer {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  explicit Peer(Answer answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    ::listen(listener_, 64);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~Peer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    for (const int socket : silent_) ::close(socket);
  }
  const std::string& url() const { return url_; }
  std::atomic<int> accepted = 0;

 private:
  void serve() {
    for (int socket = ::accept(listener_, nullptr, nullptr); socket >= 0;
         socket = ::accept(listener_, nullptr, nullptr)) {
      ++accepted;
      std::string request;
      char bytes[4096];
      while (!whole(request)) {
        const ssize_t size = ::recv(socket, bytes, sizeof bytes, 0);
        if (size <= 0) break;
        request.append(bytes, static_cast<size_t>(size));
      }
      const std::string answer = answer_(request);
      ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
      if (answer.empty()) {
        silent_.push_back(socket);
      } else {
        ::close(socket);
      }
    }
  }
  static bool whole(const std::string& request) {
    const size_t end = request.find("\r\n\r\n"), length = request.find("Content-Length: ");
    return end != request.npos &&
           (length == request.npos || request.size() >= end + 4 + std::stoul(request.substr(length + 16)));
  }

  Answer answer_;
  int listener_;
  std::string url_;
  std::vector<int> silent_;
  std::thread thread_;
};

}  // namespace starter::testing_support
