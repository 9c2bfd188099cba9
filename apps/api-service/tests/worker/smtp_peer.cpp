#include "worker/smtp_peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <stdexcept>

namespace starter::test {
namespace {

void say(int socket, const std::string& line) {
  const std::string bytes = line + "\r\n";
  static_cast<void>(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

/// Quoted-printable undone (RFC 2045 section 6.7).
std::string plain(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=' || i + 2 >= text.size())
      out += text[i];
    else if (text[i + 1] == '\r')
      i += 2;
    else if (!std::isxdigit(static_cast<unsigned char>(text[i + 1])) ||
             !std::isxdigit(static_cast<unsigned char>(text[i + 2])))
      out += '=';
    else {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

}  // namespace

SmtpPeer::SmtpPeer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the SMTP peer can't listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

SmtpPeer::~SmtpPeer() {
  stopping_ = true;
  thread_.join();
  for (auto& conversation : conversations_) conversation.join();
  ::close(listener_);
}

std::vector<std::string> SmtpPeer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

std::vector<std::string> SmtpPeer::mails_to(const std::string& address) const {
  std::vector<std::string> out;
  for (const auto& mail : mails()) {
    const auto head = mail.substr(0, mail.find("\r\n\r\n"));
    if (head.find(address) != head.npos) out.push_back(plain(mail));
  }
  return out;
}

void SmtpPeer::serve() {
  while (!stopping_) {
    pollfd one{listener_, POLLIN, 0};
    if (::poll(&one, 1, 50) != 1) continue;
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket >= 0) conversations_.emplace_back([this, socket] { converse(socket); });
  }
}

void SmtpPeer::converse(int socket) {
  std::string buffer, recipient;
  bool in_mail = false;
  say(socket, "220 peer.example ESMTP");
  char bytes[4096];
  while (!stopping_) {
    pollfd one{socket, POLLIN, 0};
    if (::poll(&one, 1, 50) != 1) continue;
    const ssize_t size = ::recv(socket, bytes, sizeof bytes, 0);
    if (size <= 0) break;
    buffer.append(bytes, static_cast<size_t>(size));
    for (size_t end; (end = buffer.find(in_mail ? "\r\n.\r\n" : "\r\n")) != buffer.npos;) {
      const std::string line = buffer.substr(0, end);
      buffer.erase(0, end + (in_mail ? 5 : 2));
      if (in_mail) {
        in_mail = false;
        {
          const std::lock_guard lock(mutex_);
          mails_.push_back(line);
        }
        say(socket, "250 taken");
      } else if (line.starts_with("EHLO"))
        say(socket, "250 peer.example");
      else if (line.starts_with("RCPT TO:<refused") && !lenient_)
        say(socket, "550 no such person");
      else if (line.starts_with("RCPT TO:<later") && !lenient_)
        say(socket, "451 try again");
      else if (line == "DATA") {
        say(socket, "354 go on");
        in_mail = true;
      } else
        say(socket, line == "QUIT" ? "221 bye" : "250 ok");
    }
  }
  ::close(socket);
}

}  // namespace starter::test
