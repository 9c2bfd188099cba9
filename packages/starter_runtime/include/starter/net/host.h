// Names and addresses of hosts, as they stand in URLs.
#pragma once

#include <string_view>

namespace starter::net {

/// Whether `host` (a name, an IPv4 address or an IPv6 address with or without brackets) is this machine
/// alone: localhost and what is below it (RFC 6761, 6.3), 127.0.0.0/8 and ::1. A name that only looks like an
/// address is none.
bool is_this_machine(std::string_view host);

}  // namespace starter::net
