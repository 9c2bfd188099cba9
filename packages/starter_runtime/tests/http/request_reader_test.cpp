#include "src/http/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace starter::http {
namespace {

using State = RequestReader::State;
using testing::ElementsAre;

/// "POST /a?b body" for each request that is read whole, then the status of a refusal.
std::vector<std::string> read(std::string_view bytes, size_t step = 100'000, size_t body_max = 64) {
  std::vector<std::string> out;
  RequestReader reader;
  while (true) {
    const auto state = reader.advance();
    if (state == State::need_more && bytes.empty()) {
      if (reader.started()) out.emplace_back("unfinished");
      return out;
    }
    if (state == State::need_more) {
      const auto [room, size] = reader.prepare();
      const size_t taken = std::min({size, step, bytes.size()});
      std::copy_n(bytes.data(), taken, room);
      reader.commit(taken);
      bytes.remove_prefix(taken);
    } else if (state == State::head ? !reader.allow_body(body_max) : state == State::failed) {
      out.push_back(std::to_string(reader.failure()));
      return out;
    } else if (state == State::complete) {
      const Request& request = reader.request();
      out.push_back(std::string(method_text(request.method)) + " " + std::string(request.path) +
                    (request.query.empty() ? "" : "?" + std::string(request.query)) +
                    (request.body.empty() ? "" : " " + std::string(request.body)) +
                    (request.keep_alive ? "" : " close"));
      reader.start();
    }
  }
}

std::string head(const std::string& lines, const std::string& line = "POST /a HTTP/1.1") {
  return line + "\r\nHost: localhost\r\n" + lines + "\r\n";
}

TEST(RequestReader, P5ReadsPipelinedRequestsHoweverTheyAreCut) {
  const std::string bytes = head("", "GET /a?b=c HTTP/1.1") + head("Content-Length: 3\r\n") + "xyz" +
                            head("Transfer-Encoding: chunked\r\n") +
                            "2;ext=1\r\nhe\r\n3\r\nllo\r\n0\r\nT: x\r\n\r\n" +
                            head("Connection: close\r\n", "DELETE /d HTTP/1.1");
  for (size_t step = 1; step <= bytes.size(); ++step) {
    EXPECT_THAT(read(bytes, step),
                ElementsAre("GET /a?b=c", "POST /a xyz", "POST /a hello", "DELETE /d close"))
        << step;
  }
}

TEST(RequestReader, P5EveryPrefixOfARequestWaitsForTheRest) {
  const std::string bytes = head("Content-Length: 3\r\n") + "xyz";
  for (size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_THAT(read(bytes.substr(0, size)), ElementsAre("unfinished")) << size;
  }
}

TEST(RequestReader, P5RefusesWhatAProxyCouldReadInAnotherWay) {
  const std::pair<std::string, const char*> rows[] = {
      {head("Host: other\r\n"), "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {head("X: a\r\n b\r\n"), "400"},
      {head("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {head("Content-Length: 1\r\nContent-Length: 2\r\n"), "400"},
      {head("Content-Length: -1\r\n"), "400"},
      {head("Content-Length: +1\r\n"), "400"},
      {head("Transfer-Encoding: gzip, chunked\r\n"), "501"},
      {head("Transfer-Encoding: identity\r\n"), "501"},
      {head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {head("Transfer-Encoding: chunked\r\n", "POST /a HTTP/1.0"), "400"},
      {head("X : a\r\n"), "400"},
      {head("Expect: 200-ok\r\nContent-Length: 1\r\n"), "417"},
      {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "400"},
      {head("", "GET /a#b HTTP/1.1"), "400"},
      {head("", "GET a HTTP/1.1"), "400"},
      {head("", "GET / HTTP/2.0"), "505"},
  };
  for (const auto& [bytes, status] : rows) EXPECT_THAT(read(bytes), ElementsAre(status)) << bytes;
}

TEST(RequestReader, P5RefusesHeadsAboveTheirLimits) {
  EXPECT_THAT(read(head("", "GET /" + std::string(RequestReader::max_target, 'a') + " HTTP/1.1")),
              ElementsAre("414"));
  EXPECT_THAT(read(head("X: " + std::string(RequestReader::max_head, 'a') + "\r\n")), ElementsAre("431"));
  std::string many;
  for (size_t i = 0; i < RequestReader::max_headers; ++i) many += "X: y\r\n";
  EXPECT_THAT(read(head(many)), ElementsAre("431"));
  EXPECT_THAT(read(head(many.substr(6), "GET /a HTTP/1.1")), ElementsAre("GET /a"));
}

TEST(RequestReader, P7ABodyIsBoundedHoweverItIsFramed) {
  const std::string data(65, 'x');
  EXPECT_THAT(read(head("Content-Length: 65\r\n")), ElementsAre("413"));
  EXPECT_THAT(read(head("Content-Length: 64\r\n") + data.substr(1)),
              ElementsAre("POST /a " + data.substr(1)));
  const auto chunked = head("Transfer-Encoding: chunked\r\n");
  EXPECT_THAT(read(chunked + "41\r\n" + data + "\r\n0\r\n\r\n"), ElementsAre("413"));
  EXPECT_THAT(read(chunked + "40\r\n" + data.substr(1) + "\r\n0\r\n\r\n"),
              ElementsAre("POST /a " + data.substr(1)));
  EXPECT_THAT(read(chunked + "1;" + std::string(40'000, 'e') + "\r\nx\r\n0\r\n\r\n", 1000),
              ElementsAre("413"));
  EXPECT_THAT(read(chunked + "ffffffffffffffff\r\n"), ElementsAre("413"));
}

TEST(RequestReader, P5AnAbsoluteTargetDecidesOverTheHost) {
  RequestReader reader;
  const std::string bytes = "GET http://other:1/a?b HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::copy(bytes.begin(), bytes.end(), reader.prepare().first);
  reader.commit(bytes.size());
  ASSERT_EQ(reader.advance(), State::head);
  EXPECT_EQ(reader.request().path, "/a");
  EXPECT_EQ(reader.request().query, "b");
  EXPECT_EQ(reader.request().header("host"), "other:1");
}

TEST(RequestReader, AHeaderIsFoundInAnyCaseAndTheFirstOneCounts) {
  const Request request{.headers = {{"x-One", "1"}, {"X-ONE", "2"}, {"Empty", ""}}};
  EXPECT_EQ(request.header("X-one"), "1");
  EXPECT_EQ(request.header("X-Two"), "");
  EXPECT_TRUE(request.has_header("empty"));
  EXPECT_FALSE(request.has_header("X-Two"));
}

TEST(PercentDecode, ReadsEscapesAndRefusesBrokenOnes) {
  std::string out;
  const auto decode = [&](std::string_view text, bool query) {
    return percent_decode(text, query, out) ? out : "refused";
  };
  EXPECT_EQ(decode("a%20b+c", true), "a b c");
  EXPECT_EQ(decode("a%20b+c", false), "a b+c");
  EXPECT_EQ(decode("%2F%2f", true), "//");
  for (const char* broken : {"%", "%1", "a%", "%zz", "%0g", "%00", "a%00b"}) {
    EXPECT_EQ(decode(broken, true), "refused") << broken;
    EXPECT_EQ(decode(broken, false), "refused") << broken;
  }
  EXPECT_EQ(decode({"a\0b", 3}, true), "refused") << "a zero byte as it is";
  EXPECT_EQ(decode("a%2Fb", false), "refused") << "a slash that hides in a segment";
}

}  // namespace
}  // namespace starter::http
