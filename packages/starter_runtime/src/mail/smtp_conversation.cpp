#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <utility>

#include "starter/crypto/encoding.h"
#include "starter/mail/smtp.h"

namespace starter::mail {
namespace {

constexpr size_t kMaxLine = 2000, kMaxLines = 100;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

/// "5.1.1" from the start of a reply's text (RFC 2034), or nothing.
std::string enhanced_code(std::string_view text) {
  const std::string_view word = text.substr(0, std::min(text.find(' '), size_t{11}));
  const bool looks_right = word.size() >= 5 && is_digit(word[0]) && word[1] == '.' &&
                           std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.'; });
  return looks_right ? " " + std::string(word) : "";
}

}  // namespace

std::expected<SmtpUrl, const char*> SmtpUrl::parse(const Secret& text) {
  const auto parsed = boost::urls::parse_uri(text.reveal());
  if (!parsed) return std::unexpected("must be a URL such as smtp://user:password@host:587");
  if (parsed->scheme() != "smtp" && parsed->scheme() != "smtps")
    return std::unexpected("must begin with smtp:// or smtps://");
  if (parsed->host().empty()) return std::unexpected("needs a host");
  if (parsed->host_type() == boost::urls::host_type::name && parsed->encoded_host().contains('%'))
    return std::unexpected("needs a host without escapes");
  if (parsed->has_query() || parsed->has_fragment() ||
      (!parsed->encoded_path().empty() && parsed->encoded_path() != "/")) {
    return std::unexpected("must end after the port");
  }
  SmtpUrl url;
  url.tls = parsed->scheme() == "smtps";
  url.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string(parsed->host_address())
                                                                 : parsed->host();
  url.port = url.tls ? 465 : 587;
  url.user = parsed->user();
  url.password = Secret(parsed->password());
  if (url.user.empty() != url.password.empty())
    return std::unexpected("needs both a user and a password, or neither");
  if (parsed->has_port()) {
    const std::string port = parsed->port();
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size() || url.port == 0)
      return std::unexpected("needs a port between 1 and 65535");
  }
  return url;
}

