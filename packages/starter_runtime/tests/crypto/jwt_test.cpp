#include "starter/crypto/jwt.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <vector>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter::crypto {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{1'800'000'000s};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}

class AccessToken : public ::testing::Test {
 protected:
  AccessClaims claims() const {
    AccessClaims claims;
    claims.issuer = "https://api.example.com";
    claims.audience = "starter";
    claims.subject = user;
    claims.session = session;
    claims.tenant_id = tenant;
    claims.tenant_slug = "acme";
    claims.role = "admin";
    claims.scope = "tenants:read billing:write";
    claims.issued_at = claims.not_before = kNow;
    claims.expires_at = kNow + 15min;
    claims.id = "0b7f";
    claims.generation = 3;
    claims.user_version = 4;
    claims.membership_version = 5;
    claims.tenant_version = 6;
    return claims;
  }

  auto verify(std::string_view token, WallTime now = kNow) const {
    return verify_access_token(token, keyset, policy, now);
  }

  TokenFault fault_of(const AccessClaims& claims, WallTime now = kNow) const {
    const auto result = verify(sign_access_token(claims, keyset), now);
    EXPECT_FALSE(result);
    return result ? TokenFault::malformed : result.error();
  }

  /// Signed with the genuine key, whatever header and payload say.
  std::string genuine(std::string_view header, std::string_view payload) const {
    return sealed(base64url_encode(header), base64url_encode(payload), keyset.active().key);
  }
  static std::string sealed(const std::string& header, const std::string& payload, const PrivateKey& key) {
    const std::string input = header + '.' + payload;
    const Signature signature = key.sign(input);
    return input + '.' +
           base64url_encode({reinterpret_cast<const char*>(signature.data()), signature.size()});
  }
  std::string segment(size_t index) const {
    std::string token = sign_access_token(claims(), keyset);
    for (; index > 0; --index) token.erase(0, token.find('.') + 1);
    return token.substr(0, token.find('.'));
  }
  std::string header() const { return *base64url_decode(segment(0)); }
  std::string payload() const { return *base64url_decode(segment(1)); }

  Uuid user = Uuid::v7(kNow), session = Uuid::v7(kNow), tenant = Uuid::v7(kNow);
  Keyset keyset = Keyset::create(kNow);
  TokenPolicy policy{.issuer = "https://api.example.com", .audience = "starter"};
};

TEST_F(AccessToken, GivesBackTheClaimsItWasSignedWith) {
  const auto verified = verify(sign_access_token(claims(), keyset));
  ASSERT_TRUE(verified) << name_of(verified.error());
  EXPECT_EQ(*verified, claims());

  AccessClaims without_tenant = claims();
  without_tenant.tenant_id.reset();
  without_tenant.tenant_slug = without_tenant.role = "";
  without_tenant.membership_version = without_tenant.tenant_version = 0;
  without_tenant.scope = "a \"quoted\" \\ sc\xC3\xB6pe\n";
  const auto again = verify(sign_access_token(without_tenant, keyset));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, without_tenant);
}

TEST_F(AccessToken, SaysThatItsTenantIsSuspendedAndKnowsNoOtherStatus) {
  AccessClaims suspended = claims();
  suspended.tenant_suspended = true;
  const auto verified = verify(sign_access_token(suspended, keyset));
  ASSERT_TRUE(verified) << name_of(verified.error());
  EXPECT_EQ(*verified, suspended);
  for (const char* other : {"\"active\"", "\"Suspended\"", "\"\"", "true", "null", "[]"}) {
    const std::string changed =
        payload().substr(0, payload().size() - 1) + ",\"tenant_status\":" + other + "}";
    EXPECT_FALSE(verify(genuine(header(), changed))) << other;
  }
}

TEST_F(AccessToken, IsRefusedWithItsReason) {
  const auto with = [this](auto change) {
    AccessClaims changed = claims();
    change(changed);
    return fault_of(changed);
  };
  EXPECT_EQ(with([](AccessClaims& c) { c.issuer += '/'; }), TokenFault::wrong_issuer);
  EXPECT_EQ(with([](AccessClaims& c) { c.audience = "other"; }), TokenFault::wrong_audience);
  policy.accept_service = false;
  EXPECT_EQ(with([](AccessClaims& c) { c.use = TokenUse::service; }), TokenFault::wrong_use);
  policy.accept_access = false;
  EXPECT_EQ(with([](AccessClaims&) {}), TokenFault::wrong_use);
}

