#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>

#include "starter/net/http_client.h"
#include "starter/net/timer.h"
#include "starter/testing/run.h"

namespace {

using namespace starter;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

/// A server that answers one connection with these bytes and closes it.
struct Peer {
  asio::io_context io{1};
  Acceptor acceptor{io.get_executor(), {asio::ip::address_v4::loopback(), 0}};
  std::string url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";

  void answer(std::string bytes) {
    auto run = [](Acceptor& acceptor, std::string bytes) -> Task<> {
      boost::system::error_code error;
      Socket socket =
          co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable_t<Executor>(), error));
      if (error) co_return;
      co_await asio::async_write(socket, asio::buffer(bytes),
                                 asio::redirect_error(asio::use_awaitable_t<Executor>(), error));
      socket.shutdown(asio::socket_base::shutdown_send, error);
      char request[2048];
      while (!error) {
        co_await socket.async_read_some(asio::buffer(request),
                                        asio::redirect_error(asio::use_awaitable_t<Executor>(), error));
      }
    };
    spawn(io.get_executor(), "peer", run(acceptor, std::move(bytes)));
  }
};

}  // namespace

// Replies of a hostile server: caps hold, and what is answered is a reply.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Peer peer;
  peer.answer(std::string(reinterpret_cast<const char*>(data), size));
  net::HttpClient client(peer.io.get_executor(), {.allow_plain_http = true});
  net::HttpRequest request{.url = peer.url, .max_response = 256};
  const auto reply =
      test::await(peer.io, client.send(std::move(request), net::deadline_in(std::chrono::seconds(5))));
  if (!reply) return 0;
  if (reply->body.size() > 256 || reply->status < 100 || reply->status > 999) std::abort();
  for (const auto& [name, value] : reply->headers) {
    if (value.find_first_of("\r\n") != value.npos) std::abort();
  }
  return 0;
}
