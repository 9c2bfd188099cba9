#include "starter/net/host.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace starter::net {

bool is_this_machine(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

std::string host_of(std::string_view url) {
  if (const size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const size_t at = url.rfind('@'); at != url.npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return std::string(url.substr(0, url.find(']') + 1));
  return std::string(url.substr(0, url.find(':')));
}

std::string with_first_host(std::string_view url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) return std::string(url);
  const size_t authority = url.find("://") + 3;
  const size_t end = std::min(url.find_first_of("/?#", authority), url.size());
  const size_t at = url.substr(0, end).rfind('@');
  const size_t comma = url.find(',', at == url.npos || at < authority ? authority : at);
  if (comma >= end) return std::string(url);
  return std::string(url.substr(0, comma)) + std::string(url.substr(end));
}

bool is_on_this_machine(std::string_view url) {
  return is_this_machine(host_of(url));
}

}  // namespace starter::net
