#include "app/mail/templates.h"

#include <algorithm>
#include <boost/json.hpp>

#include "starter/describe/type_info.h"

namespace starter::mails {

namespace {

/// One mail in one language. {name}, {tenant}, {inviter}, {product}, {valid} are filled in.
struct Words {
  const char* subject;
  const char* heading;
  std::vector<const char*> paragraphs;
  const char* button;   // nullptr: none
  const char* closing;  // small print
};

/// What all mails of one language share.
struct Phrases {
  const char* greeting;
  const char* greeting_without_name;
  const char* link_hint;
  const char* minutes;
  const char* hours;
  const char* days;
};

const Phrases& phrases(Locale locale) {
  static const Phrases english{
      "Hello {name},", "Hello,",    "If the button does not work, open this address:",
      "{n} minutes",   "{n} hours", "{n} days"};
  static const Phrases german{
      "Hallo {name},", "Hallo,",      "Falls der Knopf nicht funktioniert, öffnen Sie diese Adresse:",
      "{n} Minuten",   "{n} Stunden", "{n} Tage"};
  return locale == Locale::de ? german : english;
}

const Words& english(Template which) {
  static const Words verify{"Confirm your e-mail address",
                            "Confirm your e-mail address",
                            {"Thank you for signing up to {product}. Please confirm that this address is "
                             "yours; your account exists from then on."},
                            "Confirm address",
                            "The link works once and for {valid}. If you did not sign up, ignore this mail: "
                            "without it there is no account."};
  static const Words exists{
      "You already have an account",
      "You already have an account",
      {"Somebody, probably you, tried to sign up to {product} with this address. There is an account for it "
       "already, so nothing was changed.",
       "Sign in as usual. If you do not remember the password, choose “Forgot password” there."},
      "Sign in",
      "If it was not you, there is nothing to do: nobody learned that the account exists."};
  static const Words reset{"Set a new password",
                           "Set a new password",
                           {"You asked for a new password for your {product} account."},
                           "Set new password",
                           "The link works once and for {valid}. If you did not ask for it, ignore this "
                           "mail; your password stays as it is."};
  static const Words changed{
      "Your password was changed",
      "Your password was changed",
      {"The password of your {product} account has just been changed, and other sessions were signed out.",
       "If that was not you, set a new password at once and tell the owner of your workspace."},
      "Set a new password",
      "You get this mail whenever the password changes."};
  static const Words invite{"{inviter} invites you to {tenant}",
                            "Join {tenant}",
                            {"{inviter} invites you to work in {tenant} on {product}."},
                            "Accept invitation",
                            "The invitation is for this address only and works for {valid}. If you do not "
                            "know {inviter}, ignore this mail."};
  switch (which) {
    case Template::verify_email:
      return verify;
    case Template::account_exists:
      return exists;
    case Template::reset_password:
      return reset;
    case Template::password_changed:
      return changed;
    case Template::invite:
      return invite;
  }
  return verify;
}

const Words& german(Template which) {
  static const Words verify{"Bestätigen Sie Ihre E-Mail-Adresse",
                            "Bestätigen Sie Ihre E-Mail-Adresse",
                            {"Danke für Ihre Anmeldung bei {product}. Bitte bestätigen Sie, dass diese "
                             "Adresse Ihnen gehört; von da an besteht Ihr Konto."},
                            "Adresse bestätigen",
                            "Der Link gilt einmal und für {valid}. Wenn Sie sich nicht angemeldet haben, tun "
                            "Sie nichts: Ohne Bestätigung entsteht kein Konto."};
  static const Words exists{
      "Sie haben bereits ein Konto",
      "Sie haben bereits ein Konto",
      {"Jemand, vermutlich Sie, wollte sich mit dieser Adresse bei {product} registrieren. Es gibt schon ein "
       "Konto dazu; nichts wurde geändert.",
       "Melden Sie sich wie gewohnt an. Wenn Ihnen das Passwort fehlt, wählen Sie dort „Passwort "
       "vergessen“."},
      "Anmelden",
      "Wenn Sie das nicht waren, ist nichts zu tun: Niemand hat erfahren, dass es das Konto gibt."};
  static const Words reset{"Neues Passwort setzen",
                           "Neues Passwort setzen",
                           {"Sie haben ein neues Passwort für Ihr Konto bei {product} angefordert."},
                           "Neues Passwort setzen",
                           "Der Link gilt einmal und für {valid}. Wenn Sie ihn nicht angefordert haben, tun "
                           "Sie nichts; Ihr Passwort bleibt, wie es ist."};
  static const Words changed{
      "Ihr Passwort wurde geändert",
      "Ihr Passwort wurde geändert",
      {"Das Passwort Ihres Kontos bei {product} wurde soeben geändert, andere Sitzungen wurden beendet.",
       "Wenn Sie das nicht waren, setzen Sie sofort ein neues Passwort und benachrichtigen Sie den Inhaber "
       "Ihres Arbeitsbereichs."},
      "Neues Passwort setzen",
      "Sie erhalten diese Nachricht bei jeder Änderung des Passworts."};
  static const Words invite{"{inviter} lädt Sie zu {tenant} ein",
                            "Treten Sie {tenant} bei",
                            {"{inviter} lädt Sie ein, auf {product} in {tenant} mitzuarbeiten."},
                            "Einladung annehmen",
                            "Die Einladung gilt nur für diese Adresse und für {valid}. Wenn Sie {inviter} "
                            "nicht kennen, tun Sie nichts."};
  switch (which) {
    case Template::verify_email:
      return verify;
    case Template::account_exists:
      return exists;
    case Template::reset_password:
      return reset;
    case Template::password_changed:
      return changed;
    case Template::invite:
      return invite;
  }
  return verify;
}

std::string link_of(Template which, const MailFacts& facts) {
  switch (which) {
    case Template::verify_email:
      return facts.app_url + "/verify?token=" + facts.token;
    case Template::reset_password:
      return facts.app_url + "/reset?token=" + facts.token;
    case Template::invite:
      return facts.app_url + "/invite/" + facts.token;
    case Template::account_exists:
      return facts.app_url + "/sign-in";
    case Template::password_changed:
      return facts.app_url + "/forgot";
  }
  return facts.app_url;
}

std::string valid_text(std::chrono::minutes time, const Phrases& say) {
  const bool days = time.count() % 1440 == 0 && time.count() >= 2880,
             hours = time.count() % 60 == 0 && time.count() >= 120;
  const auto count = days ? time.count() / 1440 : hours ? time.count() / 60 : time.count();
  std::string out = days ? say.days : hours ? say.hours : say.minutes;
  return out.replace(out.find("{n}"), 3, std::to_string(count));
}

/// Names come from people who may be nobody's friends: whoever signs up with a stranger's address must not be
/// able to put a link into the stranger's mail. Mail programs make links of what looks like one, so a hair
/// space (U+200A) keeps "evil.example" and "https://" apart; "J.R. Smith" looks as before. A name is one
/// line, too: it also stands in subjects.
std::string unlinked(std::string_view text) {
  static constexpr std::string_view kHairSpace = "\xE2\x80\x8A";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    out += static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F ? ' ' : text[i];
    const bool inside = i + 1 < text.size() && text[i + 1] != ' ';
    if (inside && (text[i] == '.' || text[i] == ':' || text[i] == '/' || text[i] == '@')) out += kHairSpace;
  }
  return out;
}

/// Fills {names} in. A value is never looked through again, so a name that reads "{product}" stays as it is.
class Filler {
 public:
  Filler(const MailJob& job, const MailFacts& facts, std::string valid)
      : values_{{"{name}", unlinked(job.name)},
                {"{tenant}", unlinked(job.tenant_name.value_or(""))},
                {"{inviter}", unlinked(job.inviter_name.value_or(""))},
                {"{product}", facts.product},
                {"{valid}", std::move(valid)}} {}

