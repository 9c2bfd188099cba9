#include "starter/crypto/encoding.h"

#include <gtest/gtest.h>

namespace starter::crypto {
namespace {

// RFC 4648 section 10.
TEST(Base64url, A10EncodesTheVectorsOfTheRfcWithoutPadding) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64url_encode(bytes), text);
    EXPECT_EQ(base64url_decode(text), bytes);
  }
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
}

TEST(Base64url, A10RefusesEverySecondSpelling) {
  for (const std::string_view text :
       {"Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9vY", "Zm 8", "Zm8\n", "+/8", "\xC3\xA9"}) {
    EXPECT_FALSE(base64url_decode(text)) << text;
  }
}

TEST(Base64url, GivesBackEveryByteAtEveryAlignment) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    bytes += static_cast<char>(i * 37);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
  }
}

TEST(Base64, PadsToWholeGroups) {
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
}

TEST(Hex, ReadsBothCasesAndWritesTheLowerOne) {
  EXPECT_EQ(hex_encode("\x01\xAB"), "01ab");
  EXPECT_EQ(hex_decode("01aB"), "\x01\xAB");
  EXPECT_FALSE(hex_decode("0"));
  EXPECT_FALSE(hex_decode("0g"));
}

}  // namespace
}  // namespace starter::crypto
