// What the service refuses before a handler runs: hosts, origins, types, sizes and methods.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/composition.h"
#include "support/api.h"
#include "support/problem.h"
#include "support/raw_http.h"

namespace starter::test {
namespace {

using testing::HasSubstr;

class Limits : public WithApi<Limits> {};

// 001-18, 003-31, 004-60: probes come by IP address.
TEST_F(Limits, P5AHostThatIsNotOursIsMisdirectedExceptForProbes) {
  for (const char* host : {"evil.example", "localhost.evil.example", "169.254.169.254", "[::1]"}) {
    const auto client = api().client().with_header("Host", host);
    EXPECT_EQ(client.get("/openapi.json").status, 421) << host;
    EXPECT_EQ(client.get("/openapi.json").code(), "host.not_allowed");
    EXPECT_EQ(client.post("/api/v1/auth/sign-in", "{}").status, 421) << host;
    EXPECT_EQ(client.get("/health").status, 200) << host;
    EXPECT_EQ(client.get("/health/ready").status, 200) << host;
  }
  EXPECT_EQ(api().client().with_header("X-Forwarded-Host", "evil.example").get("/openapi.json").status, 200);
}

TEST_F(Limits, P5AnOriginThatIsNotOursIsRefusedWhateverTheMethod) {
  for (const char* origin :
       {"https://evil.example", "null", "http://localhost:3001", "http://localhost:3000.evil.example",
        "https://localhost:3000", "http://localhost:3000/", "http://LOCALHOST:30000"}) {
    const auto client = api().client().with_header("Origin", origin);
    for (const auto& reply : {client.get("/openapi.json"), client.post("/api/v1/auth/sign-in", "{}"),
                              client.send("OPTIONS", "/api/v1/auth/sign-in", "")}) {
      EXPECT_EQ(reply.status, 403) << origin;
      EXPECT_EQ(reply.code(), "origin.not_allowed");
      EXPECT_FALSE(reply.headers.contains("access-control-allow-origin"));
    }
  }
  const auto ours = api().client().with_header("Origin", "http://localhost:3000");
  EXPECT_EQ(ours.get("/openapi.json").headers.at("access-control-allow-origin"), "http://localhost:3000");
  const auto preflight =
      ours.with_header("Access-Control-Request-Method", "POST").send("OPTIONS", "/api/v1/auth/sign-in", "");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.at("access-control-allow-methods"), "POST");
  EXPECT_FALSE(preflight.headers.contains("access-control-allow-credentials"));
}

TEST_F(Limits, P5OnlyJsonInUtf8IsTaken) {
  const auto ask = [&](const std::string& type, const std::string& encoding = "") {
    std::string bytes = "POST /api/v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n";
    if (type != "none") bytes += "Content-Type: " + type + "\r\n";
    if (!encoding.empty()) bytes += "Content-Encoding: " + encoding + "\r\n";
    return replies_of(converse(api().port(), bytes + "\r\n[]")).at(0);
  };
  const auto expect_refused = [](const RawReply& reply, const std::string& what) {
    SCOPED_TRACE(what);
    EXPECT_EQ(reply.status, 415);
    expect_problem(reply, "media_type.unsupported");
  };
  for (const char* type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                           "application/json;charset=UTF-8", "application/json; charset=\"utf-8\""}) {
    EXPECT_EQ(ask(type).status, 422) << type;
  }
  for (const char* type :
       {"none", "", "text/plain", "text/json", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "application/jsonp", "application/json; charset=utf-16",
        "application/json; charset=utf-80",
        "application/json; charset=", "application/json; charset=iso-8859-1", "application/json, text/plain",
        "application/ json", "application/json/x", "application/vnd.api+json", "json", "*/*"}) {
    expect_refused(ask(type), type);
  }
  EXPECT_EQ(ask("application/json", "identity").status, 422);
  for (const char* encoding : {"gzip", "br", "deflate", "x", "identity, gzip"})
    expect_refused(ask("application/json", encoding), encoding);
}

