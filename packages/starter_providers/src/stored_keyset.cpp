#include "starter/providers/stored_keyset.h"

namespace starter::providers {

Task<Result<StoredKeyset>> get_keyset(SecretStore& store, std::string name, SteadyTime deadline) {
  const auto stored = CO_TRY(co_await store.get(std::move(name), deadline));
  auto keyset = crypto::Keyset::parse(stored.value.reveal());
  if (!keyset) co_return Problem(problems::keyset_unusable, std::move(keyset).error());
  co_return StoredKeyset{std::move(*keyset), stored.version};
}

Task<Result<std::string>> put_keyset(SecretStore& store, std::string name, crypto::Keyset keyset,
                                     std::string expected, SteadyTime deadline) {
  auto document = keyset.serialise();
  co_return co_await store.put(std::move(name), std::move(document), std::move(expected), deadline);
}

}  // namespace starter::providers
