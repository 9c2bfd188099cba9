// util run-with-env: another program with the settings of a service.
#include <boost/json.hpp>
#include <cstdlib>

#include "commands/groups.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/configuration.h"
#include "operate/provider_settings.h"
#include "operate/resolve.h"
#include "starter/providers/registry.h"
#include "system/process.h"

namespace starter::console {

namespace json = boost::json;
using namespace operate;

namespace {

contracts::table::Reader role_of(const Invocation& invocation) {
  const auto said = invocation.get("--role", "api");
  return said == "worker"    ? contracts::table::worker
         : said == "migrate" ? contracts::table::migrate
         : said == "web"     ? contracts::table::web
                             : contracts::table::api;
}

// Nothing when no secret manager is chosen.
Outcome<std::optional<SecretManager>> manager_of(const Invocation& invocation,
                                                 const providers::Environment& environment) {
  const auto provider = environment("SECRETS_PROVIDER");
  if (provider.empty() || !providers::has_client(provider)) return std::optional<SecretManager>();
  return std::optional(CHECKED(SecretManager::open(provider, environment, CHECKED(invocation.timeout()))));
}

json::array settings_json(const std::vector<Resolved>& all) {
  json::array out;
  for (const auto& one : all) out.push_back({{"name", one.name}, {"source", one.source}});
  return out;
}

Outcome<Reply> run_with_env(const Invocation& invocation, Terminal& terminal) {
  const auto source = CHECKED(setting_source(invocation));
  const auto environment = providers::environment_of(source);
  auto manager = CHECKED(manager_of(invocation, environment));
  const auto prefix = prefix_of(invocation, environment);
  const auto all =
      CHECKED(resolve_environment(source, role_of(invocation), manager ? &*manager : nullptr, prefix));
  const auto command = invocation.all("command");
  if (terminal.json())
    return Reply{.data = {{"command", json_of(command)}, {"settings", settings_json(all)}}};
  Launch launch{.argv = command};
  for (const auto& one : all) {
    launch.environment[one.name] = std::string(one.value.reveal());
    // A service that has both refuses to start.
    if (one.source != "default") ::unsetenv((one.name + "_FILE").c_str());
  }
  return become_program(launch);
}

}  // namespace

std::vector<Command> util_commands() {
  return {
      {.name = "util run-with-env",
       .group = "Configuration",
       .summary = "Run a command with the settings of a service",
       .details =
           "Each setting comes from the environment, else from the file, else from the secret manager of "
           "SECRETS_PROVIDER, else it has its default. What stands in a file that NAME_FILE names comes as "
           "NAME. The command takes this one's place: signals reach it, and its exit status is the one that "
           "is seen. With --json nothing is run, and the settings are listed without their values.",
       .arguments =
           {{.name = "command", .summary = "What to run, behind --", .required = true, .many = true}},
       .flags = {env_file_flag(),
                 {"--role", "ROLE", "Whose settings (api)", "api|worker|migrate|web"},
                 prefix_flag()},
       .examples = {{"starter-console util run-with-env --env-file api.env -- starter-api config",
                     "The API's program, by hand."},
                    {"starter-console util run-with-env --role worker -- ./job.sh --once",
                     "A script with the worker's settings of .env.local."},
                    {"starter-console util run-with-env --env-file api.env --json -- true",
                     "Where each setting comes from."}},
       .reply = {{"command", "array", "What would be run"},
                 {"settings", "array", "name, source; never a value"}},
       .exits = {Exit::auth, Exit::not_found},
       .docs = "packages/starter_console/reference/console.md",
       .reaches = true,
       .run = run_with_env},
  };
}

}  // namespace starter::console
