#include "starter/redis/subscriber.h"

#include "connection.h"

namespace starter::redis {
namespace {

constexpr size_t kMaxChannels = 1000;

}  // namespace

Subscriber::Subscriber(const Executor& executor, net::BlockingPool& pool, Options options,
                       OnMessage on_message, OnConnected on_connected)
    : executor_(executor),
      pool_(pool),
      options_(std::move(options)),
      on_message_(std::move(on_message)),
      on_connected_(std::move(on_connected)),
      pause_timer_(executor) {}

Subscriber::~Subscriber() = default;

Task<> Subscriber::run() {
  int failures = 0;
  while (!stopping_) {
    Connection::OnPush on_push = [this](const Reply& push) { receive(push); };
    auto opened = co_await Connection::open(executor_, pool_, options_, std::move(on_push));
    if (opened && !stopping_) {
      failures = 0;
      connection_ = std::move(*opened);
      ++connects_;
      std::vector<std::string> words{"SUBSCRIBE"};
      words.insert(words.end(), channels_.begin(), channels_.end());
      if (words.size() > 1) connection_->send(words);
      on_connected_();
      const auto connection = connection_;
      co_await connection->serve();
      connection_.reset();
    }
    if (!stopping_) co_await pause(++failures);
  }
}

Task<> Subscriber::pause(int failures) {
  const auto grown = options_.least_backoff * (1LL << std::min(failures - 1, 16));
  const auto bounded = std::min<std::chrono::milliseconds>(grown, options_.most_backoff);
  pause_timer_.expires_after(
      bounded / 2 + std::chrono::milliseconds(random_below(static_cast<uint32_t>(bounded.count() / 2 + 1))));
  co_await pause_timer_.async_wait(net::as_tuple);
}

void Subscriber::stop() {
  stopping_ = true;
  pause_timer_.cancel();
  if (connection_) connection_->close("stopping");
}

bool Subscriber::subscribe(std::string channel) {
  if (channels_.contains(channel)) return true;
  if (channels_.size() >= kMaxChannels) return false;
  if (connected()) connection_->send({"SUBSCRIBE", channel});
  channels_.insert(std::move(channel));
  return true;
}

void Subscriber::unsubscribe(const std::string& channel) {
  if (channels_.erase(channel) > 0 && connected()) connection_->send({"UNSUBSCRIBE", channel});
}

bool Subscriber::connected() const {
  return connection_ && connection_->alive();
}

void Subscriber::receive(const Reply& push) {
  if (stopping_ || push.items.size() != 3 || push.items[0].text != "message") return;
  on_message_(push.items[1].text, push.items[2].text);
}

}  // namespace starter::redis
