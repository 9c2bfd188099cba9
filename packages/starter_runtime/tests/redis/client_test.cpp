#include "starter/redis/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>

#include "starter/redis/subscriber.h"
#include "tests/redis/redis_server.h"
#include "tests/run_task.h"

namespace starter::redis {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using testing_support::RedisServer;
using testing_support::run_task;
using Words = std::vector<std::string>;

SteadyTime soon() {
  return net::deadline_in(20s);
}

Options options_for(const RedisServer& server, const std::string& credentials = "",
                    const std::string& path = "") {
  Options options;
  options.url =
      *Url::parse(Secret("redis://" + credentials + "127.0.0.1:" + std::to_string(server.port()) + path));
  options.least_backoff = 5ms;
  options.most_backoff = 50ms;
  return options;
}

/// A client whose run() is going, for the time of one test.
class Running {
 public:
  Running(asio::io_context& loop, net::BlockingPool& pool, Options options)
      : loop_(loop),
        client(loop.get_executor(), pool, std::move(options)) {
    spawn(loop.get_executor(), "redis", client.run());
  }
  ~Running() {
    client.stop();
    loop_.restart();
    loop_.run();
  }
  void connect() {
    const auto connected = run_task(loop_, client.wait_connected(soon()));
    ASSERT_TRUE(connected) << connected.error().cause();
  }
  Reply command(Words words) {
    auto reply = run_task(loop_, client.command(std::move(words), soon()));
    EXPECT_TRUE(reply) << reply.error().cause();
    return reply ? std::move(*reply) : Reply();
  }
  /// Waits until `ready`, turning the loop meanwhile.
  template <class Ready>
  void until(Ready ready) {
    loop_.restart();
    while (!ready()) loop_.run_one_for(10ms);
  }

 private:
  asio::io_context& loop_;

 public:
  Client client;
};

class RedisClient : public ::testing::Test {
 protected:
  asio::io_context loop{1};
  net::BlockingPool pool;
};

TEST(RedisUrl, IsReadWithUserPasswordPortAndDatabase) {
  const auto url = Url::parse(Secret("rediss://app:p%40ss@cache.example.com:10000/3"));
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "cache.example.com");
  EXPECT_EQ(url->port, 10000);
  EXPECT_EQ(url->user, "app");
  EXPECT_EQ(url->password.reveal(), "p@ss");
  EXPECT_EQ(url->database, 3);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(Url::parse(Secret("redis://[::1]"))->host, "::1");
  EXPECT_EQ(Url::parse(Secret("redis://:only@host/"))->password.reveal(), "only");
  for (const char* wrong : {"", "host:6379", "http://host", "redis://", "redis://host/x", "redis://host/-1",
                            "redis://host:99999", "redis://host?x=1", "redis://host:0", "redis://a b"}) {
    EXPECT_FALSE(Url::parse(Secret(wrong))) << wrong;
  }
}

TEST_F(RedisClient, AnswersManyCommandsAtOnceInOrder) {
  const RedisServer server;
  Running redis(loop, pool, options_for(server));
  redis.connect();
  EXPECT_EQ(redis.command({"SET", "key", "value"}).text, "OK");
  EXPECT_EQ(redis.command({"GET", "key"}).text, "value");
  EXPECT_TRUE(redis.command({"NOSUCHCOMMAND"}).is_error());

  int answered = 0;
  const auto one = [](Client& client, int i, int& answered) -> Task<> {
    const auto reply = co_await client.command(Words{"ECHO", std::to_string(i)}, soon());
    EXPECT_TRUE(reply && reply->text == std::to_string(i));
    ++answered;
  };
  for (int i = 0; i < 500; ++i) spawn(loop.get_executor(), "echo", one(redis.client, i, answered));
  redis.until([&answered] { return answered == 500; });
  EXPECT_EQ(redis.client.state().in_flight, 0U);
}

// 001-31
TEST_F(RedisClient, SignsInAndSelectsItsDatabase) {
  const RedisServer server({"--requirepass", "s3cret pass"});
  Running redis(loop, pool, options_for(server, ":s3cret%20pass@", "/5"));
  redis.connect();
  EXPECT_THAT(redis.command({"CLIENT", "INFO"}).text, HasSubstr("db=5"));
}

