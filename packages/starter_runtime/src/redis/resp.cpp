#include "starter/redis/resp.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace starter::redis {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

bool read_double(std::string_view text, double& out) {
  if (text == "inf") return out = std::numeric_limits<double>::infinity(), true;
  if (text == "-inf") return out = -std::numeric_limits<double>::infinity(), true;
  if (text == "nan" || text == "-nan") return out = std::numeric_limits<double>::quiet_NaN(), true;
  return read_number(text, out);
}

}  // namespace

std::expected<std::optional<Reply>, const char*> RespParser::next() {
  if (error_) return std::unexpected(error_);
  if (buffer_.size() <= begin_ || buffer_.size() < needed_) return std::nullopt;
  at_ = begin_;
  items_ = 0;
  needed_ = 0;
  Reply reply;
  switch (read(0, reply)) {
    case Step::failed:
      return std::unexpected(error_);
    case Step::more:
      return std::nullopt;
    case Step::done:
      break;
  }
  begin_ = at_;
  if (begin_ == buffer_.size() || begin_ > 64 * 1024) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return reply;
}

RespParser::Step RespParser::read_line(std::string_view& out) {
  const size_t end = buffer_.find("\r\n", at_);
  const size_t so_far = (end == buffer_.npos ? buffer_.size() : end) - at_;
  const bool half_an_end = end == buffer_.npos && so_far > 0 && buffer_.back() == '\r';
  if (so_far - half_an_end > limits_.max_line) return fail("a line of the reply is too long");
  if (end == buffer_.npos) return Step::more;
  out = std::string_view(buffer_).substr(at_, end - at_);
  at_ = end + 2;
  return Step::done;
}

/// A count after its type; nothing for the null of RESP2 (-1).
RespParser::Step RespParser::read_length(std::string_view line, size_t max, std::optional<size_t>& out) {
  int64_t length = 0;
  if (!read_number(line, length) || length < -1) return fail("a length in the reply is no number");
  if (length > static_cast<int64_t>(max)) return fail("a value of the reply is too large");
  if (length >= 0) out = static_cast<size_t>(length);
  return Step::done;
}

RespParser::Step RespParser::read_text(size_t length, Reply& out) {
  if (buffer_.size() - at_ < length + 2) {
    needed_ = at_ + length + 2;
    return Step::more;
  }
  if (buffer_.compare(at_ + length, 2, "\r\n") != 0)
    return fail("a text of the reply doesn't end where it should");
  out.text.assign(buffer_, at_, length);
  at_ += length + 2;
  return Step::done;
}

RespParser::Step RespParser::read_items(size_t count, size_t depth, Reply& out) {
  for (size_t i = 0; i < count; ++i) {
    if (const Step step = read(depth + 1, out.items.emplace_back()); step != Step::done) return step;
  }
  return Step::done;
}

RespParser::Step RespParser::read(size_t depth, Reply& out) {
  if (depth > limits_.max_depth) return fail("the reply is nested too deeply");
  if (++items_ > limits_.max_items) return fail("the reply has too many values");
  std::string_view line;
  if (const Step step = read_line(line); step != Step::done) return step;
  if (line.empty()) return fail("the reply has an empty line");
  const char type = line.front();
  line.remove_prefix(1);
  std::optional<size_t> length;
  switch (type) {
    case '+':
    case '-':
    case '(':
      out.kind = type == '-' ? Reply::Kind::error : Reply::Kind::text;
      out.text = line;
      return Step::done;
    case ':':
      out.kind = Reply::Kind::integer;
      return read_number(line, out.integer) ? Step::done : fail("an integer of the reply is no number");
    case ',':
      out.kind = Reply::Kind::number;
      return read_double(line, out.number) ? Step::done : fail("a number of the reply is none");
    case '#':
      out.kind = Reply::Kind::boolean;
      out.integer = line == "t";
      return line == "t" || line == "f" ? Step::done : fail("a boolean of the reply is neither t nor f");
    case '_':
      return line.empty() ? Step::done : fail("a null of the reply has a value");
    case '$':
    case '!':
    case '=':
      if (const Step step = read_length(line, limits_.max_text, length); step != Step::done) return step;
      if (!length) return Step::done;
      out.kind = type == '!' ? Reply::Kind::error : Reply::Kind::text;
      if (const Step step = read_text(*length, out); step != Step::done) return step;
      if (type != '=') return Step::done;
      if (out.text.size() < 4) return fail("a verbatim text of the reply has no format");
      out.text.erase(0, 4);  // "txt:"
      return Step::done;
    case '*':
    case '~':
    case '>':
    case '%':
    case '|': {
      if (const Step step = read_length(line, limits_.max_items, length); step != Step::done) return step;
      if (!length) return Step::done;
      out.kind = type == '*'   ? Reply::Kind::array
                 : type == '~' ? Reply::Kind::set
                 : type == '>' ? Reply::Kind::push
                               : Reply::Kind::map;
      const size_t count = type == '%' || type == '|' ? *length * 2 : *length;
      if (const Step step = read_items(count, depth, out); step != Step::done || type != '|') return step;
      out = Reply();  // attributes stand before the value they describe
      return read(depth + 1, out);
    }
    default:
      return fail("the reply has an unknown type");
  }
}

void append_command(std::span<const std::string> words, std::string& out) {
  out += '*';
  out += std::to_string(words.size());
  out += "\r\n";
  for (const std::string& word : words) {
    out += '$';
    out += std::to_string(word.size());
    out += "\r\n";
    out += word;
    out += "\r\n";
  }
}

}  // namespace starter::redis
