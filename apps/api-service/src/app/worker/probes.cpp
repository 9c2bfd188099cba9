#include "app/worker/probes.h"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

#include "starter/describe/json.h"

namespace starter::worker {
namespace {

using namespace std::chrono_literals;

constexpr size_t kMaxConnections = 64, kMaxHead = 8192;
constexpr auto kPatience = 5s;

std::string reply(std::string_view status, std::string_view content_type, std::string_view body,
                  bool head_only) {
  std::string out =
      "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: " + std::string(content_type) +
      "\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
  if (!head_only) out += body;
  return out;
}

}  // namespace

Probes::Probes(Executor executor, const Clock& clock, pg::Database& database, const health::Health& health,
               const observe::Metrics& metrics)
    : executor_(executor),
      clock_(clock),
      database_(database),
      health_(health),
      metrics_(metrics),
      acceptor_(executor) {}

void Probes::start(const std::string& address, uint16_t port) {
  try {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address), port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("can't listen on " + address + ":" + std::to_string(port) +
                             " (METRICS_PORT): " + error.code().message());
  }
  spawn(executor_, "probes", accept());
}

void Probes::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

uint16_t Probes::port() const {
  return acceptor_.local_endpoint().port();
}

Task<> Probes::accept() {
  net::Timer pause(executor_);
  while (acceptor_.is_open()) {
    auto socket = std::make_shared<Socket>(executor_);
    const auto [error] = co_await acceptor_.async_accept(*socket, net::as_tuple);
    if (!acceptor_.is_open()) break;
    if (error) {  // no descriptors left, most likely: let some be closed
      pause.expires_after(100ms);
      co_await pause.async_wait(net::as_tuple);
      continue;
    }
    if (connections_ < kMaxConnections) spawn(executor_, "probe", serve(std::move(socket)));
  }
}

Task<> Probes::serve(std::shared_ptr<Socket> socket) {
  ++connections_;
  net::Timer limit(executor_);
  limit.expires_after(kPatience);
  limit.async_wait([socket](const boost::system::error_code& error) {
    boost::system::error_code ignored;
    if (!error) socket->close(ignored);
  });
  std::string head;
  auto buffer = asio::dynamic_buffer(head, kMaxHead);
  const auto [error, size] = co_await asio::async_read_until(*socket, buffer, "\r\n\r\n", net::as_tuple);
  if (!error) {
    const std::string out = co_await answer(head);
    const auto [failed, written] = co_await asio::async_write(*socket, asio::buffer(out), net::as_tuple);
    boost::system::error_code ignored;
    if (!failed) socket->shutdown(asio::socket_base::shutdown_send, ignored);
  }
  limit.cancel();
  --connections_;
}

Task<std::string> Probes::answer(std::string_view head) {
  const auto line = head.substr(0, head.find("\r\n"));
  const auto method = line.substr(0, line.find(' '));
  const bool head_only = method == "HEAD";
  if (method != "GET" && !head_only)
    co_return reply("405 Method Not Allowed", "text/plain", "only GET\n", false);
  auto path = line.substr(std::min(method.size() + 1, line.size()));
  path = path.substr(0, path.find(' '));
  path = path.substr(0, path.find('?'));
  const Ctx ctx(executor_, clock_, database_, clock_.steady() + 2s);
  if (path == "/health")
    co_return reply("200 OK", "application/json", json::encode(health_.live(ctx)), head_only);
  if (path == "/health/ready") {
    const auto ready = co_await health_.ready(ctx);
    const bool good = ready.status == health::ReadyStatus::ready;
    co_return reply(good ? "200 OK" : "503 Service Unavailable", "application/json", json::encode(ready),
                    head_only);
  }
  if (path == "/metrics") co_return reply("200 OK", "text/plain; version=0.0.4", metrics_.text(), head_only);
  co_return reply("404 Not Found", "text/plain", "there are /health, /health/ready and /metrics\n",
                  head_only);
}

}  // namespace starter::worker
