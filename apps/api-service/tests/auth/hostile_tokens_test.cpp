// Access tokens that nobody of ours made, over HTTP. The unit tests try more of them; here every one must get
// the same answer from the running service.
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "support/api.h"

namespace starter::test {
namespace {

using crypto::base64url_encode;

class HostileTokens : public WithApi<HostileTokens> {
 protected:
  HostileTokens()
      : keyset(*crypto::load_keyset_file(api().keyset_path())),
        token(api().sign(api().claims(api().add_person("victim")))) {
    const size_t first = token.find('.'), last = token.rfind('.');
    header = *crypto::base64url_decode(token.substr(0, first));
    payload = *crypto::base64url_decode(token.substr(first + 1, last - first - 1));
    input = token.substr(0, last);
    signature = *crypto::base64url_decode(token.substr(last + 1));
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  }
  /// Signed with the service's own key, so that only what is in it can be the reason.
  std::string genuine(const std::string& head, const std::string& body) const {
    const std::string text = base64url_encode(head) + "." + base64url_encode(body);
    const auto sealed = keyset.active().key.sign(text);
    return text + "." + base64url_encode({reinterpret_cast<const char*>(sealed.data()), sealed.size()});
  }

  crypto::Keyset keyset;
  std::string token, header, payload, input, signature;
};

TEST_F(HostileTokens, A11AreAllRefusedWithOneAnswer) {
  ASSERT_EQ(api().client().with_token(token).get("/api/v1/users/me").status, 200);
  ASSERT_EQ(api().client().with_token(genuine(header, payload)).get("/api/v1/users/me").status, 200)
      << "the mutations would prove nothing";
  std::set<std::string> hostile;
  const std::string kid = keyset.active().kid;
  for (const char* algorithm : {"none", "None", "NONE", "", "HS256", "HS512", "RS256", "ES256", "PS256",
                                "eddsa", "EdDSA ", "Ed25519", "ES256K"}) {
    const auto changed = replaced(header, "EdDSA", algorithm);
    const auto text = base64url_encode(changed) + "." + base64url_encode(payload);
    hostile.insert(genuine(changed, payload));
    hostile.insert(text + ".");
    hostile.insert(text + "." +
                   base64url_encode(
                       crypto::bytes_of(crypto::hmac_sha256(keyset.active().key.public_key().raw(), text))));
    hostile.insert(text + "." + base64url_encode(crypto::bytes_of(crypto::hmac_sha256(keyset.jwks(), text))));
  }
  for (const std::string member :
       {R"("jku":"https://evil.example/k")", R"("x5u":"https://evil.example/k")", R"("jwk":{"kty":"OKP"})",
        R"("crit":["exp"])", R"("b64":false)", R"("zip":"DEF")", R"("cty":"JWT")", R"("x5c":["M"])",
        R"("alg":"none")", R"("kid":"x")", R"("enc":"A256GCM")", R"("":1)"}) {
    hostile.insert(genuine("{" + member + "," + header.substr(1), payload));
    hostile.insert(genuine(header.substr(0, header.size() - 1) + "," + member + "}", payload));
  }
  for (const std::string other :
       {"", "../../../dev/null", "' OR '1'='1", "'; DROP TABLE users; --", "/proc/self/environ",
        "http://evil.example", "%00", "${jndi:ldap://evil}", "|id", "active", "next", "0", "\xFF"}) {
    hostile.insert(genuine(replaced(header, kid, other), payload));
  }
  hostile.insert(genuine(replaced(header, kid, std::string(2000, 'a')), payload));
  for (const char* type : {"JWT", "jwt", "at+JWT", "application/at+jwt", "", "logout+jwt"})
    hostile.insert(genuine(replaced(header, "at+jwt", type), payload));
  const auto claims = boost::json::parse(payload).as_object();
  for (const auto& claim : claims) {
    auto changed = claims;
    changed.erase(claim.key());
    hostile.insert(genuine(header, boost::json::serialize(changed)));
    for (const char* wrong :
         {"null", "true", "{}", "[[]]", "-1", "1.5", "1e999", "99999999999999999999", "\"\\ud800\""}) {
      if (boost::json::serialize(claim.value()) == wrong) continue;
      const auto name = "\"" + std::string(claim.key()) + "\":";
      hostile.insert(
          genuine(header, replaced(payload, name + boost::json::serialize(claim.value()), name + wrong)));
    }
    hostile.insert(genuine(header, "{\"" + std::string(claim.key()) + "\":" +
                                       boost::json::serialize(claim.value()) + "," + payload.substr(1)));
  }
  for (const char* use : {"refresh", "id", "ACCESS", ""})
    hostile.insert(genuine(header, replaced(payload, "\"access\"", '"' + std::string(use) + '"')));
  for (const char* audience : {"other", "*", "STARTER-API"})
    hostile.insert(genuine(header, replaced(payload, "\"starter-api\"", '"' + std::string(audience) + '"')));
  hostile.insert(crypto::sign_access_token(api().claims(api().add_person("stranger")),
                                           crypto::Keyset::create(Clock::system().now())));
  for (size_t bit = 0; bit < 512; bit += 2) {
    auto changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    hostile.insert(input + "." + base64url_encode(changed));
  }
  for (const size_t size : {0u, 1u, 32u, 63u})
    hostile.insert(input + "." + base64url_encode(signature.substr(0, size)));
  hostile.insert(input + "." + base64url_encode(signature + "x"));
  hostile.insert(input + "." + base64url_encode(std::string(64, '\0')));
  for (const char* tail : {"=", "==", ".", ".x", "A", "%3D", " x", ",x"}) hostile.insert(token + tail);
  for (size_t at = 1; at < token.size(); at += 17) {
    hostile.insert(token.substr(0, at));
    hostile.insert(token.substr(0, at) + "." + token.substr(at));
  }
  for (const char* whole : {".", "..", "a.b.c", "e30.e30.", "null", "{}", "Bearer", "0"})
    hostile.insert(whole);
  hostile.insert(std::string(8000, 'a'));
  hostile.insert(genuine(
      header, "{\"deep\":" + std::string(200, '[') + std::string(200, ']') + "," + payload.substr(1)));

  const std::regex id("\"request_id\":\"[^\"]*\"");
  std::set<std::string> answers;
  for (const auto& one : hostile) {
    const auto reply = api().client().with_token(one).get("/api/v1/users/me");
    // An expired one may say so; it was genuine once.
    if (reply.code() == "token.expired") continue;
    ASSERT_EQ(reply.status, 401) << one.substr(0, 300) << "\n" << reply.body;
    ASSERT_EQ(reply.headers.at("www-authenticate"), "Bearer");
    answers.insert(std::regex_replace(reply.body, id, ""));
  }
  EXPECT_EQ(answers.size(), 1u) << testing::PrintToString(answers);
  EXPECT_GE(hostile.size(), 500u);
  RecordProperty("tokens", static_cast<int>(hostile.size()));
  EXPECT_EQ(api().client().with_token(token).get("/api/v1/users/me").status, 200);
}

TEST_F(HostileTokens, A11OtherWaysToSendATokenAreNone) {
  for (const auto& value :
       std::vector<std::string>{"", "Bearer", "Bearer ", "Basic " + token, "Token " + token, token,
                                "Bearer\t" + token, "Bearer  " + token}) {
    const auto reply = api().client().with_header("Authorization", value).get("/api/v1/users/me");
    EXPECT_EQ(reply.status, 401) << value;
  }
  EXPECT_EQ(api().client().get("/api/v1/users/me?access_token=" + token).status, 401);
  EXPECT_EQ(api().client().with_header("Cookie", "access_token=" + token).get("/api/v1/users/me").status,
            401);
  EXPECT_EQ(api().client().with_header("X-Access-Token", token).get("/api/v1/users/me").status, 401);
}

}  // namespace
}  // namespace starter::test
