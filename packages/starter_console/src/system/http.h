// A small HTTP client for probes: one GET per connection, a deadline, bounded replies, and what TLS said
// about the server. It follows no redirect, because a probe wants to see them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/outcome.h"

namespace starter::console {

struct Url {
  bool tls = false;
  std::string host;
  int port = 0;
  std::string path = "/";
};

/// Accepts http and https URLs without user information.
Outcome<Url> parse_url(std::string_view text);

struct TlsFacts {
  std::string protocol;  // "TLSv1.3"
  std::string problem;   // why the chain or the name was not trusted; empty when it was
  long days_left = 0;    // until the certificate expires
};

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order
  std::string body;                                          // at most 1 MiB
  std::optional<TlsFacts> tls;

  /// The first header of this (lower-case) name, or empty.
  std::string header(std::string_view name) const;
  std::vector<std::string> headers_named(std::string_view name) const;
};

/// Failure codes: http.resolve, http.connect, http.timeout, http.protocol, http.tls.
Outcome<HttpReply> http_get(const Url& url, std::chrono::milliseconds deadline);
Outcome<HttpReply> http_get(std::string_view url, std::chrono::milliseconds deadline);

/// Parses a whole reply as it came over the wire; for http_get and its tests.
Outcome<HttpReply> parse_reply(std::string_view wire);

}  // namespace starter::console
