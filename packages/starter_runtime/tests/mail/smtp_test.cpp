#include "starter/mail/smtp.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "tests/run_task.h"

namespace starter::mail {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using testing_support::run_task;
using Next = SmtpConversation::Next;

const Envelope kEnvelope{{"no-reply@example.com"}, {"ada@example.org"}};

SmtpUrl url(const std::string& text) {
  return *SmtpUrl::parse(Secret(text));
}

TEST(SmtpUrl, KnowsItsPortsAndRefusesHalfACredential) {
  EXPECT_EQ(url("smtp://mail.example.com").port, 587);
  EXPECT_EQ(url("smtps://mail.example.com").port, 465);
  EXPECT_EQ(url("smtp://u%40x:p@mail.example.com:2525").user, "u@x");
  EXPECT_FALSE(url("smtp://u:p@mail.example.com").may_be_plain());
  EXPECT_TRUE(url("smtp://u:p@localhost").may_be_plain());
  for (const char* wrong : {"", "mail.example.com", "http://x", "smtp://", "smtp://u@x", "smtp://x/path",
                            "smtp://x?y", "smtp://x:0", "smtp://x:70000"}) {
    EXPECT_FALSE(SmtpUrl::parse(Secret(wrong))) << wrong;
  }
}

TEST(SmtpReply, IsReadAcrossLinesAndCuts) {
  SmtpReplyReader reader;
  for (const char c : std::string("250-mail.example.com\r\n250-AUTH PLAIN\r\n250 HELP\r\n")) {
    reader.feed({&c, 1});
    const auto reply = reader.next();
    ASSERT_TRUE(reply);
    if (!*reply) continue;
    EXPECT_EQ((*reply)->code, 250);
    EXPECT_EQ((*reply)->text, "mail.example.com\nAUTH PLAIN\nHELP");
  }
  EXPECT_FALSE(reader.has_more());
}

TEST(SmtpReply, IsBounded) {
  for (const std::string& bytes :
       {std::string(3000, '2'), std::string("HTTP/1.1 400\r\n"), std::string("250x\r\n"),
        std::string("25\r\n"), std::string("199 x\r\n"), std::string("250-a\r\n251 b\r\n")}) {
    SmtpReplyReader reader;
    reader.feed(bytes);
    EXPECT_FALSE(reader.next()) << bytes.substr(0, 20);
  }
  SmtpReplyReader reader;
  for (int i = 0; i < 101; ++i) reader.feed("250-more\r\n");
  EXPECT_FALSE(reader.next());
}

/// Runs a conversation against replies; gives back what was sent, "<TLS>" for the handshake.
struct Outcome {
  std::vector<std::string> sent;
  std::optional<Problem> problem;
};
Outcome converse(const SmtpUrl& url, const std::vector<SmtpReply>& replies,
                 std::string message = "Hi\r\n.dot\r\n") {
  SmtpConversation conversation(url, kEnvelope, message, "host.example");
  Outcome outcome;
  for (const auto& reply : replies) {
    auto step = conversation.on_reply(reply);
    if (!step) {
      outcome.problem.emplace(std::move(step.error()));
      break;
    }
    if (step->next == Next::start_tls) {
      outcome.sent.push_back("<TLS>");
      *step = conversation.on_tls();
    }
    outcome.sent.push_back(step->text);
  }
  return outcome;
}

TEST(SmtpConversation, DeliversInTheClearToThisMachine) {
  const auto outcome = converse(url("smtp://localhost:1025"),
                                {{220, ""}, {250, "localhost"}, {250, ""}, {250, ""}, {354, ""}, {250, ""}});
  EXPECT_FALSE(outcome.problem);
  EXPECT_EQ(outcome.sent,
            (std::vector<std::string>{"EHLO host.example\r\n", "MAIL FROM:<no-reply@example.com>\r\n",
                                      "RCPT TO:<ada@example.org>\r\n", "DATA\r\n", "Hi\r\n..dot\r\n.\r\n",
                                      "QUIT\r\n"}));
}

TEST(SmtpConversation, StartsTlsBeforeItSignsInAndAsksForTheAbilitiesAgain) {
  const auto outcome =
      converse(url("smtp://user:secret@mail.example.com"), {{220, ""},
                                                            {250, "x\nSTARTTLS\nAUTH PLAIN LOGIN"},
                                                            {220, ""},
                                                            {250, "x\nAUTH LOGIN PLAIN"},
                                                            {235, ""}});
  EXPECT_FALSE(outcome.problem);
  EXPECT_EQ(outcome.sent, (std::vector<std::string>{
                              "EHLO host.example\r\n", "STARTTLS\r\n", "<TLS>", "EHLO host.example\r\n",
                              "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n", "MAIL FROM:<no-reply@example.com>\r\n"}));
}

TEST(SmtpConversation, SignsInByLoginWhereThatIsAllThereIs) {
  const auto outcome =
      converse(url("smtps://user:secret@mail.example.com"),
               {{220, ""}, {250, "x\nAUTH LOGIN"}, {334, "VXNlcm5hbWU6"}, {334, "UGFzc3dvcmQ6"}, {235, ""}});
  EXPECT_FALSE(outcome.problem);
  EXPECT_EQ(outcome.sent, (std::vector<std::string>{"EHLO host.example\r\n", "AUTH LOGIN\r\n", "dXNlcg==\r\n",
                                                    "c2VjcmV0\r\n", "MAIL FROM:<no-reply@example.com>\r\n"}));
}

TEST(SmtpConversation, NeverSendsAPasswordInTheClear) {
  const auto outcome =
      converse(url("smtp://user:secret@mail.example.com"), {{220, ""}, {250, "x\nAUTH PLAIN"}, {235, ""}});
  ASSERT_TRUE(outcome.problem);
  EXPECT_THAT(std::string(outcome.problem->cause()), HasSubstr("no STARTTLS"));
}

TEST(SmtpConversation, TellsPermanentRefusalsOfAMailFromTheRest) {
  const SmtpReply ok{250, ""};
  const auto problem = [&](std::vector<SmtpReply> replies) {
    return converse(url("smtp://localhost"), replies).problem;
  };
  EXPECT_TRUE(
      problem({{220, ""}, ok, ok, {550, "5.1.1 <ada@example.org> unknown"}})->is(problems::mail_refused));
  EXPECT_EQ(problem({{220, ""}, ok, ok, {550, "5.1.1 <ada@example.org> unknown"}})->cause(),
            "the mail server answered RCPT with 550 5.1.1");
  EXPECT_TRUE(problem({{220, ""}, ok, {553, ""}})->is(problems::mail_refused));
  EXPECT_TRUE(problem({{220, ""}, ok, ok, ok, {354, ""}, {554, "spam"}})->is(problems::mail_refused));
  EXPECT_TRUE(problem({{220, ""}, ok, ok, {450, "greylisted"}})->is(problems::unavailable));
  EXPECT_TRUE(problem({{421, "too busy"}})->is(problems::unavailable));
  EXPECT_TRUE(problem({{554, "go away"}})->is(problems::unavailable));
  EXPECT_TRUE(converse(url("smtps://u:p@x.example"), {{220, ""}, {250, "x\nAUTH PLAIN"}, {535, "wrong"}})
                  .problem->is(problems::unavailable));
}

TEST(DotStuffing, ProtectsEveryLineAndEndsTheMail) {
  EXPECT_EQ(dot_stuffed(".\r\na\r\n..b\r\n"), "..\r\na\r\n...b\r\n.\r\n");
  EXPECT_EQ(dot_stuffed("no end"), "no end\r\n.\r\n");
  EXPECT_EQ(dot_stuffed("bare\n.line\rfeeds"), "bare\r\n..linefeeds\r\n.\r\n");
  EXPECT_EQ(dot_stuffed(""), ".\r\n");
}

/// A server on a socket that plays a script: it says each line after one command (or one mail) has come.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(std::vector<std::string> script) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    ::listen(listener_, 1);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(script)] { play(script); });
  }
  ~ScriptedPeer() {
    thread_.join();
    ::close(listener_);
  }
  uint16_t port() const { return port_; }
  const std::string& finish() {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return heard_;
  }

 private:
  void play(const std::vector<std::string>& script) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    for (const auto& line : script) {
      ::send(socket, line.data(), line.size(), MSG_NOSIGNAL);
      const std::string_view end = line.starts_with("354") ? "\r\n.\r\n" : "\r\n";
      const size_t from = heard_.size();
      char c = 0;
      while (!std::string_view(heard_).substr(from).ends_with(end) && ::recv(socket, &c, 1, 0) == 1)
        heard_ += c;
    }
    ::close(socket);
  }

  int listener_;
  uint16_t port_ = 0;
  std::string heard_;
  std::thread thread_;
};

