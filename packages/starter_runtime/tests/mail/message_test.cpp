#include "starter/mail/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace starter::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Message message() {
  Message message;
  message.from = {"Acme", {"no-reply@example.com"}};
  message.to = {"", {"ada@example.org"}};
  message.subject = "Welcome";
  message.text = "Hello,\n.a line with a dot\nbye = later\n";
  message.html = "<p>Hello</p>";
  message.id.bytes = {0x01, 0x8f};
  message.date = WallTime(std::chrono::seconds(1'800'000'000));
  return message;
}

TEST(MailMessage, HasBothAlternativesAndADeterministicId) {
  const auto built = build(message());
  ASSERT_TRUE(built);
  EXPECT_EQ(build(message()), built);
  EXPECT_THAT(*built, HasSubstr("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"));
  EXPECT_THAT(*built, HasSubstr("From: \"Acme\"\r\n <no-reply@example.com>\r\n"));
  EXPECT_THAT(*built, HasSubstr("To: ada@example.org\r\n"));
  EXPECT_THAT(*built, HasSubstr("Message-ID: <018f0000-0000-0000-0000-000000000000@example.com>\r\n"));
  EXPECT_THAT(*built, HasSubstr("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
                                "quoted-printable\r\n\r\nHello,\r\n"));
  EXPECT_THAT(*built, HasSubstr("bye =3D later\r\n"));
  EXPECT_THAT(*built, HasSubstr("<p>Hello</p>\r\n--=_"));
}

TEST(MailMessage, HasOnlyShortLinesWhateverItHolds) {
  Message long_one = message();
  long_one.subject = "";
  for (int i = 0; i < 100; ++i) long_one.subject += "\xC3\xA9";
  long_one.text = std::string(500, 'x') + "\n" + std::string(300, '\xE9') + " \n";
  long_one.to.name = "Ad\xC3\xA0 \"the first\"";
  const auto built = build(long_one);
  ASSERT_TRUE(built);
  std::istringstream lines(*built);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(line.back(), '\r');
    EXPECT_LE(line.size(), 79U) << line;
    EXPECT_EQ(line.find_first_of("\xC3\xE9"), line.npos);
  }
}

TEST(MailMessage, CannotBeGivenAnotherHeader) {
  const auto refused = [](auto change) {
    Message changed = message();
    change(changed);
    return !build(changed).has_value();
  };
  EXPECT_TRUE(refused([](Message& m) { m.subject = "x\r\nBcc: evil@example.com"; }));
  EXPECT_TRUE(refused([](Message& m) { m.subject = "x\ny"; }));
  EXPECT_TRUE(refused([](Message& m) { m.from.name = "x\r\nBcc: evil@example.com"; }));
  EXPECT_TRUE(refused([](Message& m) { m.to.address.value = "a@example.com>\r\nBcc: <b@example.com"; }));
  EXPECT_TRUE(refused([](Message& m) { m.to.address.value = "a@example.com\n"; }));
  EXPECT_TRUE(refused([](Message& m) { m.reply_to = Mailbox{"x", {"not an address"}}; }));
  EXPECT_TRUE(refused([](Message& m) { m.text = ""; }));
  EXPECT_FALSE(refused([](Message& m) { m.html = ""; }));
}

// RFC 2047 section 8 gives the form; these are our own examples.
TEST(MailHeader, IsEncodedOnlyWhenItMustBe) {
  EXPECT_EQ(encode_header("Plain subject"), "Plain subject");
  EXPECT_EQ(encode_header("Gr\xC3\xBC\xC3\x9F"
                          "e"),
            "=?utf-8?B?R3LDvMOfZQ==?=");
  EXPECT_EQ(encode_header("=?fake?="), "=?utf-8?B?PT9mYWtlPz0=?=");
}

TEST(QuotedPrintable, EncodesSpacesAtTheEndOfALineAndBreaksSoftly) {
  EXPECT_EQ(quoted_printable("a \nb\t"), "a=20\r\nb=09\r\n");
  EXPECT_EQ(quoted_printable("x=y"), "x=3Dy\r\n");
  EXPECT_EQ(quoted_printable("a\r\nb"), "a\r\nb\r\n");
  EXPECT_EQ(quoted_printable(std::string(80, 'a')), std::string(75, 'a') + "=\r\n" + "aaaaa\r\n");
}

}  // namespace
}  // namespace starter::mail
