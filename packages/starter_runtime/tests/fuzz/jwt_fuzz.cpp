#include <cstdlib>
#include <stdexcept>

#include "starter/crypto/encoding.h"
#include "starter/crypto/jwt.h"

using namespace starter;
using namespace starter::crypto;

namespace {

constexpr WallTime kNow{std::chrono::seconds(1'800'000'000)};

const Keyset& keyset() {
  static const Keyset value = Keyset::create(kNow);
  return value;
}

/// Signs arbitrary bytes as claims, so that the fuzzer reaches the parser behind the signature.
std::string signed_claims(std::string_view payload) {
  std::string token =
      base64url_encode(R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + keyset().active().kid + R"("})");
  token += '.';
  base64url_append(payload, token);
  const Signature signature = keyset().active().key.sign(token);
  return token + '.' + base64url_encode({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const TokenPolicy policy{.issuer = "i", .audience = "a"};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (verify_access_token(input, keyset(), policy, kNow)) std::abort();  // nobody can sign but us
  const auto claims = verify_access_token(signed_claims(input), keyset(), policy, kNow);
  if (!claims) return 0;
  std::string token;
  try {
    token = sign_access_token(*claims, keyset());
  } catch (const std::length_error&) {
    return 0;  // escapes can make the claims longer than they came
  }
  const auto again = verify_access_token(token, keyset(), policy, kNow);
  if (!again || *again != *claims) std::abort();
  return 0;
}
