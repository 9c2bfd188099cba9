#include <cstdlib>

#include "starter/crypto/keyset.h"

// Whatever is accepted must be written and read back as the same document.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto keyset = starter::crypto::Keyset::parse({reinterpret_cast<const char*>(data), size});
  if (!keyset) return 0;
  const auto written = keyset->serialise();
  const auto again = starter::crypto::Keyset::parse(written.reveal());
  if (!again || !(again->serialise() == written)) std::abort();
  return 0;
}
