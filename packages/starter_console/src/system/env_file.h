// Env files as people keep them: changing one leaves their comments, their order and the lines that nobody
// here knows.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "frame/outcome.h"

namespace starter::console {

using EnvValues = std::map<std::string, std::string, std::less<>>;

/// The values of an env file; none when there is no file. Failure settings.file names the line.
Outcome<EnvValues> read_env_file(const std::string& path);

/// `text` with these values. A line that has its value already stays byte for byte, another one keeps the
/// comment behind its value; what is new comes to the end, below `heading`. An empty value removes its line.
/// `text` must be one that read_env_file() takes.
std::string edited_env(std::string_view text, const EnvValues& values, std::string_view heading);

/// "NAME=value" in a form that the services and Next.js read alike, where there is one.
std::string env_line(std::string_view name, std::string_view value);

}  // namespace starter::console
