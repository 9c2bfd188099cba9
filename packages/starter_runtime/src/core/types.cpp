#include "starter/core/types.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "starter/core/text.h"

namespace starter {
namespace {

constexpr char kHex[] = "0123456789abcdef";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

size_t code_points(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Control characters, and the invisible ones that reorder text or hide in names (bidi marks, U+FEFF).
bool has_control(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
      return true;  // C1
    if (byte == 0xE2 && i + 2 < text.size()) {
      const auto second = static_cast<unsigned char>(text[i + 1]),
                 third = static_cast<unsigned char>(text[i + 2]);
      if (second == 0x80 && ((third >= 0xAA && third <= 0xAE) || third == 0x8E || third == 0x8F)) return true;
      if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return true;
    }
    if (byte == 0xEF && text.substr(i, 3) == "\xEF\xBB\xBF") return true;
  }
  return false;
}

/// Exactly `count` digits at `text`, consumed; -1 if they are not there.
int digits(std::string_view& text, size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool eat(std::string_view& text, std::string_view any) {
  if (text.empty() || any.find(text.front()) == any.npos) return false;
  text.remove_prefix(1);
  return true;
}

void append_padded(std::string& out, int64_t value, int width) {
  char buffer[20];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  for (auto length = end - buffer; length < width; ++length) out += '0';
  out.append(buffer, end);
}

}  // namespace

Uuid Uuid::v7(WallTime now) {
  Uuid id;
  random_bytes(std::span(id.bytes).subspan(6));
  const auto millis = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<unsigned char>(millis >> (40 - 8 * i));
  // The 12 bits behind the version carry the fraction of the millisecond, so that ids made in one process
  // within one millisecond still sort by time (RFC 9562 section 6.2, method 3).
  const auto fraction = static_cast<uint32_t>((now.time_since_epoch().count() % 1000) * 4096 / 1000);
  id.bytes[6] = static_cast<unsigned char>(0x70 | (fraction >> 8));
  id.bytes[7] = static_cast<unsigned char>(fraction);
  id.bytes[8] = static_cast<unsigned char>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

const char* Uuid::from_text(std::string_view text, Uuid& out) {
  static constexpr const char* wrong = "must be a UUID, for example 018f9c1e-7b3a-7c54-9d2e-3f0a5b6c7d8e";
  if (text.size() != 36) return wrong;
  size_t byte = 0;
  for (size_t i = 0; i < 36;) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return wrong;
      continue;
    }
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return wrong;
    out.bytes[byte++] = static_cast<unsigned char>(high << 4 | low);
    i += 2;
  }
  return nullptr;
}

void Uuid::to_text(std::string& out) const {
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[bytes[i] >> 4];
    out += kHex[bytes[i] & 15];
  }
}

// RFC 3339 section 5.6, and Postgres's ISO output ("2026-11-21 03:45:58.123+00"); offsets are applied.
const char* Timestamp::from_text(std::string_view text, Timestamp& out) {
  static constexpr const char* wrong = "must be an RFC 3339 time, for example 2026-11-21T09:30:00Z";
  const int year = digits(text, 4);
  if (year < 0 || !eat(text, "-")) return wrong;
  const int month = digits(text, 2);
  if (month < 0 || !eat(text, "-")) return wrong;
  const int day = digits(text, 2);
  if (day < 0 || !eat(text, "Tt ")) return wrong;
  const int hour = digits(text, 2);
  if (hour < 0 || hour > 23 || !eat(text, ":")) return wrong;
  const int minute = digits(text, 2);
  if (minute < 0 || minute > 59 || !eat(text, ":")) return wrong;
  const int second = digits(text, 2);
  if (second < 0 || second > 60) return wrong;
  int64_t micros = 0;
  if (eat(text, ".")) {
    int64_t scale = 100000;
    size_t count = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++count, scale /= 10) {
      micros += (text[0] - '0') * scale;
    }
    if (count == 0 || count > 9) return wrong;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return wrong;
  int offset_minutes = 0;
  if (!eat(text, "Zz")) {
    const bool negative = !text.empty() && text.front() == '-';
    if (!eat(text, "+-")) return wrong;
    const int offset_hours = digits(text, 2);
    if (offset_hours < 0 || offset_hours > 23) return wrong;
    int minutes = 0;
    if (eat(text, ":")) minutes = digits(text, 2);
    if (minutes < 0 || minutes > 59) return wrong;
    offset_minutes = (offset_hours * 60 + minutes) * (negative ? -1 : 1);
  }
  if (!text.empty()) return wrong;
  out.at = WallTime(std::chrono::sys_days(date).time_since_epoch()) + std::chrono::hours(hour) +
           std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second) +
           std::chrono::microseconds(micros);
  return nullptr;
}

