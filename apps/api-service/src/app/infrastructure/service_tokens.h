// Token of a service account -> principal.
//
// The token is an id and an HMAC, so a forged one costs no question to the database. What the id may do is
// asked there and remembered for half a minute by each thread; a revocation within that time comes with the
// others (revocations.h), as does the news that an account's scopes changed: it is told like a member's role.
// Being asked is also how the database hears, to the minute, that the token is in use: no request writes.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <vector>

#include "app/infrastructure/revocations.h"
#include "starter/crypto/one_time_token.h"
#include "starter/observe/metrics.h"

namespace starter {

class ServiceTokens {
 public:
  ServiceTokens(const crypto::OneTimeTokens& tokens, const Revocations& revocations,
                observe::Metrics& metrics, size_t cores);

  /// By its prefix; then authenticate() decides.
  static bool looks_like_one(std::string_view bearer);
  Task<Result<Principal>> authenticate(const Ctx& ctx, std::string_view bearer);

 private:
  struct Entry {
    Principal principal;
    WallTime expires_at{};
    int64_t account_version = 0, tenant_version = 0;
    SteadyTime read_at{};
  };
  using Cache = boost::unordered_flat_map<Uuid, Entry, std::hash<Uuid>>;

  Task<Result<Entry>> find(const Ctx& ctx, Uuid token);
  Task<Result<Entry>> read(const Ctx& ctx, Uuid token);
  Revocations::Verdict judge(const Entry& entry) const;

  const crypto::OneTimeTokens& tokens_;
  const Revocations& revocations_;
  observe::Counter &read_, &refused_;
  std::vector<Cache> caches_;  // one for each thread
};

}  // namespace starter
