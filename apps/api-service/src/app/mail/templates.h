// The mails of the service: what they say, in every language, as text and HTML.
//
// A mail is data: subject, heading, paragraphs, one button. One layout renders it, so every mail looks alike,
// and every piece of text passes through the same escaping: there is no way to put markup into a mail. No
// images and nothing remote: a mail must not tell anybody that it was read. Colours hold in light and dark
// (`color-scheme`).
#pragma once

#include <boost/describe/enum.hpp>
#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "starter/core/types.h"

namespace starter::mails {

enum class Template : uint8_t { verify_email, account_exists, reset_password, password_changed, invite };
BOOST_DESCRIBE_ENUM(Template, verify_email, account_exists, reset_password, password_changed, invite)

enum class Locale : uint8_t { en, de };
BOOST_DESCRIBE_ENUM(Locale, en, de)

/// The payload of a job of the queue `mail`. It holds no token, only the id that a token is derived from when
/// the mail is sent.
struct MailJob {
  Template template_;
  Email to;
  std::string name;
  std::optional<Uuid> token_id;
  std::optional<std::string> tenant_name;
  std::optional<std::string> inviter_name;
  std::optional<std::string> locale;  // a language tag; unknown ones read English
};

/// Reads a payload; the error is a sentence without any value.
std::expected<MailJob, std::string> read_mail_job(const std::string& payload);

struct MailText {
  std::string subject, text, html;
};

struct MailFacts {
  std::string product = "Starter";
  std::string app_url;               // without a slash at the end
  std::string token;                 // empty where the mail has none
  std::chrono::minutes valid_for{};  // of the token
};

/// Pure: the same job gives the same mail.
MailText render(const MailJob& job, const MailFacts& facts);

/// For HTML text and attribute values in double quotes.
std::string html_escaped(std::string_view text);

}  // namespace starter::mails
