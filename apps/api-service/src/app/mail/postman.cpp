#include "app/mail/postman.h"

#include <boost/url/parse.hpp>

#include "starter/core/context.h"
#include "starter/core/text.h"
#include "starter/testing/failpoint.h"

namespace starter::mails {
namespace {

constexpr std::chrono::minutes kInviteTtl = std::chrono::days(7);

std::string host_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  return parsed && !parsed->host().empty() ? parsed->host() : "localhost";
}

}  // namespace

Postman::Postman(net::BlockingPool& pool, const net::TlsClient& tls, PostmanOptions options,
                 const crypto::Peppers& verification, const crypto::Peppers& reset)
    : options_(std::move(options)),
      verification_(verification),
      reset_(reset),
      client_(pool, tls, options_.smtp, host_of(options_.app_url)) {}

MailText Postman::compose(const MailJob& job) const {
  MailFacts facts{.product = options_.from.name.empty() ? "Starter" : options_.from.name,
                  .app_url = options_.app_url,
                  .token = {}};
  const Uuid id = job.token_id.value_or(Uuid{});
  switch (job.template_) {
    case Template::verify_email:
      facts.token = verification_.derive(id, "verify");
      facts.valid_for = options_.verification_ttl;
      break;
    case Template::invite:
      facts.token = verification_.derive(id, "invite");
      facts.valid_for = kInviteTtl;
      break;
    case Template::reset_password:
      facts.token = reset_.derive(id, "reset");
      facts.valid_for = options_.reset_ttl;
      break;
    case Template::account_exists:
    case Template::password_changed:
      break;
  }
  return render(job, facts);
}

Task<Result<queue::Outcome>> Postman::send(const Ctx& ctx, queue::Claim& claim) const {
  const auto job = read_mail_job(claim.job().payload.text);
  if (!job) co_return queue::Outcome::never("mail: " + job.error());
  const MailText text = compose(*job);
  const mail::Message message{.from = options_.from,
                              .to = {{}, job->to},  // the name may be anything somebody typed for a stranger
                              .reply_to = {},
                              .subject = text.subject,
                              .text = text.text,
                              .html = text.html,
                              .id = claim.job().id,
                              .date = claim.job().created_at.at};
  auto built = mail::build(message);
  if (!built) co_return queue::Outcome::never(std::string("mail: ") + built.error());
  FAILPOINT("mail.composed");
  // Nothing takes a mail back, so this is the last moment to see that the job is somebody else's.
  if (!claim.held()) co_return Problem{problems::lease_lost};
  const auto deadline = std::min(ctx.deadline, ctx.clock.steady() + options_.patience);
  const mail::Envelope envelope{options_.from.address, job->to};
  auto sent = co_await client_.send(envelope, std::move(*built), deadline);
  FAILPOINT("mail.sent");
  if (sent) co_return queue::Outcome::done();
  if (sent.error().is(problems::mail_refused)) {
    co_return queue::Outcome::never(std::string(sent.error().type().code) + ": " +
                                    std::string(sent.error().cause()));
  }
  co_return std::move(sent).error();
}

}  // namespace starter::mails
