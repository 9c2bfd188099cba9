#include "starter/net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "starter/net/blocking_pool.h"
#include "starter/net/timer.h"
#include "starter/postgres/database.h"
#include "starter/testing/http_peer.h"
#include "tests/run_task.h"

namespace starter::net {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using testing_support::run_task;

using testing_support::Peer;

class HttpClientTest : public ::testing::Test {
 protected:
  Result<HttpResponse> send(HttpRequest request, std::chrono::milliseconds time = 20s) {
    return run_task(loop, client.send(std::move(request), deadline_in(time)));
  }
  asio::io_context loop{1};
  BlockingPool blocking{1};
  HttpClient client{loop.get_executor(), {.max_concurrent = 2, .max_waiting = 3, .allow_plain_http = true}};
};

TEST_F(HttpClientTest, ReadsNoReplyWithoutAStatusOfThreeDigits) {
  for (const char* line : {"HTTP/2 1001 x", "HTTP/1.1 12 x", "HTTP/21001 .x", "HTTP/fer-E ",
                           "HTTP/222.1 200 OK", "HTTP/1.1 099 x"}) {
    const Peer peer([line](const std::string&) { return std::string(line) + "\r\n\r\n"; });
    EXPECT_FALSE(send({.url = peer.url()})) << line;
  }
}

TEST_F(HttpClientTest, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
  std::string heard;
  std::optional<Peer> peer(std::in_place, [&heard](const std::string& request) {
    heard = request;
    return "HTTP/1.1 201 Created\r\nETag: \"x\"\r\nX-Two:  2 \r\nContent-Length: 4\r\n\r\nbody";
  });
  const auto response = send(
      {.method = "PUT", .url = peer->url() + "/a?b=c", .headers = {{"X-Sign", "abc"}}, .body = "payload"});
  ASSERT_TRUE(response) << response.error().cause();
  peer.reset();  // its thread has ended: what it heard may be read
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->header("etag"), "\"x\"");
  EXPECT_EQ(response->header("x-two"), "2");
  EXPECT_THAT(heard, StartsWith("PUT /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(heard, HasSubstr("X-Sign: abc\r\n"));
  EXPECT_THAT(heard, HasSubstr("\r\n\r\npayload"));
  EXPECT_EQ(heard.find("Content-Type"), heard.npos);
  EXPECT_EQ(heard.find("Expect"), heard.npos);
}

TEST_F(HttpClientTest, CarriesTheTraceOfTheRequestInHand) {
  std::string heard;
  const auto ask = [&](const std::string& traceparent) {
    std::optional<Peer> peer(std::in_place, [&heard](const std::string& request) {
      heard = request;
      return "HTTP/1.1 204 No Content\r\n\r\n";
    });
    pg::Database database(loop.get_executor(), Clock::system(), blocking,
                          {Secret("postgresql://nowhere"), "trace", 0, 0});
    Ctx ctx(loop.get_executor(), Clock::system(), database, deadline_in(20s));
    ctx.traceparent = traceparent;
    EXPECT_TRUE(run_task(loop, client.send(ctx, {.url = peer->url()})));
  };
  ask("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_THAT(heard, HasSubstr("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
  ask("");
  EXPECT_EQ(heard.find("traceparent"), heard.npos);
}

TEST_F(HttpClientTest, DoesNotFollowRedirects) {
  const Peer peer([](const std::string&) {
    return "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
  });
  const auto response = send({.url = peer.url()});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
}

TEST_F(HttpClientTest, P9ABareCarriageReturnInAHeaderIsNoAnswer) {
  const Peer peer(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nX: a\rY: b\r\nContent-Length: 0\r\n\r\n"; });
  const auto response = send({.url = peer.url()});
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().is(problems::unavailable));
}

TEST_F(HttpClientTest, StopsAtTheCapOfTheBody) {
  const Peer peer([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x');
  });
  const auto response = send({.url = peer.url(), .max_response = 1000});
  ASSERT_FALSE(response);
  EXPECT_THAT(std::string(response.error().cause()), HasSubstr("cap"));
}

TEST_F(HttpClientTest, KeepsItsDeadlineWithASilentServer) {
  const Peer peer([](const std::string&) { return std::string(); });
  const auto response = send({.url = peer.url()}, 50ms);
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().is(problems::deadline_exceeded));
  EXPECT_EQ(client.running(), 0U);
}

TEST_F(HttpClientTest, SaysWhyAServerCantBeReachedWithoutItsAddress) {
  const auto response = send({.url = "http://127.0.0.1:1/secret-path"});
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().is(problems::unavailable));
  EXPECT_EQ(response.error().cause().find("secret"), std::string_view::npos);
}

TEST_F(HttpClientTest, RefusesHeadersWithLineBreaksAndOtherSchemes) {
  EXPECT_TRUE(send({.url = "http://127.0.0.1/", .headers = {{"X", "a\r\nHost: evil"}}})
                  .error()
                  .is(problems::internal));
  EXPECT_TRUE(send({.url = "http://127.0.0.1/", .headers = {{"X: y", "a"}}}).error().is(problems::internal));
  EXPECT_FALSE(send({.url = "file:///etc/passwd"}));
  EXPECT_FALSE(send({.url = "nonsense"}));
  HttpClient strict(loop.get_executor(), {});
  HttpRequest plain{.url = "http://127.0.0.1:1/"};
  EXPECT_FALSE(run_task(loop, strict.send(plain, deadline_in(20s))));
}

TEST_F(HttpClientTest, RunsABoundedNumberAtOnceAndRefusesAboveTheQueue) {
  const Peer peer([](const std::string&) { return "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"; });
  int good = 0, refused = 0;
  size_t most = 0;
  const auto one = [](HttpClient& client, std::string url, int& good, int& refused, size_t& most) -> Task<> {
    HttpRequest request{.url = std::move(url)};
    const auto response = co_await client.send(std::move(request), deadline_in(20s));
    ++(response ? good : refused);
    most = std::max(most, client.running());
  };
  for (int i = 0; i < 8; ++i)
    spawn(loop.get_executor(), "request", one(client, peer.url(), good, refused, most));
  loop.restart();
  while (good + refused < 8) loop.run_one();
  EXPECT_EQ(good, 5);
  EXPECT_EQ(refused, 3);
  EXPECT_LE(most, 2U);
  EXPECT_EQ(client.running(), 0U);
}

TEST_F(HttpClientTest, EndsItsRequestsWhenItIsDestroyed) {
  const Peer peer([](const std::string&) { return std::string(); });
  auto short_lived =
      std::make_unique<HttpClient>(loop.get_executor(), HttpClient::Options{.allow_plain_http = true});
  std::optional<Result<HttpResponse>> response;
  const auto one = [](HttpClient& client, std::string url,
                      std::optional<Result<HttpResponse>>& response) -> Task<> {
    HttpRequest request{.url = std::move(url)};
    response = co_await client.send(std::move(request), deadline_in(20s));
  };
  spawn(loop.get_executor(), "request", one(*short_lived, peer.url(), response));
  loop.restart();
  while (peer.accepted == 0) loop.run_one_for(10ms);
  short_lived.reset();
  while (!response) loop.run_one();
  ASSERT_FALSE(*response);
  EXPECT_TRUE(response->error().is(problems::unavailable));
}

}  // namespace
}  // namespace starter::net
