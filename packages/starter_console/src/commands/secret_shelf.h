// Where secrets stand for the `secrets` commands: the env file, and the secret manager that it names.
#pragma once

#include "frame/invocation.h"
#include "operate/configuration.h"
#include "operate/secret_manager.h"
#include "system/env_file.h"

namespace starter::console {

inline constexpr std::string_view kSecretDocs = "docs/security/secrets-providers.md";
inline constexpr std::string_view kSecretGroup = "Secrets and storage";
inline std::vector<Exit> secret_exits() {
  return {Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted};
}

struct Shelf {
  std::string path, prefix;  // the env file, and what the names in the secret manager begin with
  EnvValues file;
  providers::Environment environment;  // with the file behind it
  std::string provider;                // its name in the contract; empty: none is chosen
};

Outcome<Shelf> shelf_of(const Invocation& invocation);

/// The chosen one. Failure: secrets.no_manager.
Outcome<operate::SecretManager> manager_of(const Invocation& invocation, const Shelf& shelf);

/// Both tiers of this set-up hold the same value, or neither knows the other any more.
Outcome<> write_everywhere(const Shelf& shelf, const EnvValues& lines);

/// Flags that this command shares with the one that is named, as they were typed: " --env-file api.env".
std::string also(const Invocation& invocation, std::initializer_list<const char*> flags);

Command rotate_command();

}  // namespace starter::console
