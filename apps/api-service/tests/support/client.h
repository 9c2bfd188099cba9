// A small blocking HTTP client for tests, and JSON that reads like the reply.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <vector>

namespace starter::test {

struct Response {
  int status = 0;                              // 0: no reply at all
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;

  boost::json::value json() const;
  /// A text member of a JSON reply, or "" when it is not there.
  std::string text(std::string_view member) const;
  /// The `code` of a problem.
  std::string code() const { return text("code"); }
};

class Client {
 public:
  explicit Client(std::string base) : base_(std::move(base)) {}

  Client with_token(std::string token) const;
  Client with_header(std::string name, std::string value) const;
  /// Comes from that address of the loopback network, 127.0.0.0/8; limits count addresses.
  Client from(std::string local_address) const;

  Response get(const std::string& path) const { return send("GET", path, {}); }
  Response post(const std::string& path, const std::string& body = "{}") const {
    return send("POST", path, body);
  }
  Response patch(const std::string& path, const std::string& body) const { return send("PATCH", path, body); }
  Response remove(const std::string& path) const { return send("DELETE", path, {}); }
  /// The body is sent as application/json unless it is empty.
  Response send(const std::string& method, const std::string& path, const std::string& body) const;

 private:
  std::string base_;
  std::string from_;
  std::vector<std::string> headers_;
};

/// Sends raw bytes to 127.0.0.1:port and answers all that comes back until the peer closes or `seconds` pass.
std::string raw_exchange(int port, const std::string& bytes, int seconds = 5);

}  // namespace starter::test