TEST_F(AccessToken, ToleratesThirtySecondsOfClockSkewAndNoMore) {
  const std::string token = sign_access_token(claims(), keyset);
  EXPECT_TRUE(verify(token, kNow - 30s));
  EXPECT_EQ(verify(token, kNow - 31s).error(), TokenFault::not_yet_valid);
  EXPECT_TRUE(verify(token, kNow + 15min + 29s));
  EXPECT_EQ(verify(token, kNow + 15min + 30s).error(), TokenFault::expired);
}

TEST_F(AccessToken, SurvivesARotationOfTheKeyset) {
  const std::string token = sign_access_token(claims(), keyset);
  ASSERT_EQ(keyset.publish_next(kNow, 0s), nullptr);
  EXPECT_TRUE(verify(token));
  ASSERT_EQ(keyset.promote(kNow, 10min), nullptr);
  EXPECT_TRUE(verify(token));
  EXPECT_TRUE(verify(sign_access_token(claims(), keyset)));
  EXPECT_EQ(verify(token, kNow + 11min).error(), TokenFault::unknown_key);
}

TEST_F(AccessToken, SkipsAClaimThatANewerReleaseMints) {
  EXPECT_TRUE(
      verify(genuine(header(), replaced(payload(), "{", R"({"act":{"sub":"x","list":[1,true,null]},)"))));
}

TEST_F(AccessToken, IsNeverMintedLargerThanAVerifierAccepts) {
  AccessClaims large = claims();
  large.scope = std::string(4000, 's');
  EXPECT_THROW(sign_access_token(large, keyset), std::length_error);
}

// The hostile corpus: header, payload, signature and form, each mutated on its own. Where a mutation touches
// header or payload it is signed with the genuine key, so that the signature check can't hide a missing one.
class HostileTokens : public AccessToken {
 protected:
  void expect_refused(const std::string& token, std::string_view what) {
    ++tried;
    EXPECT_FALSE(verify(token)) << what;
  }
  size_t tried = 0;
};

