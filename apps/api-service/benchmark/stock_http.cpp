// The comparison for GET /health: a keep-alive loop as Asio's and Beast's own examples write it, and nothing
// else. Usage: stock_http PORT THREADS. Ends with SIGTERM.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

asio::awaitable<void> session(beast::tcp_stream stream) {
  beast::flat_buffer buffer;
  beast::error_code error;
  while (true) {
    stream.expires_after(std::chrono::seconds(30));
    http::request<http::string_body> request;
    co_await http::async_read(stream, buffer, request, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() =
        R"({"status":"alive","version":"0.1.0","uptime_seconds":1,"timestamp":"2026-11-21T00:00:00Z"})";
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> listen(asio::io_context& io, uint16_t port) {
  tcp::acceptor acceptor(io);
  acceptor.open(tcp::v4());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  const int on = 1;
  ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  acceptor.bind({asio::ip::make_address("127.0.0.1"), port});
  acceptor.listen();
  while (true) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(io, session(beast::tcp_stream(std::move(socket))), [](std::exception_ptr) {});
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const auto port = static_cast<uint16_t>(std::atoi(arguments[1]));
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(arguments[2]); ++i) {
    threads.emplace_back([port] {
      asio::io_context io(1);
      asio::co_spawn(io, listen(io, port), [](std::exception_ptr) {});
      io.run();
    });
  }
  for (auto& thread : threads) thread.join();
}
