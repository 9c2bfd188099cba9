// mail test against a scripted SMTP peer: what each refusal means to an operator.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "operate/mail_probe.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

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

Ran send_to(const SmtpPeer& peer, const std::string& user = "") {
  const Deployment deployment;
  return deployment.run({"mail", "test", "--to", "ada@example.com", "--timeout", "5"},
                        {{"SMTP_URL", "smtp://" + user + "127.0.0.1:" + std::to_string(peer.port())},
                         {"MAIL_FROM", "Starter <no-reply@example.com>"}});
}

TEST(MailProbe, SendsOneMailThroughTheConfiguredServer) {
  SmtpPeer peer({});
  const auto sent = send_to(peer);
  EXPECT_EQ(sent.status, 0) << sent.err;
  EXPECT_THAT(sent.out, HasSubstr("took the mail"));
}

TEST(MailProbe, ADryRunConnectsToNobody) {
  const Deployment deployment;
  const auto planned = deployment.run({"mail", "test", "--to", "ada@example.com", "--dry-run"},
                                      {{"SMTP_URL", "smtp://127.0.0.1:1"}, {"MAIL_FROM", "a@example.com"}});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(planned.out, HasSubstr("through 127.0.0.1:1"));
}

TEST(MailProbe, ARefusedPasswordIsNamedAndNotShown) {
  SmtpPeer peer({{"EHLO", "250-peer\r\n250 AUTH PLAIN"}, {"AUTH", "535 5.7.8 no"}});
  const auto refused = send_to(peer, "me:hidden-word@");
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("refuses this user and password"));
  EXPECT_THAT(refused.err, HasSubstr("535 5.7.8"));
  EXPECT_EQ(refused.err.find("hidden-word"), std::string::npos);
}

TEST(MailProbe, ARefusedRecipientAndARefusedSenderAreToldApart) {
  SmtpPeer first({{"RCPT", "550 5.1.1 nobody"}});
  EXPECT_THAT(send_to(first).err, HasSubstr("refuses this recipient"));
  SmtpPeer second({{"MAIL", "553 5.7.1 not yours"}});
  EXPECT_THAT(send_to(second).err, HasSubstr("set MAIL_FROM to an address of a domain"));
  SmtpPeer third({{"mail", "554 5.7.1 spam"}});
  EXPECT_THAT(send_to(third).err, HasSubstr("The mail was not accepted."));
}

TEST(MailProbe, AnUnknownNameAndAClosedPortAreToldApart) {
  const Deployment deployment;
  const auto ask = [&](const std::string& url) {
    return deployment
        .run({"mail", "test", "--to", "a@example.com", "--timeout", "5", "--field", "sent"},
             {{"SMTP_URL", url}, {"MAIL_FROM", "a@example.com"}})
        .err;
  };
  EXPECT_THAT(ask("smtp://mail.invalid:587"), HasSubstr("has no address"));
  EXPECT_THAT(ask("smtp://127.0.0.1:1"), HasSubstr("Nothing accepts mail at that address"));
  EXPECT_THAT(ask("http://127.0.0.1:1"), HasSubstr("SMTP_URL"));
}

TEST(MailProbe, ATlsPortThatSpeaksPlainSmtpIsExplained) {
  SmtpPeer peer({});
  const Deployment deployment;
  const auto failed = deployment.run(
      {"mail", "test", "--to", "a@example.com", "--timeout", "5"},
      {{"SMTP_URL", "smtps://127.0.0.1:" + std::to_string(peer.port())}, {"MAIL_FROM", "a@example.com"}});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("smtps:// is for port 465")) << failed.err;
}

TEST(MailProbe, AServerWithoutEncryptionNeverSeesThePassword) {
  operate::MailProbe probe;
  probe.server.host = "mail.example.com";
  const Problem problem(problems::unavailable,
                        std::string("the mail server offers no STARTTLS, so the password is not sent"));
  const auto failure = operate::explain_mail_problem(probe, problem);
  EXPECT_EQ(failure.code, "mail.tls");
  EXPECT_THAT(failure.fix, HasSubstr("465"));
}

}  // namespace starter::console::testing