TEST_F(RedisClient, SaysWhyItCantSignInWithoutTheSecret) {
  const RedisServer server({"--requirepass", "right"});
  Running redis(loop, pool, options_for(server, ":wrong@"));
  redis.until([&redis] { return redis.client.state().last_error.find("WRONGPASS") != std::string::npos; });
  EXPECT_EQ(redis.client.state().last_error.find("wrong@"), std::string::npos);
  const auto connected = run_task(loop, redis.client.wait_connected(net::deadline_in(50ms)));
  ASSERT_FALSE(connected);
  EXPECT_THAT(std::string(connected.error().cause()), HasSubstr("WRONGPASS"));
}

TEST_F(RedisClient, LoadsAScriptThatTheServerDoesNotKnow) {
  const RedisServer server;
  Running redis(loop, pool, options_for(server));
  redis.connect();
  const Script script("return {KEYS[1], ARGV[1]}");
  for (int i = 0; i < 3; ++i) {
    if (i == 2) redis.command({"SCRIPT", "FLUSH"});
    const auto reply = run_task(loop, redis.client.eval(script, {"k"}, {"a"}, soon()));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->items.at(1).text, "a");
  }
}

TEST_F(RedisClient, FailsFastWithoutAServerAndComesBackWithIt) {
  RedisServer server;
  Running redis(loop, pool, options_for(server));
  redis.connect();
  redis.command({"SET", "key", "value"});
  server.kill();
  redis.until([&redis] { return !redis.client.state().connected; });
  const auto refused = run_task(loop, redis.client.command(Words{"GET", "key"}, soon()));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(problems::unavailable));
  EXPECT_GE(redis.client.state().refused, 1U);
  server.start();
  redis.connect();
  EXPECT_TRUE(redis.command({"GET", "key"}).is_null());
  EXPECT_EQ(redis.client.state().reconnects, 1U);
}

TEST_F(RedisClient, EndsCommandsThatWaitWhenTheConnectionIsLost) {
  RedisServer server;
  Running redis(loop, pool, options_for(server));
  redis.connect();
  std::optional<Result<Reply>> reply;
  const auto wait = [](Client& client, std::optional<Result<Reply>>& reply) -> Task<> {
    reply = co_await client.command(Words{"BLPOP", "nothing", "0"}, net::deadline_in(60s));
  };
  spawn(loop.get_executor(), "wait", wait(redis.client, reply));
  redis.until([&redis] { return redis.client.state().in_flight == 1; });
  server.kill();
  redis.until([&reply] { return reply.has_value(); });
  ASSERT_FALSE(*reply);
  EXPECT_TRUE(reply->error().is(problems::unavailable));
}

TEST_F(RedisClient, OpensItsBreakerWhenTheServerIsSlowAndClosesItAfterwards) {
  const RedisServer server;
  Options options = options_for(server);
  options.breaker_open = 50ms;
  Running redis(loop, pool, options);
  redis.connect();
  redis.command({"CLIENT", "PAUSE", "700", "ALL"});
  for (int i = 0; i < 5; ++i) {
    const auto late = run_task(loop, redis.client.command(Words{"PING"}, net::deadline_in(5ms)));
    ASSERT_FALSE(late);
    EXPECT_TRUE(late.error().is(problems::deadline_exceeded));
  }
  EXPECT_TRUE(redis.client.state().breaker_open);
  const auto refused = run_task(loop, redis.client.command(Words{"PING"}, soon()));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(problems::unavailable));
  redis.until([&] {
    loop.restart();
    const auto reply = run_task(loop, redis.client.command(Words{"ECHO", "back"}, net::deadline_in(20ms)));
    return reply && reply->text == "back";  // the late replies went to those who asked
  });
  EXPECT_FALSE(redis.client.state().breaker_open);
  EXPECT_EQ(redis.client.state().reconnects, 0U);
}

TEST_F(RedisClient, ReplacesAConnectionThatAnswersNothing) {
  RedisServer server;
  Options options = options_for(server);
  options.dead_after = 100ms;
  options.ping_interval = 50ms;
  options.connect_timeout = 100ms;
  Running redis(loop, pool, options);
  redis.connect();
  server.suspend();
  redis.until(
      [&redis] { return redis.client.state().last_error.find("stopped answering") != std::string::npos; });
  server.resume();
  redis.connect();
  EXPECT_EQ(redis.command({"ECHO", "x"}).text, "x");
}

