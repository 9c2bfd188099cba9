// Access tokens: JSON Web Tokens (RFC 7519) in the profile of RFC 9068, signed with Ed25519 (RFC 8037).
//
// One party mints them and the same party verifies them, so everything is pinned: the algorithm, the type,
// the members of the header, one spelling of each segment. A header that points to a key (jku, x5u, jwk),
// asks for extensions (crit, b64) or has any member but alg, kid and typ is refused, so is whatever two
// readers might read differently. Claims that this release doesn't know are skipped: during a rollout a newer
// release may mint them. Verification does no I/O and costs about one signature check.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "starter/core/clock.h"
#include "starter/core/types.h"
#include "starter/crypto/keyset.h"

namespace starter::crypto {

enum class TokenUse : uint8_t { access, service };

/// What a token says. Times have whole seconds; a fraction is dropped when it is signed.
struct AccessClaims {
  std::string issuer;             // iss
  std::string audience;           // aud
  Uuid subject;                   // sub: a user or a service account
  Uuid session;                   // sid
  std::optional<Uuid> tenant_id;  // with the three members below, or none of them
  std::string tenant_slug;
  std::string role;  // "roles" holds it alone, or is empty
  int64_t membership_version = 0;
  int64_t tenant_version = 0;
  bool tenant_suspended = false;  // tenant_status, which is written only when it is "suspended"
  std::string scope;              // names separated by spaces (RFC 6749 section 3.3)
  TokenUse use = TokenUse::access;
  WallTime issued_at{}, not_before{}, expires_at{};
  std::string id;          // jti
  int64_t generation = 0;  // of the refresh family, for its confirmation
  int64_t user_version = 0;

  friend bool operator==(const AccessClaims&, const AccessClaims&) = default;
};

/// Why a token is refused: for metrics and logs. Clients read one and the same problem for all of them.
enum class TokenFault : uint8_t {
  malformed,
  unknown_key,
  bad_signature,
  wrong_issuer,
  wrong_audience,
  wrong_use,
  expired,
  not_yet_valid
};
std::string_view name_of(TokenFault fault);

/// What a verifier expects.
struct TokenPolicy {
  std::string issuer, audience;
  bool accept_access = true, accept_service = true;
  std::chrono::seconds leeway{30};
};

inline constexpr size_t kMaxTokenBytes = 4096;

/// Signs with the active key. std::length_error when the claims don't fit into kMaxTokenBytes.
std::string sign_access_token(const AccessClaims& claims, const Keyset& keyset);

/// Checks form, key, signature, issuer, audience, use and times, in this order.
std::expected<AccessClaims, TokenFault> verify_access_token(std::string_view token, const Keyset& keyset,
                                                            const TokenPolicy& policy, WallTime now);

}  // namespace starter::crypto
