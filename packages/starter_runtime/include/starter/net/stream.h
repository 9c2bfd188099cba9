// A byte stream to a server: TCP, with or without TLS, every operation with a deadline.
//
// With TLS the server's certificate is verified in full: chain (system roots, or only the given CA),
// validity, and the host name it was asked for (RFC 9525); there is no switch to turn that off. A stream
// whose operation ran into its deadline is closed: nobody knows how much was sent.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "starter/core/result.h"
#include "starter/core/task.h"
#include "starter/net/blocking_pool.h"

namespace starter::net {

/// Settings of TLS as a client, made once and shared by connections of any thread: TLS 1.2 or newer.
class TlsClient {
 public:
  /// Trusts the system's roots, which are read with the first handshake, or exactly the certificates of
  /// `ca_pem` when it isn't empty (a private CA).
  static std::expected<TlsClient, std::string> create(std::string_view ca_pem = {});

 private:
  friend class Stream;
  struct Context;
  std::shared_ptr<Context> context_;
};

struct ConnectTo {
  std::string host;  // name or address
  uint16_t port = 0;
  const TlsClient* tls = nullptr;  // nullptr: plain TCP
};

/// Movable; one read and one write may run at the same time. All on one thread.
class Stream {
 public:
  /// Resolves on `pool`, tries each address in turn, sets TCP_NODELAY, keep-alive and TCP_USER_TIMEOUT (15
  /// s), and does the TLS handshake. Problems: unavailable (cause says which step failed), deadline_exceeded.
  static Task<Result<Stream>> connect(BlockingPool& pool, ConnectTo to, SteadyTime deadline);

  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;
  ~Stream();

  /// At least one byte; `unavailable` at the end of the stream. `into` must outlive the call.
  Task<Result<size_t>> read_some(std::span<char> into, SteadyTime deadline);

  /// All of it. `bytes` must outlive the call.
  Task<Result<>> write_all(std::string_view bytes, SteadyTime deadline);

  /// Turns a plain stream into TLS (STARTTLS). Nothing may have been read ahead.
  Task<Result<>> start_tls(BlockingPool& pool, const TlsClient& tls, std::string host, SteadyTime deadline);

  /// Ends what is pending with an error. May be called again.
  void close();
  bool encrypted() const;

 private:
  struct Core;
  explicit Stream(std::shared_ptr<Core> core);
  static Task<Result<>> handshake(BlockingPool& pool, std::shared_ptr<Core> core, TlsClient tls,
                                  std::string host, SteadyTime deadline);
  std::shared_ptr<Core> core_;
};

}  // namespace starter::net
