// A client of Redis: one connection per core that all its coroutines share.
//
// Redis makes things faster here and is never needed for correctness, so the client fails fast: without a
// connection, with a full queue, or while the breaker is open a command is refused at once instead of
// waiting. Commands of one turn of the loop leave in one write, replies come back in order. A command that
// misses its deadline leaves its place in the queue; when several in a row do, the breaker opens for a
// second, so that a slow server costs one short wait and not one per request. A connection that answers
// nothing for `dead_after` is taken for half-open and replaced.
#pragma once

#include <atomic>
#include <deque>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "starter/core/result.h"
#include "starter/core/secret.h"
#include "starter/core/task.h"
#include "starter/net/stream.h"
#include "starter/redis/resp.h"

namespace starter::redis {

/// Where a server is: redis://[user[:password]@]host[:port][/database], rediss:// with TLS.
struct Url {
  std::string host;
  uint16_t port = 6379;
  std::string user;
  Secret password;
  int database = 0;
  bool tls = false;

  /// The error is a sentence without the value. Percent-encoding in user and password is undone.
  static std::expected<Url, const char*> parse(const Secret& text);
};

struct Options {
  Url url;
  const net::TlsClient* tls = nullptr;  // for rediss://; must outlive the client
  std::string client_name = "starter";  // CLIENT SETNAME, without spaces
  size_t max_in_flight = 1024;          // commands that wait for a reply, given up ones included
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds dead_after{3000};     // without an answer to what was sent
  std::chrono::milliseconds ping_interval{5000};  // when nothing else is said
  std::chrono::milliseconds least_backoff{50}, most_backoff{2000};
  int breaker_misses = 5;  // deadlines missed in a row
  std::chrono::milliseconds breaker_open{1000};
  RespLimits limits;
};

/// A Lua script; its digest is computed once.
class Script {
 public:
  explicit Script(std::string body);
  const std::string& body() const { return body_; }
  const std::string& sha1() const { return sha1_; }

 private:
  std::string body_, sha1_;
};

/// What the client's own thread may ask.
struct State {
  bool connected = false;
  bool breaker_open = false;
  size_t in_flight = 0;
  uint64_t reconnects = 0;  // connections after the first
  uint64_t missed = 0;      // deadlines
  uint64_t refused = 0;     // commands that were not sent
  std::string last_error;   // why the last connection ended
};

/// For metrics, which another thread reads.
struct Vitals {
  bool connected = false;
  bool tripped = false;  // the breaker: since deadlines were missed in a row until a probe is answered
  uint64_t reconnects = 0, missed = 0, refused = 0;
};

class Connection;

/// All on one thread. Its run() and every command must have ended before it is destroyed.
class Client {
 public:
  /// `pool` resolves names.
  Client(const Executor& executor, net::BlockingPool& pool, Options options);
  ~Client();

  /// Connects and reconnects with a growing, jittered pause until stop(). Start it once: spawn(executor,
  /// "redis", client.run()).
  Task<> run();
  void stop();

  /// Waits for a connection, for example at the start. Problems: unavailable when the deadline passes first.
  Task<Result<>> wait_connected(SteadyTime deadline);

  /// Sends a command and waits for its reply. An error reply of the server is a value: check is_error().
  /// Problems: unavailable (not connected, queue full, breaker open, connection lost: whether it was executed
  /// is unknown), deadline_exceeded.
  Task<Result<Reply>> command(std::vector<std::string> words, SteadyTime deadline);

  /// EVALSHA, and EVAL when the server doesn't know the script (it was restarted or flushed).
  Task<Result<Reply>> eval(const Script& script, std::vector<std::string> keys,
                           std::vector<std::string> arguments, SteadyTime deadline);

  State state() const;
  /// Safe from any thread.
  Vitals vitals() const;

 private:
  bool breaker_is_open() const;
  Task<Result<>> connect();
  Task<> pause(int failures);

  const Executor executor_;
  net::BlockingPool& pool_;
  const Options options_;
  net::Timer pause_timer_;
  std::shared_ptr<Connection> connection_;           // while connected
  std::deque<std::shared_ptr<net::Timer>> waiting_;  // for a connection
  bool stopping_ = false;
  SteadyTime open_until_{};
  std::atomic<bool> up_ = false;
  std::atomic<int> misses_ = 0;
  std::atomic<uint64_t> connects_ = 0, missed_ = 0, refused_ = 0;
  std::string last_error_;
};

}  // namespace starter::redis
