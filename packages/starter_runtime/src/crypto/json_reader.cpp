#include "json_reader.h"

#include <charconv>

#include "starter/core/text.h"

namespace starter::crypto {
namespace {

void append_utf8(uint32_t code, std::string& out) {
  const auto byte = [&out](uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
        byte(0x80 | (code & 0x3F));
  }
}

}  // namespace

void JsonReader::skip_space() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
}

bool JsonReader::open(char bracket) {
  skip_space();
  if (failed_ || at_ == text_.size() || text_[at_] != bracket) return fail();
  ++at_;
  return true;
}

bool JsonReader::close(char bracket) {
  skip_space();
  if (failed_ || at_ == text_.size() || text_[at_] != bracket) return false;
  ++at_;
  return true;
}

bool JsonReader::next_item() {
  skip_space();
  if (failed_ || at_ == text_.size() || text_[at_] != ',') return false;
  ++at_;
  return true;
}

bool JsonReader::member_name(std::string_view& out) {
  if (!open('"')) return false;
  const size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x20 || byte > 0x7E || byte == '\\') return fail();
    ++at_;
  }
  if (at_ == text_.size()) return fail();
  out = text_.substr(begin, at_++ - begin);
  skip_space();
  if (at_ == text_.size() || text_[at_] != ':') return fail();
  ++at_;
  return true;
}

bool JsonReader::string(std::string& out, size_t max_bytes) {
  out.clear();
  if (!open('"')) return false;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (static_cast<unsigned char>(text_[at_]) < 0x20) return fail();
    if (text_[at_] == '\\') {
      ++at_;
      if (!escape(out)) return fail();
    } else {
      out += text_[at_++];
    }
    if (out.size() > max_bytes) return fail();
  }
  if (at_ == text_.size() || !is_utf8(out)) return fail();
  ++at_;
  return true;
}

bool JsonReader::escape(std::string& out) {
  if (at_ == text_.size()) return false;
  const char kind = text_[at_++];
  static constexpr std::string_view kinds = "\"\\/bfnrt", values = "\"\\/\b\f\n\r\t";
  if (const size_t i = kinds.find(kind); i != kinds.npos) {
    out += values[i];
    return true;
  }
  uint32_t code = 0;
  if (kind != 'u' || !hex4(code) || (code >= 0xDC00 && code < 0xE000)) return false;
  if (code >= 0xD800 && code < 0xDC00) {
    uint32_t low = 0;
    if (text_.substr(at_, 2) != "\\u") return false;
    at_ += 2;
    if (!hex4(low) || low < 0xDC00 || low >= 0xE000) return false;
    code = 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00));
  }
  append_utf8(code, out);
  return true;
}

bool JsonReader::hex4(uint32_t& out) {
  if (text_.size() - at_ < 4) return false;
  const char* const begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, begin + 4, out, 16);
  at_ += 4;
  return error == std::errc() && end == begin + 4;
}

bool JsonReader::integer(int64_t& out) {
  skip_space();
  if (failed_) return false;
  const char* const begin = text_.data() + at_;
  const char* const limit = text_.data() + text_.size();
  const char* const digits = begin != limit && *begin == '-' ? begin + 1 : begin;
  if (digits == limit || *digits < '0' || *digits > '9') return fail();
  if (*digits == '0' && (digits != begin || (digits + 1 != limit && digits[1] >= '0' && digits[1] <= '9')))
    return fail();
  const auto [end, error] = std::from_chars(begin, limit, out);
  if (error != std::errc()) return fail();
  if (end != limit && (*end == '.' || *end == 'e' || *end == 'E')) return fail();
  at_ += static_cast<size_t>(end - begin);
  return true;
}

bool JsonReader::at_null() {
  skip_space();
  return !failed_ && text_.substr(at_).starts_with("null");
}

bool JsonReader::at_array() {
  skip_space();
  return !failed_ && text_.substr(at_).starts_with("[");
}

bool JsonReader::null() {
  return literal("null");
}

bool JsonReader::literal(std::string_view word) {
  skip_space();
  if (failed_ || !text_.substr(at_).starts_with(word)) return fail();
  at_ += word.size();
  return true;
}

bool JsonReader::skip(int depth) {
  skip_space();
  if (failed_ || depth == 0 || at_ == text_.size()) return fail();
  switch (text_[at_]) {
    case '{':
      return object([this, depth](std::string_view) { return skip(depth - 1); });
    case '[':
      return array(256, [this, depth] { return skip(depth - 1); });
    case '"': {
      std::string dropped;
      return string(dropped, text_.size());
    }
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default: {
      int64_t dropped = 0;
      return integer(dropped);
    }
  }
}

bool JsonReader::finish() {
  skip_space();
  return !failed_ && at_ == text_.size();
}

void append_json_string(std::string_view value, std::string& out) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      static constexpr char digits[] = "0123456789abcdef";
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace starter::crypto
