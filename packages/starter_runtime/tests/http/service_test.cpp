#include "starter/http/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "http/notes.h"

namespace starter::notes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kNote = "/notes/018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8f";

class ServiceTest : public testing::Test {
 protected:
  using Headers = std::vector<http::Header>;

  http::Reply ask(http::Method method, std::string_view path, Headers headers = {},
                  std::string_view body = {}) {
    headers.insert(headers.begin(), {"Host", "localhost"});
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    const size_t mark = path.find('?');
    const auto query = mark == path.npos ? std::string_view() : path.substr(mark + 1);
    return desk.answer({.method = method,
                        .target = path,
                        .path = path.substr(0, mark),
                        .query = query,
                        .headers = std::move(headers),
                        .body = body,
                        .peer = {}});
  }
  http::Reply get(std::string_view path, Headers headers = {}) {
    return ask(http::Method::get, path, std::move(headers));
  }
  http::Reply post(std::string_view body, Headers headers = {}) {
    return ask(http::Method::post, "/notes", std::move(headers), body);
  }

  static std::string code(const http::Reply& reply) {
    return std::to_string(reply.status) + " " +
           std::string(boost::json::parse(reply.body).at("code").as_string());
  }
  /// "/title required" for each field error.
  static std::vector<std::string> errors(const http::Reply& reply) {
    std::vector<std::string> out;
    const auto document = boost::json::parse(reply.body);
    for (const auto& error : document.at("errors").as_array())
      out.push_back(std::string(error.at("pointer").as_string()) + " " +
                    std::string(error.at("code").as_string()));
    return out;
  }
  static std::string header(const http::Reply& reply, std::string_view name) {
    for (const auto& [other, value] : reply.headers)
      if (http::same_name(other, name)) return value;
    return "";
  }

  Desk desk;
};

// --- routes

TEST_F(ServiceTest, APathIsMatchedSegmentBySegment) {
  const auto names = [&](std::string_view path) {
    const auto match = desk.service.match(http::Method::patch, path);
    return match.route ? std::string(match.route->info.operation) : "none, " + match.allow;
  };
  EXPECT_EQ(names(kNote), "change_note");
  EXPECT_EQ(names("/notes/anything"), "change_note");
  EXPECT_EQ(names("/notes/"), "none, ");
  EXPECT_EQ(names("/notes"), "none, GET, POST");
  EXPECT_EQ(names("/notes/a/b"), "none, ");
  EXPECT_EQ(names("//notes"), "none, ");
  EXPECT_EQ(names("/Notes"), "none, ");
  EXPECT_EQ(names(""), "none, ");
  EXPECT_EQ(names("/"), "none, ");
  EXPECT_EQ(names("/" + std::string(5000, '/')), "none, ");
}

TEST_F(ServiceTest, HolesAreDecodedAndABrokenOneNamesNothing) {
  const auto value = [&](std::string_view path) {
    return desk.service.match(http::Method::delete_, path).values.at(0);
  };
  EXPECT_EQ(value("/notes/a%20b"), "a b");
  EXPECT_EQ(value("/notes/a%2Fb"), "");
  EXPECT_EQ(value("/notes/%00"), "");
  EXPECT_EQ(code(ask(http::Method::patch, "/notes/%2e%2e", {{"If-Match", "\"1\""}}, R"({"title":"x"})")),
            "404 not_found");
}

TEST_F(ServiceTest, WhatHasNoRouteSaysWhichMethodsThereAre) {
  EXPECT_EQ(code(get("/nothing")), "404 route.not_found");
  const auto refused = get(kNote);
  EXPECT_EQ(code(refused), "405 method.not_allowed");
  EXPECT_EQ(header(refused, "Allow"), "PATCH, DELETE");
  const auto options = ask(http::Method::options, kNote);
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(header(options, "Allow"), "PATCH, DELETE");
}

// --- host, origin, sign-in

TEST_F(ServiceTest, P5AHostIsComparedWithoutItsPort) {
  const auto as = [&](std::string_view host) {
    return desk.answer({.method = http::Method::get, .path = "/notes", .headers = {{"Host", host}}}).status;
  };
  EXPECT_EQ(as("LOCALHOST:8000"), 200);
  EXPECT_EQ(as("[::1]:8000"), 200);
  EXPECT_EQ(as("localhost.evil.example"), 421);
  EXPECT_EQ(as("evil.example:localhost"), 421);
  EXPECT_EQ(as(""), 421);
}

