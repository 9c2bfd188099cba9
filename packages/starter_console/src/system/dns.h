// Names as the domain name system knows them: what mail servers of others look up about a sender.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "frame/outcome.h"

namespace starter::console {

enum class Record { address = 1, mail_exchanger = 15, text = 16 };

/// "192.0.2.1" or "127.0.0.1:5353"; nothing when it is neither.
std::optional<sockaddr_in> parse_name_server(std::string_view text);

/// The records of a name, texts as they are and others by their bytes; none when it has none. Without a
/// server those of this system are asked. Failure dns.silent: nobody can tell.
Outcome<std::vector<std::string>> records_of(const std::string& name, Record kind,
                                             const std::optional<sockaddr_in>& server,
                                             std::chrono::seconds patience);

/// The records of this kind in a reply as it came over the wire.
std::vector<std::string> parse_records(std::string_view reply, Record kind);

}  // namespace starter::console
