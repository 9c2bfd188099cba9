// The deployment's settings as an operator's command sees them: the same names, files and precedence as the
// services (environment, then the file, then the default), but only those that the command needs.
#pragma once

#include <map>
#include <span>
#include <string>

#include "frame/invocation.h"
#include "starter/settings/settings.h"

namespace starter::console::operate {

/// --env-file FILE, of every command here; without it .env.local of the working folder is read when it is
/// there.
Flag env_file_flag();

/// Of a file that --env-file names and that is not there (exit 5).
Failure no_env_file(const std::string& path);

Outcome<settings::Source> setting_source(const Invocation& invocation);

/// Failure settings.invalid names every setting that is missing or wrong, and never a value.
Outcome<settings::Settings> read_settings(const Invocation& invocation,
                                          std::span<const settings::Setting> table);

/// What is lost in production is lost for people who rely on it: a command that destroys asks for --profile
/// production there.
Outcome<> check_spelled_out(const Invocation& invocation, std::string_view environment);

/// For a program that is started: what --env-file says and this process's environment doesn't.
Outcome<std::map<std::string, std::string>> child_environment(const Invocation& invocation);

/// "postgresql://owner@db.example:5432/starter": a URL without its password and its query.
std::string without_password(std::string_view url);

}  // namespace starter::console::operate
