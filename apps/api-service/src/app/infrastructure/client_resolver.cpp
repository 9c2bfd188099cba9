#include "app/infrastructure/client_resolver.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <stdexcept>

#include "starter/core/text.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;

constexpr auto kTolerance = 60s;
constexpr size_t kMaxHops = 16;
constexpr size_t kMaxUserAgent = 256;

bool is_address(std::string_view text) {
  error_code error;
  asio::ip::make_address(std::string(text), error);
  return !error && text.size() <= 45;
}

/// A header may hold any byte (obs-text, RFC 9110 section 5.5), and what names a session is stored and shown.
std::string readable(std::string_view text) {
  std::string out(text.substr(0, kMaxUserAgent));
  if (!is_utf8(out)) std::ranges::replace_if(out, [](char c) { return (c & 0x80) != 0; }, '?');
  return out;
}

}  // namespace

HopResolver::HopResolver(std::vector<Secret> web_tier_secrets,
                         const std::vector<std::string>& trusted_proxies)
    : secrets_(std::move(web_tier_secrets)) {
  size_t position = 0;
  for (const auto& entry : trusted_proxies) {
    ++position;
    const bool network = entry.find('/') != entry.npos;
    const bool v6 = entry.find(':') != entry.npos;
    error_code error;
    if (v6)
      networks_v6_.push_back(asio::ip::make_network_v6(network ? entry : entry + "/128", error));
    else
      networks_v4_.push_back(asio::ip::make_network_v4(network ? entry : entry + "/32", error));
    if (error) {
      throw std::runtime_error("TRUSTED_PROXIES: entry " + std::to_string(position) +
                               " is neither an address nor a network. Write 10.0.0.1 or 10.0.0.0/8.");
    }
  }
}

ClientInfo HopResolver::resolve(const http::Request& request, WallTime now) const {
  ClientInfo client{.ip = request.peer, .user_agent = readable(request.header("User-Agent"))};
  if (signed_by_web_tier(request, now)) {
    client.from_web_tier = true;
    client.holds_token = request.header("X-Session-Confirm") == "1";
    // The web tier may not know the address (nothing in front of it says so): then its own is the best there
    // is.
    if (const auto ip = request.header("X-Client-IP"); is_address(ip)) client.ip = ip;
    client.user_agent = readable(request.header("X-Client-User-Agent"));
    return client;
  }
  if (!is_trusted(request.peer)) return client;
  // From the right: each trusted hop vouches for the one before it; the first that is not trusted is the
  // client.
  std::string_view hops = request.header("X-Forwarded-For");
  for (size_t count = 0; !hops.empty() && count < kMaxHops; ++count) {
    const size_t comma = hops.rfind(',');
    const auto hop = trimmed(comma == hops.npos ? hops : hops.substr(comma + 1));
    if (!is_address(hop)) break;
    client.ip = hop;
    if (!is_trusted(client.ip) || comma == hops.npos) break;
    hops = hops.substr(0, comma);
  }
  return client;
}

bool HopResolver::signed_by_web_tier(const http::Request& request, WallTime now) const {
  const auto signature = request.header("X-Client-Signature");
  if (signature.size() != 64 || secrets_.empty()) return false;
  const auto time = request.header("X-Client-Time");
  int64_t seconds = 0;
  if (std::from_chars(time.data(), time.data() + time.size(), seconds).ptr != time.data() + time.size() ||
      seconds < 0)
    return false;
  const auto off = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - seconds;
  if (off > kTolerance.count() || off < -kTolerance.count()) return false;
  std::string message = "v1\n";
  for (const auto part :
       {time, http::method_text(request.method), request.target, request.header("X-Client-IP"),
        request.header("X-Client-User-Agent"), request.header("X-Request-ID")}) {
    message.append(part).append("\n");
  }
  message.pop_back();
  for (const auto& secret : secrets_) {
    const auto expected = crypto::hex_encode(crypto::bytes_of(crypto::hmac_sha256(secret.reveal(), message)));
    if (crypto::constant_time_equal(expected, signature)) return true;
  }
  return false;
}

bool HopResolver::is_trusted(const std::string& text) const {
  if (networks_v4_.empty() && networks_v6_.empty()) return false;
  error_code error;
  const auto address = asio::ip::make_address(text, error);
  if (error) return false;
  if (address.is_v4()) {
    return std::any_of(networks_v4_.begin(), networks_v4_.end(), [&](const auto& network) {
      const auto hosts = network.canonical();
      return asio::ip::network_v4(address.to_v4(), network.prefix_length()).canonical() == hosts;
    });
  }
  return std::any_of(networks_v6_.begin(), networks_v6_.end(), [&](const auto& network) {
    return asio::ip::network_v6(address.to_v6(), network.prefix_length()).canonical() == network.canonical();
  });
}

}  // namespace starter
