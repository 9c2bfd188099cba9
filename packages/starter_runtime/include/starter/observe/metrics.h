// Metrics for Prometheus: declared once with their help text, updated without contention, written as text.
//
// prometheus-cpp's own counters share one cache line between all threads and its histograms take a lock. The
// request path updates several of them per request on every core, so here each thread updates a cache line of
// its own and a scrape adds the lines up. prometheus-cpp gives the data model and the text form.
//
//   Counter& accepted = metrics.counter("starter_mails_total", "Mails handed to the server.", {{"result",
//   "accepted"}}); accepted.add();
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace starter::observe {

namespace detail {
inline constexpr size_t kShards = 16;
/// The line of the calling thread: threads are numbered as they come.
size_t shard_of_thread();
}  // namespace detail

/// Only goes up. Any thread.
class Counter {
 public:
  void add(uint64_t count = 1) {
    shards_[detail::shard_of_thread()].value.fetch_add(count, std::memory_order_relaxed);
  }
  uint64_t value() const;

 private:
  struct alignas(64) Shard {
    std::atomic<uint64_t> value = 0;
  };
  std::array<Shard, detail::kShards> shards_;
};

/// Goes up and down. Any thread; for what changes rarely.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double change) { value_.fetch_add(change, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// Counts observations into buckets; an observation equal to a bound belongs to that bound. Any thread.
class Histogram {
 public:
  static constexpr size_t max_buckets = 20;

  explicit Histogram(std::vector<double> bounds);
  void observe(double value);

  struct Snapshot {
    std::vector<uint64_t> counts;  // one per bound and one above the last, not cumulative
    double sum = 0;
  };
  Snapshot snapshot() const;
  const std::vector<double>& bounds() const { return bounds_; }

  /// For times in seconds: 0.5 ms to 10 s.
  static std::vector<double> latency_bounds();

 private:
  struct alignas(64) Shard {
    std::array<std::atomic<uint64_t>, max_buckets + 1> counts{};
    std::atomic<double> sum = 0;
  };
  const std::vector<double> bounds_;
  std::array<Shard, detail::kShards> shards_;
};

/// Names and values. Values come from closed sets (a route pattern, a status class), never from a request.
using Labels = std::map<std::string, std::string>;

/// All metrics of a process. Declaring takes a lock: keep the reference, which lives as long as this object.
/// The same name and labels give the same object; std::logic_error when the same name has another type, other
/// help or other label names, or isn't a valid metric name. A name has at most 2,000 series: the rest share
/// one whose label values are "other".
class Metrics {
 public:
  Metrics();
  ~Metrics();

  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {},
                       std::vector<double> bounds = Histogram::latency_bounds());

  /// A gauge that is asked at each scrape, on the thread that scrapes. It must stay callable as long as this
  /// object.
  void gauge_function(std::string_view name, std::string_view help, std::function<double()> read,
                      const Labels& labels = {});

  /// The text exposition format, version 0.0.4 (content type text/plain; version=0.0.4).
  std::string text() const;

 private:
  struct Series;
  struct Family;
  Series& series(std::string_view name, std::string_view help, int type, const Labels& labels);

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>, std::less<>> families_;
};

}  // namespace starter::observe