bool SmtpUrl::may_be_plain() const {
  return password.empty() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::expected<std::optional<SmtpReply>, const char*> SmtpReplyReader::next() {
  for (;;) {
    const size_t end = buffer_.find("\r\n");
    if (std::min(end, buffer_.size()) > kMaxLine)
      return std::unexpected("a line of the mail server is too long");
    if (end == buffer_.npos) return std::nullopt;
    const std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    const bool coded =
        line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && is_digit(line[1]) && is_digit(line[2]);
    if (!coded || (line.size() > 3 && line[3] != ' ' && line[3] != '-'))
      return std::unexpected("the mail server doesn't speak SMTP");
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (++lines_ > kMaxLines || (lines_ > 1 && code != reply_.code))
      return std::unexpected("a reply of the mail server has no end");
    reply_.code = code;
    if (lines_ > 1) reply_.text += '\n';
    reply_.text += line.substr(std::min(line.size(), size_t{4}));
    if (line.size() > 3 && line[3] == '-') continue;
    lines_ = 0;
    return std::exchange(reply_, {});
  }
}

SmtpConversation::SmtpConversation(SmtpUrl url, Envelope envelope, std::string_view message,
                                   std::string hello)
    : url_(std::move(url)),
      envelope_(std::move(envelope)),
      message_(message),
      hello_(std::move(hello)),
      encrypted_(url_.tls) {}

SmtpConversation::Step SmtpConversation::go(At at, std::string line) {
  at_ = at;
  return {Next::send, std::move(line) + "\r\n"};
}

Problem SmtpConversation::refused(const SmtpReply& reply) const {
  static constexpr std::string_view steps[] = {"the greeting", "EHLO", "STARTTLS", "AUTH", "AUTH",
                                               "AUTH",         "MAIL", "RCPT",     "DATA", "the mail"};
  std::string cause = "the mail server answered " + std::string(steps[static_cast<size_t>(at_)]) + " with " +
                      std::to_string(reply.code) + enhanced_code(reply.text);
  // Only what is said about this sender, receiver or mail is about this mail; a refused log-in is a setting
  // to correct, and the mail waits for that.
  const bool about_the_mail = at_ >= At::from;
  return Problem(reply.code >= 500 && about_the_mail ? problems::mail_refused : problems::unavailable,
                 std::move(cause));
}

Result<SmtpConversation::Step> SmtpConversation::on_reply(const SmtpReply& reply) {
  static constexpr int expected[] = {220, 250, 220, 334, 334, 235, 250, 250, 354, 250};
  const bool forwarded = at_ == At::to && (reply.code == 251 || reply.code == 252);
  if (reply.code != expected[static_cast<size_t>(at_)] && !forwarded) return refused(reply);
  switch (at_) {
    case At::greeting:
      return go(At::hello, "EHLO " + hello_);
    case At::hello:
      return after_hello(reply);
    case At::tls:
      return Step{Next::start_tls, ""};
    case At::auth_user:
      return go(At::auth_password, crypto::base64_encode(url_.user));
    case At::auth_password:
      return go(At::auth, crypto::base64_encode(url_.password.reveal()));
    case At::auth:
      return go(At::from, "MAIL FROM:<" + envelope_.from.value + '>');
    case At::from:
      return go(At::to, "RCPT TO:<" + envelope_.to.value + '>');
    case At::to:
      return go(At::data, "DATA");
    case At::data:
      at_ = At::body;
      return Step{Next::send, dot_stuffed(message_)};
    case At::body:
      return Step{Next::done, "QUIT\r\n"};
  }
  return refused(reply);
}

Result<SmtpConversation::Step> SmtpConversation::after_hello(const SmtpReply& reply) {
  bool offers_tls = false, plain = false, login = false;
  for (std::string_view rest = reply.text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string line = upper(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line == "STARTTLS") offers_tls = true;
    if (line.starts_with("AUTH ") || line.starts_with("AUTH=")) {
      const std::string mechanisms = ' ' + line.substr(5) + ' ';
      plain |= mechanisms.find(" PLAIN ") != mechanisms.npos;
      login |= mechanisms.find(" LOGIN ") != mechanisms.npos;
    }
  }
  if (!encrypted_ && offers_tls) return go(At::tls, "STARTTLS");
  if (!encrypted_ && !url_.may_be_plain()) {
    return Problem(problems::unavailable,
                   std::string("the mail server offers no STARTTLS, so the password is not sent"));
  }
  if (url_.user.empty()) return go(At::from, "MAIL FROM:<" + envelope_.from.value + '>');
  if (plain) {
    const std::string credentials = '\0' + url_.user + '\0' + std::string(url_.password.reveal());
    return go(At::auth, "AUTH PLAIN " + crypto::base64_encode(credentials));
  }
  if (login) return go(At::auth_user, "AUTH LOGIN");
  return Problem(problems::unavailable,
                 std::string("the mail server offers neither AUTH PLAIN nor AUTH LOGIN"));
}

SmtpConversation::Step SmtpConversation::on_tls() {
  encrypted_ = true;
  return go(At::hello, "EHLO " + hello_);
}

std::string dot_stuffed(std::string_view message) {
  std::string out;
  out.reserve(message.size() + message.size() / 50 + 8);
  bool line_begins = true;
  for (size_t i = 0; i < message.size(); ++i) {
    const char c = message[i];
    if (c == '\r')
      continue;  // every line break is written below as CRLF, a lone CR would be one to some servers
    if (line_begins && c == '.') out += '.';
    line_begins = c == '\n';
    if (c == '\n') out += '\r';
    out += c;
  }
  if (!line_begins) out += "\r\n";
  return out + ".\r\n";
}

}  // namespace starter::mail
