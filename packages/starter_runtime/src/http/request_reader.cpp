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

/// A path and query: visible ASCII that begins with a slash (RFC 9112 section 3.2.1).
bool sound_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return false;
  return std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '#'; });
}

/// uri-host [ ":" port ] (RFC 9110 section 7.2): a name, an address or a bracketed address. Anything else is
/// no Host, least of all a user before an '@', and must be answered 400.
bool sound_host(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const size_t name_end = bracketed ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  if (bracketed && name_end == 0) return false;
  const auto name = host.substr(0, name_end), port = host.substr(name_end);
  const auto of_name = [&](char c) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return plain || std::string_view(bracketed ? "[]:." : "-._~%").find(c) != std::string_view::npos;
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), of_name)) return false;
  return port.empty() ||
         (port[0] == ':' && port.size() <= 6 &&
          std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

/// Takes "http://host" off an absolute form, which a server must accept (RFC 9112 section 3.2.2); empty if it
/// is none.
std::string_view take_authority(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
    const size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    const auto authority = target.substr(scheme.size(), end - scheme.size());
    target = end == target.size() ? std::string_view("/") : target.substr(end);
    return authority;
  }
  return {};
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
    // The body's limit counts data alone. Sizes, extensions and trailers of a chunked body have bounds of
    // their own.
    if (head_taken_ && (used > framing_left_ || (!parser_->is_done() && end_ - begin_ > max_head)))
      return fail(413);
    if (head_taken_) framing_left_ -= used;
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
  auto target = request_.target;
  const auto authority = take_authority(target);
  if (!sound_target(target)) return fail(400);
  const size_t mark = target.find('?');
  request_.path = target.substr(0, mark);
  request_.query = mark == target.npos ? std::string_view() : target.substr(mark + 1);
  size_t hosts = 0;
  for (const auto& field : message) {
    if (request_.headers.size() == max_headers) return fail(431);
    request_.headers.push_back({view(field.name_string()), view(field.value())});
    if (field.name() != beast_http::field::host) continue;
    ++hosts;
    if (!sound_host(request_.headers.back().value)) return fail(400);
    if (authority.data()) request_.headers.back().value = authority;  // it wins over Host
  }
  if (authority.data() && !sound_host(authority)) return fail(400);
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
  framing_left_ = length ? static_cast<size_t>(*length) : max_head + 8 * max_bytes;
  return true;
}

}  // namespace starter::http
