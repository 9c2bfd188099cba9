#include "starter/observe/log.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace starter::observe {
namespace {

using namespace std::chrono_literals;

constexpr auto kFlushAtExit = 2s;
constexpr size_t kBatchBytes = 256 * 1024;

/// The length of the well-formed sequence at the start of `text` (RFC 3629), 0 if there is none.
size_t sequence_length(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xC2 ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  if (length < 2) return length;
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool above = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || surrogate || above ? 0 : length;
}

template <class Number>
void append_number(Number number, std::string& out) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

}  // namespace

/// What the writer shares with the threads that log. The writer holds it too, so that it may outlive the
/// Logger when a sink blocks for ever.
struct Logger::Shared {
  std::mutex mutex;
  std::condition_variable wake, idle;
  std::vector<std::string> ring;
  size_t bytes = 0;
  uint64_t dropped = 0, reported = 0;
  bool stopping = false, finished = false;
  std::vector<std::unique_ptr<LogSink>> sinks;

  void serve(const Clock& clock);
};

void append_json_text(std::string_view text, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    const size_t length = sequence_length(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      switch (c) {
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        default:
          out += "\\u00";
          out += digits[c >> 4];
          out += digits[c & 15];
      }
    } else if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max(length, size_t{1}));
  }
  out += '"';
}

void LogValue::append_to(std::string& out) const {
  std::visit(
      [&out](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::same_as<T, std::string_view>) {
          append_json_text(value, out);
        } else if constexpr (std::same_as<T, bool>) {
          out += value ? "true" : "false";
        } else if constexpr (std::same_as<T, double>) {
          if (std::isfinite(value)) {
            append_number(value, out);
          } else {
            out += "null";
          }
        } else if constexpr (std::same_as<T, Uuid> || std::same_as<T, Timestamp>) {
          out += '"';
          value.to_text(out);
          out += '"';
        } else {
          append_number(value, out);
        }
      },
      value_);
}

std::string_view name_of(Level level) {
  static constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<size_t>(level)];
}

Logger::Logger(std::vector<std::unique_ptr<LogSink>> sinks, const Clock& clock, Options options)
    : clock_(clock),
      options_(options),
      least_(options.least),
      shared_(std::make_shared<Shared>()) {
  shared_->sinks = std::move(sinks);
  // Detached on purpose: a sink that blocks for ever must not keep the process from ending.
  std::thread([shared = shared_, &clock] { shared->serve(clock); }).detach();
}

Logger::~Logger() {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->wake.notify_all();
  shared_->idle.wait_for(lock, kFlushAtExit, [this] { return shared_->finished; });
}

void Logger::write(Level level, std::string_view message, LogFields fields, const LogContext& context) {
  if (enabled(level)) enqueue(encode(level, message, fields, context));
}

void Logger::problem(Level level, std::string_view message, const Problem& problem,
                     const LogContext& context) {
  write(level, message,
        {{"code", problem.type().code},
         {"cause", problem.cause()},
         {"file", problem.where().file_name()},
         {"line", problem.where().line()}},
        context);
}

std::string Logger::encode(Level level, std::string_view message, LogFields fields,
                           const LogContext& context) const {
  std::string line;
  line.reserve(256);
  line += R"({"time":")";
  Timestamp{clock_.now()}.to_text(line);
  line += R"(","level":")";
  line += name_of(level);
  line += R"(","message":)";
  append_json_text(message.substr(0, options_.line_bytes / 2), line);
  const auto add = [&line](std::string_view name, const LogValue& value) {
    line += ',';
    append_json_text(name, line);
    line += ':';
    value.append_to(line);
  };
  if (!context.request_id.empty()) add("request_id", context.request_id);
  if (!context.trace_id.empty()) add("trace_id", context.trace_id);
  if (!context.span_id.empty()) add("span_id", context.span_id);
  for (const LogField& field : fields) {
    const size_t before = line.size();
    add(field.name, field.value);
    if (line.size() > options_.line_bytes) {  // a whole field is left out, so that the line stays valid JSON
      line.resize(before);
      line += R"(,"truncated":true)";
      break;
    }
  }
  line += "}\n";
  return line;
}

void Logger::enqueue(std::string line) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->bytes + line.size() > options_.ring_bytes) {
      ++shared_->dropped;
      return;
    }
    shared_->bytes += line.size();
    shared_->ring.push_back(std::move(line));
    if (shared_->ring.size() > 1) return;  // the writer was woken by the first
  }
  shared_->wake.notify_one();
}

uint64_t Logger::dropped() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->dropped;
}

void Logger::Shared::serve(const Clock& clock) {
  std::vector<std::string> lines;
  std::string batch;
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [this] { return stopping || !ring.empty() || dropped > reported; });
    if (ring.empty() && dropped == reported) break;
    lines.swap(ring);
    bytes = 0;
    const uint64_t lost = dropped - reported;
    reported = dropped;
    std::string note;
    if (lost > 0 && !stopping) {
      note = R"({"time":")" + Timestamp{clock.now()}.text() +
             R"(","level":"warning","message":"log.dropped","lines":)" + std::to_string(lost) + "}\n";
    }
    lock.unlock();
    for (size_t i = 0; i <= lines.size(); ++i) {
      if (i < lines.size()) batch += lines[i];
      if (i == lines.size()) batch += note;
      if (batch.size() >= kBatchBytes || (i == lines.size() && !batch.empty())) {
        for (const auto& sink : sinks) sink->write(batch);
        batch.clear();
      }
    }
    lines.clear();
    lock.lock();
  }
  finished = true;
  idle.notify_all();
}

}  // namespace starter::observe
