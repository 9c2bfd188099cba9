// The signing keys in a secret store.
#pragma once

#include "starter/crypto/keyset.h"
#include "starter/providers/secret_store.h"

namespace starter::providers {

struct StoredKeyset {
  crypto::Keyset keyset;
  std::string version;
};

/// Problems of SecretStore::get, and keyset_unusable when what is there is no keyset.
Task<Result<StoredKeyset>> get_keyset(SecretStore& store, std::string name, SteadyTime deadline);

/// As SecretStore::put; the new version.
Task<Result<std::string>> put_keyset(SecretStore& store, std::string name, crypto::Keyset keyset,
                                     std::string expected, SteadyTime deadline);

namespace problems {
inline constexpr ProblemType keyset_unusable{"keyset.unusable", 422, "The keyset can't be used",
                                             "Restore the version before it."};
}  // namespace problems

}  // namespace starter::providers
