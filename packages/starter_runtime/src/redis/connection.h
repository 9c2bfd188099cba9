// One connection to Redis from its handshake to its end: the part that Client and Subscriber share.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "starter/redis/client.h"

namespace starter::redis {

/// Held by shared_ptr: its reader, its writer and its watchdog are coroutines that each keep it alive.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using OnPush = std::function<void(const Reply&)>;

  /// Connects, says HELLO 3 with the credentials, and selects the database.
  static Task<Result<std::shared_ptr<Connection>>> open(Executor executor, net::BlockingPool& pool,
                                                        Options options, OnPush on_push);

  Connection(const Executor& executor, net::Stream stream, Options options, OnPush on_push);

  /// Reads until the connection ends; says why. Everything that waits is then completed with `unavailable`.
  Task<std::string> serve();

  /// Problems as in Client::command, without the breaker.
  Task<Result<Reply>> command(std::vector<std::string> words, SteadyTime deadline);

  /// For commands that are answered by pushes (SUBSCRIBE).
  void send(const std::vector<std::string>& words);

  void close(std::string why);
  bool alive() const { return alive_; }
  size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Pending {
    explicit Pending(const Executor& executor) : signal(executor) {}
    net::Timer signal;
    SteadyTime sent{};
    bool done = false, lost = false;
    Reply reply;
  };

  Task<Result<>> greet(SteadyTime deadline);
  Task<> write_loop();
  Task<> watch_loop();
  Task<Result<>> read_once();
  void deliver(Reply reply);

  const Executor executor_;
  net::Stream stream_;
  const Options options_;
  const OnPush on_push_;
  RespParser parser_;
  std::string out_;
  net::Timer write_signal_, watch_timer_;
  std::deque<std::shared_ptr<Pending>> in_flight_;
  SteadyTime last_heard_;
  bool alive_ = true;
  std::string why_;
};

}  // namespace starter::redis
