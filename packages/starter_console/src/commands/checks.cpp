#include "commands/groups.h"
namespace starter::console {
std::vector<Command> check_commands() {
  return {};
}
std::vector<Command> dev_data_commands() {
  return {};
}
std::vector<Command> dev_change_commands() {
  return {};
}
std::vector<Command> dev_test_commands() {
  return {};
}
std::vector<Command> dev_maintainer_commands() {
  return {};
}
}  // namespace starter::console
