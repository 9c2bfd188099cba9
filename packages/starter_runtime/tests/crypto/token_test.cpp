#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "starter/crypto/one_time_token.h"

namespace starter::crypto {
namespace {

using ::testing::HasSubstr;

const std::string kOld(32, 'o'), kNew(40, 'n');

Peppers peppers(const std::string& setting) {
  return *Peppers::parse(Secret(setting));
}

const Uuid kId = Uuid::v7(WallTime(std::chrono::seconds(1'800'000'000)));

TEST(Peppers, AreReadFromACommaSeparatedSettingWithTheFirstOneSigning) {
  const Peppers both = peppers(kNew + "," + kOld), old = peppers(kOld);
  EXPECT_EQ(both.entries().size(), 2U);
  EXPECT_EQ(both.first().reveal(), kNew);
  EXPECT_EQ(old.first_id().size(), 8U);
  ASSERT_NE(both.find(old.first_id()), nullptr);
  EXPECT_EQ(both.find(old.first_id())->reveal(), kOld);
  EXPECT_EQ(both.find("nothing"), nullptr);
}

TEST(Peppers, AreRefusedWhenShortTooManyOrTwice) {
  for (const std::string& setting :
       {std::string(), std::string("short"), kOld + ",", "," + kOld, kOld + "," + kOld, kOld + ",,"}) {
    EXPECT_FALSE(Peppers::parse(Secret(setting))) << setting;
  }
  std::string five = kOld;
  for (const char c : {'a', 'b', 'c', 'd'}) five += "," + std::string(32, c);
  EXPECT_FALSE(Peppers::parse(Secret(five)));
  EXPECT_TRUE(Peppers::parse(Secret(five.substr(0, five.rfind(',')))));
}

TEST(OneTimeToken, IsTheSameEachTimeAndGivesBackItsId) {
  const OneTimeTokens tokens(peppers(kOld));
  const std::string token = tokens.derive(kId, "password_reset");
  EXPECT_EQ(token.size(), 64U);
  EXPECT_EQ(tokens.derive(kId, "password_reset"), token);
  EXPECT_EQ(tokens.verify(token, "password_reset"), kId);
}

TEST(OneTimeToken, IsForOnePurposeAlone) {
  const OneTimeTokens tokens(peppers(kOld));
  EXPECT_FALSE(tokens.verify(tokens.derive(kId, "password_reset"), "email_verification"));
}

TEST(OneTimeToken, OutlivesTheReplacementOfAPepperWhileBothAreActive) {
  const std::string token = OneTimeTokens(peppers(kOld)).derive(kId, "invite");
  EXPECT_EQ(OneTimeTokens(peppers(kNew + "," + kOld)).verify(token, "invite"), kId);
  EXPECT_FALSE(OneTimeTokens(peppers(kNew)).verify(token, "invite"));
}

TEST(OneTimeToken, IsRefusedWhenAnyCharacterIsAnother) {
  const OneTimeTokens tokens(peppers(kOld));
  const std::string token = tokens.derive(kId, "invite");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.verify(changed, "invite"));
  }
  EXPECT_FALSE(tokens.verify("", "invite"));
  EXPECT_FALSE(tokens.verify(token + "A", "invite"));
  EXPECT_FALSE(tokens.verify(std::string(64, '='), "invite"));
}

TEST(RefreshToken, IsDerivedAgainForEveryGenerationOfAFamily) {
  const RefreshTokens tokens(peppers(kOld));
  for (const int64_t generation : {int64_t{0}, int64_t{1}, int64_t{41}, INT64_MAX}) {
    const auto text = tokens.derive(kId, generation, "salt", tokens.key_id());
    ASSERT_TRUE(text);
    EXPECT_EQ(tokens.derive(kId, generation, "salt", tokens.key_id()), text);
    const auto parsed = RefreshToken::parse(*text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->family, kId);
    EXPECT_EQ(parsed->generation, generation);
    EXPECT_TRUE(tokens.verify_stamp(*parsed));
    EXPECT_TRUE(tokens.verify(*parsed, "salt", tokens.key_id()));
    EXPECT_FALSE(tokens.verify(*parsed, "other salt", tokens.key_id()));
  }
}

TEST(RefreshToken, CannotBeMovedToAnotherGenerationOrFamily) {
  const RefreshTokens tokens(peppers(kOld));
  auto parsed = RefreshToken::parse(*tokens.derive(kId, 7, "salt", tokens.key_id()));
  ASSERT_TRUE(parsed);
  parsed->generation = 8;
  EXPECT_FALSE(tokens.verify_stamp(*parsed));
  EXPECT_FALSE(tokens.verify(*parsed, "salt", tokens.key_id()));
  parsed->generation = 7;
  parsed->family.bytes[0] ^= 1;
  EXPECT_FALSE(tokens.verify_stamp(*parsed));
  EXPECT_FALSE(tokens.verify(*parsed, "salt", tokens.key_id()));
}

TEST(RefreshToken, ShowsWithoutItsFamilyThatNobodyChangedIt) {
  const RefreshTokens tokens(peppers(kOld));
  const std::string text = *tokens.derive(kId, 7, "salt", tokens.key_id());
  for (size_t at = 0; at < text.size(); ++at) {
    std::string forged = text;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    const auto parsed = RefreshToken::parse(forged);
    EXPECT_FALSE(parsed && tokens.verify_stamp(*parsed)) << forged;
  }
}

TEST(RefreshToken, KeepsItsFamilysPepperWhileItIsActive) {
  const RefreshTokens before(peppers(kOld)), during(peppers(kNew + "," + kOld)), after(peppers(kNew));
  const auto text = before.derive(kId, 1, "salt", before.key_id());
  const auto parsed = RefreshToken::parse(*text);
  EXPECT_TRUE(during.verify_stamp(*parsed));
  EXPECT_TRUE(during.verify(*parsed, "salt", before.key_id()));
  EXPECT_EQ(during.derive(kId, 1, "salt", before.key_id()), text);
  EXPECT_FALSE(after.verify_stamp(*parsed));
  EXPECT_FALSE(after.verify(*parsed, "salt", before.key_id()));
  EXPECT_FALSE(after.derive(kId, 1, "salt", before.key_id()));
}

TEST(RefreshToken, HasOneSpelling) {
  const RefreshTokens tokens(peppers(kOld));
  const std::string text = *tokens.derive(kId, 7, "salt", tokens.key_id());
  const size_t dot = text.find('.');
  const std::string id = text.substr(0, dot), mac = text.substr(dot + 3);
  EXPECT_TRUE(RefreshToken::parse(id + ".7." + mac));
  for (const std::string& other :
       {id + ".07." + mac, id + ".+7." + mac, id + ".-7." + mac, id + ".-0." + mac, id + "..." + mac,
        id + ".7." + mac + "=", id + ".7." + mac + ".", id + ".9223372036854775808." + mac, id + ". 7." + mac,
        id + ".7." + mac.substr(1), "." + id + ".7." + mac, id.substr(1) + ".7." + mac, std::string(),
        std::string(".."), std::string(5000, 'a')}) {
    EXPECT_FALSE(RefreshToken::parse(other)) << other;
  }
}

}  // namespace
}  // namespace starter::crypto
