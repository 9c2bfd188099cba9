// mail test against a scripted SMTP peer: what each refusal means to an operator.
#include <gmock/gmock.h>

#include "operate/mail_probe.h"
#include "tests/operate/deployment.h"
#include "tests/operate/smtp_peer.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

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
  EXPECT_THAT(send_to(second).err, HasSubstr("contract show MAIL_FROM   # an address of a domain"));
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
  EXPECT_THAT(failed.err, HasSubstr("smtps:// for 465")) << failed.err;
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
