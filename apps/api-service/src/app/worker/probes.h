// The worker's inside port: /health, /health/ready and /metrics, for the orchestrator and Prometheus.
//
// The HTTP server of the API hands every request to the API's own parts, which a worker does not have and
// should not hold keys for. What is needed here is three fixed answers to GET, one request for each
// connection, small and bounded.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "app/services/health/service.h"
#include "starter/net/timer.h"
#include "starter/observe/metrics.h"

namespace starter::worker {

/// All on one thread.
class Probes {
 public:
  Probes(Executor executor, const Clock& clock, pg::Database& database, const health::Health& health,
         const observe::Metrics& metrics);

  /// Binds and answers until stop(). Throws with address and reason when the port can't be had; 0 takes a
  /// free one.
  void start(const std::string& address, uint16_t port);
  void stop();
  uint16_t port() const;

 private:
  using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
  Task<> accept();
  Task<> serve(std::shared_ptr<Socket> socket);
  Task<std::string> answer(std::string_view head);

  const Executor executor_;
  const Clock& clock_;
  pg::Database& database_;
  const health::Health& health_;
  const observe::Metrics& metrics_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  size_t connections_ = 0;
};

}  // namespace starter::worker