void Timestamp::to_text(std::string& out) const {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded(out, time.hours().count(), 2);
  out += ':';
  append_padded(out, time.minutes().count(), 2);
  out += ':';
  append_padded(out, time.seconds().count(), 2);
  if (const auto micros = time.subseconds().count()) {
    out += '.';
    append_padded(out, micros, 6);
  }
  out += 'Z';
}

const char* Email::from_text(std::string_view text, Email& out) {
  static constexpr const char* wrong = "must be an e-mail address, for example ada@example.com";
  text = trimmed(text);
  if (text.empty() || text.size() > max_length) return wrong;
  const size_t at = text.find('@');
  if (at == 0 || at == text.npos || at > 64 || text.find('@', at + 1) != text.npos) return wrong;
  const auto domain = text.substr(at + 1);
  if (domain.find('.') == domain.npos || domain.front() == '.' || domain.back() == '.' ||
      domain.front() == '-' || domain.find("..") != domain.npos) {
    return wrong;
  }
  for (char c : text.substr(0, at)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || std::string_view("\"(),:;<>[\\]").find(c) != std::string_view::npos)
      return wrong;
  }
  for (char c : domain) {
    if (!(c == '.' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
      return wrong;
  }
  out.value.assign(text);
  std::transform(out.value.begin(), out.value.end(), out.value.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return nullptr;
}

const char* Mailbox::from_text(std::string_view text, Mailbox& out) {
  static constexpr const char* wrong = "must read Name <name@example.com>";
  text = trimmed(text);
  std::string_view name, address = text;
  if (const size_t open = text.find('<'); open != text.npos) {
    if (!text.ends_with('>')) return wrong;
    name = trimmed(text.substr(0, open));
    address = text.substr(open + 1, text.size() - open - 2);
  }
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  if (Email::from_text(address, out.address)) return wrong;
  out.name = name;
  return nullptr;
}

const char* Slug::from_text(std::string_view text, Slug& out) {
  static constexpr const char* wrong =
      "must be 3 to 40 lower-case letters, digits and single hyphens, beginning with a letter";
  if (text.size() < 3 || text.size() > max_length) return wrong;
  if (text.front() < 'a' || text.front() > 'z' || text.back() == '-' || text.find("--") != text.npos)
    return wrong;
  for (char c : text) {
    if (!(c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))) return wrong;
  }
  out.value = text;
  return nullptr;
}

const char* Bytes::from_text(std::string_view text, Bytes& out) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return "must be bytes in hex form";
  out.value.clear();
  out.value.reserve(text.size() / 2 - 1);
  for (size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return "must be bytes in hex form";
    out.value += static_cast<char>(high << 4 | low);
  }
  return nullptr;
}

void Bytes::to_text(std::string& out) const {
  out += "\\x";
  for (char c : value) {
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

namespace detail {

const char* bounded_text(std::string_view text, size_t min, size_t max, std::string& out) {
  text = trimmed(text);
  const size_t length = code_points(text);
  if (length < min) return length == 0 ? "must not be empty" : "is too short";
  if (length > max) return "is too long";
  if (has_control(text)) return "must not contain control or invisible formatting characters";
  out = text;
  return nullptr;
}

const char* bounded_secret(std::string_view text, size_t min, size_t max) {
  const size_t length = code_points(text);
  if (length < min) return length == 0 ? "must not be empty" : "is too short";
  if (length > max) return "is too long";
  return nullptr;
}

void wipe(std::string& text) noexcept {
  if (!text.empty()) sodium_memzero(text.data(), text.size());
}

}  // namespace detail
}  // namespace starter