TEST_F(HostileTokens, AreAllRefused) {
  const std::string good_header = header(), good_payload = payload(), kid = keyset.active().kid;
  const std::string token = sign_access_token(claims(), keyset);
  ASSERT_TRUE(verify(token));
  ASSERT_TRUE(verify(genuine(good_header, good_payload)));

  // Algorithms.
  for (const char* algorithm :
       {"none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA ",
        "eddsa", "EDDSA", "Ed25519", "EdDSA\\u0000", "ES256K", "dir", "A128KW"}) {
    const std::string changed = replaced(good_header, "\"EdDSA\"", '"' + std::string(algorithm) + '"');
    expect_refused(genuine(changed, good_payload), algorithm);
    const std::string input = base64url_encode(changed) + '.' + base64url_encode(good_payload);
    expect_refused(input + '.', algorithm);
    expect_refused(
        input + '.' + base64url_encode(bytes_of(hmac_sha256(keyset.active().key.public_key().raw(), input))),
        algorithm);
    expect_refused(input + '.' + base64url_encode(bytes_of(hmac_sha256(keyset.jwks(), input))), algorithm);
  }
  for (const char* value : {"null", "1", "true", "[\"EdDSA\"]", "{}", "1e999", "\"EdDSA\",\"alg\":\"EdDSA\"",
                            "\"EdDSA\",\"alg\":\"none\""}) {
    expect_refused(genuine(replaced(good_header, "\"EdDSA\"", value), good_payload), value);
  }

  // Keys: the embedded key of an attacker, addresses of keys, extensions, hostile ids.
  const PrivateKey attacker = PrivateKey::generate();
  const std::string attacker_x = base64url_encode(attacker.public_key().raw());
  for (const std::string& member : std::vector<std::string>{
           R"("jwk":{"kty":"OKP","crv":"Ed25519","x":")" + attacker_x + R"("})",
           R"("jku":"https://evil.example/jwks.json")", R"("x5u":"https://evil.example/key.pem")",
           R"("x5c":["MIIB"])", R"("x5t":"AAAA")", R"("crit":["exp"])", R"("crit":[])", R"("b64":false)",
           R"("b64":true)", R"("crit":["b64"],"b64":false)", R"("zip":"DEF")", R"("cty":"JWT")",
           R"("enc":"A256GCM")", R"("epk":{})", R"("apu":"")", R"("iss":"https://api.example.com")",
           R"("":"")"}) {
    const std::string changed = replaced(good_header, "{", "{" + member + ",");
    expect_refused(genuine(changed, good_payload), member);
    expect_refused(sealed(base64url_encode(changed), base64url_encode(good_payload), attacker), member);
  }
  for (const std::string& other : std::vector<std::string>{"",
                                                           "../../../../dev/null",
                                                           "../" + kid,
                                                           "' OR '1'='1",
                                                           "'; DROP TABLE keys; --",
                                                           kid + "\\u0000",
                                                           kid + " ",
                                                           " " + kid,
                                                           "/proc/self/environ",
                                                           "http://evil.example/key",
                                                           "%00",
                                                           attacker.public_key().thumbprint(),
                                                           "${jndi:ldap://evil}",
                                                           std::string(65, 'a'),
                                                           std::string(2000, 'a'),
                                                           "\\uD800",
                                                           "\xFF",
                                                           "|whoami",
                                                           "active",
                                                           "next",
                                                           "0"}) {
    const std::string changed = replaced(good_header, kid, other);
    expect_refused(genuine(changed, good_payload), other);
    expect_refused(sealed(base64url_encode(changed), base64url_encode(good_payload), attacker), other);
  }
  for (const char* value : {"null", "1", "[]", "{}"}) {
    expect_refused(genuine(replaced(good_header, '"' + kid + '"', value), good_payload), value);
  }
  expect_refused(genuine(replaced(good_header, ",\"kid\":\"" + kid + '"', ""), good_payload), "no kid");
  expect_refused(genuine(replaced(good_header, "{", "{\"kid\":\"" + kid + "\","), good_payload), "kid twice");
  expect_refused(genuine(replaced(good_header, "\"kid\"", "\"k\\u0069d\""), good_payload), "escaped name");

  // Types.
  for (const char* type : {"\"JWT\"", "\"jwt\"", "\"at+JWT\"", "\"application/at+jwt\"", "\"\"", "null", "1",
                           "\"dpop+jwt\"", "\"logout+jwt\"", "\"at+jwt\",\"typ\":\"JWT\""}) {
    expect_refused(genuine(replaced(good_header, "\"at+jwt\"", type), good_payload), type);
  }
  expect_refused(genuine(replaced(good_header, "\"typ\":\"at+jwt\",", ""), good_payload), "no typ");

  // Claims: each one missing, twice, of another type.
  const std::string_view names[] = {"iss",           "aud",       "sub",         "sid",
                                    "token_use",     "iat",       "nbf",         "exp",
                                    "jti",           "scope",     "roles",       "generation",
                                    "user_version",  "tenant_id", "tenant_slug", "membership_version",
                                    "tenant_version"};
  for (const std::string_view name : names) {
    const std::string quoted = '"' + std::string(name) + "\":";
    const size_t begin = good_payload.find(quoted) + quoted.size();
    size_t end = good_payload.find_first_of(",}", begin);
    const std::string value = good_payload.substr(begin, end - begin);
    expect_refused(genuine(good_header, replaced(good_payload, quoted, "\"other\":")), name);
    expect_refused(genuine(good_header, replaced(good_payload, quoted, quoted + value + ',' + quoted)), name);
    for (const char* wrong :
         {"null", "true", "{}", "[[]]", "[\"a\",\"b\"]", "1e999", "1.5", "-1", "99999999999999999999", "01",
          "0x10", "NaN", "\"\xFF\"", "\"\\uD800\"", "", "\"a"}) {
      expect_refused(genuine(good_header, replaced(good_payload, quoted + value, quoted + wrong)),
                     std::string(name) + wrong);
    }
  }
  for (const char* expiry : {"0", "1", "1799999969", "253402300800", "9223372036854775807",
                             "9223372036854775808", "1e10", "1800000900.0", "\"1800000900\""}) {
    expect_refused(
        genuine(good_header, replaced(good_payload, "\"exp\":1800000900", "\"exp\":" + std::string(expiry))),
        expiry);
  }
  for (const char* use : {"refresh", "id", "mfa", "ACCESS", "access ", ""}) {
    expect_refused(genuine(good_header, replaced(good_payload, "\"access\"", '"' + std::string(use) + '"')),
                   use);
  }
  for (const char* audience :
       {"[\"starter\"]", "[\"starter\",\"other\"]", "\"starter2\"", "\"STARTER\"", "\"*\""}) {
    expect_refused(genuine(good_header, replaced(good_payload, "\"starter\"", audience)), audience);
  }

  // The signature.
  const size_t last_dot = token.rfind('.');
  const std::string input = token.substr(0, last_dot),
                    signature = *base64url_decode(token.substr(last_dot + 1));
  for (size_t bit = 0; bit < 512; bit += 7) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    expect_refused(input + '.' + base64url_encode(changed), "flipped bit");
  }
  for (const size_t size : {0U, 1U, 31U, 32U, 63U})
    expect_refused(input + '.' + base64url_encode(signature.substr(0, size)), "short");
  expect_refused(input + '.' + base64url_encode(signature + "x"), "long");
  expect_refused(input + '.' + base64url_encode(std::string(64, '\0')), "zeros");
  // 64 bytes leave four bits in the last digit: three more spellings of the same bytes.
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (size_t extra = 1; extra < 16; ++extra) {
    std::string changed = token;
    changed.back() = alphabet[alphabet.find(changed.back()) + extra];
    expect_refused(changed, "trailing bits");
  }
  expect_refused(sealed(base64url_encode(good_header), base64url_encode(good_payload), attacker),
                 "another key");

  // The form.
  for (const char* suffix : {"=", "==", ".", ".x", " ", "\n", "\t", "A", "%3D", "\xC3\xA9"})
    expect_refused(token + suffix, suffix);
  for (const char* prefix : {" ", "\n", ".", "Bearer ", "=", "\xEF\xBB\xBF"})
    expect_refused(prefix + token, prefix);
  for (const char* whole : {"", ".", "..", "...", "a.b.c", "e30.e30.", "e30..", "null", "{}", "a", "....."})
    expect_refused(whole, whole);
  for (size_t at = 0; at < token.size(); at += 5) {
    expect_refused(token.substr(0, at), "cut");
    expect_refused(token.substr(0, at) + '=' + token.substr(at), "padding inside");
    expect_refused(token.substr(0, at) + '.' + token.substr(at), "another dot");
  }
  for (const char* broken :
       {"", "{", "}", "[]", "null", "\"\"", "{}{}", "{\"alg\":\"EdDSA\",}", "{,}", "\xEF\xBB\xBF{}"}) {
    expect_refused(genuine(broken, good_payload), broken);
    expect_refused(genuine(good_header, broken), broken);
    expect_refused(genuine(good_header + broken + " ", good_payload + 'x'), broken);
  }
  expect_refused(genuine(good_header + 'x', good_payload), "after the header");
  expect_refused(genuine(good_header, good_payload + good_payload), "payload twice");
  expect_refused(
      sealed(base64url_encode(good_header) + "=", base64url_encode(good_payload), keyset.active().key),
      "padded header");
  expect_refused(
      sealed(base64url_encode(good_header), base64url_encode(good_payload) + "=", keyset.active().key),
      "padded payload");
  expect_refused(std::string(64 * 1024, 'a'), "64 KiB");
  expect_refused(
      genuine(good_header, replaced(good_payload, "{", "{\"pad\":\"" + std::string(64 * 1024, 'a') + "\",")),
      "64 KiB of claims");
  expect_refused(
      genuine(good_header, replaced(good_payload, "{",
                                    "{\"deep\":" + std::string(1000, '[') + std::string(1000, ']') + ',')),
      "deep");
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"x" + std::to_string(i) + "\":1,";
  expect_refused(genuine(good_header, replaced(good_payload, "{", many)), "many members");

  EXPECT_GE(tried, 500U);
  RecordProperty("tokens", static_cast<int>(tried));
}

}  // namespace
}  // namespace starter::crypto
