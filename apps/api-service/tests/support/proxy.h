// A TCP proxy whose faults a test decides: it sees what passes, cuts connections, refuses new ones, holds
// bytes back.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string_view>
#include <thread>

namespace starter::test {

class Proxy {
 public:
  /// Told of bytes on their way to the server before they are sent on. Answering false cuts all connections
  /// instead.
  using Watch = std::function<bool(std::string_view)>;

  /// Listens on a free port and connects to 127.0.0.1:target.
  explicit Proxy(int target, Watch to_server = {});
  ~Proxy();

  int port() const { return port_; }
  /// Ends the connections that there are; new ones are taken or refused as set.
  void cut() { cut_ = true; }
  void refuse(bool on) { refuse_ = on; }
  /// Keeps the connections open and carries nothing.
  void hold(bool on) { hold_ = on; }
  /// Everything that arrives from now on is carried that much later.
  void delay(std::chrono::milliseconds by) { delay_ = by; }

 private:
  void run();

  int target_, port_, listener_;
  Watch to_server_;
  std::atomic<bool> stop_ = false, cut_ = false, refuse_ = false, hold_ = false;
  std::atomic<std::chrono::milliseconds> delay_{};
  std::thread thread_;
};

}  // namespace starter::test
