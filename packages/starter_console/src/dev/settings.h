// What the development services are told: secrets made once per clone, and the environment of each service.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "dev/workspace.h"

namespace starter::console::dev {

using Environment = std::map<std::string, std::string>;

/// The secrets of this clone, from var/dev/secrets.env; missing ones are generated and kept.
Outcome<Environment> clone_secrets(const Workspace& workspace);

/// The names of those that are missing from it; none while there is no such file.
Outcome<std::vector<std::string>> missing_secrets(const Workspace& workspace);

struct ServiceSettings {
  Environment api;  // serve, migrate and seed
  Environment worker;
  Environment web;
};

/// The environment of every service for these ports.
ServiceSettings service_settings(const Workspace& workspace, const Ports& ports, const Environment& secrets);

/// Writes var/dev/env/{api,worker,web}.env and var/dev/credentials, all 0600.
Outcome<> write_settings(const Workspace& workspace, const ServiceSettings& settings,
                         const Environment& secrets);

/// KEY=VALUE lines; values are taken as they are.
Environment parse_environment(std::string_view text);
std::string format_environment(const Environment& environment);

}  // namespace starter::console::dev
