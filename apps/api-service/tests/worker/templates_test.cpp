#include "app/mail/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/mail/postman.h"
#include "starter/mail/message.h"

namespace starter::mails {
namespace {

using testing::HasSubstr;
using testing::Not;

const MailFacts kFacts{
    .app_url = "https://app.example.com", .token = "TOKEN", .valid_for = std::chrono::minutes(60)};

MailJob job(Template which, const char* locale) {
  MailJob out{};
  out.template_ = which;
  out.to.value = "ada@example.com";
  out.name = "Ada";
  out.token_id.emplace();
  out.tenant_name = "Acme";
  out.inviter_name = "Grace";
  out.locale = locale;
  return out;
}

constexpr Template kAll[] = {Template::verify_email, Template::account_exists, Template::reset_password,
                             Template::password_changed, Template::invite};

TEST(MailTemplates, AreCompleteInBothLanguages) {
  for (const Template which : kAll) {
    const auto english = render(job(which, "en"), kFacts), german = render(job(which, "de"), kFacts);
    EXPECT_NE(english.subject, german.subject);
    for (const auto& mail : {english, german}) {
      EXPECT_FALSE(mail.subject.empty());
      EXPECT_THAT(mail.text, HasSubstr("https://app.example.com/"));
      EXPECT_THAT(mail.html, HasSubstr("href=\"https://app.example.com/"));
      for (const auto& part : {mail.subject, mail.text, mail.html}) {
        EXPECT_THAT(part, Not(testing::ContainsRegex("\\{(name|tenant|inviter|product|valid|n)\\}")));
      }
      // Nothing remote: no image, style sheet, font or script.
      for (const char* remote : {"<img", "<link", "<script", "url(", "@import", "src="})
        EXPECT_THAT(mail.html, Not(HasSubstr(remote)));
      EXPECT_THAT(mail.html, HasSubstr("color-scheme"));
    }
    EXPECT_THAT(english.text, HasSubstr("Hello Ada,"));
    EXPECT_THAT(german.text, HasSubstr("Hallo Ada,"));
    EXPECT_THAT(german.html, HasSubstr("<html lang=\"de\">"));
  }
}

TEST(MailTemplates, LinkToThePagesOfTheWebApplication) {
  const auto link = [](Template which) { return render(job(which, "en"), kFacts).text; };
  EXPECT_THAT(link(Template::verify_email), HasSubstr("\nhttps://app.example.com/verify?token=TOKEN\n"));
  EXPECT_THAT(link(Template::reset_password), HasSubstr("\nhttps://app.example.com/reset?token=TOKEN\n"));
  EXPECT_THAT(link(Template::invite), HasSubstr("\nhttps://app.example.com/invite/TOKEN\n"));
  EXPECT_THAT(link(Template::account_exists), Not(HasSubstr("TOKEN")));
  EXPECT_THAT(link(Template::password_changed), Not(HasSubstr("TOKEN")));
}

TEST(MailTemplates, TreatNamesAsText) {
  auto hostile = job(Template::invite, "en");
  hostile.name = "<script>alert(1)";
  hostile.tenant_name = "A\" onmouseover=\"x & {product}";
  hostile.inviter_name = "Eve\r\nBcc: all@example.com";
  const auto mail = render(hostile, kFacts);
  EXPECT_THAT(mail.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(mail.html, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(mail.html, HasSubstr("A&quot; onmouseover=&quot;x &amp; {product}"));
  EXPECT_THAT(mail.subject, Not(HasSubstr("\n")));
}

TEST(MailTemplates, MakeNoLinkOfAName) {
  auto hostile = job(Template::verify_email, "en");
  hostile.name = "Win at https://evil.example/now or www.evil.example";
  const auto mail = render(hostile, kFacts);
  for (const auto& part : {mail.text, mail.html}) {
    for (const char* link : {"evil.example", "https://evil", "www.evil", "example/now"})
      EXPECT_THAT(part, Not(HasSubstr(link)));
  }
  hostile.name = "J. R. O'Neill-Smith";
  EXPECT_THAT(render(hostile, kFacts).text, HasSubstr("Hello J. R. O'Neill-Smith,"));
}

TEST(MailTemplates, ChooseTheLanguageByItsTagAndFallBackToEnglish) {
  EXPECT_THAT(render(job(Template::invite, "de-AT"), kFacts).text, HasSubstr("Hallo"));
  for (const char* tag : {"en", "fr", "", "dex"})
    EXPECT_THAT(render(job(Template::invite, tag), kFacts).text, HasSubstr("Hello"));
  auto silent = job(Template::invite, "");
  silent.locale.reset();
  silent.name.clear();
  EXPECT_THAT(render(silent, kFacts).text, testing::StartsWith("Hello,\n"));
}

TEST(MailTemplates, SayHowLongALinkWorks) {
  auto facts = kFacts;
  EXPECT_THAT(render(job(Template::verify_email, "en"), facts).text, HasSubstr("60 minutes"));
  facts.valid_for = std::chrono::hours(3);
  EXPECT_THAT(render(job(Template::verify_email, "de"), facts).text, HasSubstr("3 Stunden"));
  facts.valid_for = std::chrono::days(7);
  EXPECT_THAT(render(job(Template::invite, "en"), facts).text, HasSubstr("7 days"));
}

TEST(MailJob, IsReadFromItsPayload) {
  const auto read = read_mail_job(R"({"template": "verify_email", "to": "ada@example.com", "name": "Ada",
                                      "token_id": "0190b0a0-0000-7000-8000-000000000001", "later": 1})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->to.value, "ada@example.com");
  EXPECT_EQ(read->token_id->text(), "0190b0a0-0000-7000-8000-000000000001");
  for (const char* wrong : {"", "[]", "{}", R"({"template": "spam", "to": "ada@example.com"})",
                            R"({"template": "invite", "to": "ada@example.com"})",
                            R"({"template": "account_exists", "to": "ada"})",
                            R"({"template": "verify_email", "to": "ada@example.com", "token_id": "1"})"}) {
    EXPECT_FALSE(read_mail_job(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace starter::mails
