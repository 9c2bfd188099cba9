#include "request_reader.h"

#include <boost/beast/http/error.hpp>
#include <cstring>

namespace starter::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

constexpr size_t kInitialBuffer = 2048, kChunk = 16 * 1024;

Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
      return Method::get;
    case beast_http::verb::head:
      return Method::head;
    case beast_http::verb::post:
      return Method::post;
    case beast_http::verb::put:
      return Method::put;
    case beast_http::verb::patch:
      return Method::patch;
    case beast_http::verb::delete_:
      return Method::delete_;
    case beast_http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// Origin form only: visible ASCII that begins with a slash (RFC 9112 section 3.2.1).
bool sound_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return false;
  return std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
}

bool has_folded_line(std::string_view head) {
  for (size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    if (at + 2 < head.size() && (head[at + 2] == ' ' || head[at + 2] == '\t')) return true;
  }
  return false;
}

int status_of(const error_code& error) {
  if (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow) return 431;
  if (error == beast_http::error::body_limit) return 413;
  if (error == beast_http::error::bad_version) return 505;
  return 400;
}

}  // namespace

void RequestReader::start() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(max_head));
  parser_->body_limit(boost::none);
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > 4 * kChunk) buffer_ = std::string();  // a large body leaves no memory behind
  }
  request_.headers.clear();
  request_.body = {};
  failure_ = 0;
  started_ = head_taken_ = expects_continue_ = false;
}

std::pair<char*, size_t> RequestReader::prepare() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const size_t wanted =
      buffer_.empty() ? kInitialBuffer : (end_ + kChunk / 4 > buffer_.size() ? buffer_.size() * 2 : 0);
  if (wanted) buffer_.resize(std::min(wanted, end_ + kChunk));
  return {buffer_.data() + end_, buffer_.size() - end_};
}

RequestReader::State RequestReader::fail(int status) {
  failure_ = status;
  return State::failed;
}

RequestReader::State RequestReader::advance() {
  if (failure_) return State::failed;
  while (true) {
    if (parser_->is_header_done() && !head_taken_) return take_head();
    if (parser_->is_done()) {
      request_.body = parser_->get().body();
      return State::complete;
    }
    if (begin_ == end_) return State::need_more;
    started_ = true;
    // The folded-line check needs the raw head, which Beast consumes as it goes.
    if (!parser_->is_header_done() && end_ - begin_ > max_head + 4096) return fail(431);
    error_code error;
    const auto raw = std::string_view(buffer_).substr(begin_, end_ - begin_);
    const size_t used = parser_->put(boost::asio::const_buffer(raw.data(), raw.size()), error);
    if (!head_taken_) head_.append(raw.substr(0, used));
    begin_ += used;
    if (error == beast_http::error::need_more) {
      if (head_.size() > max_head && !head_taken_) return fail(431);
      return State::need_more;
    }
    if (error) return fail(status_of(error));
    if (used == 0 && !parser_->is_header_done()) return State::need_more;
  }
}

RequestReader::State RequestReader::take_head() {
  head_taken_ = true;
  const bool folded = has_folded_line(head_);
  head_.clear();
  if (folded) return fail(400);
  const auto& message = parser_->get();
  request_.method = method_of(message.method());
  request_.target = view(message.target());
  request_.keep_alive = parser_->keep_alive();
  if (request_.target.size() > max_target) return fail(414);
  if (request_.target == "*" && request_.method == Method::options) request_.target = "/";
  if (!sound_target(request_.target)) return fail(400);
  const size_t mark = request_.target.find('?');
  request_.path = request_.target.substr(0, mark);
  request_.query = mark == request_.target.npos ? std::string_view() : request_.target.substr(mark + 1);
  size_t hosts = 0;
  for (const auto& field : message) {
    if (request_.headers.size() == max_headers) return fail(431);
    request_.headers.push_back({view(field.name_string()), view(field.value())});
    if (field.name() == beast_http::field::host) ++hosts;
  }
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return fail(400);
  if (message.version() != 11 && message.version() != 10) return fail(505);
  if (!body_framing_is_sound()) return State::failed;
  if (const auto expect = request_.header("Expect"); !expect.empty()) {
    if (!same_name(expect, "100-continue")) return fail(417);
    expects_continue_ = has_body();
  }
  return State::head;
}

bool RequestReader::body_framing_is_sound() {
  size_t codings = 0;
  for (const auto& header : request_.headers) {
    if (!same_name(header.name, "Transfer-Encoding")) continue;
    ++codings;
    // RFC 9112 section 6.1: a coding that we don't know is 501; one on HTTP/1.0 may be a smuggling attempt.
    if (!same_name(header.value, "chunked")) return fail(501), false;
    if (parser_->get().version() == 10) return fail(400), false;
  }
  if (codings > 1) return fail(400), false;
  if (codings == 1 && request_.has_header("Content-Length")) return fail(400), false;
  return true;
}

bool RequestReader::has_body() const {
  return parser_->chunked() || (parser_->content_length() && *parser_->content_length() > 0);
}

bool RequestReader::allow_body(size_t max_bytes) {
  const auto length = parser_->content_length();
  if (length && *length > max_bytes) return fail(413), false;
  parser_->body_limit(max_bytes);
  return true;
}

}  // namespace starter::http
