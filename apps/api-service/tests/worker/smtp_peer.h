// A scripted SMTP server for tests: takes every mail, but for recipients whose name says otherwise.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace starter::test {

/// `refused...@` is refused for good (550), `later...@` for the moment (451). Listens on 127.0.0.1 until
/// destroyed.
class SmtpPeer {
 public:
  SmtpPeer();
  ~SmtpPeer();
  SmtpPeer(const SmtpPeer&) = delete;
  SmtpPeer& operator=(const SmtpPeer&) = delete;

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  /// The mails so far, as they came behind DATA.
  std::vector<std::string> mails() const;
  /// Those to one recipient, quoted-printable undone.
  std::vector<std::string> mails_to(const std::string& address) const;
  void accept_everybody() { lenient_ = true; }

 private:
  void serve();
  void converse(int socket);

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false, lenient_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> mails_;
  std::vector<std::thread> conversations_;
  std::thread thread_;
};

}  // namespace starter::test