  std::string operator()(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const size_t open = std::min(text.find('{'), text.size());
      out += text.substr(0, open);
      text.remove_prefix(open);
      if (text.empty()) break;
      const auto found =
          std::ranges::find_if(values_, [&](const auto& value) { return text.starts_with(value.first); });
      out += found == values_.end() ? std::string(1, text.front()) : found->second;
      text.remove_prefix(found == values_.end() ? 1 : found->first.size());
    }
    return out;
  }

 private:
  std::vector<std::pair<std::string_view, std::string>> values_;
};

/// HTML that can only be built from escaped text and literal markup.
class Html {
 public:
  /// Markup is a literal of this file.
  template <size_t N>
  Html& markup(const char (&literal)[N]) {
    out_ += literal;
    return *this;
  }
  Html& text(std::string_view text) {
    out_ += html_escaped(text);
    return *this;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

struct Filled {
  std::string subject, heading, greeting, button, link, hint, closing, product;
  std::vector<std::string> paragraphs;
};

std::string text_of(const Filled& mail) {
  std::string out = mail.greeting + "\n\n";
  for (const auto& paragraph : mail.paragraphs) out += paragraph + "\n\n";
  out += mail.button + ":\n" + mail.link + "\n\n" + mail.closing + "\n\n-- \n" + mail.product + "\n";
  return out;
}

std::string html_of(const Filled& mail, Locale locale) {
  Html html;
  html.markup("<!doctype html>\n<html lang=\"")
      .text(enum_text(locale))
      .markup(
          "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" "
          "content=\"light dark\">\n<title>")
      .text(mail.subject)
      .markup(
          "</title>\n<style>\n:root { color-scheme: light dark; }\n"
          "@media (prefers-color-scheme: dark) {\n  .page { background: #111318 !important; }\n"
          "  .card { background: #1b1e25 !important; border-color: #2c313b !important; }\n"
          "  .ink { color: #eceef2 !important; }\n  .faint { color: #9aa1ad !important; }\n"
          "  .link { color: #9db8ff !important; }\n}\n</style>\n</head>\n"
          "<body class=\"page\" style=\"margin:0;padding:0;background:#f4f5f7;\">\n"
          "<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
          "style=\"background:#f4f5f7;\">\n"
          "<tr><td align=\"center\" style=\"padding:32px 16px;\">\n"
          "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
          "style=\"max-width:520px;\">\n"
          "<tr><td class=\"ink\" style=\"padding:0 8px 16px;font:600 15px/20px "
          "system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1c2027;\">")
      .text(mail.product)
      .markup(
          "</td></tr>\n<tr><td class=\"card\" style=\"padding:32px;background:#ffffff;border:1px solid "
          "#e3e6eb;border-radius:12px;"
          "font:400 15px/24px system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\">\n"
          "<h1 class=\"ink\" style=\"margin:0 0 "
          "16px;font-size:20px;line-height:28px;font-weight:600;color:#1c2027;\">")
      .text(mail.heading)
      .markup("</h1>\n<p class=\"ink\" style=\"margin:0 0 12px;color:#1c2027;\">")
      .text(mail.greeting)
      .markup("</p>\n");
  for (const auto& paragraph : mail.paragraphs) {
    html.markup("<p class=\"ink\" style=\"margin:0 0 12px;color:#1c2027;\">")
        .text(paragraph)
        .markup("</p>\n");
  }
  html.markup("<p style=\"margin:24px 0;\"><a href=\"")
      .text(mail.link)
      .markup(
          "\" style=\"display:inline-block;padding:12px "
          "20px;border-radius:8px;background:#2f5bea;color:#ffffff;"
          "font-weight:600;text-decoration:none;\">")
      .text(mail.button)
      .markup(
          "</a></p>\n<p class=\"faint\" style=\"margin:0 0 "
          "4px;font-size:13px;line-height:20px;color:#626a76;\">")
      .text(mail.hint)
      .markup(
          "</p>\n<p style=\"margin:0 0 20px;font-size:13px;line-height:20px;word-break:break-all;\"><a "
          "class=\"link\" href=\"")
      .text(mail.link)
      .markup("\" style=\"color:#2f5bea;\">")
      .text(mail.link)
      .markup(
          "</a></p>\n<p class=\"faint\" style=\"margin:0;font-size:13px;line-height:20px;color:#626a76;\">")
      .text(mail.closing)
      .markup("</p>\n</td></tr>\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n");
  return html.take();
}

Locale locale_of(const std::optional<std::string>& tag) {
  return tag && (*tag == "de" || tag->starts_with("de-") || tag->starts_with("de_")) ? Locale::de
                                                                                     : Locale::en;
}

bool needs_token(Template which) {
  return which == Template::verify_email || which == Template::reset_password || which == Template::invite;
}

}  // namespace

std::expected<MailJob, std::string> read_mail_job(const std::string& payload) {
  // By hand and not by description: `template` can't be the name of a member.
  boost::system::error_code error;
  const auto document = boost::json::parse(payload, error);
  const auto* object = error ? nullptr : document.if_object();
  if (!object) return std::unexpected("the payload is no object");
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto* member = object->if_contains(name);
    if (!member || !member->is_string()) return std::nullopt;
    return std::string(member->get_string());
  };
  MailJob job{};
  const auto which = text("template");
  if (!which || type_of<Template>.from_text(*which, &job.template_))
    return std::unexpected("the template is unknown");
  const auto to = text("to");
  if (!to || Email::from_text(*to, job.to)) return std::unexpected("the recipient is no e-mail address");
  job.name = text("name").value_or("");
  job.tenant_name = text("tenant_name");
  job.inviter_name = text("inviter_name");
  job.locale = text("locale");
  if (const auto id = text("token_id")) {
    if (Uuid::from_text(*id, job.token_id.emplace())) return std::unexpected("the token's id is no UUID");
  }
  if (needs_token(job.template_) && !job.token_id)
    return std::unexpected("this mail needs the id of a token");
  return job;
}

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

MailText render(const MailJob& job, const MailFacts& facts) {
  const Locale locale = locale_of(job.locale);
  const Phrases& say = phrases(locale);
  const Words& words = locale == Locale::de ? german(job.template_) : english(job.template_);
  const Filler fill(job, facts, valid_text(facts.valid_for, say));
  Filled mail{.subject = fill(words.subject),
              .heading = fill(words.heading),
              .greeting = fill(job.name.empty() ? say.greeting_without_name : say.greeting),
              .button = words.button,
              .link = link_of(job.template_, facts),
              .hint = say.link_hint,
              .closing = fill(words.closing),
              .product = facts.product,
              .paragraphs = {}};
  for (const char* paragraph : words.paragraphs) mail.paragraphs.push_back(fill(paragraph));
  return {mail.subject, text_of(mail), html_of(mail, locale)};
}

}  // namespace starter::mails
