// Help, derived from the command table. Every text fits the width, lines to paste excepted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frame/command.h"

namespace starter::console {

/// The overview: all commands by group; the verbs of ./dev when `development`.
std::string overview(bool development, std::size_t width = 80);

/// The tree of the commands, a word a line.
std::string command_map(bool development);

/// Usage, summary, flags, exit statuses and examples of one command, always in this order.
std::string command_help(const Command& command, std::size_t width = 80);

/// A help topic (environment, exit-codes, formatting), or empty.
std::string topic_help(std::string_view name, std::size_t width = 80);
const std::vector<std::string_view>& topic_names();

/// What somebody may have meant by words that are no name: the nearest name, or the first of the group that
/// they begin with; and a sentence about it. Empty when nothing is like them.
struct Meant {
  std::string name, why;
};
Meant meant_by(const std::vector<std::string>& words, const std::vector<std::string>& names);

/// "starter-console verify URL [flags]".
std::string usage_line(const Command& command);

/// The meaning of an exit status, in a few words.
std::string_view meaning(Exit exit);

/// The exit statuses that a command may have, in order.
std::vector<Exit> exits_of(const Command& command);

/// Breaks text at blanks so that no line is longer than `width`; later lines start with `indent` blanks.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace starter::console