TEST_F(RedisClient, RefusesCommandsAboveItsBound) {
  RedisServer server;
  Options options = options_for(server);
  options.max_in_flight = 10;
  Running redis(loop, pool, options);
  redis.connect();
  server.suspend();
  int refused = 0, ended = 0;
  const auto one = [](Client& client, int& refused, int& ended) -> Task<> {
    const auto reply = co_await client.command(Words{"PING"}, soon());
    refused += !reply;
    ++ended;
  };
  for (int i = 0; i < 25; ++i) spawn(loop.get_executor(), "ping", one(redis.client, refused, ended));
  redis.until([&ended] { return ended == 15; });
  EXPECT_EQ(refused, 15);
  server.resume();
  redis.until([&ended] { return ended == 25; });
  EXPECT_EQ(refused, 15);
}

// 001-21
TEST_F(RedisClient, SpeaksTlsToAServerWithAPrivateCaAndRefusesOthers) {
  const testing_support::TemporaryDirectory directory;
  const std::string base = directory.path();
  const std::string make =
      "cd " + base +
      " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
      " -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem >/dev/null 2>&1";
  ASSERT_EQ(std::system(make.c_str()), 0);
  const uint16_t tls_port = testing_support::free_port();
  const RedisServer server({"--tls-port", std::to_string(tls_port), "--tls-cert-file", base + "/cert.pem",
                            "--tls-key-file", base + "/key.pem", "--tls-ca-cert-file", base + "/cert.pem",
                            "--tls-auth-clients", "no"});
  std::string pem(16 * 1024, '\0');
  FILE* const file = std::fopen((base + "/cert.pem").c_str(), "r");
  ASSERT_NE(file, nullptr);
  pem.resize(std::fread(pem.data(), 1, pem.size(), file));
  std::fclose(file);

  const auto trusted = net::TlsClient::create(pem), untrusted = net::TlsClient::create();
  ASSERT_TRUE(trusted);
  ASSERT_TRUE(untrusted);
  EXPECT_FALSE(net::TlsClient::create("not a certificate"));
  const auto options = [&](const char* host, const net::TlsClient& tls) {
    Options options = options_for(server);
    options.url = *Url::parse(Secret("rediss://" + std::string(host) + ":" + std::to_string(tls_port)));
    options.tls = &tls;
    return options;
  };
  {
    Running redis(loop, pool, options("localhost", *trusted));
    redis.connect();
    EXPECT_EQ(redis.command({"ECHO", "x"}).text, "x");
  }
  for (const auto& wrong : {options("localhost", *untrusted), options("127.0.0.1", *trusted)}) {
    Running redis(loop, pool, wrong);
    redis.until(
        [&redis] { return redis.client.state().last_error.find("TLS handshake") != std::string::npos; });
    EXPECT_FALSE(redis.client.state().connected);
  }
}

TEST_F(RedisClient, HearsMessagesAgainAfterTheServerCameBack) {
  RedisServer server;
  std::vector<std::string> heard;
  int connects = 0;
  const auto on_message = [&heard](std::string_view channel, std::string_view payload) {
    heard.push_back(std::string(channel) + "=" + std::string(payload));
  };
  Subscriber subscriber(loop.get_executor(), pool, options_for(server), on_message,
                        [&connects] { ++connects; });
  ASSERT_TRUE(subscriber.subscribe("revocations"));
  spawn(loop.get_executor(), "subscriber", subscriber.run());
  {
    Running redis(loop, pool, options_for(server));
    redis.connect();
    const auto publish_until_heard = [&](const std::string& payload) {
      redis.until([&] {
        redis.command({"PUBLISH", "revocations", payload});
        loop.restart();
        return !heard.empty() && heard.back() == "revocations=" + payload;
      });
    };
    publish_until_heard("1");
    server.kill();
    redis.until([&] { return !subscriber.connected() && !redis.client.state().connected; });
    server.start();
    redis.connect();
    redis.until([&] { return connects == 2; });
    publish_until_heard("2");
    subscriber.subscribe("later");
    redis.until([&] { return redis.command({"PUBLISH", "later", "x"}).integer == 1; });
    subscriber.stop();
  }
}

}  // namespace
}  // namespace starter::redis
