// One real mail through the configured server, and what its failure means in an operator's words.
#pragma once

#include <chrono>

#include "frame/outcome.h"
#include "starter/mail/smtp.h"

namespace starter::console::operate {

struct MailProbe {
  mail::SmtpUrl server;
  Mailbox from;
  Email to;
  std::string host;  // of this machine, for EHLO
};

/// Sends it and waits for the server's word. Failures: mail.dns, mail.connect, mail.timeout, mail.tls,
/// mail.auth (exit 4), mail.sender, mail.recipient, mail.refused.
Outcome<> send_probe(const MailProbe& probe, std::chrono::seconds limit);

/// What a problem of starter/mail means; pure, for its tests.
Failure explain_mail_problem(const MailProbe& probe, const Problem& problem);

}  // namespace starter::console::operate
