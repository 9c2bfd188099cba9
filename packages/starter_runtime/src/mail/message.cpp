#include "starter/mail/message.h"

#include <algorithm>
#include <array>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::mail {
namespace {

constexpr size_t kMaxName = 200, kMaxSubject = 500, kMaxBody = 512 * 1024;
constexpr size_t kWordBytes = 39;  // become 64 characters, so that a header name fits before them
constexpr size_t kMaxLine = 76;

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_plain(std::string_view text) {
  return text.size() <= 60 && text.find("=?") == text.npos && std::ranges::all_of(text, [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
         });
}

/// Never cuts a character in two: each encoded word must stand for whole ones (RFC 2047 section 5).
size_t whole_characters(std::string_view text, size_t most) {
  if (text.size() <= most) return text.size();
  size_t end = most;
  while (end > most - 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end;
}

std::string mailbox_text(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address.value;
  std::string out;
  if (is_plain(mailbox.name)) {
    out += '"';
    for (const char c : mailbox.name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  } else {
    out = encode_header(mailbox.name);
  }
  return out + "\r\n <" + mailbox.address.value + '>';
}

void append_two_digits(int value, std::string& out) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

/// RFC 5322 section 3.3, in UTC.
std::string date_text(WallTime at) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at) - day);
  std::string out = days[std::chrono::weekday(day).c_encoding()];
  out += ", ";
  append_two_digits(static_cast<int>(static_cast<unsigned>(date.day())), out);
  out += ' ';
  out += months[static_cast<unsigned>(date.month()) - 1];
  out += ' ' + std::to_string(static_cast<int>(date.year())) + ' ';
  append_two_digits(static_cast<int>(time.hours().count()), out);
  out += ':';
  append_two_digits(static_cast<int>(time.minutes().count()), out);
  out += ':';
  append_two_digits(static_cast<int>(time.seconds().count()), out);
  return out + " +0000";
}

const char* wrong_address(const Email& address) {
  Email again;
  if (Email::from_text(address.value, again) != nullptr || has_control(address.value))
    return "an address of the mail is invalid";
  return nullptr;
}

const char* wrong(const Message& message) {
  for (const Mailbox* box : {&message.from, &message.to, message.reply_to ? &*message.reply_to : nullptr}) {
    if (!box) continue;
    if (const char* problem = wrong_address(box->address)) return problem;
    if (has_control(box->name) || box->name.size() > kMaxName)
      return "a name in the mail is too long or has control characters";
  }
  if (message.subject.empty() || has_control(message.subject) || message.subject.size() > kMaxSubject) {
    return "the subject of the mail is empty, too long, or has control characters";
  }
  if (message.text.empty() || message.text.size() > kMaxBody)
    return "the text of the mail is empty or too long";
  if (message.html.size() > kMaxBody) return "the HTML of the mail is too long";
  return nullptr;
}

std::string part(std::string_view type, std::string_view body) {
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(body);
}

}  // namespace

std::string encode_header(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const size_t size = whole_characters(text, kWordBytes);
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + crypto::base64_encode(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() * 5 / 4);
  size_t column = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (byte == '\n') {
      out += "\r\n";
      column = 0;
      continue;
    }
    const bool at_end = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool literal =
        (byte >= 0x21 && byte <= 0x7E && byte != '=') || ((byte == ' ' || byte == '\t') && !at_end);
    const size_t width = literal ? 1 : 3;
    if (column + width > kMaxLine - 1) {  // one column is kept for the soft line break
      out += "=\r\n";
      column = 0;
    }
    if (literal) {
      out += static_cast<char>(byte);
    } else {
      out += '=';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
    column += width;
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::expected<std::string, const char*> build(const Message& message) {
  if (const char* problem = wrong(message)) return std::unexpected(problem);
  const std::string domain = message.from.address.value.substr(message.from.address.value.find('@') + 1);
  const std::string id = message.id.text() + '@' + domain;
  std::string out = "Date: " + date_text(message.date) + "\r\n";
  out += "From: " + mailbox_text(message.from) + "\r\n";
  out += "To: " + mailbox_text(message.to) + "\r\n";
  if (message.reply_to) out += "Reply-To: " + mailbox_text(*message.reply_to) + "\r\n";
  out += "Message-ID: <" + id + ">\r\n";
  out += "Subject: " + encode_header(message.subject) + "\r\n";
  out += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";  // RFC 3834: out-of-office programs stay
                                                                     // silent
  if (message.html.empty()) return out + part("text/plain", message.text);

  // "=_" can't occur in quoted-printable text.
  const std::string boundary = "=_" + crypto::hex_encode(crypto::bytes_of(crypto::sha256(id)).substr(0, 12));
  out += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + part("text/plain", message.text);
  out += "--" + boundary + "\r\n" + part("text/html", message.html);
  return out + "--" + boundary + "--\r\n";
}

}  // namespace starter::mail
