#include <cstdlib>

#include "starter/crypto/jwks.h"
#include "starter/crypto/keyset.h"

// Whatever is accepted must be written and read back as the same document, and its public half as the same
// keys.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto keys = starter::crypto::parse_jwks(text); keys && keys->empty()) std::abort();
  const auto keyset = starter::crypto::Keyset::parse(text);
  if (!keyset) return 0;
  const auto keys = starter::crypto::parse_jwks(keyset->jwks());
  if (!keys || keys->size() != keyset->verifying_keys().size()) std::abort();
  const auto written = keyset->serialise();
  const auto again = starter::crypto::Keyset::parse(written.reveal());
  if (!again || !(again->serialise() == written)) std::abort();
  return 0;
}