TEST_F(Limits, P5EveryRouteAnswersOtherMethodsWith405AndWhatItAllows) {
  for (const auto& route : all_routes()) {
    std::string path(route.pattern);
    for (size_t at = path.find('{'); at != path.npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8e");
    std::set<std::string> allowed;
    for (const auto& other : all_routes()) {
      if (other.pattern == route.pattern) allowed.emplace(http::method_text(other.method));
    }
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"}) {
      if (allowed.contains(method)) continue;
      const auto reply = api().client().send(method, path, "");
      EXPECT_EQ(reply.status, 405) << method << path;
      for (const auto& one : allowed) EXPECT_THAT(reply.headers.at("allow"), HasSubstr(one));
    }
  }
}

TEST_F(Limits, P5HeadIsGetWithoutItsBody) {
  for (const char* path : {"/health", "/openapi.json", "/.well-known/jwks.json", "/nowhere"}) {
    const auto get =
        replies_of(converse(api().port(), "GET " + std::string(path) +
                                              " HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: h\r\n\r\n"))
            .at(0);
    const auto head = converse(api().port(), "HEAD " + std::string(path) +
                                                 " HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: h\r\n\r\n");
    EXPECT_TRUE(head.ends_with("\r\n\r\n")) << "a body behind the head of " << path;
    EXPECT_THAT(head, HasSubstr(" " + std::to_string(get.status) + " "));
    if (std::string(path) != "/health")
      EXPECT_THAT(head, HasSubstr("Content-Length: " + get.headers.at("content-length")));
  }
}

TEST_F(Limits, P7ABodyAboveItsLimitIsRefusedBeforeItArrives) {
  const std::string head =
      "POST /api/v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  // Announced: the answer comes although nothing of the body does.
  const auto announced = replies_of(converse(api().port(), head + "Content-Length: 104857600\r\n\r\n")).at(0);
  EXPECT_EQ(announced.status, 413);
  expect_problem(announced, "request.too_large");
  // Sent all the same: it is not read to its end.
  const auto big = replies_of(
      converse(api().port(), head + "Content-Length: 104857600\r\n\r\n" + std::string(100 << 20, ' ')));
  if (!big.empty()) EXPECT_EQ(big[0].status, 413);  // or the connection was reset before the client looked
  std::string chunks;
  for (int i = 0; i < 1000; ++i) chunks += "10000\r\n" + std::string(65536, ' ') + "\r\n";
  const auto chunked =
      replies_of(converse(api().port(), head + "Transfer-Encoding: chunked\r\n\r\n" + chunks));
  if (!chunked.empty()) EXPECT_EQ(chunked[0].status, 413);
  for (const auto& route : all_routes()) {
    if (route.info.body) EXPECT_LE(route.options.body_max, 1u << 20) << route.pattern;
  }
  EXPECT_EQ(api().client().get("/health").status, 200);
}

TEST_F(Limits, WhatIsForTheInsideIsNotOnThePublicPort) {
  EXPECT_EQ(api().client().get("/metrics").status, 404);
  EXPECT_EQ(api().inside().get("/metrics").status, 200);
}

TEST_F(Limits, TheTraceOfARequestStandsInItsLogLine) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  api()
      .client()
      .with_header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
      .with_header("X-Request-ID", "traced")
      .get("/nowhere");
  wait_until("it is logged", [&] { return api().log().find("\"traced\"") != std::string::npos; });
  const auto log = api().log();
  const auto at = log.find("\"traced\"");
  const auto line = log.substr(log.rfind('\n', at) + 1, log.find('\n', at) - log.rfind('\n', at));
  EXPECT_THAT(line, HasSubstr("\"trace_id\":\"" + trace + "\""));
  EXPECT_EQ(line.find("00f067aa0ba902b7"), line.npos) << "a span of its own";
}

TEST_F(Limits, P5ARequestIdOfTheClientIsKeptOnlyIfItIsHarmless) {
  EXPECT_EQ(
      api().client().with_header("X-Request-ID", "abc-123_X.y").get("/health").headers.at("x-request-id"),
      "abc-123_X.y");
  for (const std::string& id :
       std::vector<std::string>{"a b", "<script>", std::string(65, 'a'), "\xC3\xA9", "a,b", "\"a\""}) {
    EXPECT_NE(api().client().with_header("X-Request-ID", id).get("/health").headers.at("x-request-id"), id);
  }
}

}  // namespace
}  // namespace starter::test