class Smtp : public ::testing::Test {
 protected:
  Result<> send(uint16_t port, std::chrono::milliseconds time = 20s) {
    SmtpClient client(pool, tls, url("smtp://127.0.0.1:" + std::to_string(port)), "host.example");
    return run_task(loop, client.send(kEnvelope, "Subject: x\r\n\r\n.Hi\r\n", net::deadline_in(time)));
  }
  asio::io_context loop{1};
  net::BlockingPool pool;
  net::TlsClient tls = *net::TlsClient::create();
};

TEST_F(Smtp, HandsAMailOver) {
  ScriptedPeer peer({"220 hello\r\n", "250-peer\r\n250 HELP\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
                     "250 taken\r\n"});
  EXPECT_TRUE(send(peer.port()));
  EXPECT_THAT(peer.finish(), HasSubstr("DATA\r\nSubject: x\r\n\r\n..Hi\r\n.\r\nQUIT\r\n"));
}

TEST_F(Smtp, SaysThatAServerWentAwayBeforeItTookTheMail) {
  ScriptedPeer peer({"220 hello\r\n", "250 peer\r\n", "250 ok\r\n"});
  const auto sent = send(peer.port());
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().is(problems::unavailable));
}

TEST_F(Smtp, KeepsItsDeadlineWithASilentServer) {
  ScriptedPeer peer({"220-never ends\r\n"});
  const auto sent = send(peer.port(), 100ms);
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().is(problems::deadline_exceeded));
}

TEST_F(Smtp, RefusesWhatWasSaidBeforeTlsBegan) {
  ScriptedPeer peer(
      {"220 hello\r\n", "250-peer\r\n250 STARTTLS\r\n", "220 go\r\n250-injected\r\n250 AUTH PLAIN\r\n"});
  const auto sent = send(peer.port());
  ASSERT_FALSE(sent);
  EXPECT_THAT(std::string(sent.error().cause()), HasSubstr("before TLS"));
}

}  // namespace
}  // namespace starter::mail
