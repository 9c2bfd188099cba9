#include "app/infrastructure/client_resolver.h"

#include <gtest/gtest.h>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "support/api.h"

namespace starter::test {
namespace {

using Headers = std::vector<http::Header>;

constexpr WallTime kNow{std::chrono::seconds(1'800'000'000)};
const std::string kSecret = "web-tier-secret-0123456789abcdef0123";

std::string client_ip(const std::vector<std::string>& trusted, std::string peer, std::string_view hops) {
  const HopResolver resolver({}, trusted);
  return resolver.resolve({.headers = {{"X-Forwarded-For", hops}}, .peer = std::move(peer)}, kNow).ip;
}

TEST(ClientResolver, A12WithoutTrustedProxiesTheSocketDecides) {
  EXPECT_EQ(client_ip({}, "203.0.113.9", "198.51.100.1"), "203.0.113.9");
  EXPECT_EQ(client_ip({"10.0.0.0/8"}, "203.0.113.9", "198.51.100.1"), "203.0.113.9");
}

TEST(ClientResolver, A12TheFirstHopThatNobodyVouchesForIsTheClient) {
  const std::vector<std::string> trusted{"10.0.0.0/8", "192.0.2.7", "2001:db8::/32"};
  EXPECT_EQ(client_ip(trusted, "10.1.2.3", "198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(client_ip(trusted, "10.1.2.3", "1.1.1.1, 198.51.100.1"), "198.51.100.1")
      << "the rest was the client's own word";
  EXPECT_EQ(client_ip(trusted, "10.1.2.3", "198.51.100.1,\t192.0.2.7 , 10.9.9.9"), "198.51.100.1");
  EXPECT_EQ(client_ip(trusted, "2001:db8::1", "2001:db9::5"), "2001:db9::5");
  EXPECT_EQ(client_ip(trusted, "192.0.2.8", "198.51.100.1"), "192.0.2.8") << "one address is not its network";
  EXPECT_EQ(client_ip(trusted, "10.1.2.3", "10.4.4.4"), "10.4.4.4") << "all are trusted: the farthest one";
}

TEST(ClientResolver, A12WhatIsNoAddressEndsTheChain) {
  const std::vector<std::string> trusted{"10.0.0.0/8"};
  for (const char* hops :
       {"", " ", ",", "unknown", "198.51.100.1:80", "[2001:db8::1]", "198.51.100", "a,", "198.51.100.1,,"})
    EXPECT_EQ(client_ip(trusted, "10.1.2.3", hops), "10.1.2.3") << hops;
  EXPECT_EQ(client_ip(trusted, "10.1.2.3", "198.51.100.1, nonsense, 10.5.5.5"), "10.5.5.5");
  std::string chain = "198.51.100.1";
  for (int i = 0; i < 40; ++i) chain += ",10.0.0.1";
  EXPECT_EQ(client_ip(trusted, "10.1.2.3", chain), "10.0.0.1") << "a chain is followed so far and no farther";
}

TEST(ClientResolver, ATrustedProxyThatIsNoneIsRefusedByItsPlace) {
  for (const char* wrong : {"10.0.0.0/33", "proxy.example", "10.0.0", "::/129", "10.0.0.1/"}) {
    try {
      const HopResolver resolver({}, {"10.0.0.1", wrong});
      ADD_FAILURE() << wrong;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("entry 2"), std::string::npos) << error.what();
    }
  }
}

class SignedHop : public testing::Test {
 protected:
  static std::string sign(const Headers& headers, const std::string& time) {
    const http::Request request{.headers = headers};
    std::string message = "v1\n" + time + "\nPOST\n/a?b\n";
    for (const char* name : {"X-Client-IP", "X-Client-User-Agent", "X-Request-ID"})
      message.append(request.header(name)).append("\n");
    message.pop_back();
    return crypto::hex_encode(crypto::bytes_of(crypto::hmac_sha256(kSecret, message)));
  }
  static ClientInfo resolve(Headers headers, const std::string& time, const std::string& signature) {
    headers.push_back({"X-Client-Time", time});
    headers.push_back({"X-Client-Signature", signature});
    const HopResolver resolver({Secret("another-secret-0123456789abcdef01234"), Secret(kSecret)}, {});
    return resolver.resolve({.method = http::Method::post,
                             .target = "/a?b",
                             .headers = std::move(headers),
                             .peer = "203.0.113.9"},
                            kNow);
  }
  static std::string at(int64_t off) {
    return std::to_string(kNow.time_since_epoch() / std::chrono::seconds(1) + off);
  }

  const Headers headers{
      {"X-Client-IP", "198.51.100.1"}, {"X-Client-User-Agent", "Browser"}, {"X-Request-ID", "r-1"}};
};

TEST_F(SignedHop, TheWebTiersWordCountsForAMinute) {
  for (const int64_t off : {-60, 0, 60}) {
    const auto client = resolve(headers, at(off), sign(headers, at(off)));
    EXPECT_TRUE(client.from_web_tier) << off;
    EXPECT_EQ(client.ip, "198.51.100.1");
    EXPECT_EQ(client.user_agent, "Browser");
  }
  for (const int64_t off : {-61, 61})
    EXPECT_FALSE(resolve(headers, at(off), sign(headers, at(off))).from_web_tier) << off;
}

TEST_F(SignedHop, AnythingElseIsTheSocket) {
  const auto good = sign(headers, at(0));
  auto other = headers;
  other[0].value = "198.51.100.2";
  EXPECT_FALSE(resolve(other, at(0), good).from_web_tier);
  EXPECT_FALSE(resolve(headers, at(1), good).from_web_tier);
  for (const std::string& time : {std::string(), std::string("x"), at(0) + " ", "+" + at(0),
                                  std::string("99999999999999999999"), std::string("-9223372036854775808")})
    EXPECT_FALSE(resolve(headers, time, sign(headers, time)).from_web_tier) << time;
  for (const std::string& signature : {std::string(), good.substr(1), good + "0", std::string(64, '0')})
    EXPECT_EQ(resolve(headers, at(0), signature).ip, "203.0.113.9") << signature;
}

TEST_F(SignedHop, AnAddressThatIsNoneIsNotTaken) {
  const Headers strange{{"X-Client-IP", "evil"}, {"X-Client-User-Agent", "Browser"}};
  const auto client = resolve(strange, at(0), sign(strange, at(0)));
  EXPECT_TRUE(client.from_web_tier);
  EXPECT_EQ(client.ip, "203.0.113.9");
}

// The same vectors stand in the web application's tests (tests/unit/hop.test.ts), which makes the signatures.
TEST(SignedHopVectors, AreBelievedToTheLetter) {
  struct Vector {
    http::Method method;
    std::string target, ip, user_agent, request_id, secret;
    int64_t time;
    std::string signature;
  };
  const Vector vectors[] = {
      {http::Method::get, "/api/v1/tenants?limit=100", "203.0.113.7", "Mozilla/5.0 (X11)",
       "0192f3a4-7b1c-7d2e-8f30-112233445566", "web-tier-secret-one-0123456789abcdef", 1'700'000'000,
       "8c409d34ec66cfbf69e6181a2f6dbb706f76b833579967f15610985514b2f8e1"},
      {http::Method::post, "/api/v1/auth/sign-in", "", "", "r-00000001",
       "web-tier-secret-two-0123456789abcdef", 1'700'000'060,
       "1c77846e32dd71884d8a973737ad6fc47db7f7922cdd4e4b62aeb6d692fed89c"}};
  const auto resolve = [](const Vector& one) {
    const std::string time = std::to_string(one.time);
    Headers headers{
        {"X-Client-Time", time}, {"X-Client-Signature", one.signature}, {"X-Request-ID", one.request_id}};
    if (!one.ip.empty())
      headers.push_back({"X-Client-IP", one.ip});  // the web tier leaves out what it does not know
    if (!one.user_agent.empty()) headers.push_back({"X-Client-User-Agent", one.user_agent});
    return HopResolver({Secret(one.secret)}, {})
        .resolve({.method = one.method, .target = one.target, .headers = headers, .peer = "192.0.2.1"},
                 WallTime(std::chrono::seconds(one.time)));
  };
  for (const auto& one : vectors) {
    const auto client = resolve(one);
    EXPECT_TRUE(client.from_web_tier) << one.target;
    EXPECT_EQ(client.ip, one.ip.empty() ? "192.0.2.1" : one.ip);
    EXPECT_EQ(client.user_agent, one.user_agent);
    for (const auto member : {&Vector::target, &Vector::user_agent, &Vector::request_id, &Vector::secret}) {
      auto other = one;
      other.*member += "x";
      EXPECT_FALSE(resolve(other).from_web_tier) << one.target;
    }
  }
}

class Programs : public WithApi<Programs> {};

// Postgres refuses bytes that are no UTF-8, and a User-Agent may be any bytes.
TEST_F(Programs, A14AUserAgentOfAnyBytesMaySignIn) {
  const auto person = api().person("program");
  const std::string body = R"({"email":")" + person.email + R"(","password":")" + person.password + "\"}";
  for (const std::string& name :
       {std::string("\xff\xfe"), std::string("a\xc3\x28"),
        "Ger\xc3\xa4t " + std::string(249, 'x') + "\xc3\xbc", std::string(300, 'y')}) {
    const auto in = api().client().with_header("User-Agent", name).post("/api/v1/auth/sign-in", body);
    EXPECT_EQ(in.status, 200) << in.body;
  }
}

}  // namespace
}  // namespace starter::test
