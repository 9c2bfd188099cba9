// The command table: the groups of src/commands in the order in which help shows them. A new group adds one
// line here.
#include <algorithm>

#include "commands/groups.h"
#include "frame/command.h"

namespace starter::console {

const std::vector<Flag>& common_flags() {
  static const std::vector<Flag> flags{
      {"--json", "", "Print one JSON document; the same as --output json"},
      {"--output", "FORMAT", "How to print", "text|json|stream-json"},
      {"--field", "PATH", "Print one part of the reply, such as parts.0.pid"},
      {"--no-input", "", "Never ask; fail and name the flag instead"},
      {"--color", "WHEN", "Colour the output", "auto|always|never"},
      {"-h,--help", "", "Show this help"},
  };
  return flags;
}

std::vector<Flag> flags_of(const Command& command) {
  auto flags = command.flags;
  if (command.locks)
    flags.push_back({"--wait", "SECONDS", "Wait this long for a lock that another holds (0)"});
  if (command.reaches)
    flags.push_back({"--timeout", "SECONDS", "Wait this long for each answer of a server (20)"});
  if (command.destroys) flags.push_back({"--profile", "NAME", "production, spelled out, where it is that"});
  if (command.writes) flags.push_back({"--dry-run", "", "Print the plan and change nothing"});
  return flags;
}

const std::vector<Command>& command_table() {
  static const std::vector<Command> table = [] {
    std::vector<Command> all;
    for (auto group : {general_commands,   setup_commands,         infra_commands,    check_commands,
                       audit_commands,     mail_commands,          release_commands,  config_commands,
                       util_commands,      contract_commands,      provider_commands, secrets_commands,
                       auth_commands,      auth_token_commands,    users_commands,    backup_commands,
                       dev_stack_commands, dev_look_commands,      dev_data_commands, dev_change_commands,
                       dev_test_commands,  dev_maintainer_commands}) {
      auto commands = group();
      std::ranges::move(commands, std::back_inserter(all));
    }
    return all;
  }();
  return table;
}

const Command* find_command(std::string_view name) {
  const auto& table = command_table();
  const auto found = std::ranges::find(table, name, &Command::name);
  return found == table.end() ? nullptr : &*found;
}

std::string typed_name(const Command& command) {
  return is_development(command) ? "./dev " + std::string(command.name.substr(4))
                                 : "starter-console " + std::string(command.name);
}

}  // namespace starter::console
