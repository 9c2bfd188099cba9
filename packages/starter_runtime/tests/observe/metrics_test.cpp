#include "starter/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

namespace starter::observe {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, AreWrittenInTheTextFormatWithTheirHelp) {
  Metrics metrics;
  metrics.counter("starter_mails_total", "Mails handed over.", {{"result", "ok"}}).add(3);
  metrics.gauge("starter_queue_depth", "Waiting.").set(2.5);
  metrics.gauge_function("starter_uptime_seconds", "Since the start.", [] { return 7.0; });
  const std::string text = metrics.text();
  EXPECT_THAT(
      text, HasSubstr("# HELP starter_mails_total Mails handed over.\n# TYPE starter_mails_total counter\n"));
  EXPECT_THAT(text, HasSubstr("starter_mails_total{result=\"ok\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("starter_queue_depth 2.5\n"));
  EXPECT_THAT(text, HasSubstr("starter_uptime_seconds 7\n"));
}

TEST(Metrics, CountObservationsIntoCumulativeBuckets) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("starter_wait_seconds", "Wait.", {}, {0.1, 1});
  for (const double value : {0.05, 0.1, 0.5, 3.0}) histogram.observe(value);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("starter_wait_seconds_bucket{le=\"0.1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("starter_wait_seconds_bucket{le=\"1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("starter_wait_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("starter_wait_seconds_count 4\n"));
}

TEST(Metrics, LoseNothingBetweenThreadsWhileTheyAreRead) {
  Metrics metrics;
  Counter& counter = metrics.counter("starter_events_total", "Events.");
  Histogram& histogram = metrics.histogram("starter_event_seconds", "Events.");
  std::vector<std::thread> threads;
  for (int t = 0; t < 20; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        counter.add();
        histogram.observe(0.01);
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(metrics.text().empty());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 100'000U);
  EXPECT_THAT(metrics.text(), HasSubstr("starter_event_seconds_count 100000\n"));
}

TEST(Metrics, GiveTheSameObjectForTheSameNameAndLabels) {
  Metrics metrics;
  EXPECT_EQ(&metrics.counter("a_total", "A.", {{"x", "1"}}), &metrics.counter("a_total", "A.", {{"x", "1"}}));
  EXPECT_NE(&metrics.counter("a_total", "A.", {{"x", "1"}}), &metrics.counter("a_total", "A.", {{"x", "2"}}));
}

TEST(Metrics, RefuseADeclarationThatContradictsAnEarlierOne) {
  Metrics metrics;
  metrics.counter("a_total", "A.", {{"x", "1"}});
  EXPECT_THROW(metrics.gauge("a_total", "A.", {{"x", "1"}}), std::logic_error);
  EXPECT_THROW(metrics.counter("a_total", "Other.", {{"x", "1"}}), std::logic_error);
  EXPECT_THROW(metrics.counter("a_total", "A.", {{"y", "1"}}), std::logic_error);
  EXPECT_THROW(metrics.counter("not a name", "A."), std::logic_error);
  EXPECT_THROW(metrics.histogram("h", "H.", {}, {2, 1}), std::logic_error);
}

TEST(Metrics, BoundTheSeriesOfOneName) {
  Metrics metrics;
  for (int i = 0; i < 3000; ++i) metrics.counter("a_total", "A.", {{"x", std::to_string(i)}}).add();
  EXPECT_EQ(metrics.counter("a_total", "A.", {{"x", "other"}}).value(), 1000U);
}

}  // namespace
}  // namespace starter::observe
