#include "starter/crypto/hash.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "starter/crypto/encoding.h"

namespace starter::crypto {
namespace {

TEST(Sha256, MatchesFips180) {
  EXPECT_EQ(hex_encode(bytes_of(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_encode(bytes_of(sha256(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 4231 section 4.3 and 4.7 (a key longer than the block).
TEST(HmacSha256, MatchesRfc4231) {
  EXPECT_EQ(hex_encode(bytes_of(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(bytes_of(hmac_sha256(std::string(131, '\xaa'),
                                            "Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869 appendix A.1 and A.3.
TEST(Hkdf, MatchesRfc5869) {
  const std::string key(22, '\x0b');
  EXPECT_EQ(hex_encode(hkdf_sha256(key, *hex_decode("000102030405060708090a0b0c"),
                                   *hex_decode("f0f1f2f3f4f5f6f7f8f9"), 42)
                           .reveal()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hex_encode(hkdf_sha256(key, "", "", 42).reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(ConstantTimeEqual, ComparesContentAndSize) {
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "abcd"));
}

class AesGcm : public ::testing::Test {
 protected:
  Secret key{std::string(32, 'k')};
};

TEST_F(AesGcm, OpensWhatItSealed) {
  for (const std::string_view plaintext :
       {"", "x", "a longer message that spans more than two blocks of sixteen bytes"}) {
    const std::string sealed = aes_gcm_seal(key, plaintext, "tenant 7");
    const auto opened = aes_gcm_open(key, sealed, "tenant 7");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->reveal(), plaintext);
  }
}

TEST_F(AesGcm, SealsTheSameTextDifferentlyEachTime) {
  EXPECT_NE(aes_gcm_seal(key, "same", ""), aes_gcm_seal(key, "same", ""));
}

TEST_F(AesGcm, RefusesEveryFlippedBit) {
  const std::string sealed = aes_gcm_seal(key, "the plan", "row 1");
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(aes_gcm_open(key, changed, "row 1"));
  }
}

TEST_F(AesGcm, RefusesAnotherKeyOtherAssociatedDataAndShortInput) {
  const std::string sealed = aes_gcm_seal(key, "the plan", "row 1");
  EXPECT_FALSE(aes_gcm_open(Secret(std::string(32, 'j')), sealed, "row 1"));
  EXPECT_FALSE(aes_gcm_open(key, sealed, "row 2"));
  EXPECT_FALSE(aes_gcm_open(key, sealed.substr(0, 27), "row 1"));
  EXPECT_FALSE(aes_gcm_open(key, "", "row 1"));
}

TEST_F(AesGcm, IsABugWithAKeyOfAnotherSize) {
  EXPECT_THROW(aes_gcm_seal(Secret("short"), "", ""), std::invalid_argument);
}

}  // namespace
}  // namespace starter::crypto
