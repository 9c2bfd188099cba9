// Bytes in, replies out: what a client library would never send.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace starter::test {

struct RawReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

/// Sends the bytes to 127.0.0.1:port, says that no more will come, and answers all that comes back until the
/// server closes. "timed out" stands at the end when it does not within `seconds`.
std::string converse(int port, const std::string& bytes, int seconds = 30);

/// Splits what came back; interim replies (1xx) are left out. A reply that is cut off or malformed has status
/// 0.
std::vector<RawReply> replies_of(const std::string& bytes);

}  // namespace starter::test
