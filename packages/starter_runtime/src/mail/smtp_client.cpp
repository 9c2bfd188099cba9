#include <array>

#include "starter/mail/smtp.h"

namespace starter::mail {
namespace {

Task<Result<SmtpReply>> read_reply(net::Stream& stream, SmtpReplyReader& reader, SteadyTime deadline) {
  std::array<char, 4096> bytes;
  for (;;) {
    auto reply = reader.next();
    if (!reply) co_return Problem(problems::unavailable, std::string(reply.error()));
    if (*reply) co_return std::move(**reply);
    const size_t size = CO_TRY(co_await stream.read_some(bytes, deadline));
    reader.feed({bytes.data(), size});
  }
}

}  // namespace

Task<Result<>> SmtpClient::send(Envelope envelope, std::string message, SteadyTime deadline) {
  const net::ConnectTo to{url_.host, url_.port, url_.tls ? &tls_ : nullptr};
  net::Stream stream = CO_TRY(co_await net::Stream::connect(pool_, to, deadline));
  SmtpConversation conversation(url_, std::move(envelope), message, hello_);
  SmtpReplyReader reader;
  for (;;) {
    const SmtpReply reply = CO_TRY(co_await read_reply(stream, reader, deadline));
    SmtpConversation::Step step = CO_TRY(conversation.on_reply(reply));
    if (step.next == SmtpConversation::Next::done) {
      // The mail is accepted whether or not the server hears the farewell.
      (void)co_await stream.write_all(step.text, deadline);
      co_return Result<>();
    }
    if (step.next == SmtpConversation::Next::start_tls) {
      if (reader.has_more())
        co_return Problem(problems::unavailable, std::string("the mail server spoke before TLS began"));
      CO_TRY(co_await stream.start_tls(pool_, tls_, url_.host, deadline));
      step = conversation.on_tls();
    }
    CO_TRY(co_await stream.write_all(step.text, deadline));
  }
}

}  // namespace starter::mail
