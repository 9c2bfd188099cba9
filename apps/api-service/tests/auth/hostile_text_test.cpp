// Texts that break programs, in every text field of every body: never a 5xx, and what is taken comes back as
// it was.
#include <gtest/gtest.h>

#include <sstream>

#include "app/composition.h"
#include "support/trials.h"
#include "tenancy/world.h"

namespace starter::test {
namespace {

std::vector<std::string> hostile_texts() {
  std::vector<std::string> out{
      "' OR '1'='1",
      "'; DROP TABLE users; --",
      "\" OR \"\"=\"",
      "\\'; --",
      "$1",
      "$$",
      "%s%n%x",
      "{}",
      "{{7*7}}",
      "${7*7}",
      "#{7*7}",
      "<%= 7*7 %>",
      "<script>alert(1)</script>",
      "\"><img src=x onerror=alert(1)>",
      "javascript:alert(1)",
      "</textarea>",
      "<!--",
      "]]>",
      "&lt;&amp;",
      "&#x0;",
      "=1+1",
      "+1",
      "-1",
      "@SUM(1)",
      "=cmd|'/C calc'!A0",
      "\tleading",
      "trailing\t",
      "a\nb",
      "a\r\nX-Injected: 1",
      "a\rb",
      "\x1b[31mred\x1b[0m",
      "../../etc/passwd",
      "..\\..\\windows",
      "/dev/null",
      "C:\\",
      "file:///etc/passwd",
      "CON",
      "aux",
      ".",
      "..",
      "~",
      "*",
      "?",
      "|id",
      "`id`",
      "$(id)",
      "; id",
      "null",
      "undefined",
      "NaN",
      "true",
      "0",
      "-0",
      "1e309",
      "0x0",
      "[]",
      "\\",
      "\\\\",
      "/",
      "\"",
      "'",
      "`",
      " ",
      "   ",
      "",
      "\xC3\xA9",
      "e\xCC\x81",
      "\xEF\xAC\x81",
      "\xF0\x9F\x98\x80",
      "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
      ("\xE2\x80\xAE"
       "abc"),
      "\xE2\x80\x8B",
      ("\xEF\xBB\xBF"
       "bom"),
      "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7",
      "\xE6\xBC\xA2\xE5\xAD\x97",
      "\xC4\xB0stanbul",
      "\xC3\x9F",
      "Z\xCD\x91\xCD\xAB\xCC\x93\xCD\xAA",
      "\xEF\xBF\xBD",
      "\xEF\xBF\xBF",
      "\xF4\x8F\xBF\xBF",
      "\xC2\x85",
      ("\xC2\xA0"
       "nbsp"),
      ("\xE2\x80\xA8"
       "line"),
      ("a\x01"
       "b"),
      ("a\x7F"
       "b"),
      std::string("a\0b", 3),
      std::string(79, 'x') + "\xC3\xA9",
      std::string(80, 'x'),
      std::string(81, 'x'),
      std::string(5000, 'x'),
      std::string(80, '"'),
      std::string(80, '\\'),
      "o'neil@example.com",
      "a@b.co",
      "\"quoted@local\"@example.com",
      "a@[127.0.0.1]",
      "a@b@c.de",
      "xn--ls8h@xn--ls8h.la",
      "a@\xC3\xA4.de",
      "viewer",
      "owner",
      "OWNER",
      "00000000-0000-0000-0000-000000000000",
      "018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8e",
      "www",
      "admin",
      "a--b",
      "-a-",
      "(SELECT pg_sleep(9))",
      "${jndi:ldap://x/y}",
      "*)(uid=*))(|(uid=*",
      "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>",
      "%00",
      "%0d%0aX-Injected: 1",
      "%c0%ae%c0%ae/",
      "\\u0000",
      "\\ud800",
      "__proto__",
      "constructor",
      "$where",
      "\xE0\xB8\x81\xE0\xB8\xB3",
      "\xE2\x81\xA6isolate\xE2\x81\xA9",
      "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA",
      "\xE2\x84\xAA",
  };
  // The soak pairs them.
  if (trials(0, 1)) {
    const auto single = out;
    for (size_t i = 0; i < single.size(); ++i)
      out.push_back(single[i] + single[(i * 37 + 11) % single.size()]);
    for (size_t i = 0; i < single.size(); ++i)
      out.push_back(single[(i * 53 + 7) % single.size()] + " " + single[i]);
    for (size_t i = 0; i < single.size(); ++i) out.push_back(std::string(1 + i % 70, 'a') + single[i]);
  }
  EXPECT_GE(out.size(), static_cast<size_t>(trials(100, 500)));
  return out;
}

std::string trimmed(std::string text) {
  const char* blanks = " \t\n\r\f\v";
  const size_t begin = text.find_first_not_of(blanks), end = text.find_last_not_of(blanks);
  return begin == text.npos ? "" : text.substr(begin, end - begin + 1);
}

class HostileText : public WithApi<HostileText> {
 protected:
  /// Whatever came in, the log stays one JSON object a line, each of its own service.
  static void expect_log_of_whole_lines() {
    const auto text = api().log();
    std::istringstream lines(text.substr(0, text.rfind('\n') + 1));
    size_t finished = 0;
    for (std::string line; std::getline(lines, line);) {
      boost::system::error_code error;
      const auto entry = boost::json::parse(line, error);
      ASSERT_FALSE(error) << line;
      ASSERT_TRUE(entry.is_object()) << line;
      ASSERT_EQ(line.find_first_of("\r\x1b\x7f"), line.npos) << line;
      finished += entry.at("message").as_string() == "request.finished";
    }
    EXPECT_GT(finished, 100U);
  }
};

TEST_F(HostileText, A14NoTextInAnyFieldBreaksTheService) {
  const World world(api());
  size_t tried = 0;
  for (const auto& route : all_routes()) {
    if (!route.info.body) continue;
    std::string path(route.pattern);
    for (const auto& [hole, value] :
         {std::pair{"{tenant}", world.a.id}, {"{user}", world.victim.id}, {"{project}", world.project}}) {
      if (const size_t at = path.find(hole); at != path.npos)
        path.replace(at, std::string_view(hole).size(), value);
    }
    for (const auto& hostile_field : route.info.body->fields) {
      for (const auto& text : hostile_texts()) {
        boost::json::object body;
        for (const auto& field : route.info.body->fields) {
          if (!field.required && field.name != hostile_field.name) continue;
          boost::json::value value = "quiet marble lantern";
          if (field.name == "email") value = "somebody@example.com";
          if (!field.type->values.empty()) value = field.type->values.front();
          if (field.type == &type_of<Slug>) value = "a-slug";
          body[field.name] = field.name == hostile_field.name ? boost::json::value(text) : value;
        }
        // Addresses of their own for what is limited by address; the sign-in's hashes are not what is asked
        // about.
        const auto reply =
            api()
                .client()
                .with_token(world.a.owner.access_token)
                .with_header("If-Match", "\"1\"")
                .from("127.0." + std::to_string(60 + tried / 200) + "." + std::to_string(1 + tried % 200))
                .send(std::string(http::method_text(route.method)), path, boost::json::serialize(body));
        ++tried;
        ASSERT_GT(reply.status, 0) << route.pattern << hostile_field.name << text;
        ASSERT_LT(reply.status, 500) << route.pattern << " " << hostile_field.name << " " << text
                                     << reply.body;
        ASSERT_FALSE(reply.headers.contains("x-injected")) << text;
      }
    }
  }
  EXPECT_GT(tried, 1000u);
  expect_log_of_whole_lines();
}

TEST_F(HostileText, A14NamesComeBackAsTheyWereOrAreRefused) {
  const World world(api());
  const auto owner = api().client().with_token(world.a.owner.access_token);
  size_t kept = 0, refused = 0;
  for (const auto& text : hostile_texts()) {
    const std::string body = boost::json::serialize(boost::json::object{{"name", text}});
    const auto made = owner.post("/api/v1/tenants/" + world.a.id + "/projects", body);
    if (made.status == 422) {
      ++refused;
      continue;
    }
    ASSERT_EQ(made.status, 201) << text << made.body;
    EXPECT_EQ(made.text("name"), trimmed(text));
    EXPECT_EQ(owner.get("/api/v1/tenants/" + world.a.id + "/projects?limit=1")
                  .json()
                  .at("items")
                  .at(0)
                  .at("name")
                  .as_string(),
              trimmed(text));
    ++kept;
    const auto named =
        owner.patch("/api/v1/users/me", boost::json::serialize(boost::json::object{{"display_name", text}}));
    EXPECT_EQ(named.status, 200) << text << named.body;
    EXPECT_EQ(owner.get("/api/v1/users/me").text("display_name"), trimmed(text));
  }
  EXPECT_GT(kept, 60u);
  EXPECT_GE(refused, 12u);
  expect_log_of_whole_lines();
}

TEST_F(HostileText, A14HeadersAndQueriesCanCarryThemToo) {
  const World world(api());
  const auto owner = api().client().with_token(world.a.owner.access_token);
  for (const auto& text : hostile_texts()) {
    if (text.find_first_of(std::string("\r\n\0", 3)) != text.npos) continue;  // can't be in a header
    for (const char* name : {"X-Request-ID", "User-Agent", "If-Match", "Idempotency-Key", "traceparent",
                             "Accept-Language", "X-Forwarded-For"}) {
      const auto reply =
          owner.with_header(name, text).patch("/api/v1/tenants/" + world.a.id, R"({"name":"Same"})");
      ASSERT_LT(reply.status, 500) << name << text << reply.body;
      ASSERT_GT(reply.status, 0);
    }
    std::string escaped;
    for (const char c : text) {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned char>(c));
      escaped += hex;
    }
    if (escaped.size() > 4000) continue;
    for (const auto& query : {"limit=" + escaped, "cursor=" + escaped, escaped + "=1"}) {
      const auto reply = owner.get("/api/v1/tenants/" + world.a.id + "/projects?" + query);
      ASSERT_TRUE(reply.status == 200 || reply.status == 422) << query << reply.body;
    }
    ASSERT_LT(owner.get("/api/v1/tenants/" + world.a.id + "/projects/" + escaped + "/archive").status, 500);
  }
  expect_log_of_whole_lines();
}

}  // namespace
}  // namespace starter::test
