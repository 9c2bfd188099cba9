#include "system/http.h"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "frame/invocation.h"

namespace starter::console {

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kMostHead = 64U << 10;
constexpr std::size_t kMostBody = 1U << 20;

Failure failure(std::string code, const Url& url, std::string why) {
  const auto where =
      (url.tls ? "https://" : "http://") + url.host + ":" + std::to_string(url.port) + url.path;
  return {.code = std::move(code),
          .what = "No answer from " + where + ".",
          .why = std::move(why),
          .fix = "curl -sv --max-time 10 " + pasted(where)};
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

// A non-blocking socket with one deadline for everything that is done on it.
class Socket {
 public:
  explicit Socket(Clock::time_point end) : end_(end) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

  bool wait(short events) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now()).count();
    pollfd poll_fd{fd_, events, 0};
    return left > 0 && ::poll(&poll_fd, 1, static_cast<int>(left)) > 0;
  }

  // Tries each address in turn; false with errno.
  bool connect(const addrinfo* addresses) {
    for (const auto* at = addresses; at != nullptr; at = at->ai_next) {
      if (fd_ >= 0) ::close(fd_);
      fd_ = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      if (fd_ < 0) continue;
      if (::connect(fd_, at->ai_addr, at->ai_addrlen) == 0) return true;
      if (errno != EINPROGRESS) continue;
      if (!wait(POLLOUT)) return errno = ETIMEDOUT, false;
      int error = 0;
      socklen_t length = sizeof error;
      ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
      if (error == 0) return true;
      errno = error;
    }
    return false;
  }

 private:
  Clock::time_point end_;
  int fd_ = -1;
};

using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

SSL_CTX* tls_context() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context = [] {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> fresh{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    SSL_CTX_set_default_verify_paths(fresh.get());
    SSL_CTX_set_min_proto_version(fresh.get(), TLS1_VERSION);  // to be able to report an old one
    return fresh;
  }();
  return context.get();
}

bool retry(const Socket& socket, SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  return (error == SSL_ERROR_WANT_READ && socket.wait(POLLIN)) ||
         (error == SSL_ERROR_WANT_WRITE && socket.wait(POLLOUT));
}

TlsFacts facts_of(SSL* ssl) {
  TlsFacts facts{.protocol = SSL_get_version(ssl), .problem = {}};
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) facts.problem = X509_verify_cert_error_string(verdict);
  if (const X509* certificate = SSL_get0_peer_certificate(ssl)) {
    int days = 0, seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate));
    facts.days_left = days;
  }
  return facts;
}

Outcome<std::string> exchange(const Url& url, Socket& socket, SSL* ssl, std::string_view request) {
  for (std::size_t sent = 0; sent < request.size();) {
    const auto rest = request.substr(sent);
    const auto wrote = ssl != nullptr
                           ? SSL_write(ssl, rest.data(), static_cast<int>(rest.size()))
                           : static_cast<int>(::send(socket.fd(), rest.data(), rest.size(), MSG_NOSIGNAL));
    if (wrote > 0)
      sent += static_cast<std::size_t>(wrote);
    else if (!(ssl != nullptr ? retry(socket, ssl, wrote) : (errno == EAGAIN && socket.wait(POLLOUT))))
      return failure("http.connect", url, "The connection closed while the request was sent.");
  }
  std::string wire;
  char buffer[16384];
  while (wire.size() < kMostHead + kMostBody) {
    const auto got = ssl != nullptr ? SSL_read(ssl, buffer, sizeof buffer)
                                    : static_cast<int>(::recv(socket.fd(), buffer, sizeof buffer, 0));
    if (got > 0) {
      wire.append(buffer, static_cast<std::size_t>(got));
    } else if (ssl != nullptr ? SSL_get_error(ssl, got) == SSL_ERROR_WANT_READ
                              : (got < 0 && errno == EAGAIN)) {
      if (!socket.wait(POLLIN))
        return failure("http.timeout", url, "The reply did not end before the deadline.");
    } else {
      break;
    }
  }
  return wire;
}

Outcome<std::string> decode_chunks(std::string_view wire) {
  const Failure broken{.code = "http.protocol",
                       .what = "The reply's chunks cannot be read.",
                       .why = "A chunk size is missing or larger than what follows.",
                       .fix = "   # again"};
  std::string body;
  while (true) {
    const auto line = wire.find("\r\n");
    if (line == std::string_view::npos) return broken;
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(wire.data(), wire.data() + line, size, 16);
    if (error != std::errc{} || size > kMostBody || line + 2 + size > wire.size()) return broken;
    if (size == 0) return body;
    body += wire.substr(line + 2, size);
    wire.remove_prefix(std::min(wire.size(), line + 2 + size + 2));
  }
}

}  // namespace

