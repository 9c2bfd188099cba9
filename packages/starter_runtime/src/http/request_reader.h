// HTTP/1.1 requests out of bytes (RFC 9112), without any I/O.
//
// Beast's parser does the syntax. This class adds what Beast accepts and a server must refuse, because a
// proxy in front could read it differently: two Host headers, folded lines, transfer codings other than a
// final "chunked", chunked on HTTP/1.0; and limits: Beast 1.81 does not apply a body limit to Content-Length
// once the head is read.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "starter/http/message.h"

namespace starter::http {

class RequestReader {
 public:
  enum class State { need_more, head, complete, failed };

  static constexpr size_t max_head = 16 * 1024, max_target = 8 * 1024, max_headers = 64;

  /// `peer` is the address of the socket's other end.
  explicit RequestReader(std::string peer = {}) {
    request_.peer = std::move(peer);
    start();
  }

  /// Room for bytes from the socket; then tell how many arrived.
  std::pair<char*, size_t> prepare();
  void commit(size_t bytes) { end_ += bytes; }

  /// Parses as far as the bytes go. Answers `head` once, when the head is complete and in order; then call
  /// allow_body.
  State advance();
  /// Refuses a longer body (failure() is 413); returns false in that case.
  bool allow_body(size_t max_bytes);

  const Request& request() const { return request_; }
  bool expects_continue() const { return expects_continue_; }
  bool has_body() const;
  /// True when bytes of a request have been read that is not complete.
  bool started() const { return end_ > begin_ || started_; }
  /// The status to answer with.
  int failure() const { return failure_; }

  /// Forgets the request and begins the next, keeping bytes that arrived behind it.
  void start();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  State fail(int status);
  State take_head();
  bool body_framing_is_sound();

  std::optional<Parser> parser_;
  std::string buffer_;
  size_t begin_ = 0, end_ = 0;
  size_t framing_left_ = 0;  // bytes that the body may still take on the wire
  std::string head_;         // owns the target and header texts while the body overwrites the buffer
  Request request_;
  int failure_ = 0;
  bool started_ = false, head_taken_ = false, expects_continue_ = false;
};

}  // namespace starter::http
