// verify: what it says about readiness and keys, and its whole way against a deployment of two small servers.
#include "checks/verify.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <csignal>
#include <thread>

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

// A name server for one domain, which is well known or knows nothing, or says what can't be read.
class NameServer {
 public:
  explicit NameServer(std::map<std::pair<std::string, int>, std::string> records)
      : records_(std::move(records)) {
    socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::jthread([this] { serve(); });
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  const std::string& address() const { return address_; }

 private:
  void serve() {
    char bytes[1500];
    sockaddr_in from{};
    for (;;) {
      socklen_t size = sizeof from;
      const auto got = ::recvfrom(socket_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 16) return;
      const auto reply = answer({bytes, static_cast<std::size_t>(got)});
      ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }
  std::string answer(std::string_view query) const {
    std::string name;
    std::size_t at = 12;
    for (; query[at] != 0; at += 1 + static_cast<unsigned char>(query[at]))
      name += (name.empty() ? "" : ".") +
              std::string(query.substr(at + 1, static_cast<unsigned char>(query[at])));
    const int kind = query[at + 2];
    const auto question = query.substr(12, at + 5 - 12);
    const auto found = records_.find({name, kind});
    const bool known = found != records_.end();
    std::string reply(query.substr(0, 2));
    reply +=
        known ? std::string("\x81\x80\0\1\0\1\0\0\0\0", 10) : std::string("\x81\x83\0\1\0\0\0\0\0\0", 10);
    reply += question;
    if (known)
      reply += std::string("\xc0\x0c", 2) + std::string(question.substr(question.size() - 4)) +
               std::string("\0\0\0\1\0", 5) + static_cast<char>(found->second.size()) + found->second;
    return reply;
  }
  std::map<std::pair<std::string, int>, std::string> records_;
  int socket_ = -1;
  std::string address_;
  std::jthread thread_;
};

std::string text_record(const std::string& text) {
  return static_cast<char>(text.size()) + text;
}

std::map<std::string, std::string> seen_of_mail(const NameServer& names, const std::string& from) {
  const auto seen = run_console({"verify", "http://127.0.0.1:1", "--mail-from", from, "--name-server",
                                 names.address(), "--timeout", "2", "--json"});
  std::map<std::string, std::string> severities;
  for (const auto& finding : boost::json::parse(seen.out).at("findings").as_array())
    severities[std::string(finding.at("id").as_string())] = finding.at("severity").as_string();
  return severities;
}

TEST(Verify, LooksAtWhetherMailOfTheSenderIsBelieved) {
  const NameServer good({{{"example.com", 16}, text_record("v=spf1 include:_spf.example.net -all")},
                         {{"_dmarc.example.com", 16}, text_record("v=DMARC1; p=reject")},
                         {{"example.com", 15}, std::string("\0\12\0", 3)}});
  auto seen = seen_of_mail(good, "no-reply@example.com");
  EXPECT_EQ(seen["verify.mail.spf"], "ok");
  EXPECT_EQ(seen["verify.mail.dmarc"], "ok");
  EXPECT_EQ(seen["verify.mail.domain"], "ok");
  const NameServer open({{{"mail.example.com", 16}, text_record("v=spf1 +all")},
                         {{"_dmarc.example.com", 16}, text_record("v=DMARC1; p=none")},
                         {{"mail.example.com", 1}, std::string("\x7f\0\0\1", 4)}});
  seen = seen_of_mail(open, "no-reply@mail.example.com");
  EXPECT_EQ(seen["verify.mail.spf"], "error");
  EXPECT_EQ(seen["verify.mail.dmarc"], "ok") << "that of the domain above counts";
  EXPECT_EQ(seen["verify.mail.domain"], "ok");
  seen = seen_of_mail(NameServer({}), "no-reply@example.com");
  EXPECT_EQ(seen["verify.mail.spf"], "error");
  EXPECT_EQ(seen["verify.mail.dmarc"], "warning");
  EXPECT_EQ(seen["verify.mail.domain"], "error");
  EXPECT_EQ(run_console({"verify", "http://127.0.0.1:1", "--mail-from", "nobody"}).status, 2);
  EXPECT_EQ(run_console({"verify", "http://127.0.0.1:1", "--name-server", "example.com"}).status, 2);
}

TEST(Verify, AReplyThatIsCutShortHasNoRecordsBehindTheCut) {
  std::string whole("\0\1\x81\x80\0\1\0\1\0\0\0\0\1a\0\0\20\0\1\xc0\x0c\0\20\0\1\0\0\0\1\0\3\2hi", 34);
  EXPECT_THAT(parse_records(whole, Record::text), ::testing::ElementsAre("hi"));
  EXPECT_THAT(parse_records(whole, Record::address), ::testing::IsEmpty());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(parse_records(whole.substr(0, size), Record::text), ::testing::IsEmpty()) << size;
}

}  // namespace starter::console::testing
