// Sends finished spans to a collector by OTLP/HTTP in its JSON form (OpenTelemetry Protocol 1.0, section
// OTLP/HTTP; opentelemetry-proto trace.proto). Batched and bounded: a collector that is slow or away costs
// spans, which are counted, and never a request.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/task.h"
#include "starter/net/http_client.h"
#include "starter/net/timer.h"
#include "starter/observe/trace.h"

namespace starter::observe {

enum class SpanKind : uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

struct Span {
  TraceContext context;                                // its own ids
  std::optional<std::array<unsigned char, 8>> parent;  // span id; none for the first of a trace
  std::string name;                                    // a route pattern or an operation, never a value
  SpanKind kind = SpanKind::internal;
  WallTime begin{}, end{};
  bool failed = false;
  std::vector<std::pair<std::string, std::variant<std::string, int64_t, bool>>> attributes;
};

/// What every span shares: service.name, service.version, service.instance.id and the like.
using Resource = std::vector<std::pair<std::string, std::string>>;

/// The body of one ExportTraceServiceRequest.
std::string encode_otlp(std::span<const Span> spans, const Resource& resource);

/// One per core, all on its thread. run() must have ended before it is destroyed.
class SpanExporter {
 public:
  struct Options {
    std::string url;           // of the collector, with /v1/traces
    net::HttpHeaders headers;  // for its authentication
    Resource resource;
    size_t max_waiting = 4096;
    size_t batch = 256;
    std::chrono::milliseconds interval{2000};  // between batches that are not full
    std::chrono::milliseconds timeout{5000};   // of one request
  };

  SpanExporter(const Executor& executor, net::HttpClient& http, Options options);

  /// Spans that are not sampled are ignored; when too many wait the span is dropped.
  void add(Span span);

  /// Sends until stop(), then once more what is left. A batch is tried again once, after a pause, when the
  /// collector is away or answers 429, 502, 503 or 504 (section "Retryable Response Codes").
  Task<> run();
  void stop();

  uint64_t sent() const { return sent_; }
  uint64_t dropped() const { return dropped_; }

 private:
  Task<> send_batch();
  Task<bool> post(std::string body, bool& retry);

  net::HttpClient& http_;
  const Options options_;
  net::Timer timer_;
  std::deque<Span> waiting_;
  bool stopping_ = false;
  uint64_t sent_ = 0, dropped_ = 0;
};

}  // namespace starter::observe
