// Outbound HTTP for providers (payments, object stores, secrets): libcurl's multi interface driven by the
// loop.
//
// TLS is verified in full and can't be turned off, redirects are not followed (a signed request must not
// travel to where somebody else points), the body has a cap, and at most `max_concurrent` requests run at
// once; a bounded number waits.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "starter/core/context.h"
#include "starter/core/result.h"
#include "starter/core/task.h"

namespace starter::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers;
  std::string body;
  size_t max_response = 1024 * 1024;  // bytes of the body
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;  // names in lower case, in the order they came
  std::string body;

  /// The first value, or empty.
  std::string_view header(std::string_view lower_case_name) const;
};

/// All on one thread: one per core. Connections are kept and reused.
class HttpClient {
 public:
  struct Options {
    size_t max_concurrent = 32;
    size_t max_waiting = 256;
    bool allow_plain_http = false;  // for fakes and metadata services on this machine or link
    bool direct = false;            // never through the proxy that the environment may name
    std::string ca_pem;             // only these roots instead of the system's
    std::string user_agent = "starter/1";
    std::chrono::milliseconds connect_timeout{5000};
  };

  HttpClient(const Executor& executor, Options options);

  /// Requests that still run end with `unavailable`.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Any status is a value. Problems: unavailable (cause: what libcurl says, never the URL),
  /// deadline_exceeded, internal for a request that can't be sent (another scheme, line breaks in a header).
  Task<Result<HttpResponse>> send(HttpRequest request, SteadyTime deadline);

  /// The same for a request or job in hand: within its deadline, and as a part of its trace
  /// (https://www.w3.org/TR/trace-context/#traceparent-header) when it has one.
  Task<Result<HttpResponse>> send(const Ctx& ctx, HttpRequest request);

  size_t running() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace starter::net
