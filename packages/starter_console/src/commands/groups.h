// One function a command group, each in the file of its name. table.cpp puts them together.
#pragma once

#include <vector>

#include "frame/command.h"

namespace starter::console {

std::vector<Command> general_commands();         // next, help, version, completion
std::vector<Command> setup_commands();           // setup wizard
std::vector<Command> infra_commands();           // infra deps, terraform, helm, compose export
std::vector<Command> check_commands();           // doctor, verify
std::vector<Command> audit_commands();           // audit verify
std::vector<Command> release_commands();         // release db
std::vector<Command> config_commands();          // config show, explain, dump-schema, write-inventory
std::vector<Command> util_commands();            // util run-with-env
std::vector<Command> contract_commands();        // contract render, show, check
std::vector<Command> provider_commands();        // secrets onboard, storage onboard, providers validate
std::vector<Command> secrets_commands();         // secrets push, pull, rotate
std::vector<Command> auth_commands();            // auth keys, jwks
std::vector<Command> auth_token_commands();      // auth tokens issue-service-account
std::vector<Command> users_commands();           // users create-owner, grant-operator
std::vector<Command> mail_commands();            // mail test
std::vector<Command> backup_commands();          // backup create, verify, restore, list
std::vector<Command> dev_stack_commands();       // ./dev up, watch, down, status
std::vector<Command> dev_look_commands();        // ./dev logs, open, mail
std::vector<Command> dev_data_commands();        // ./dev db
std::vector<Command> dev_change_commands();      // ./dev new, gen, check
std::vector<Command> dev_test_commands();        // ./dev test, debug
std::vector<Command> dev_maintainer_commands();  // ./dev build, bench, lint, format, tools, soak

/// The answers that set-up and exports take as flags.
std::vector<Flag> setup_flags();
/// Of them --answers-file and --var, which every command has that asks.
std::vector<Flag> answer_flags();

}  // namespace starter::console
