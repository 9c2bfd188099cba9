// The one description of a command. Parsing, help, completion, the man page and the reference are all derived
// from it, so what is written here is what a person reads and what a script can rely on.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/outcome.h"

namespace starter::console {

class Invocation;
class Terminal;

/// A flag. A switch has no `value`; otherwise `value` names what follows it, in capitals.
struct Flag {
  std::string_view name;   // "--port-base"; a single letter form is written "-f,--follow"
  std::string_view value;  // "N", or empty
  std::string_view summary;
  std::string_view choices{};  // "api|web": the only accepted values
  bool required = false;
  std::string_view values{};  // what completion asks `complete` for: settings, suites ...
  bool many = false;          // may be given more than once
};

/// A positional argument, in order. `many` takes the rest of the line.
struct Argument {
  std::string_view name;
  std::string_view summary;
  std::string_view choices{};
  bool required = false;
  bool many = false;
  std::string_view values{};  // as of a flag
};

struct Example {
  std::string_view line;
  std::string_view says;
};

/// One field of the JSON reply; `type` is a JSON Schema type.
struct Field {
  std::string_view name;
  std::string_view type;
  std::string_view summary;
};

/// What a command hands back: `data` is printed by --json, `text` otherwise.
struct Reply {
  boost::json::object data;
  std::string text{};
  Exit exit = Exit::ok;
  bool changed = true;  // a writer that found nothing to do says false: nothing is noted in the audit log
};

struct Command {
  std::string_view name;     // words parted by one blank: "auth keys rotate"
  std::string_view group;    // heading in the overview
  std::string_view summary;  // at most 60 characters, no full stop
  std::string_view details{};
  std::vector<Argument> arguments{};
  std::vector<Flag> flags{};
  std::vector<Example> examples;
  std::vector<Field> reply;
  std::vector<Exit> exits{};  // beyond 0, 1 and 2, which every command may have
  std::string_view docs;
  bool writes = false;    // a writer takes --dry-run and then changes nothing; what it did is audited
  bool locks = false;     // works under a lock and takes --wait
  bool reaches = false;   // asks a server and takes --timeout
  bool destroys = false;  // deletes or overwrites for good: takes --confirm or --replace, and --profile,
                          // which production must be named with
  std::function<Outcome<Reply>(const Invocation&, Terminal&)> run;
};

/// The flags that every command takes.
const std::vector<Flag>& common_flags();

/// The flags that belong to one command: its own, --dry-run of a writer, --wait of one that locks, --timeout
/// of one that asks a server.
std::vector<Flag> flags_of(const Command& command);

/// Every command, in the order of help.
const std::vector<Command>& command_table();

/// The command of this name, or null.
const Command* find_command(std::string_view name);

/// True for the verbs of ./dev, which are hidden from the operator's overview.
inline bool is_development(const Command& command) {
  return command.name.starts_with("dev ");
}

/// The name as a person types it: "./dev up" or "starter-console verify".
std::string typed_name(const Command& command);

}  // namespace starter::console
