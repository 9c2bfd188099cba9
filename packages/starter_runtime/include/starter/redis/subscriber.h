// Publish/subscribe on a connection of its own.
//
// Redis forgets messages for whoever isn't connected, so a message here is only ever a hint to look: after
// each new connection on_connected is called, and the receiver must look once without being asked.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "starter/redis/client.h"

namespace starter::redis {

/// All on one thread. run() must have ended before it is destroyed.
class Subscriber {
 public:
  using OnMessage = std::function<void(std::string_view channel, std::string_view payload)>;
  using OnConnected = std::function<void()>;

  /// Both are called on the loop and must not throw; neither is called after stop().
  Subscriber(const Executor& executor, net::BlockingPool& pool, Options options, OnMessage on_message,
             OnConnected on_connected);
  ~Subscriber();

  /// Connects, subscribes to every channel, and starts again after each loss, until stop().
  Task<> run();
  void stop();

  /// At any time; takes part in each later connection. At most 1,000 channels: false when there are more.
  bool subscribe(std::string channel);
  void unsubscribe(const std::string& channel);

  bool connected() const;
  uint64_t connects() const { return connects_; }

 private:
  void receive(const Reply& push);
  Task<> pause(int failures);

  const Executor executor_;
  net::BlockingPool& pool_;
  const Options options_;
  const OnMessage on_message_;
  const OnConnected on_connected_;
  net::Timer pause_timer_;
  std::set<std::string, std::less<>> channels_;
  std::shared_ptr<Connection> connection_;
  uint64_t connects_ = 0;
  bool stopping_ = false;
};

}  // namespace starter::redis
