// Structured logs: one JSON object per line.
//
// A request must never wait for a log, so a line is encoded by its thread, put into a bounded ring, and
// written by a thread of the logger. When the ring is full the line is dropped and counted, and the count is
// written as a line of its own once there is room: a blocked pipe costs lines, never requests. Values are
// escaped by type; a Secret has no field constructor, so logging one doesn't compile.
//
//   log.info("session.refreshed", {{"generation", 7}, {"tenant", slug}}, &ctx.trace);
//   {"time":"2026-11-21T09:30:00.123456Z","level":"info","message":"session.refreshed","request_id":"...",
//    "trace_id":"...","span_id":"...","generation":7,"tenant":"acme"}
#pragma once

#include <atomic>
#include <concepts>
#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/problem.h"
#include "starter/core/secret.h"
#include "starter/core/types.h"

namespace starter::observe {

enum class Level : uint8_t { debug, info, warning, error };
std::string_view name_of(Level level);

/// A value of a field. Text is borrowed until the call returns.
class LogValue {
 public:
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const std::string& text) : value_(std::string_view(text)) {}
  LogValue(const char* text) : value_(std::string_view(text)) {}
  LogValue(bool truth) : value_(truth) {}
  LogValue(double number) : value_(number) {}
  LogValue(const Uuid& id) : value_(id) {}
  LogValue(Timestamp at) : value_(at) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  LogValue(T number) {
    if constexpr (std::unsigned_integral<T>) {
      value_ = static_cast<uint64_t>(number);
    } else {
      value_ = static_cast<int64_t>(number);
    }
  }
  LogValue(const Secret&) = delete;  // secrets are never logged
  template <size_t Min, size_t Max>
  LogValue(const SecretText<Min, Max>&) = delete;

  /// As JSON; invalid UTF-8 becomes U+FFFD, a number that JSON can't hold becomes null.
  void append_to(std::string& out) const;

 private:
  std::variant<std::string_view, bool, double, int64_t, uint64_t, Uuid, Timestamp> value_;
};

struct LogField {
  std::string_view name;  // snake_case, a literal
  LogValue value;
};
using LogFields = std::initializer_list<LogField>;

/// What ties the lines of one request together; empty members are left out.
struct LogContext {
  std::string_view request_id, trace_id, span_id;
};

/// Where finished lines go. Called by the logger's thread alone.
class LogSink {
 public:
  virtual ~LogSink() = default;
  /// Whole lines, each with its line feed. May block.
  virtual void write(std::string_view lines) = 0;
};

/// Standard output, or a file that is opened for append with mode 0640 and reopened after it was moved away
/// (rotation).
std::unique_ptr<LogSink> standard_output_sink();
std::unique_ptr<LogSink> file_sink(std::string path);

class Logger {
 public:
  struct Options {
    Level least = Level::info;
    size_t ring_bytes = 4 * 1024 * 1024;  // of lines that wait
    size_t line_bytes = 32 * 1024;        // longer texts are cut
  };

  Logger(std::vector<std::unique_ptr<LogSink>> sinks, const Clock& clock, Options options);
  Logger(std::vector<std::unique_ptr<LogSink>> sinks, const Clock& clock)
      : Logger(std::move(sinks), clock, Options()) {}

  /// Writes what waits, for at most two seconds if a sink blocks.
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  bool enabled(Level level) const { return level >= least_.load(std::memory_order_relaxed); }
  void set_least(Level level) { least_.store(level, std::memory_order_relaxed); }

  /// Any thread; never waits for a sink. `message` is a constant such as "mail.sent", details go into fields.
  void write(Level level, std::string_view message, LogFields fields = {}, const LogContext& context = {});
  void debug(std::string_view message, LogFields fields = {}, const LogContext& context = {}) {
    write(Level::debug, message, fields, context);
  }
  void info(std::string_view message, LogFields fields = {}, const LogContext& context = {}) {
    write(Level::info, message, fields, context);
  }
  void warning(std::string_view message, LogFields fields = {}, const LogContext& context = {}) {
    write(Level::warning, message, fields, context);
  }
  void error(std::string_view message, LogFields fields = {}, const LogContext& context = {}) {
    write(Level::error, message, fields, context);
  }

  /// A problem with what the client doesn't see: code, cause and the place in the source.
  void problem(Level level, std::string_view message, const Problem& problem, const LogContext& context = {});

  /// Lines that were lost because the ring was full, since the start.
  uint64_t dropped() const;

 private:
  struct Shared;
  void enqueue(std::string line);
  std::string encode(Level level, std::string_view message, LogFields fields,
                     const LogContext& context) const;

  const Clock& clock_;
  const Options options_;
  std::atomic<Level> least_;
  std::shared_ptr<Shared> shared_;
};

/// Appends `text` as a JSON string (RFC 8259 section 7), invalid UTF-8 replaced by U+FFFD.
void append_json_text(std::string_view text, std::string& out);

}  // namespace starter::observe
