// Clients that take their time: one thread holds thousands of connections, gives each a drop a second, and
// comes back as soon as it is sent away.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace starter::test {

struct SlowHabit {
  std::string name;
  size_t clients;          // at a time
  std::string opening;     // sent at once
  std::string drop{};      // sent each second
  size_t sip = 64 * 1024;  // bytes read each second at most
  int receive_buffer = 0;  // of the socket, in bytes; 0: the system's
};

/// What became of the connections of one habit.
struct SlowTally {
  size_t opened = 0, ended = 0, told_so = 0;  // told_so: with a 408
  std::chrono::milliseconds longest{};        // life of one that was ended
};

class SlowClients {
 public:
  SlowClients(int port, std::vector<SlowHabit> habits);
  ~SlowClients();
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;

  /// How many are connected.
  size_t open() const { return open_; }
  /// Ends the thread and every connection; by habit what became of them. Once.
  std::vector<SlowTally> stop();

 private:
  struct Client {
    size_t habit = 0, number = 0;
    int socket = -1;
    std::chrono::steady_clock::time_point since{};
  };
  void run();
  void take_turn(Client& client);
  void connect(Client& client);
  void end(Client& client);

  const int port_;
  const std::vector<SlowHabit> habits_;
  std::vector<SlowTally> tallies_;
  std::vector<Client> clients_;
  std::atomic<size_t> open_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace starter::test
