// Hands mail to a server by SMTP (RFC 5321) as a submission client (RFC 6409): TLS from the start or by
// STARTTLS (RFC 3207), AUTH PLAIN or LOGIN (RFC 4954).
//
// A failure is permanent (problems::mail_refused: the same mail will be refused again) or transient
// (unavailable, deadline_exceeded: try later). Causes name the step and the codes of the server, never its
// text, which repeats addresses.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "starter/core/result.h"
#include "starter/core/secret.h"
#include "starter/core/task.h"
#include "starter/core/types.h"
#include "starter/net/stream.h"

namespace starter::problems {
inline constexpr ProblemType mail_refused{"mail.refused", 502, "The mail server refused this mail",
                                          "Check the address; sending it again will not help."};
}  // namespace starter::problems

namespace starter::mail {

/// smtp://[user:password@]host[:587] or smtps://[user:password@]host[:465].
struct SmtpUrl {
  std::string host;
  uint16_t port = 587;
  std::string user;
  Secret password;
  bool tls = false;  // from the first byte

  static std::expected<SmtpUrl, const char*> parse(const Secret& text);

  /// Whether the conversation may stay in the clear: only without a password, or on this machine.
  bool may_be_plain() const;
};

struct Envelope {
  Email from, to;
};

/// One reply: three digits and its lines.
struct SmtpReply {
  int code = 0;
  std::string text;  // lines separated by \n, without codes
};

/// Cuts replies out of a stream (RFC 5321 section 4.2). Bounded: 2,000 bytes a line, 100 lines. No I/O.
class SmtpReplyReader {
 public:
  void feed(std::string_view bytes) { buffer_ += bytes; }
  /// A whole reply, nothing yet, or a sentence.
  std::expected<std::optional<SmtpReply>, const char*> next();
  /// Whether bytes are left that no reply has used: before TLS begins they would be an injection
  /// (CVE-2011-0411).
  bool has_more() const { return !buffer_.empty(); }

 private:
  std::string buffer_;
  SmtpReply reply_;
  size_t lines_ = 0;
};

/// The client's side of one delivery, without I/O: give it each reply, do what it says.
class SmtpConversation {
 public:
  /// `message` has CRLF line ends. `hello` is the name of this host (RFC 5321 section 4.1.1.1).
  SmtpConversation(SmtpUrl url, Envelope envelope, std::string_view message, std::string hello);

  enum class Next : uint8_t { send, start_tls, done };
  struct Step {
    Next next = Next::send;
    std::string text;  // to send
  };

  /// The step after this reply. Done means: accepted, and QUIT needs no answer.
  Result<Step> on_reply(const SmtpReply& reply);
  /// After the handshake of start_tls.
  Step on_tls();
  /// Whether `text` of the last step is the mail itself, which may take longer.
  bool sending_mail() const { return at_ == At::body; }

 private:
  enum class At : uint8_t { greeting, hello, tls, auth_user, auth_password, auth, from, to, data, body };
  Result<Step> after_hello(const SmtpReply& reply);
  Step go(At at, std::string line);
  Problem refused(const SmtpReply& reply) const;

  const SmtpUrl url_;
  const Envelope envelope_;
  const std::string_view message_;
  const std::string hello_;
  At at_ = At::greeting;
  bool encrypted_;
};

class SmtpClient {
 public:
  /// `pool` and `tls` must outlive the client. `hello`: see SmtpConversation.
  SmtpClient(net::BlockingPool& pool, const net::TlsClient& tls, SmtpUrl url, std::string hello)
      : pool_(pool),
        tls_(tls),
        url_(std::move(url)),
        hello_(std::move(hello)) {}

  /// One connection, one mail. When it returns a value the server has taken responsibility. After an unclear
  /// end (the connection broke between the mail and its reply) the problem is transient, and the receiver
  /// recognises the second copy by its Message-ID.
  Task<Result<>> send(Envelope envelope, std::string message, SteadyTime deadline);

 private:
  net::BlockingPool& pool_;
  const net::TlsClient& tls_;
  const SmtpUrl url_;
  const std::string hello_;
};

/// RFC 5321 section 4.5.2, with the final dot: what follows 354.
std::string dot_stuffed(std::string_view message);

}  // namespace starter::mail
