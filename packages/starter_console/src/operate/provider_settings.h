// The env file that onboarding and the services' secrets read and write, and small words for their replies.
#pragma once

#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <vector>

#include "frame/invocation.h"
#include "starter/providers/environment.h"
#include "system/env_file.h"
#include "system/files.h"
#include "system/lock.h"

namespace starter::console::operate {

/// --env-file, of those commands: without it the one that the set-up writes for the API.
Flag provider_file_flag();
std::string env_path(const Invocation& invocation);

/// What it says. The usual one may be missing; failure settings.no_file (exit 5) when one that was named is.
Outcome<EnvValues> read_env(const Invocation& invocation);

/// --prefix of those commands, and what the names of the services' secrets begin with.
Flag prefix_flag();
std::string prefix_of(const Invocation& invocation, const providers::Environment& environment);

/// The command that takes up a secret manager, with those that this release has a client for.
std::string onboarding_command(const std::string& flags = "");

/// The environment over the file, as the services see it.
Outcome<providers::Environment> environment_with(const EnvValues& file);

/// That of the set-up: both write the env files. Taken before they are read, so that a run that waited sees
/// what the other one wrote. None for a dry run.
Outcome<std::optional<FileLock>> lock_settings(const Invocation& invocation);

/// "added NAME", "changed NAME", without values; and "closed FILE" when others can read it now.
std::vector<std::string> changed_lines(const std::string& path, const EnvValues& before,
                                       const EnvValues& lines);

/// The file with these lines, to be written for the owner alone; comments and other lines stay. A secret
/// stands in one place: its value, or the file of it.
Outcome<NewFile> file_with(const std::string& path, EnvValues lines, const std::string& heading);

boost::json::array json_of(const std::vector<std::string>& all);

}  // namespace starter::console::operate
