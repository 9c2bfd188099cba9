#include "starter/observe/trace.h"

#include <algorithm>
#include <span>

#include "starter/core/clock.h"
#include "starter/crypto/encoding.h"

namespace starter::observe {
namespace {

constexpr size_t kLength = 55, kMaxLength = 512;

/// Lower-case digits only (section 2.2 of the recommendation: HEXDIGLC).
bool read_hex(std::string_view text, std::span<unsigned char> out) {
  const auto lower_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::ranges::all_of(text, lower_hex)) return false;
  const auto bytes = crypto::hex_decode(text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::ranges::copy(*bytes, reinterpret_cast<char*>(out.data()));
  return true;
}

bool all_zero(std::span<const unsigned char> bytes) {
  return std::ranges::all_of(bytes, [](unsigned char byte) { return byte == 0; });
}

void fill_non_zero(std::span<unsigned char> out) {
  do {
    random_bytes(out);
  } while (all_zero(out));
}

std::string hex_text(std::span<const unsigned char> bytes) {
  return crypto::hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::optional<TraceContext> TraceContext::parse(std::string_view text) {
  if (text.size() < kLength || text.size() > kMaxLength) return std::nullopt;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  TraceContext context;
  std::array<unsigned char, 1> version, flags;
  if (!read_hex(text.substr(0, 2), version) || !read_hex(text.substr(3, 32), context.trace_id) ||
      !read_hex(text.substr(36, 16), context.span_id) || !read_hex(text.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xFF || all_zero(context.trace_id) || all_zero(context.span_id)) return std::nullopt;
  if (text.size() > kLength && (version[0] == 0 || text[kLength] != '-')) return std::nullopt;
  context.sampled = (flags[0] & 1) != 0;
  context.random = (flags[0] & 2) != 0;
  return context;
}

TraceContext TraceContext::child() const {
  TraceContext context = *this;
  fill_non_zero(context.span_id);
  return context;
}

std::string TraceContext::traceparent() const {
  static constexpr std::string_view flags[] = {"00", "01", "02", "03"};
  return "00-" + hex_text(trace_id) + '-' + hex_text(span_id) + '-' +
         std::string(flags[(sampled ? 1 : 0) + (random ? 2 : 0)]);
}

}  // namespace starter::observe
