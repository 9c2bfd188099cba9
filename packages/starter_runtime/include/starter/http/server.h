// Connections of one thread: accept, read, answer, keep alive, time out, drain.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <list>
#include <memory>

#include "starter/http/service.h"
#include "starter/net/timer.h"

namespace starter::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;
  size_t core = 0;                           // index of the thread, for per-thread caches
  size_t max_connections = 12000;            // of this thread; one more is closed at once
  std::chrono::milliseconds idle{75000};     // between requests; longer than a load balancer's 60 s
  std::chrono::milliseconds head{10000};     // from the first byte to the end of the head
  std::chrono::milliseconds body{15000};     // and one second more for each body_rate bytes
  size_t body_rate = 16 * 1024;              // bytes a second that a client must manage
  std::chrono::milliseconds write{30000};    // to take the reply
  std::chrono::milliseconds request{30000};  // the longest a handler may take
};

/// One acceptor and its connections on one thread; several threads share a port through SO_REUSEPORT.
class Server {
 public:
  Server(Executor executor, const Clock& clock, pg::Database& database, const Service& service,
         ServerOptions options);
  ~Server();

  /// Binds and starts to accept. Throws with address and reason when the port can't be had.
  void start();
  uint16_t port() const;
  size_t connections() const { return sessions_.size(); }

  /// From now on every reply ends its connection. Serves until no request but probes came for `quiet`, which
  /// means that the load balancers look elsewhere, at most half of the time that there is; then takes what is
  /// queued and closes the listener. Idle connections end, busy ones after their reply or at the deadline.
  Task<> drain(SteadyTime deadline, std::chrono::milliseconds quiet);

 private:
  class Session;
  Task<> accept();
  void take(asio::basic_stream_socket<asio::ip::tcp, Executor> socket);
  void arm_sweeper();

  Executor executor_;
  const Clock& clock_;
  pg::Database& database_;
  const Service& service_;
  ServerOptions options_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  net::Timer sweeper_;
  std::list<std::shared_ptr<Session>> sessions_;
  bool draining_ = false, drained_ = false;
  SteadyTime last_request_{};  // that was no probe
};

}  // namespace starter::http
