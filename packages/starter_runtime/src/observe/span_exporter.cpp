#include "starter/observe/span_exporter.h"

#include <algorithm>

#include "starter/observe/log.h"

namespace starter::observe {
namespace {

void append_nanoseconds(std::string_view name, WallTime at, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":\"" + std::to_string(at.time_since_epoch().count()) +
         "000\"";  // 64-bit numbers are strings in this form
}

void append_attribute(const std::string& key, const std::variant<std::string, int64_t, bool>& value,
                      std::string& out) {
  if (out.back() == '}') out += ',';
  out += "{\"key\":";
  append_json_text(key, out);
  out += ",\"value\":{";
  if (const auto* text = std::get_if<std::string>(&value)) {
    out += "\"stringValue\":";
    append_json_text(*text, out);
  } else if (const auto* number = std::get_if<int64_t>(&value)) {
    out += "\"intValue\":\"" + std::to_string(*number) + '"';
  } else {
    out += std::string("\"boolValue\":") + (std::get<bool>(value) ? "true" : "false");
  }
  out += "}}";
}

void append_span(const Span& span, std::string& out) {
  if (out.back() == '}') out += ',';
  out += "{\"traceId\":\"" + span.context.trace_text() + "\",\"spanId\":\"" + span.context.span_text() + '"';
  if (span.parent) {
    TraceContext parent = span.context;
    parent.span_id = *span.parent;
    out += ",\"parentSpanId\":\"" + parent.span_text() + '"';
  }
  out += ",\"name\":";
  append_json_text(span.name, out);
  out += ",\"kind\":" + std::to_string(static_cast<int>(span.kind));
  append_nanoseconds("startTimeUnixNano", span.begin, out);
  append_nanoseconds("endTimeUnixNano", span.end, out);
  out += ",\"attributes\":[";
  for (const auto& [key, value] : span.attributes) append_attribute(key, value, out);
  out += "],\"status\":{";
  if (span.failed) out += "\"code\":2";
  out += "}}";
}

bool is_retryable(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

std::string encode_otlp(std::span<const Span> spans, const Resource& resource) {
  std::string out = R"({"resourceSpans":[{"resource":{"attributes":[)";
  for (const auto& [key, value] : resource) append_attribute(key, value, out);
  out += R"(]},"scopeSpans":[{"scope":{"name":"starter"},"spans":[)";
  for (const Span& span : spans) append_span(span, out);
  return out + "]}]}]}";
}

SpanExporter::SpanExporter(const Executor& executor, net::HttpClient& http, Options options)
    : http_(http),
      options_(std::move(options)),
      timer_(executor) {}

void SpanExporter::add(Span span) {
  if (!span.context.sampled) return;
  if (waiting_.size() >= options_.max_waiting || stopping_) {
    ++dropped_;
    return;
  }
  waiting_.push_back(std::move(span));
  if (waiting_.size() == options_.batch) timer_.cancel();
}

Task<> SpanExporter::run() {
  while (!stopping_) {
    if (waiting_.size() < options_.batch) {
      timer_.expires_after(options_.interval);
      co_await timer_.async_wait(net::as_tuple);
    }
    if (!stopping_ && !waiting_.empty()) co_await send_batch();
  }
  while (!waiting_.empty()) co_await send_batch();
}

void SpanExporter::stop() {
  stopping_ = true;
  timer_.cancel();
}

Task<> SpanExporter::send_batch() {
  const size_t count = std::min(waiting_.size(), options_.batch);
  std::vector<Span> spans(std::make_move_iterator(waiting_.begin()),
                          std::make_move_iterator(waiting_.begin() + static_cast<ptrdiff_t>(count)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(count));
  const std::string body = encode_otlp(spans, options_.resource);
  bool retry = false;
  bool accepted = co_await post(body, retry);
  if (!accepted && retry && !stopping_) {
    timer_.expires_after(options_.interval);
    co_await timer_.async_wait(net::as_tuple);
    accepted = co_await post(body, retry);
  }
  (accepted ? sent_ : dropped_) += count;
}

Task<bool> SpanExporter::post(std::string body, bool& retry) {
  net::HttpRequest request{.method = "POST",
                           .url = options_.url,
                           .headers = options_.headers,
                           .body = std::move(body),
                           .max_response = 64 * 1024};
  request.headers.emplace_back("Content-Type", "application/json");
  const SteadyTime deadline = net::deadline_in(options_.timeout);
  const auto response = co_await http_.send(std::move(request), deadline);
  retry = !response || is_retryable(response->status);
  co_return response && response->status >= 200 && response->status < 300;
}

}  // namespace starter::observe
