#include "operate/mail_probe.h"

#include "operate/waiting.h"
#include "starter/mail/message.h"
#include "starter/net/timer.h"

namespace starter::console::operate {

namespace {

struct Meaning {
  std::string_view said;  // part of the problem's cause
  std::string_view code, what, fix;
  Exit exit = Exit::failed;
};

// The first that matches; causes name the step of the conversation and the server's codes.
constexpr Meaning kMeanings[] = {
    {"can't resolve", "mail.dns", "The name of the mail server has no address.",
     "starter-console contract show SMTP_URL   # mend the host in it"},
    {"has no address", "mail.dns", "The name of the mail server has no address.",
     "starter-console contract show SMTP_URL   # mend the host in it"},
    {"deadline", "mail.timeout", "The mail server did not answer in time.",
     "--timeout 60   # or another port in SMTP_URL: clouds block 25; 587 and 465 go out"},
    {"offers no STARTTLS", "mail.tls", "The mail server offers no encryption, so the password was not sent.",
     "starter-console contract show SMTP_URL   # smtps:// and port 465 if the server has it"},
    {"before TLS began", "mail.tls", "Something spoke between this machine and the mail server's encryption.",
     "starter-console contract show SMTP_URL   # smtps:// and port 465; look at what stands between"},
    {"handshake", "mail.tls", "The encryption with the mail server failed.",
     "starter-console contract show SMTP_URL   # the host as its certificate has it; smtps:// for 465, "
     "smtp:// for 587 and 25"},
    {"connect", "mail.connect", "Nothing accepts mail at that address.",
     "starter-console contract show SMTP_URL   # mend host and port in it"},
    {"AUTH", "mail.auth", "The mail server refuses this user and password.",
     "starter-console contract show SMTP_URL   # mend user and password in it (percent-encode : / @)",
     Exit::auth},
    {"answered MAIL", "mail.sender", "The mail server refuses this sender.",
     "starter-console contract show MAIL_FROM   # an address of a domain that this server may send for"},
    {"answered RCPT", "mail.recipient", "The mail server refuses this recipient.",
     "--to you@example.com   # a server in its trial phase may only send to confirmed addresses"},
};

}  // namespace

Failure explain_mail_problem(const MailProbe& probe, const Problem& problem) {
  const auto server = probe.server.host + ":" + std::to_string(probe.server.port);
  std::string cause(problem.cause());
  if (cause.empty())
    cause = problem.is(problems::deadline_exceeded) ? "the deadline passed" : problem.type().title;
  Failure failure{.code = "mail.refused",
                  .what = "The mail was not accepted.",
                  .why = server + ": " + cause + ".",
                  .fix = "   # and look at the mail server's log for this moment"};
  for (const auto& meaning : kMeanings) {
    if (cause.find(meaning.said) == cause.npos) continue;
    return {.code = std::string(meaning.code),
            .what = std::string(meaning.what),
            .why = failure.why,
            .fix = std::string(meaning.fix),
            .exit = meaning.exit};
  }
  return failure;
}

Outcome<> send_probe(const MailProbe& probe, std::chrono::seconds limit) {
  const auto tls = net::TlsClient::create();
  if (!tls) {
    return Failure{.code = "mail.tls",
                   .what = "This machine has no roots to trust.",
                   .why = tls.error() + ".",
                   .fix = "apt-get install -y ca-certificates"};
  }
  const auto now = Clock::system().now();
  const auto message =
      mail::build({.from = probe.from,
                   .to = {"", probe.to},
                   .reply_to = std::nullopt,
                   .subject = "Test of the mail server",
                   .text = "This deployment can send mail.\n\nIt was sent by: starter-console mail test\n",
                   .html = "",
                   .id = Uuid::v7(now),
                   .date = now});
  if (!message) {
    return Failure{.code = "mail.message",
                   .what = "The mail can't be built.",
                   .why = std::string(message.error()) + ".",
                   .fix = "starter-console contract show MAIL_FROM   # what it may be"};
  }
  asio::io_context io(1);
  net::BlockingPool pool(1);
  mail::SmtpClient client(pool, *tls, probe.server, probe.host);
  const mail::Envelope envelope{probe.from.address, probe.to};
  const auto sent = CHECKED(run_to_end(io, client.send(envelope, *message, net::deadline_in(limit))));
  if (!sent) return explain_mail_problem(probe, sent.error());
  return {};
}

}  // namespace starter::console::operate
