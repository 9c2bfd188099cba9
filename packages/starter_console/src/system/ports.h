// Who listens on a port of this machine, read from /proc without any tool.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace starter::console {

struct PortHolder {
  pid_t pid = 0;        // 0 when the process cannot be seen (another user's)
  std::string command;  // its command line, shortened
};

/// Nothing when the port is free on every local address.
std::optional<PortHolder> holder_of(int port);

/// "node server.js (process 4711)".
std::string describe(const PortHolder& holder);

/// Waits for nothing: true when something accepts connections on 127.0.0.1:port.
bool accepts(int port);

/// The first of ten free ports in a row that no other test process of this machine is given until this one
/// ends. They lie below the range from which the kernel takes the ports of outgoing connections.
int reserve_port_block();

}  // namespace starter::console
