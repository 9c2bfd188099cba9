#include "connection.h"

#include <array>

namespace starter::redis {
namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr size_t kMaxUnsent = 32 * 1024 * 1024;

Problem unavailable(std::string cause) {
  return Problem(problems::unavailable, std::move(cause));
}

/// The first word of an error, "NOAUTH" or "WRONGPASS": the rest may repeat what was sent.
std::string code_of(const Reply& error) {
  return error.text.substr(0, std::min(error.text.find(' '), size_t{40}));
}

}  // namespace

Connection::Connection(const Executor& executor, net::Stream stream, Options options, OnPush on_push)
    : executor_(executor),
      stream_(std::move(stream)),
      options_(std::move(options)),
      on_push_(std::move(on_push)),
      parser_(options_.limits),
      write_signal_(executor, net::Timer::time_point::max()),
      watch_timer_(executor),
      last_heard_(Clock::system().steady()) {}

Task<Result<std::shared_ptr<Connection>>> Connection::open(Executor executor, net::BlockingPool& pool,
                                                           Options options, OnPush on_push) {
  const SteadyTime deadline = net::deadline_in(options.connect_timeout);
  const net::ConnectTo to{options.url.host, options.url.port, options.url.tls ? options.tls : nullptr};
  if (options.url.tls && !options.tls) co_return unavailable("rediss:// needs the TLS settings");
  auto stream = CO_TRY(co_await net::Stream::connect(pool, to, deadline));
  auto connection =
      std::make_shared<Connection>(executor, std::move(stream), std::move(options), std::move(on_push));
  CO_TRY(co_await connection->greet(deadline));
  co_return connection;
}

Task<Result<>> Connection::greet(SteadyTime deadline) {
  std::vector<std::vector<std::string>> commands{{"HELLO", "3"}};
  if (!options_.url.password.empty()) {
    const std::string user = options_.url.user.empty() ? "default" : options_.url.user;
    commands[0].insert(commands[0].end(), {"AUTH", user, std::string(options_.url.password.reveal())});
  }
  if (!options_.client_name.empty()) commands[0].insert(commands[0].end(), {"SETNAME", options_.client_name});
  if (options_.url.database != 0) commands.push_back({"SELECT", std::to_string(options_.url.database)});
  std::string hello;
  for (const auto& words : commands) append_command(words, hello);
  CO_TRY(co_await stream_.write_all(hello, deadline));

  std::array<char, 4096> bytes;
  for (size_t answered = 0; answered < commands.size();) {
    auto reply = parser_.next();
    if (!reply) co_return unavailable(reply.error());
    if (*reply && (*reply)->is_error())
      co_return unavailable("the server refused " + commands[answered][0] + ": " + code_of(**reply));
    if (*reply) {
      ++answered;
      continue;
    }
    const size_t size = CO_TRY(co_await stream_.read_some(bytes, deadline));
    parser_.feed({bytes.data(), size});
  }
  co_return Result<>();
}

Task<std::string> Connection::serve() {
  const auto self = shared_from_this();
  last_heard_ = Clock::system().steady();
  spawn(executor_, "redis writer", write_loop());
  spawn(executor_, "redis watchdog", watch_loop());
  while (alive_) {
    const auto read = co_await read_once();
    if (!read) close(std::string(read.error().cause()));
  }
  for (const auto& pending : in_flight_) {
    pending->lost = true;
    pending->signal.cancel();
  }
  in_flight_.clear();
  co_return why_;
}

Task<Result<>> Connection::read_once() {
  std::vector<char> bytes(kReadBytes);
  while (alive_) {
    const size_t size = CO_TRY(co_await stream_.read_some(bytes, net::no_deadline));
    last_heard_ = Clock::system().steady();
    parser_.feed({bytes.data(), size});
    for (;;) {
      auto reply = parser_.next();
      if (!reply) co_return unavailable(reply.error());
      if (!*reply) break;
      if ((*reply)->kind == Reply::Kind::push) {
        if (on_push_) on_push_(**reply);
      } else if (in_flight_.empty()) {
        co_return unavailable("the server answered what nobody asked");
      } else {
        deliver(std::move(**reply));
      }
    }
  }
  co_return Result<>();
}

void Connection::deliver(Reply reply) {
  const auto pending = std::move(in_flight_.front());
  in_flight_.pop_front();
  pending->done = true;
  pending->reply = std::move(reply);
  pending->signal.cancel();
}

/// Whatever the coroutines of one turn of the loop appended leaves in one write.
Task<> Connection::write_loop() {
  const auto self = shared_from_this();
  std::string sending;
  while (alive_) {
    if (out_.empty()) {
      co_await write_signal_.async_wait(net::as_tuple);
      continue;
    }
    sending.clear();
    sending.swap(out_);
    const SteadyTime deadline = net::deadline_in(options_.dead_after);
    const auto written = co_await stream_.write_all(sending, deadline);
    if (!written) close(std::string(written.error().cause()));
  }
}

/// Finds connections that are open on this side only, and says PING when nothing else is said.
Task<> Connection::watch_loop() {
  const auto self = shared_from_this();
  const auto tick = std::min(options_.dead_after / 4, options_.ping_interval / 2);
  while (alive_) {
    watch_timer_.expires_after(tick);
    co_await watch_timer_.async_wait(net::as_tuple);
    if (!alive_) break;
    const SteadyTime now = Clock::system().steady();
    const bool waits = !in_flight_.empty();
    const SteadyTime since = waits ? std::max(in_flight_.front()->sent, last_heard_) : last_heard_;
    if (waits && now - since > options_.dead_after) {
      close("the server stopped answering");
    } else if (!waits && now - since > options_.ping_interval) {
      const auto pending = std::make_shared<Pending>(executor_);
      pending->sent = now;
      in_flight_.push_back(pending);
      send({"PING"});
    }
  }
}

void Connection::send(const std::vector<std::string>& words) {
  append_command(words, out_);
  write_signal_.cancel();
}

Task<Result<Reply>> Connection::command(std::vector<std::string> words, SteadyTime deadline) {
  if (!alive_) co_return unavailable("not connected");
  if (in_flight_.size() >= options_.max_in_flight || out_.size() >= kMaxUnsent)
    co_return unavailable("too many commands wait for a reply");
  const auto pending = std::make_shared<Pending>(executor_);
  pending->sent = Clock::system().steady();
  in_flight_.push_back(pending);
  send(words);
  pending->signal.expires_after(net::remaining(deadline));
  co_await pending->signal.async_wait(net::as_tuple);
  if (pending->done) co_return std::move(pending->reply);
  if (pending->lost) co_return unavailable("the connection was lost before the reply");
  co_return Problem(problems::deadline_exceeded, std::string("no reply before the deadline"));
}

void Connection::close(std::string why) {
  if (!alive_) return;
  alive_ = false;
  why_ = std::move(why);
  stream_.close();
  write_signal_.cancel();
  watch_timer_.cancel();
}

}  // namespace starter::redis
