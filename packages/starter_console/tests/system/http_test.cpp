#include "system/http.h"

#include <gmock/gmock.h>

#include "checks/verify.h"

namespace starter::console {

using checks::Severity;

TEST(Url, IsReadWithItsDefaultsAndRefusedWhenItCannotBeProbed) {
  const auto url = parse_url("https://app.example.com/x?y#z");
  ASSERT_TRUE(url.has_value());
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->path, "/x?y");
  EXPECT_EQ(parse_url("http://[::1]:3000")->host, "::1");
  EXPECT_EQ(parse_url("http://a?b")->path, "/?b");
  for (const auto* bad : {"", "ftp://a", "https://", "https://user@host", "https://a:0", "https://a:65536",
                          "https://a:x", "https://a b", "https://a\r\nX: y"}) {
    EXPECT_FALSE(parse_url(bad).has_value()) << bad;
  }
}

TEST(HttpReply, IsReadWithLengthAndInChunks) {
  const auto plain = parse_reply("HTTP/1.1 204 No Content\r\nX-A: 1 \r\nx-a: 2\r\n\r\n");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->status, 204);
  EXPECT_EQ(plain->headers_named("x-a"), (std::vector<std::string>{"1", "2"}));
  const auto chunked = parse_reply(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  ASSERT_TRUE(chunked.has_value());
  EXPECT_EQ(chunked->body, "abcde");
}

TEST(HttpReply, HostileRepliesAreRefused) {
  for (const auto* bad :
       {"", "SSH-2.0-x\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 xxx\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    EXPECT_FALSE(parse_reply(bad).has_value()) << bad;
  }
}

HttpReply good_page() {
  return {.status = 200,
          .headers = {{"content-security-policy",
                       "default-src 'self'; script-src 'nonce-x'; frame-ancestors 'none'"},
                      {"x-content-type-options", "nosniff"},
                      {"referrer-policy", "no-referrer"},
                      {"strict-transport-security", "max-age=31536000"},
                      {"set-cookie", "__Host-session=x; Path=/; HttpOnly; Secure; SameSite=Lax"}},
          .body = {},
          .tls = TlsFacts{.protocol = "TLSv1.3", .problem = "", .days_left = 80}};
}

Severity worst(const std::vector<checks::Finding>& findings) {
  return std::ranges::max(findings, {}, &checks::Finding::severity).severity;
}

TEST(Verify, AGoodPageHasNoFinding) {
  const Url url{.tls = true, .host = "a.test", .port = 443};
  const auto page = good_page();
  EXPECT_EQ(worst(checks::judge_headers(url, page)), Severity::ok);
  EXPECT_EQ(worst(checks::judge_cookies(url, page)), Severity::ok);
  EXPECT_EQ(worst(checks::judge_tls(url, page)), Severity::ok);
}

TEST(Verify, EveryMissingHeaderIsFound) {
  const Url url{.tls = true, .host = "a.test", .port = 443};
  const auto whole = good_page();
  for (std::size_t i = 0; i + 1 < whole.headers.size(); ++i) {
    auto page = whole;
    page.headers.erase(page.headers.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_GT(worst(checks::judge_headers(url, page)), Severity::ok) << whole.headers[i].first;
  }
}

TEST(Verify, ACookieWithoutItsFlagsIsAnErrorAndItsValueIsNeverShown) {
  const Url url{.tls = true, .host = "a.test", .port = 443};
  auto page = good_page();
  page.headers.back().second = "session=hunter2; Path=/";
  const auto findings = checks::judge_cookies(url, page);
  EXPECT_EQ(worst(findings), Severity::error);
  for (const auto& one : findings)
    EXPECT_EQ((one.says + one.evidence + one.fix).find("hunter2"), std::string::npos);
}

TEST(Verify, CertificatesThatExpireOrAreNotTrustedAreFound) {
  const Url url{.tls = true, .host = "a.test", .port = 443};
  auto page = good_page();
  page.tls->days_left = 10;
  EXPECT_EQ(worst(checks::judge_tls(url, page)), Severity::warning);
  page.tls->days_left = -1;
  EXPECT_EQ(worst(checks::judge_tls(url, page)), Severity::error);
  page = good_page();
  page.tls->problem = "self-signed certificate";
  EXPECT_EQ(worst(checks::judge_tls(url, page)), Severity::error);
  EXPECT_EQ(worst(checks::judge_tls(Url{.tls = false, .host = "a.test", .port = 80}, page)), Severity::error);
  EXPECT_EQ(worst(checks::judge_tls(Url{.tls = false, .host = "localhost", .port = 3000}, page)),
            Severity::info);
}

TEST(Verify, AKeySetWithAPrivateOrNoKeyIsAnError) {
  const auto judged = [](std::string body) {
    return checks::judge_jwks("x",
                              HttpReply{.status = 200, .headers = {}, .body = std::move(body), .tls = {}})
        .severity;
  };
  EXPECT_EQ(judged(R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"a","kid":"1"}]})"), Severity::ok);
  EXPECT_EQ(judged(R"({"keys":[{"kty":"OKP","d":"secret"}]})"), Severity::error);
  EXPECT_EQ(judged(R"({"keys":[]})"), Severity::error);
  EXPECT_EQ(judged("<html>"), Severity::error);
}

}  // namespace starter::console
