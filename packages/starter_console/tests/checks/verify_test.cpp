// verify: what it says about readiness and keys, and its whole way against a deployment of two small servers.
#include "checks/verify.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <csignal>

#include "tests/support.h"

namespace starter::console::testing {

using checks::Severity;
using ::testing::HasSubstr;

HttpReply reply_of(int status, std::string body,
                   std::vector<std::pair<std::string, std::string>> headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body), .tls = {}};
}

TEST(Verify, NamesTheRequestThatWasNotReadySoThatItsLogCanBeFound) {
  const auto waiting = checks::judge_ready("api", "https://api.example/health/ready",
                                           reply_of(503, "{}", {{"x-request-id", "LpIbYBED0Cfb-14"}}));
  EXPECT_EQ(waiting.severity, Severity::error);
  EXPECT_THAT(waiting.evidence, HasSubstr("request LpIbYBED0Cfb-14"));
  EXPECT_EQ(checks::judge_ready("api", "x", reply_of(200, "{}")).severity, Severity::ok);
}

TEST(Verify, RefusesAKeySetThatIsEmptyBrokenOrPrivate) {
  const auto judged = [](const std::string& body) {
    return checks::judge_jwks("https://api.example/.well-known/jwks.json", reply_of(200, body)).severity;
  };
  EXPECT_EQ(judged(R"({"keys":[{"kty":"OKP","x":"a"}]})"), Severity::ok);
  for (const auto* wrong : {"", "[]", "{}", R"({"keys":[]})", R"({"keys":{}})", R"({"keys":["a"]})",
                            R"({"keys":[{"kty":"OKP","x":"a"},{"kty":"OKP","d":"secret"}]})"})
    EXPECT_EQ(judged(wrong), Severity::error) << wrong;
  const auto told = checks::judge_jwks("x", reply_of(200, R"({"keys":[{"d":"secret"}]})"));
  EXPECT_EQ(told.evidence.find("secret"), std::string::npos);
}

TEST(Verify, LooksAtBothPartsOfADeployment) {
  // Ready web application with good headers, an API that is not ready.
  const char* const servers =
      "const http = require('http');"
      "const good = {'content-security-policy': \"script-src 'self'; frame-ancestors 'none'\","
      "  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer'};"
      "http.createServer((q, r) => r.writeHead(200, good).end('{}')).listen(+process.argv[1], '127.0.0.1');"
      "http.createServer((q, r) => q.url.endsWith('jwks.json')"
      "  ? r.end('{\"keys\":[{\"kty\":\"OKP\",\"x\":\"a\"}]}')"
      "  : r.writeHead(503, {'x-request-id': 'abc-1'}).end('{\"status\":\"not_ready\"}'))"
      "  .listen(+process.argv[2], '127.0.0.1');";
  const int base = reserve_port_block();
  const auto node = start_process(
      {.argv = {"node", "-e", servers, std::to_string(base), std::to_string(base + 1)}, .folder = "/"});
  ASSERT_TRUE(node.has_value());
  for (int i = 0; i < 2000 && !(accepts(base) && accepts(base + 1)); ++i) ::usleep(10000);
  const auto local = [&](int port) { return "http://127.0.0.1:" + std::to_string(port); };
  const auto seen = run_console({"verify", local(base), "--api", local(base + 1), "--json"});
  stop_process(*node, SIGTERM, std::chrono::seconds(5));
  EXPECT_EQ(seen.status, 3) << seen.out;
  std::map<std::string, std::string> severities;
  for (const auto& finding : boost::json::parse(seen.out).at("findings").as_array())
    severities[std::string(finding.at("id").as_string())] = finding.at("severity").as_string();
  EXPECT_EQ(severities["verify.ready.web"], "ok");
  EXPECT_EQ(severities["verify.ready.api"], "error");
  EXPECT_EQ(severities["verify.jwks"], "ok");
  EXPECT_EQ(severities["verify.header.csp"], "ok");
  EXPECT_THAT(seen.out, HasSubstr("request abc-1"));
}

}  // namespace starter::console::testing