TEST_F(ServiceTest, P5AnOriginIsAnsweredWithItselfOrRefused) {
  const auto allowed = get("/notes", {{"Origin", "https://app.example"}});
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(header(allowed, "Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(header(allowed, "Vary"), "Origin");
  for (const char* origin :
       {"https://app.example.evil", "http://app.example", "null", "https://app.example/"}) {
    const auto refused = get("/notes", {{"Origin", origin}});
    EXPECT_EQ(code(refused), "403 origin.not_allowed") << origin;
    EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "") << origin;
  }
}

TEST_F(ServiceTest, T1NobodyGetsPastTheRowOfTheirRoute) {
  const auto as = [&](const char* token, const std::string& path) {
    return ask(http::Method::get, path, {{"Authorization", token}}).status;
  };
  const std::string note = "/notes/018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8f";
  const std::string mine = "/tenants/" + std::string(kTenant) + note;
  EXPECT_EQ(as("Bearer admin", mine), 204);
  EXPECT_EQ(desk.app.notebook.heard, kTenant);
  EXPECT_EQ(as("bearer admin", mine), 204) << "the scheme's case does not matter (RFC 9110 section 11.1)";
  EXPECT_EQ(as("Bearer viewer", mine), 403);
  EXPECT_EQ(as("Bearer person", mine), 409);
  EXPECT_EQ(as("Bearer admin", "/tenants/018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d80" + note), 409);
  EXPECT_EQ(as("Bearer admin", "/tenants/acme" + note), 409);
  for (const char* nobody :
       {"", "Bearer", "Bearer ", "Basic admin", "admin", "Bearer forged", "Bearer  admin"})
    EXPECT_EQ(as(nobody, mine), 401) << nobody;
  EXPECT_EQ(desk.app.notebook.calls, 2);
}

TEST_F(ServiceTest, WhoIsNotSignedInIsToldTheScheme) {
  EXPECT_EQ(header(ask(http::Method::delete_, kNote), "WWW-Authenticate"), "Bearer");
}

// --- query strings

TEST_F(ServiceTest, AQueryFillsItsStruct) {
  EXPECT_EQ(get("/notes?limit=7&word=a%20b+c&archived=true").status, 200);
  EXPECT_EQ(desk.app.notebook.heard, "7|a b c|archived");
  EXPECT_EQ(get("/notes?&&limit=7&").status, 200);
  EXPECT_EQ(get("/notes?").status, 200);
  EXPECT_EQ(get("/notes?word").status, 200);
  EXPECT_EQ(get("/notes?word=a=b").status, 200);
  EXPECT_EQ(desk.app.notebook.heard, "|a=b|");
}

TEST_F(ServiceTest, AQueryNamesAllThatIsWrongWithIt) {
  EXPECT_THAT(errors(get("/notes?limit=0&archived=maybe&word=a&word=b&%3Cscript%3E=1&word=%zz")),
              ElementsAre("/limit format", "/archived format", "/word duplicate", " unknown", " format"));
  for (const char* limit : {"101", "-1", "1.5", "1e1", "", "%201", "0x1", "99999999999999999999"})
    EXPECT_EQ(get("/notes?limit=" + std::string(limit)).status, 422) << limit;
  EXPECT_EQ(desk.app.notebook.calls, 0);
}

TEST_F(ServiceTest, AQueryOfTextThatIsNoTextIsRefused) {
  for (const char* word : {"%FF", "%C3%28", "%ED%A0%80", "a%80", "%00"})
    EXPECT_EQ(get("/notes?word=" + std::string(word)).status, 422) << word;
  EXPECT_EQ(get("/notes?word=%C3%BC").status, 200);
  EXPECT_EQ(get("/notes?word=" + std::string(5000, 'a')).status, 422)
      << "as long as a text in JSON may be, not longer";
}

TEST_F(ServiceTest, AQueryOfManyParametersIsReadToItsEndOrRefused) {
  std::string query = "/notes?";
  for (int i = 0; i < 40; ++i) query += "x=1&";
  EXPECT_EQ(get(query + "limit=0").status, 422);
  std::string blanks = "/notes?" + std::string(40, '&') + "limit=0";
  EXPECT_EQ(get(blanks).status, 422) << "an empty pair is no parameter";
}

// --- bodies

TEST_F(ServiceTest, ABodyIsJsonInUtf8) {
  const auto as = [&](std::string_view type) {
    return desk
        .answer({.method = http::Method::post,
                 .path = "/notes",
                 .headers = {{"Host", "localhost"}, {"Content-Type", type}},
                 .body = R"({"title":"x"})"})
        .status;
  };
  for (const char* good : {"application/json", "Application/JSON", "application/json ; charset=utf-8",
                           "application/json;charset=\"UTF-8\""})
    EXPECT_EQ(as(good), 201) << good;
  for (const char* bad : {"", ";", "text/plain", "application/json2", "application/problem+json",
                          "application/json; charset=utf-16"})
    EXPECT_EQ(as(bad), 415) << bad;
  EXPECT_EQ(code(post(R"({"title":"x"})", {{"Content-Encoding", "gzip"}})), "415 media_type.unsupported");
}

TEST_F(ServiceTest, TheReplyIsWhatTheHandlerReturned) {
  const auto made = post(R"({"title":"x","text":"\u00fc\n"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.content_type, "application/json");
  EXPECT_EQ(made.body, "{\"title\":\"x\",\"colour\":\"green\",\"tags\":[],\"text\":\"ü\\n\",\"version\":1}");
  const auto changed = ask(http::Method::patch, kNote, {{"If-Match", "\"41\""}}, R"({"title":"x"})");
  EXPECT_EQ(header(changed, "ETag"), "\"42\"");
  const auto removed = ask(http::Method::delete_, kNote, {{"Authorization", "Bearer person"}});
  EXPECT_EQ(removed.status, 204);
  EXPECT_THAT(removed.body, IsEmpty());
}

TEST_F(ServiceTest, AConditionIsOneVersionInQuotes) {
  EXPECT_EQ(code(ask(http::Method::patch, kNote, {}, R"({"title":"x"})")), "428 precondition.required");
  for (const char* other :
       {"*", "1", "\"\"", "\"", "\"a\"", "\"1", "W/\"1\"", "\"1\", \"2\"", "\"99999999999999999999\""})
    EXPECT_EQ(code(ask(http::Method::patch, kNote, {{"If-Match", other}}, R"({"title":"x"})")),
              "412 precondition.failed")
        << other;
}

// --- problems

TEST_F(ServiceTest, AProblemIsADocumentOfRfc9457) {
  const auto reply = post("{}");
  EXPECT_EQ(reply.content_type, "application/problem+json");
  const auto document = boost::json::parse(reply.body).as_object();
  EXPECT_EQ(document.at("type").as_string(), "urn:starter:problem:request.invalid");
  EXPECT_EQ(document.at("status").as_int64(), 422);
  EXPECT_EQ(document.at("request_id").as_string(), "request");
  EXPECT_FALSE(document.at("title").as_string().empty());
  EXPECT_FALSE(document.at("detail").as_string().empty());
  EXPECT_FALSE(document.contains("debug"));
  EXPECT_THAT(errors(reply), ElementsAre("/title required"));
}

TEST_F(ServiceTest, AnExceptionIsABugAndSaysNothingToTheClient) {
  const auto reply = get("/bug");
  EXPECT_EQ(code(reply), "500 internal");
  EXPECT_EQ(reply.body.find("a bug"), std::string::npos);
}

TEST_F(ServiceTest, P5ARefusalBelowTheRoutesIsAProblemAndClosesTheConnection) {
  const auto head = [](const std::string& line, const std::string& headers = "") {
    return line + "\r\nHost: localhost\r\n" + headers + "\r\n";
  };
  // 408 needs a clock: server_test.cpp.
  const std::pair<std::string, std::string> rows[] = {
      {"x\r\n\r\n", "400 request.malformed"},
      {head("DELETE " + std::string(kNote) + " HTTP/1.1", "Content-Length: 1025\r\n"),
       "413 request.too_large"},
      {head("GET /" + std::string(9000, 'a') + " HTTP/1.1"), "414 target.too_long"},
      {head("GET /notes HTTP/1.1", "Expect: x\r\n"), "417 expectation.failed"},
      {head("GET /notes HTTP/1.1", "X: " + std::string(20000, 'a') + "\r\n"), "431 header.too_large"},
      {head("POST /notes HTTP/1.1", "Transfer-Encoding: gzip\r\n"), "501 transfer_coding.unknown"},
      {head("GET /notes HTTP/1.2"), "505 http_version.unsupported"}};
  for (const auto& [bytes, expected] : rows) {
    const auto replies = desk.converse(bytes, 7);
    ASSERT_EQ(replies.size(), 1U) << expected;
    EXPECT_EQ(code(replies[0]), expected);
    EXPECT_EQ(replies[0].content_type, "application/problem+json") << expected;
    EXPECT_TRUE(replies[0].close) << expected;
  }
}

TEST_F(ServiceTest, ABodyWithoutAPlaceIsBoundedToo) {
  const std::string head =
      "DELETE " + std::string(kNote) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";
  EXPECT_EQ(desk.converse(head + "1025\r\n\r\n", 100).at(0).status, 413);
  EXPECT_EQ(desk.converse(head + "3\r\n\r\nabc", 100).at(0).status, 401);
}

}  // namespace
}  // namespace starter::notes
