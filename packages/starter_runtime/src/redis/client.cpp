#include "starter/redis/client.h"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <stdexcept>

#include "connection.h"
#include "starter/crypto/encoding.h"

namespace starter::redis {
namespace {

Problem unavailable(std::string cause) {
  return Problem(problems::unavailable, std::move(cause));
}

}  // namespace

std::expected<Url, const char*> Url::parse(const Secret& text) {
  const auto parsed = boost::urls::parse_uri(text.reveal());
  if (!parsed) return std::unexpected("must be a URL such as redis://host:6379/0");
  if (parsed->scheme() != "redis" && parsed->scheme() != "rediss")
    return std::unexpected("must begin with redis:// or rediss://");
  if (parsed->host().empty()) return std::unexpected("needs a host");
  if (parsed->host_type() == boost::urls::host_type::name && parsed->encoded_host().contains('%'))
    return std::unexpected("needs a host without escapes");
  if (parsed->has_query() || parsed->has_fragment())
    return std::unexpected("must have neither a query nor a fragment");
  Url url;
  url.tls = parsed->scheme() == "rediss";
  url.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string(parsed->host_address())
                                                                 : parsed->host();
  url.user = parsed->user();
  url.password = Secret(parsed->password());
  const std::string port = parsed->port();
  const auto port_end = port.data() + port.size();
  const auto port_read = std::from_chars(port.data(), port_end, url.port);
  if (url.port == 0 || (parsed->has_port() && (port_read.ec != std::errc() || port_read.ptr != port_end)))
    return std::unexpected("needs a port between 1 and 65535");
  std::string_view path = parsed->encoded_path();
  if (path.starts_with('/')) path.remove_prefix(1);
  if (!path.empty()) {
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), url.database);
    if (error != std::errc() || end != path.data() + path.size() || url.database < 0) {
      return std::unexpected("needs a database number after the host, such as /0, or nothing");
    }
  }
  return url;
}

Script::Script(std::string body) : body_(std::move(body)) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(body_.data(), body_.size(), digest, &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("SHA-1 failed inside OpenSSL");
  sha1_ = crypto::hex_encode({reinterpret_cast<const char*>(digest), size});
}

Client::Client(const Executor& executor, net::BlockingPool& pool, Options options)
    : executor_(executor),
      pool_(pool),
      options_(std::move(options)),
      pause_timer_(executor) {}

Client::~Client() = default;

Task<> Client::run() {
  int failures = 0;
  while (!stopping_) {
    const auto connected = co_await connect();
    if (!connected) {
      last_error_ = connected.error().cause();
      if (!stopping_) co_await pause(++failures);
      continue;
    }
    failures = 0;
    const auto connection = connection_;
    last_error_ = co_await connection->serve();
    up_ = false;
    connection_.reset();
    if (!stopping_) co_await pause(1);
  }
}

Task<Result<>> Client::connect() {
  auto connection = CO_TRY(co_await Connection::open(executor_, pool_, options_, nullptr));
  if (stopping_) co_return unavailable("stopping");
  connection_ = std::move(connection);
  ++connects_;
  misses_ = 0;
  open_until_ = {};
  up_ = true;
  for (const auto& timer : waiting_) timer->cancel();
  waiting_.clear();
  co_return Result<>();
}

/// Grows to the limit by doubling; the random half keeps many clients from coming back at the same moment.
Task<> Client::pause(int failures) {
  const auto grown = options_.least_backoff * (1LL << std::min(failures - 1, 16));
  const auto bounded = std::min<std::chrono::milliseconds>(grown, options_.most_backoff);
  pause_timer_.expires_after(
      bounded / 2 + std::chrono::milliseconds(random_below(static_cast<uint32_t>(bounded.count() / 2 + 1))));
  co_await pause_timer_.async_wait(net::as_tuple);
}

void Client::stop() {
  stopping_ = true;
  pause_timer_.cancel();
  for (const auto& timer : waiting_) timer->cancel();
  waiting_.clear();
  if (connection_) connection_->close("stopping");
}

Task<Result<>> Client::wait_connected(SteadyTime deadline) {
  if (!connection_ && !stopping_) {
    const auto timer = std::make_shared<net::Timer>(executor_);
    timer->expires_after(net::remaining(deadline));
    waiting_.push_back(timer);
    co_await timer->async_wait(net::as_tuple);
    std::erase(waiting_, timer);
  }
  if (!connection_) co_return unavailable("no connection to Redis: " + last_error_);
  co_return Result<>();
}

bool Client::breaker_is_open() const {
  return misses_ >= options_.breaker_misses && Clock::system().steady() < open_until_;
}

Task<Result<Reply>> Client::command(std::vector<std::string> words, SteadyTime deadline) {
  const auto connection = connection_;
  if (!connection || !connection->alive() || breaker_is_open()) {
    ++refused_;
    co_return unavailable(connection ? "the breaker is open: Redis is too slow" : "not connected to Redis");
  }
  // While misses_ stands at its limit this is the one probe: the others are refused until it is answered.
  if (misses_ >= options_.breaker_misses) open_until_ = net::deadline_in(options_.breaker_open);
  auto reply = co_await connection->command(std::move(words), deadline);
  if (reply) {
    misses_ = 0;
  } else if (reply.error().is(problems::deadline_exceeded)) {
    ++missed_;
    if (++misses_ >= options_.breaker_misses) open_until_ = net::deadline_in(options_.breaker_open);
  }
  co_return reply;
}

Task<Result<Reply>> Client::eval(const Script& script, std::vector<std::string> keys,
                                 std::vector<std::string> arguments, SteadyTime deadline) {
  std::vector<std::string> words{"EVALSHA", script.sha1(), std::to_string(keys.size())};
  words.insert(words.end(), std::make_move_iterator(keys.begin()), std::make_move_iterator(keys.end()));
  words.insert(words.end(), std::make_move_iterator(arguments.begin()),
               std::make_move_iterator(arguments.end()));
  auto reply = CO_TRY(co_await command(words, deadline));
  if (!reply.is_error() || !reply.text.starts_with("NOSCRIPT")) co_return reply;
  words[0] = "EVAL";
  words[1] = script.body();
  co_return co_await command(std::move(words), deadline);
}

State Client::state() const {
  const bool connected = connection_ && connection_->alive();
  return {connected,           breaker_is_open(), connected ? connection_->in_flight() : 0,
          vitals().reconnects, missed_,           refused_,
          last_error_};
}

Vitals Client::vitals() const {
  const uint64_t connects = connects_;
  return {up_, misses_ >= options_.breaker_misses, connects > 0 ? connects - 1 : 0, missed_, refused_};
}

}  // namespace starter::redis
