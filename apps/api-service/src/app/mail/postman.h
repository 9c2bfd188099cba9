// Sends the mails of the queue `mail`.
//
// A job says which mail to whom; what is secret in it, the token of a link, is derived at the moment of
// sending and is nowhere stored. Message-ID and date come from the job, so a mail that is sent twice after a
// crash is the same mail and receivers drop the second copy.
#pragma once

#include "app/mail/templates.h"
#include "starter/crypto/one_time_token.h"
#include "starter/mail/message.h"
#include "starter/mail/smtp.h"
#include "starter/queue/job.h"

namespace starter::mails {

struct PostmanOptions {
  mail::SmtpUrl smtp;
  Mailbox from;
  std::string app_url;
  std::chrono::minutes verification_ttl{}, reset_ttl{};
  std::chrono::milliseconds patience{15'000};  // for one delivery, from the connection to the last reply
};

class Postman {
 public:
  Postman(net::BlockingPool& pool, const net::TlsClient& tls, PostmanOptions options,
          const crypto::Peppers& verification, const crypto::Peppers& reset);

  /// done, never (the payload or the server says that it can't succeed), or a problem that passes.
  Task<Result<queue::Outcome>> send(const Ctx& ctx, queue::Claim& claim) const;

  /// The mail as it would be sent.
  MailText compose(const MailJob& job) const;

 private:
  const PostmanOptions options_;
  const crypto::OneTimeTokens verification_, reset_;
  mutable mail::SmtpClient client_;
};

}  // namespace starter::mails
