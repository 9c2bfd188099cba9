// Bearer token -> principal, without I/O on the usual path.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <vector>

#include "app/infrastructure/keys.h"
#include "app/infrastructure/revocations.h"
#include "app/infrastructure/service_tokens.h"
#include "starter/crypto/jwt.h"
#include "starter/http/service.h"

namespace starter {

/// A signature costs 35 us to verify, a look-up in the thread's own cache less than one. The cache holds what
/// the signature proved; expiry and revocation are judged for every request.
class TokenAuthenticator final : public http::Authenticator {
 public:
  TokenAuthenticator(const Keys& keys, const Revocations& revocations, ServiceTokens& service_tokens,
                     crypto::TokenPolicy policy, size_t cores);

  Task<Result<Principal>> authenticate(const Ctx& ctx, std::string_view token) override;

 private:
  struct Entry {
    crypto::AccessClaims claims;
    std::shared_ptr<const crypto::Keyset>
        keyset;              // which verified it: another keyset may have dropped the key
    bool confirmed = false;  // its generation was told to the database
  };
  using Cache = boost::unordered_flat_map<std::string, Entry>;

  std::expected<Entry*, crypto::TokenFault> verify(const Ctx& ctx, std::string_view token);

  static Task<> confirm(const Ctx& request, Uuid session, int64_t generation);
  static Task<> confirm_later(Ctx ctx, Uuid session, int64_t generation);

  const Keys& keys_;
  const Revocations& revocations_;
  ServiceTokens& service_tokens_;
  const crypto::TokenPolicy policy_;
  std::vector<Cache> caches_;  // one for each thread
};

}  // namespace starter
