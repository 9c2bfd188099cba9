// A scripted mail server for one conversation.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>
#include <thread>

namespace starter::console::testing {

/// Answers one conversation: 250 to everything but what the script says otherwise, by the first word of a
/// command.
class SmtpPeer {
 public:
  explicit SmtpPeer(std::map<std::string, std::string> script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { converse(); });
  }
  SmtpPeer(const SmtpPeer&) = delete;
  SmtpPeer& operator=(const SmtpPeer&) = delete;
  ~SmtpPeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  int port() const { return port_; }
  const std::string& heard() const { return heard_; }

 private:
  std::string answer(const std::string& word) const {
    const auto found = script_.find(word);
    if (found != script_.end()) return found->second;
    return word == "DATA" ? "354 go on" : word == "greeting" ? "220 peer" : "250 fine";
  }
  void converse() {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    const auto say = [fd](const std::string& line) {
      static_cast<void>(::send(fd, (line + "\r\n").data(), line.size() + 2, MSG_NOSIGNAL));
    };
    say(answer("greeting"));
    bool in_mail = false;
    std::string buffer;
    char bytes[1024];
    for (ssize_t got = 0; (got = ::recv(fd, bytes, sizeof bytes, 0)) > 0;) {
      buffer.append(bytes, static_cast<std::size_t>(got));
      for (auto end = buffer.find("\r\n"); end != buffer.npos; end = buffer.find("\r\n")) {
        const auto line = buffer.substr(0, end);
        buffer.erase(0, end + 2);
        heard_ += line + "\n";
        if (in_mail && line != ".") continue;
        const auto reply = answer(in_mail ? "mail" : line.substr(0, line.find(' ')));
        in_mail = reply.starts_with("354");
        say(reply);
      }
    }
    ::close(fd);
  }
  std::map<std::string, std::string> script_;
  int listener_ = -1, port_ = 0;
  std::string heard_;
  std::jthread thread_;
};

}  // namespace starter::console::testing
