// W3C Trace Context (https://www.w3.org/TR/trace-context/, level 1, with level 2's random flag): which trace
// a request belongs to, carried from hop to hop in the traceparent header.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace starter::observe {

struct TraceContext {
  std::array<unsigned char, 16> trace_id{};
  std::array<unsigned char, 8> span_id{};
  bool sampled = false;
  bool random = false;  // level 2: the trace id is random

  /// Section 3.2. Refuses upper case, zero ids, version ff, and trailing data in version 00; of a later
  /// version the first 55 characters are read. Bounded: a header longer than 512 characters is refused.
  static std::optional<TraceContext> parse(std::string_view traceparent);

  /// The same trace with a new span of our own.
  TraceContext child() const;

  /// "00-<trace id>-<span id>-<flags>"
  std::string traceparent() const;

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

}  // namespace starter::observe
