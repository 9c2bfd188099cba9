#include "commands/secret_shelf.h"

#include "operate/onboarding.h"
#include "operate/provider_settings.h"
#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "starter/providers/registry.h"
#include "system/files.h"

namespace starter::console {

using namespace operate;

std::string also(const Invocation& invocation, std::initializer_list<const char*> flags) {
  std::string text;
  for (const auto* flag : flags)
    if (invocation.has(flag)) text += " " + std::string(flag) + " " + pasted(invocation.get(flag));
  return text;
}

Outcome<Shelf> shelf_of(const Invocation& invocation) {
  Shelf shelf;
  shelf.path = env_path(invocation);
  shelf.file = CHECKED(read_env(invocation));
  shelf.environment = CHECKED(environment_with(shelf.file));
  shelf.prefix = prefix_of(invocation, shelf.environment);
  const auto name = shelf.environment("SECRETS_PROVIDER");
  if (!name.empty()) {
    const auto& all = contracts::built_in().secret_managers;
    shelf.provider = CHECKED(Onboarding::find(all, name, "starter-console secrets onboard"))->name;
  }
  return shelf;
}

Outcome<SecretManager> manager_of(const Invocation& invocation, const Shelf& shelf) {
  if (shelf.provider.empty() || !providers::has_client(shelf.provider))
    return Failure{.code = "secrets.no_manager",
                   .what = shelf.provider.empty() ? "No secret manager is chosen."
                                                  : "This release has no client for " + shelf.provider + ".",
                   .why = "SECRETS_PROVIDER in the environment or in " + shelf.path + " chooses it.",
                   .fix = onboarding_command(also(invocation, {"--env-file"})),
                   .exit = Exit::usage,
                   .docs = std::string(kSecretDocs)};
  return SecretManager::open(shelf.provider, shelf.environment, CHECKED(invocation.timeout()));
}

Outcome<> write_everywhere(const Shelf& shelf, const EnvValues& lines) {
  std::vector<NewFile> files{CHECKED(file_with(shelf.path, lines, "Secrets"))};
  const auto places = setup::places();
  std::error_code error;
  EnvValues of_web;
  if (shelf.path == places.api_file && std::filesystem::exists(places.web_file, error))
    for (const auto& [name, value] : lines)
      if (contracts::built_in().variable(name)->is_read_by("web")) of_web[name] = value;
  if (!of_web.empty()) files.push_back(CHECKED(file_with(places.web_file.string(), of_web, "Secrets")));
  return write_files_or_stop(files);
}

}  // namespace starter::console
