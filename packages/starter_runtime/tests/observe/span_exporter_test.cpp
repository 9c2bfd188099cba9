#include "starter/observe/span_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <mutex>

#include "starter/testing/http_peer.h"
#include "tests/run_task.h"

namespace starter::observe {
namespace {

using namespace std::chrono_literals;
using testing_support::Peer;

Span span_named(std::string name) {
  Span span;
  span.context = TraceContext::start(true);
  span.name = std::move(name);
  span.kind = SpanKind::server;
  span.begin = WallTime(1'800'000'000s);
  span.end = span.begin + 1500us;
  return span;
}

TEST(Otlp, IsJsonAsTheProtocolWantsIt) {
  Span span = span_named("GET /api/v1/users/me");
  span.parent = span.context.span_id;
  span.failed = true;
  span.attributes = {
      {"http.response.status_code", int64_t{500}}, {"text", std::string("a\"b")}, {"yes", true}};
  const Span spans[] = {span, span_named("second")};
  const auto json = boost::json::parse(encode_otlp(spans, {{"service.name", "api"}}));
  const auto& resource = json.at("resourceSpans").at(0);
  EXPECT_EQ(resource.at("resource").at("attributes").at(0).at("value").at("stringValue").as_string(), "api");
  const auto& list = resource.at("scopeSpans").at(0).at("spans").as_array();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].at("traceId").as_string(), span.context.trace_text());
  EXPECT_EQ(list[0].at("parentSpanId").as_string(), span.context.span_text());
  EXPECT_EQ(list[0].at("startTimeUnixNano").as_string(), "1800000000000000000");
  EXPECT_EQ(list[0].at("endTimeUnixNano").as_string(), "1800000000001500000");
  EXPECT_EQ(list[0].at("kind").as_int64(), 2);
  EXPECT_EQ(list[0].at("status").at("code").as_int64(), 2);
  EXPECT_EQ(list[0].at("attributes").at(0).at("value").at("intValue").as_string(), "500");
  EXPECT_FALSE(list[1].as_object().contains("parentSpanId"));
}

class Exporter : public ::testing::Test {
 protected:
  void finish(SpanExporter& exporter) {
    exporter.stop();
    loop.restart();
    loop.run();
  }
  asio::io_context loop{1};
  net::HttpClient http{loop.get_executor(), {.allow_plain_http = true}};
};

TEST_F(Exporter, SendsInBatchesAndTheRestWhenItStops) {
  std::mutex mutex;
  std::vector<size_t> batches;
  {
    const Peer collector([&](const std::string& request) {
      const auto json = boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
      const std::lock_guard lock(mutex);
      batches.push_back(json.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").as_array().size());
      return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    });
    SpanExporter exporter(loop.get_executor(), http,
                          {.url = collector.url() + "/v1/traces", .batch = 4, .interval = 60s});
    spawn(loop.get_executor(), "spans", exporter.run());
    for (int i = 0; i < 5; ++i) exporter.add(span_named("x"));
    Span unsampled = span_named("unsampled");
    unsampled.context.sampled = false;
    exporter.add(unsampled);
    while (exporter.sent() < 4) loop.run_one();
    finish(exporter);
    EXPECT_EQ(exporter.sent(), 5U);
    EXPECT_EQ(exporter.dropped(), 0U);
  }
  EXPECT_EQ(batches, (std::vector<size_t>{4, 1}));
}

TEST_F(Exporter, TriesOnceMoreWhenTheCollectorIsBusyAndThenCountsTheLoss) {
  std::atomic<int> requests = 0;
  {
    const Peer collector([&](const std::string&) {
      ++requests;
      return "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    });
    SpanExporter exporter(loop.get_executor(), http, {.url = collector.url(), .batch = 1, .interval = 5ms});
    spawn(loop.get_executor(), "spans", exporter.run());
    exporter.add(span_named("x"));
    while (exporter.dropped() == 0) loop.run_one();
    finish(exporter);
  }
  EXPECT_EQ(requests, 2);
}

TEST_F(Exporter, DropsSpansAboveItsBoundInsteadOfKeepingThem) {
  SpanExporter exporter(loop.get_executor(), http, {.url = "http://127.0.0.1:1/", .max_waiting = 3});
  for (int i = 0; i < 10; ++i) exporter.add(span_named("x"));
  EXPECT_EQ(exporter.dropped(), 7U);
}

}  // namespace
}  // namespace starter::observe
