// Who is really asking: the web tier's signed word, a trusted proxy's header, or the socket.
#pragma once

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <vector>

#include "starter/core/secret.h"
#include "starter/http/service.h"

namespace starter {

class HopResolver final : public http::ClientResolver {
 public:
  /// `web_tier_secrets`: those that may sign (two while one is replaced). `trusted_proxies`: addresses and
  /// networks (10.0.0.0/8) whose X-Forwarded-For is believed. Throws with the entry's position when one is
  /// neither.
  HopResolver(std::vector<Secret> web_tier_secrets, const std::vector<std::string>& trusted_proxies);

  ClientInfo resolve(const http::Request& request, WallTime now) const override;

 private:
  bool signed_by_web_tier(const http::Request& request, WallTime now) const;
  bool is_trusted(const std::string& address) const;

  std::vector<Secret> secrets_;
  std::vector<asio::ip::network_v4> networks_v4_;
  std::vector<asio::ip::network_v6> networks_v6_;
};

}  // namespace starter
