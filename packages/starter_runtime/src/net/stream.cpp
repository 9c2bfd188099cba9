#include "starter/net/stream.h"

#include <netdb.h>
#include <netinet/tcp.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <mutex>
#include <optional>

namespace starter::net {
namespace {

using tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Error = boost::system::error_code;

constexpr int kUserTimeoutMilliseconds = 15'000;
constexpr size_t kMaxAddresses = 8;

std::string cause(std::string_view what, const Error& error) {
  return std::string(what) + ": " + error.message();
}

Result<std::vector<tcp::endpoint>> resolve_now(const std::string& host, uint16_t port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  if (const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found)) {
    return Problem(problems::unavailable, "can't resolve " + host + ": " + ::gai_strerror(failed));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::vector<tcp::endpoint> endpoints;
  for (const addrinfo* item = found; item && endpoints.size() < kMaxAddresses; item = item->ai_next) {
    tcp::endpoint endpoint;
    if (item->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), item->ai_addr, item->ai_addrlen);
    endpoint.resize(item->ai_addrlen);
    endpoint.port(port);
    endpoints.push_back(endpoint);
  }
  if (endpoints.empty()) return Problem(problems::unavailable, host + " has no address");
  return endpoints;
}

Task<Result<std::vector<tcp::endpoint>>> resolve(BlockingPool& pool, std::string host, uint16_t port,
                                                 SteadyTime deadline) {
  Error error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};
  std::function<Result<std::vector<tcp::endpoint>>()> call = [host, port] { return resolve_now(host, port); };
  co_return co_await pool.run(std::move(call), deadline);
}

bool is_address(const std::string& host) {
  Error error;
  asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

struct TlsClient::Context {
  asio::ssl::context ssl{asio::ssl::context::tls_client};
  std::once_flag once;
  std::atomic<bool> trusted = false;

  /// Reads the system's roots, once and not before somebody needs them: it takes OpenSSL 30 ms.
  Result<> trust() {
    std::call_once(once, [this] {
      Error error;
      ssl.set_default_verify_paths(error);
      trusted = !error;
    });
    if (trusted) return {};
    return Problem(problems::unavailable,
                   "the system's root certificates can't be read: install ca-certificates");
  }
};

std::expected<TlsClient, std::string> TlsClient::create(std::string_view ca_pem) {
  TlsClient client;
  client.context_ = std::make_shared<Context>();
  auto& ssl = client.context_->ssl;
  SSL_CTX_set_min_proto_version(ssl.native_handle(), TLS1_2_VERSION);
  Error error;
  ssl.set_verify_mode(asio::ssl::verify_peer, error);
  client.context_->trusted = !ca_pem.empty();
  if (!ca_pem.empty()) ssl.add_certificate_authority(asio::buffer(ca_pem), error);
  if (error) return std::unexpected("the CA isn't a PEM file with certificates");
  return client;
}

/// What the coroutines of a stream share. `epoch` of a direction tells an alarm whether its operation is
/// still running.
struct Stream::Core {
  explicit Core(const Executor& executor) : socket(executor), read_alarm(executor), write_alarm(executor) {}

  void close() {
    Error ignored;
    socket.close(ignored);
    read_alarm.cancel();
    write_alarm.cancel();
  }

  Socket socket;
  std::optional<TlsClient> tls_settings;  // outlives `tls`
  std::optional<asio::ssl::stream<Socket&>> tls;
  Timer read_alarm, write_alarm;
  uint64_t read_epoch = 0, write_epoch = 0;
  bool timed_out = false;
};

namespace {

/// Closes the stream when the deadline passes before the guard is destroyed.
template <class Core>
class Alarm {
 public:
  Alarm(std::shared_ptr<Core> core, Timer Core::* timer, uint64_t Core::* epoch, SteadyTime deadline)
      : core_(std::move(core)),
        timer_(timer),
        epoch_(epoch) {
    if (deadline == no_deadline) return;
    ((*core_).*timer_).expires_after(remaining(deadline));
    ((*core_).*timer_)
        .async_wait([core = core_, epoch = epoch_, mine = (*core_).*epoch_](const Error& error) {
          if (error || (*core).*epoch != mine) return;
          core->timed_out = true;
          core->close();
        });
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    ++((*core_).*epoch_);
    ((*core_).*timer_).cancel();
  }

 private:
  std::shared_ptr<Core> core_;
  Timer Core::* timer_;
  uint64_t Core::* epoch_;
};

template <class Core>
Problem failure(const Core& core, std::string_view what, const Error& error) {
  if (core.timed_out)
    return Problem(problems::deadline_exceeded, std::string(what) + " ran into its deadline");
  return Problem(problems::unavailable, cause(what, error));
}

}  // namespace

Stream::Stream(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    close();
    core_ = std::move(other.core_);
  }
  return *this;
}
Stream::~Stream() {
  close();
}

