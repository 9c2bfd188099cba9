// Builds mail messages (RFC 5322, MIME RFC 2045 to 2047): text and HTML alternatives in UTF-8.
//
// The result is a pure function of its input, Message-ID and boundary included: a mail that is sent twice
// after a crash is the same mail, and receivers drop the second one. Values can't add headers: control
// characters are refused.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "starter/core/clock.h"
#include "starter/core/types.h"

namespace starter::mail {

struct Message {
  Mailbox from, to;
  std::optional<Mailbox> reply_to;
  std::string subject;
  std::string text;  // lines end with \n
  std::string html;  // may be empty: then the mail is plain text
  Uuid id;           // of the queued mail; Message-ID is <id@domain of from>
  WallTime date{};
};

/// The message with CRLF line ends, at most 76 characters a line, without dot-stuffing. The error is a
/// sentence that names the member; never a value.
std::expected<std::string, const char*> build(const Message& message);

/// A header value: the text itself when it is plain ASCII, encoded words otherwise (RFC 2047 section 2),
/// folded.
std::string encode_header(std::string_view text);

/// RFC 2045 section 6.7; lines end with CRLF.
std::string quoted_printable(std::string_view text);

}  // namespace starter::mail
