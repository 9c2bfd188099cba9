// Names and addresses of hosts, as they stand in URLs.
#pragma once

#include <string>
#include <string_view>

namespace starter::net {

/// Whether `host` (a name, an IPv4 address or an IPv6 address with or without brackets) is this machine
/// alone: localhost and what is below it (RFC 6761, 6.3), 127.0.0.0/8 and ::1. A name that only looks like an
/// address is none.
bool is_this_machine(std::string_view host);

/// The host of a URL, in brackets if it stands so (RFC 3986, 3.2): without the user before an '@', the port
/// and what follows. What has no scheme begins with its host. It judges nothing: what is no URL gives no host
/// of any use.
std::string host_of(std::string_view url);

/// A URL of Postgres may name several hosts, and no other URL may (PostgreSQL documentation, 34.1.1.2): the
/// same URL with the first of them alone, for parsers of RFC 3986. Every other text comes back as it is.
std::string with_first_host(std::string_view url);

/// Whether the host of this URL is this machine alone.
bool is_on_this_machine(std::string_view url);

}  // namespace starter::net