void Stream::close() {
  if (core_) core_->close();
}

bool Stream::encrypted() const {
  return core_ && core_->tls.has_value();
}

Task<Result<Stream>> Stream::connect(BlockingPool& pool, ConnectTo to, SteadyTime deadline) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto endpoints = CO_TRY(co_await resolve(pool, to.host, to.port, deadline));
  auto core = std::make_shared<Core>(executor);
  Error error;
  for (size_t i = 0; i < endpoints.size(); ++i) {
    core = std::make_shared<Core>(executor);
    // The time that is left is shared out, so that an address which swallows packets leaves some for the next
    // one.
    const SteadyTime share =
        deadline == no_deadline
            ? deadline
            : deadline_in(remaining(deadline) / static_cast<int64_t>(endpoints.size() - i));
    const Alarm<Core> alarm(core, &Core::write_alarm, &Core::write_epoch, share);
    std::tie(error) = co_await core->socket.async_connect(endpoints[i], as_tuple);
    if (!error) break;
  }
  if (error) co_return failure(*core, "can't connect to " + to.host, error);
  core->socket.set_option(tcp::no_delay(true), error);
  core->socket.set_option(asio::socket_base::keep_alive(true), error);
  ::setsockopt(core->socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMilliseconds,
               sizeof(int));
  if (to.tls) {
    const TlsClient tls = *to.tls;
    CO_TRY(co_await handshake(pool, core, tls, to.host, deadline));
  }
  co_return Stream(std::move(core));
}

Task<Result<>> Stream::handshake(BlockingPool& pool, std::shared_ptr<Core> core, TlsClient tls,
                                 std::string host, SteadyTime deadline) {
  if (!tls.context_->trusted) {
    std::function<Result<>()> trust = [context = tls.context_] { return context->trust(); };
    CO_TRY(co_await pool.run(std::move(trust), deadline));
  }
  core->tls_settings = std::move(tls);
  core->tls.emplace(core->socket, core->tls_settings->context_->ssl);
  if (!is_address(host)) SSL_set_tlsext_host_name(core->tls->native_handle(), host.c_str());
  core->tls->set_verify_callback(asio::ssl::host_name_verification(host));
  const Alarm<Core> alarm(core, &Core::write_alarm, &Core::write_epoch, deadline);
  const auto [error] = co_await core->tls->async_handshake(asio::ssl::stream_base::client, as_tuple);
  if (error) co_return failure(*core, "the TLS handshake with " + host + " failed", error);
  co_return Result<>();
}

Task<Result<>> Stream::start_tls(BlockingPool& pool, const TlsClient& tls, std::string host,
                                 SteadyTime deadline) {
  const auto core = core_;
  co_return co_await handshake(pool, core, tls, std::move(host), deadline);
}

Task<Result<size_t>> Stream::read_some(std::span<char> into, SteadyTime deadline) {
  const auto core = core_;
  const Alarm<Core> alarm(core, &Core::read_alarm, &Core::read_epoch, deadline);
  const auto buffer = asio::buffer(into.data(), into.size());
  Error error;
  size_t size = 0;
  if (core->tls) {
    std::tie(error, size) = co_await core->tls->async_read_some(buffer, as_tuple);
  } else {
    std::tie(error, size) = co_await core->socket.async_read_some(buffer, as_tuple);
  }
  if (error) co_return failure(*core, "the connection ended", error);
  co_return size;
}

Task<Result<>> Stream::write_all(std::string_view bytes, SteadyTime deadline) {
  const auto core = core_;
  const Alarm<Core> alarm(core, &Core::write_alarm, &Core::write_epoch, deadline);
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  Error error;
  size_t size = 0;
  if (core->tls) {
    std::tie(error, size) = co_await asio::async_write(*core->tls, buffer, as_tuple);
  } else {
    std::tie(error, size) = co_await asio::async_write(core->socket, buffer, as_tuple);
  }
  if (error) co_return failure(*core, "writing failed", error);
  co_return Result<>();
}

}  // namespace starter::net
