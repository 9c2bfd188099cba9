#include "starter/observe/metrics.h"

#include <prometheus/check_names.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace starter::observe {
namespace {

constexpr size_t kMaxSeries = 2000;

prometheus::ClientMetric metric_of(uint64_t count) {
  prometheus::ClientMetric metric;
  metric.counter.value = static_cast<double>(count);
  return metric;
}

prometheus::ClientMetric metric_of(const Histogram& histogram) {
  const auto snapshot = histogram.snapshot();
  prometheus::ClientMetric metric;
  uint64_t below = 0;
  for (size_t i = 0; i < snapshot.counts.size(); ++i) {
    below += snapshot.counts[i];
    const bool last = i == histogram.bounds().size();
    metric.histogram.bucket.push_back(
        {below, last ? std::numeric_limits<double>::infinity() : histogram.bounds()[i]});
  }
  metric.histogram.sample_count = below;
  metric.histogram.sample_sum = snapshot.sum;
  return metric;
}

bool same_names(const Labels& left, const Labels& right) {
  return std::ranges::equal(left, right, {}, &Labels::value_type::first, &Labels::value_type::first);
}

}  // namespace

size_t detail::shard_of_thread() {
  static std::atomic<size_t> threads = 0;
  thread_local const size_t shard = threads.fetch_add(1, std::memory_order_relaxed) % kShards;
  return shard;
}

uint64_t Counter::value() const {
  uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
  return sum;
}

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)) {
  if (bounds_.empty() || bounds_.size() > max_buckets ||
      !std::ranges::is_sorted(bounds_, std::less_equal<>())) {
    throw std::logic_error("a histogram needs 1 to 20 increasing bounds");
  }
}

void Histogram::observe(double value) {
  const auto bucket = static_cast<size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  Shard& shard = shards_[detail::shard_of_thread()];
  shard.counts[bucket].fetch_add(1, std::memory_order_relaxed);
  shard.sum.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
  Snapshot total{std::vector<uint64_t>(bounds_.size() + 1), 0};
  for (const Shard& shard : shards_) {
    for (size_t i = 0; i < total.counts.size(); ++i)
      total.counts[i] += shard.counts[i].load(std::memory_order_relaxed);
    total.sum += shard.sum.load(std::memory_order_relaxed);
  }
  return total;
}

std::vector<double> Histogram::latency_bounds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

/// One combination of label values; which member is set follows from the family's type.
struct Metrics::Series {
  Labels labels;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::function<double()> read;

  prometheus::ClientMetric collect() const {
    prometheus::ClientMetric metric;
    if (counter) metric = metric_of(counter->value());
    if (histogram) metric = metric_of(*histogram);
    if (gauge) metric.gauge.value = gauge->value();
    if (read) metric.gauge.value = read();
    for (const auto& [name, value] : labels) metric.label.push_back({name, value});
    return metric;
  }
};

struct Metrics::Family {
  std::string help;
  prometheus::MetricType type;
  std::map<Labels, std::unique_ptr<Series>> series;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Series& found = series(name, help, static_cast<int>(prometheus::MetricType::Counter), labels);
  if (!found.counter) found.counter = std::make_unique<Counter>();
  return *found.counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Series& found = series(name, help, static_cast<int>(prometheus::MetricType::Gauge), labels);
  if (!found.gauge) found.gauge = std::make_unique<Gauge>();
  return *found.gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels,
                              std::vector<double> bounds) {
  const std::lock_guard lock(mutex_);
  Series& found = series(name, help, static_cast<int>(prometheus::MetricType::Histogram), labels);
  if (!found.histogram) found.histogram = std::make_unique<Histogram>(std::move(bounds));
  return *found.histogram;
}

void Metrics::gauge_function(std::string_view name, std::string_view help, std::function<double()> read,
                             const Labels& labels) {
  const std::lock_guard lock(mutex_);
  series(name, help, static_cast<int>(prometheus::MetricType::Gauge), labels).read = std::move(read);
}

Metrics::Series& Metrics::series(std::string_view name, std::string_view help, int type,
                                 const Labels& labels) {
  auto& family = families_[std::string(name)];
  if (!family) {
    if (!prometheus::CheckMetricName(std::string(name)))
      throw std::logic_error("invalid metric name " + std::string(name));
    family =
        std::make_unique<Family>(Family{std::string(help), static_cast<prometheus::MetricType>(type), {}});
  }
  const bool known_names = family->series.empty() || same_names(family->series.begin()->first, labels);
  if (family->help != help || static_cast<int>(family->type) != type || !known_names) {
    throw std::logic_error("metric " + std::string(name) + " is declared in two ways");
  }
  Labels key = labels;
  if (family->series.size() >= kMaxSeries && !family->series.contains(key)) {
    for (auto& label : key) label.second = "other";
  }
  auto& found = family->series[key];
  if (!found) {
    found = std::make_unique<Series>();
    found->labels = key;
  }
  return *found;
}

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> collected;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, family] : families_) {
      prometheus::MetricFamily out{name, family->help, family->type, {}};
      for (const auto& [labels, series] : family->series) out.metric.push_back(series->collect());
      collected.push_back(std::move(out));
    }
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, collected);
  return std::move(out).str();
}

}  // namespace starter::observe
