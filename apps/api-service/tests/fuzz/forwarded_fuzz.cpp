#include <boost/asio/ip/address.hpp>
#include <cstdlib>

#include "app/infrastructure/client_resolver.h"
#include "starter/core/text.h"

// What a proxy or anybody says about the client, one header a line. Whoever it is has an address and a
// readable name; nobody can say that they are the web tier.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  static const HopResolver resolver({Secret("web-tier-secret-0123456789abcdef0123")},
                                    {"10.0.0.0/8", "::1", "2001:db8::/32"});
  static constexpr const char* names[] = {"X-Forwarded-For",    "User-Agent",   "X-Client-IP",
                                          "X-Client-Time",      "X-Request-ID", "X-Client-Signature",
                                          "X-Client-User-Agent"};
  std::string_view input(reinterpret_cast<const char*>(data), size);
  http::Request request{.method = http::Method::get, .target = "/", .headers = {}, .peer = "10.0.0.1"};
  for (const char* name : names) {
    const size_t end = std::min(input.find('\n'), input.size());
    request.headers.push_back({name, input.substr(0, end)});
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  const auto client = resolver.resolve(request, WallTime(std::chrono::seconds(1'800'000'000)));
  boost::system::error_code error;
  asio::ip::make_address(client.ip, error);
  if (error || client.from_web_tier || client.user_agent.size() > 256 || !is_utf8(client.user_agent))
    std::abort();
  return 0;
}
