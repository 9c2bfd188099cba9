#include "starter/crypto/ed25519.h"

#include <gtest/gtest.h>

#include "starter/crypto/encoding.h"

namespace starter::crypto {
namespace {

std::string_view text_of(const Signature& signature) {
  return {reinterpret_cast<const char*>(signature.data()), signature.size()};
}

// RFC 8032 section 7.1: TEST 1, TEST 2, TEST 3, TEST SHA(abc).
struct Vector {
  std::string_view seed, public_key, message, signature;
};
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f"
     "0595bbe2465"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2ea"
     "eb4302aeeb0"
     "0d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e"
     "9716ed28dc0"
     "27beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442"
     "3643ce80e2a"
     "9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179"
     "c138ac17ad9"
     "bef1177331a704"},
};

TEST(Ed25519, A10SignsAndVerifiesTheVectorsOfRfc8032) {
  for (const Vector& vector : kVectors) {
    const auto key = PrivateKey::from_seed(Secret(*hex_decode(vector.seed)));
    ASSERT_TRUE(key);
    EXPECT_EQ(hex_encode(key->public_key().raw()), vector.public_key);
    const std::string message = *hex_decode(vector.message);
    EXPECT_EQ(hex_encode(text_of(key->sign(message))), vector.signature);
    EXPECT_TRUE(key->public_key().verify(message, *hex_decode(vector.signature)));
  }
}

// RFC 8037 appendix A.2 to A.5: the same key as a JWK, its thumbprint, and a JWS.
TEST(Ed25519, A10HasTheThumbprintAndTheJwsOfRfc8037) {
  const auto key =
      PrivateKey::from_seed(Secret(*base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")));
  ASSERT_TRUE(key);
  EXPECT_EQ(base64url_encode(key->public_key().raw()), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  EXPECT_EQ(key->public_key().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  const std::string_view signing_input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  EXPECT_EQ(base64url_encode(text_of(key->sign(signing_input))),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

TEST(Ed25519, A10RefusesTheEightKeysOfSmallOrder) {
  for (const std::string_view key : {
           "0100000000000000000000000000000000000000000000000000000000000000",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0000000000000000000000000000000000000000000000000000000000000080",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
       }) {
    EXPECT_FALSE(PublicKey::import(*hex_decode(key))) << key;
  }
}

TEST(Ed25519, A10RefusesNonCanonicalKeysAndPointsOffTheCurve) {
  for (const std::string_view key : {
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // y = p
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // y = p + 1
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "0100000000000000000000000000000000000000000000000000000000000080",  // -0
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "0200000000000000000000000000000000000000000000000000000000000000",  // no x for this y
       }) {
    EXPECT_FALSE(PublicKey::import(*hex_decode(key))) << key;
  }
  EXPECT_FALSE(PublicKey::import(""));
  EXPECT_FALSE(PublicKey::import(std::string(33, 'a')));
}

TEST(Ed25519, A10RefusesASignatureWhoseSIsNotReduced) {
  const PrivateKey key = PrivateKey::generate();
  Signature signature = key.sign("message");
  ASSERT_TRUE(key.public_key().verify("message", text_of(signature)));
  // S + L is the same scalar modulo the group order L (RFC 8032 section 5.1), so only the range check can
  // tell.
  const std::string order = *hex_decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<unsigned char>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(key.public_key().verify("message", text_of(signature)));
}

TEST(Ed25519, A10RefusesARewithSmallOrderAndEveryFlippedBit) {
  const PrivateKey key = PrivateKey::generate();
  const Signature signature = key.sign("message");
  Signature small = signature;
  std::fill(small.begin(), small.begin() + 32, static_cast<unsigned char>(0));
  EXPECT_FALSE(key.public_key().verify("message", text_of(small)));
  for (size_t bit = 0; bit < 512; ++bit) {
    Signature changed = signature;
    changed[bit / 8] = static_cast<unsigned char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(key.public_key().verify("message", text_of(changed)));
  }
  EXPECT_FALSE(key.public_key().verify("other", text_of(signature)));
  EXPECT_FALSE(key.public_key().verify("message", text_of(signature).substr(0, 63)));
}

TEST(Ed25519, MakesTheSameKeyAgainFromItsSeed) {
  const PrivateKey key = PrivateKey::generate();
  const auto again = PrivateKey::from_seed(key.seed());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_FALSE(PrivateKey::from_seed(Secret("short")));
}

}  // namespace
}  // namespace starter::crypto