Outcome<Url> parse_url(std::string_view text) {
  const Failure bad{
      .code = "usage.url",
      .what = "\"" + std::string(text) + "\" is no URL that can be probed.",
      .why = "It must start with http:// or https:// and name a host, without user and password.",
      .fix = "starter-console verify https://app.example.com",
      .exit = Exit::usage};
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://"))
    url.tls = true, rest.remove_prefix(8);
  else if (rest.starts_with("http://"))
    rest.remove_prefix(7);
  else
    return bad;
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  auto authority = rest.substr(0, slash);
  if (slash < rest.size()) url.path = rest.substr(slash, rest.find('#') - slash);
  if (url.path.empty() || url.path[0] != '/') url.path.insert(0, "/");
  url.port = url.tls ? 443 : 80;
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const auto port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port < 1 || url.port > 65535)
      return bad;
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  const bool clean = std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
  if (authority.empty() || authority.find('@') != std::string_view::npos || !clean) return bad;
  url.host = authority;
  return url;
}

std::string HttpReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> HttpReply::headers_named(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : headers) {
    if (key == name) found.push_back(value);
  }
  return found;
}

Outcome<HttpReply> parse_reply(std::string_view wire) {
  const Failure broken{.code = "http.protocol",
                       .what = "What answered does not speak HTTP.",
                       .why = "Its reply has no complete head.",
                       .fix = "   # with the right address and port"};
  const auto head_end = wire.substr(0, kMostHead).find("\r\n\r\n");
  if (head_end == std::string_view::npos || !wire.starts_with("HTTP/1.") || wire.size() < 12) return broken;
  HttpReply reply;
  if (std::from_chars(wire.data() + 9, wire.data() + 12, reply.status).ec != std::errc{}) return broken;
  auto head = wire.substr(0, head_end);
  for (auto at = head.find("\r\n"); at != std::string_view::npos;) {
    head.remove_prefix(at + 2);
    at = head.find("\r\n");
    const auto line = head.substr(0, at);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
      reply.headers.emplace_back(lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  const auto body = wire.substr(head_end + 4);
  if (lower(reply.header("transfer-encoding")) == "chunked") {
    reply.body = CHECKED(decode_chunks(body));
  } else {
    reply.body = body.substr(0, kMostBody);
  }
  return reply;
}

Outcome<HttpReply> http_get(const Url& url, std::chrono::milliseconds deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list);
      error != 0) {
    return failure("http.resolve", url,
                   std::string("The name does not resolve: ") + ::gai_strerror(error) + ".");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{list, ::freeaddrinfo};
  Socket socket(Clock::now() + deadline);
  if (!socket.connect(addresses.get())) {
    return failure(errno == ETIMEDOUT ? "http.timeout" : "http.connect", url,
                   std::string(std::strerror(errno)) + ".");
  }
  Ssl ssl{nullptr, SSL_free};
  if (url.tls) {
    ssl.reset(SSL_new(tls_context()));
    SSL_set_fd(ssl.get(), socket.fd());
    SSL_set_tlsext_host_name(ssl.get(), url.host.c_str());
    SSL_set1_host(ssl.get(), url.host.c_str());
    int result = 0;
    while ((result = SSL_connect(ssl.get())) != 1) {
      if (!retry(socket, ssl.get(), result))
        return failure("http.tls", url, "The TLS handshake failed or did not end in time.");
    }
  }
  const bool usual = url.port == (url.tls ? 443 : 80);
  const auto request = "GET " + url.path + " HTTP/1.1\r\nHost: " + url.host +
                       (usual ? "" : ":" + std::to_string(url.port)) +
                       "\r\nUser-Agent: starter-console\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  const auto wire = CHECKED(exchange(url, socket, ssl.get(), request));
  auto reply = parse_reply(wire);
  if (!reply) return failure(reply.error().code, url, reply.error().what + " " + reply.error().why);
  if (ssl) reply->tls = facts_of(ssl.get());
  return reply;
}

Outcome<HttpReply> http_get(std::string_view url, std::chrono::milliseconds deadline) {
  return http_get(CHECKED(parse_url(url)), deadline);
}

}  // namespace starter::console
