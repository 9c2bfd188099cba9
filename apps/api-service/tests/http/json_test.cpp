// What is JSON and what is not (RFC 8259), over HTTP. A document that is valid but wrong for its route names
// a field; one that is no JSON has a single error, at the root.
#include <gtest/gtest.h>

#include "support/api.h"
#include "support/raw_http.h"

namespace starter::test {
namespace {

class JsonBodies : public WithApi<JsonBodies> {
 protected:
  enum class Seen { json, no_json, taken };

  Seen seen(const std::string& document) {
    const auto back =
        replies_of(converse(api().port(),
                            "POST /api/v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                            "application/json\r\nConnection: close\r\nContent-Length: " +
                                std::to_string(document.size()) + "\r\n\r\n" + document));
    EXPECT_EQ(back.size(), 1u);
    const auto reply = back.empty() ? RawReply{} : back[0];
    if (reply.status != 422) {
      EXPECT_EQ(reply.status, 400) << reply.body;
      return Seen::taken;  // the token was read and is none of ours
    }
    boost::system::error_code error;
    const auto body = boost::json::parse(reply.body, error);
    EXPECT_FALSE(error) << reply.body;
    return body.at("errors").at(0).at("code").as_string() == "json" ? Seen::no_json : Seen::json;
  }
};

TEST_F(JsonBodies, P7WhatIsJsonIsReadAsJson) {
  const std::string token = "\"0123456789abcdef\"";
  EXPECT_EQ(seen("{\"token\":" + token + "}"), Seen::taken);
  EXPECT_EQ(seen(" \t\r\n{ \"token\" : " + token + " } \n"), Seen::taken);
  EXPECT_EQ(seen("{\"\\u0074\\u006fken\":" + token + "}"), Seen::taken);
  EXPECT_EQ(seen("{\"token\":\"\\u0030123456789abcdef\"}"), Seen::taken);
  for (const std::string& value :
       std::vector<std::string>{"[]",
                                "{}",
                                "null",
                                "true",
                                "false",
                                "0",
                                "-0",
                                "1",
                                "-1",
                                "123456789012345678901234567890",
                                "1.5",
                                "-1.5",
                                "1e5",
                                "1E5",
                                "1e+5",
                                "1e-5",
                                "0.1e1",
                                "1.0e-400",
                                "\"\"",
                                "\"a\"",
                                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
                                "\"\\u0000\"",
                                "\"\\u00e9\"",
                                "\"\\uD83D\\uDE00\"",
                                "\"\xC3\xA9\"",
                                "\"\xF0\x9F\x98\x80\"",
                                "\"\xEF\xBF\xBF\"",
                                "\"\x7F\"",
                                "[1,2,3]",
                                "[[]]",
                                "[[],{}]",
                                "[null]",
                                "{\"a\":1}",
                                "{\"a\":{\"b\":[]}}",
                                "{\"\":0}",
                                "{\"a\":1,\"b\":2}",
                                "{\"a\":1,\"a\":2}",
                                "{\"token\":null}",
                                "{\"token\":[]}",
                                "{\"token\":{}}",
                                "{\"token\":1}",
                                "{\"token\":\"short\"}",
                                "  []  ",
                                "[\"\xE2\x80\xA8\"]",
                                "[ 1 ]",
                                "{\"token\":" + token + ",\"token\":" + token + "}",
                                "[1e22]",
                                "[-1.7976931348623157e308]",
                                "\"" + std::string(5000, 'a') + "\""}) {
    EXPECT_EQ(seen(value), Seen::json) << value.substr(0, 60);
  }
}

TEST_F(JsonBodies, P7WhatIsNoJsonIsRefused) {
  for (const std::string& value :
       std::vector<std::string>{"",
                                " ",
                                "\n",
                                "[",
                                "]",
                                "{",
                                "}",
                                "[]]",
                                "{}}",
                                "{}{}",
                                "[][]",
                                "1 2",
                                "nul",
                                "nulll",
                                "NULL",
                                "True",
                                "TRUE",
                                "tru",
                                "NaN",
                                "Infinity",
                                "-Infinity",
                                "undefined",
                                "+1",
                                "01",
                                "-01",
                                "-",
                                "--1",
                                ".5",
                                "5.",
                                "1e",
                                "1e+",
                                "1.e5",
                                "0x1",
                                "0b1",
                                "1_000",
                                "1,5",
                                "1e999",
                                "-1e999",
                                "'a'",
                                "\"a",
                                "a\"",
                                "\"\\x\"",
                                "\"\\u12\"",
                                "\"\\u12G4\"",
                                "\"\\\"",
                                "\"\\uD800\"",
                                "\"\\uDC00\"",
                                "\"\\uD800\\uD800\"",
                                "\"a\tb\"",
                                "\"a\nb\"",
                                std::string("\"a\0b\"", 5),
                                "\"\x01\"",
                                "\"\xFF\"",
                                "\"\xC3\"",
                                "\"\xC3\x28\"",
                                "\"\xED\xA0\x80\"",
                                "\"\xC0\xAF\"",
                                "\"\xF5\x80\x80\x80\"",
                                "\"\xF4\x90\x80\x80\"",
                                "\"\xE0\x80\xAF\"",
                                "[1,]",
                                "[,1]",
                                "[1,,2]",
                                "[1 2]",
                                "[1;2]",
                                "[\"a\":1]",
                                "{\"a\"}",
                                "{\"a\":}",
                                "{:1}",
                                "{\"a\" 1}",
                                "{\"a\"=1}",
                                "{\"a\":1,}",
                                "{,}",
                                "{\"a\":1 \"b\":2}",
                                "{a:1}",
                                "{'a':1}",
                                "{1:1}",
                                "{null:1}",
                                "{[]:1}",
                                "// x\n[]",
                                "/* x */[]",
                                "[]//",
                                "[]#",
                                "#",
                                "\xEF\xBB\xBF[]",
                                std::string("\xFF\xFE[\0]\0", 6),
                                std::string("\0", 1),
                                std::string("[]\0", 3),
                                "\x0B[]",
                                "\x0C[]",
                                "\xC2\xA0[]",
                                "[\xE2\x80\x8B]",
                                "<a/>",
                                "a=b&c=d",
                                "(1)",
                                "[1](2)",
                                "\\u005B\\u005D",
                                "\"\"\"\"",
                                "{\"token\":\"0123456789abcdef\"",
                                "{\"token\":\"0123456789abcdef\"},",
                                std::string(10000, '['),
                                std::string(10000, '{'),
                                std::string(33, '[') + std::string(33, ']'),
                                "{\"a\":" + std::string(33, '[') + std::string(33, ']') + "}"}) {
    EXPECT_EQ(seen(value), Seen::no_json) << value.substr(0, 60);
  }
}

TEST_F(JsonBodies, P7ADocumentOfDepthOneHundredThousandIsRefusedWithoutHarm) {
  for (const std::string& open : {"[", "{\"a\":", "[[{\"a\":["}) {
    std::string deep;
    while (deep.size() < 100000) deep += open;
    const auto replies =
        replies_of(converse(api().port(),
                            "POST /api/v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                            "application/json\r\nContent-Length: " +
                                std::to_string(deep.size()) + "\r\n\r\n" + deep));
    if (!replies.empty()) EXPECT_EQ(replies[0].status, 413);
    EXPECT_EQ(seen(deep.substr(0, 16000)), Seen::no_json);
  }
  EXPECT_EQ(api().client().get("/health").status, 200);
}

TEST_F(JsonBodies, P7ADuplicateMemberIsNamed) {
  const auto reply = api().client().post("/api/v1/auth/verify",
                                         R"({"token":"0123456789abcdef","token":"0123456789abcdef"})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.json().at("errors").at(0).at("pointer").as_string(), "/token");
  EXPECT_EQ(reply.json().at("errors").at(0).at("code").as_string(), "duplicate");
}

TEST_F(JsonBodies, P14AValueIsNeverRepeatedInAProblem) {
  for (const std::string& body : std::vector<std::string>{R"({"token":"canary"})", R"({"token":12345678901})",
                                                          R"({"canary":1,"<canary>":2,"token":[]})",
                                                          R"({"token":"canary)", R"(["canary"])"}) {
    const auto reply = api().client().post("/api/v1/auth/verify", body);
    EXPECT_EQ(reply.body.find("<canary>"), std::string::npos) << reply.body;
    EXPECT_EQ(reply.body.find("\"canary\""), std::string::npos) << reply.body;
    EXPECT_EQ(reply.body.find("12345678901"), std::string::npos) << reply.body;
  }
}

}  // namespace
}  // namespace starter::test
