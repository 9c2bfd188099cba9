// Requests and replies as the rest of the project sees them; no library types.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace starter::http {

enum class Method : uint8_t { get, head, post, put, patch, delete_, options, other };

std::string_view method_text(Method method);

struct Header {
  std::string_view name;
  std::string_view value;
};

/// Views into the connection's buffers: valid until the reply is written.
struct Request {
  Method method = Method::other;
  std::string_view target;  // as sent
  std::string_view path;    // before '?'
  std::string_view query;   // behind it
  std::vector<Header> headers;
  std::string_view body;
  std::string peer;  // address of the socket's other end
  bool keep_alive = true;

  /// The first header of that name in any case, or empty.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
};

/// What goes back. The server adds Date, Content-Length, X-Request-ID and the security headers.
struct Reply {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  bool close = false;  // end the connection after it
  /// Instead of `body`: a text that no reply copies, so that thousands who read it slowly hold one.
  std::shared_ptr<const std::string> shared{};

  std::string_view content() const { return shared ? *shared : body; }
};

/// Case-insensitive comparison of ASCII names (RFC 9110 section 5.1).
bool same_name(std::string_view left, std::string_view right);

/// Percent-decodes a path segment or a query part ('+' is a blank only in queries). Answers false on a broken
/// escape, a zero byte, or a slash that was hidden in a segment.
bool percent_decode(std::string_view text, bool query, std::string& out);

}  // namespace starter::http
