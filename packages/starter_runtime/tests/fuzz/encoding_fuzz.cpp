#include <cstdint>
#include <cstdlib>

#include "starter/crypto/encoding.h"
#include "starter/crypto/one_time_token.h"
#include "starter/observe/trace.h"

// One spelling per value: what is accepted is exactly what would be written.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace starter;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto bytes = crypto::base64url_decode(input); bytes && crypto::base64url_encode(*bytes) != input)
    std::abort();
  crypto::RefreshToken::parse(input);
  if (const auto trace = observe::TraceContext::parse(input);
      trace && observe::TraceContext::parse(trace->traceparent()) != trace)
    std::abort();
  return 0;
}
