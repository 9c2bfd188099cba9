#include "faults/slow_clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace starter::test {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr size_t kTurns = 50;  // a second is cut into so many, so that the drops do not come all at once
constexpr milliseconds kTurn{1000 / kTurns};

sockaddr_in loopback(uint32_t host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

}  // namespace

SlowClients::SlowClients(int port, std::vector<SlowHabit> habits)
    : port_(port),
      habits_(std::move(habits)),
      tallies_(habits_.size()) {
  for (size_t habit = 0; habit < habits_.size(); ++habit)
    for (size_t i = 0; i < habits_[habit].clients; ++i)
      clients_.push_back({.habit = habit, .number = clients_.size()});
  thread_ = std::thread([this] { run(); });
}

SlowClients::~SlowClients() {
  stop();
}

std::vector<SlowTally> SlowClients::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  for (auto& client : clients_)
    if (client.socket >= 0) ::close(std::exchange(client.socket, -1));
  open_ = 0;
  return tallies_;
}

void SlowClients::run() {
  auto next = Steady::now();
  for (size_t turn = 0; !stop_; ++turn) {
    for (size_t i = turn % kTurns; i < clients_.size(); i += kTurns) take_turn(clients_[i]);
    std::this_thread::sleep_until(next = std::max(next + kTurn, Steady::now()));
  }
}

void SlowClients::take_turn(Client& client) {
  if (client.socket < 0) return connect(client);
  const auto& habit = habits_[client.habit];
  pollfd reset{client.socket, 0, 0};  // is seen before what was received is read
  if (::poll(&reset, 1, 0) > 0) return end(client);
  thread_local std::string buffer;
  buffer.resize(habit.sip);
  const auto got = ::recv(client.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN)) return end(client);
  if (got > 0 && std::string_view(buffer).substr(0, static_cast<size_t>(got)).starts_with("HTTP/1.1 408 "))
    ++tallies_[client.habit].told_so;
  if (!habit.drop.empty())
    static_cast<void>(
        ::send(client.socket, habit.drop.data(), habit.drop.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

/// From many addresses: one has too few ports for so many connections to one server.
void SlowClients::connect(Client& client) {
  const auto& habit = habits_[client.habit];
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (habit.receive_buffer > 0)
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &habit.receive_buffer, sizeof habit.receive_buffer);
  const auto from = loopback(1 + static_cast<uint32_t>(client.number % 100), 0), to = loopback(0, port_);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(socket);
    return;
  }
  static_cast<void>(::send(socket, habit.opening.data(), habit.opening.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  client.socket = socket;
  client.since = Steady::now();
  ++tallies_[client.habit].opened;
  ++open_;
}

void SlowClients::end(Client& client) {
  auto& tally = tallies_[client.habit];
  ++tally.ended;
  tally.longest =
      std::max(tally.longest, std::chrono::duration_cast<milliseconds>(Steady::now() - client.since));
  ::close(std::exchange(client.socket, -1));
  --open_;
}

}  // namespace starter::test
