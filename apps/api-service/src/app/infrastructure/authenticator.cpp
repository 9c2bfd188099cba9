#include "app/infrastructure/authenticator.h"

#include "app/services/auth/problems.h"
#include "app/services/auth/store.h"

namespace starter {
namespace {

/// About 1 KiB each; when it is full it is emptied, which costs each token one verification.
constexpr size_t kCacheEntries = 4096;

Problem problem_of(crypto::TokenFault fault) {
  if (fault == crypto::TokenFault::expired) return Problem{auth::problems::bearer_expired};
  return Problem{auth::problems::bearer_invalid, std::string(crypto::name_of(fault))};
}

Role role_of(std::string_view text) {
  Role role = Role::viewer;
  describe::enum_from_text<Role>(text, &role);
  return role;
}

}  // namespace

TokenAuthenticator::TokenAuthenticator(const Keys& keys, const Revocations& revocations,
                                       ServiceTokens& service_tokens, crypto::TokenPolicy policy,
                                       size_t cores)
    : keys_(keys),
      revocations_(revocations),
      service_tokens_(service_tokens),
      policy_(std::move(policy)),
      caches_(cores) {}

std::expected<TokenAuthenticator::Entry*, crypto::TokenFault> TokenAuthenticator::verify(
    const Ctx& ctx, std::string_view token) {
  if (token.size() > crypto::kMaxTokenBytes) return std::unexpected(crypto::TokenFault::malformed);
  Cache& cache = caches_[ctx.core];
  const auto keyset = keys_.current();
  std::string key(token);
  if (const auto known = cache.find(key); known != cache.end() && known->second.keyset == keyset) {
    if (known->second.claims.expires_at + policy_.leeway < ctx.now())
      return std::unexpected(crypto::TokenFault::expired);
    return &known->second;
  }
  auto claims = crypto::verify_access_token(token, *keyset, policy_, ctx.now());
  if (!claims && claims.error() == crypto::TokenFault::unknown_key) keys_.miss();
  if (!claims) return std::unexpected(claims.error());
  if (cache.size() >= kCacheEntries) cache.clear();
  return &cache.insert_or_assign(std::move(key), Entry{std::move(*claims), keyset}).first->second;
}

Task<> TokenAuthenticator::confirm(const Ctx& request, Uuid session, int64_t generation) {
  // Begins before the request goes on, and copies what it needs of it.
  return confirm_later(Ctx(request.executor, request.clock, request.database,
                           request.clock.steady() + std::chrono::seconds(2)),
                       session, generation);
}

Task<> TokenAuthenticator::confirm_later(Ctx ctx, Uuid session, int64_t generation) {
  // Best effort: until it succeeds a lost reply can still be repeated, which is the safe side.
  static_cast<void>(co_await auth::store::confirm_generation(ctx, session, generation));
}

Task<Result<Principal>> TokenAuthenticator::authenticate(const Ctx& ctx, std::string_view token) {
  if (ServiceTokens::looks_like_one(token)) co_return co_await service_tokens_.authenticate(ctx, token);
  const auto entry = verify(ctx, token);
  if (!entry) co_return problem_of(entry.error());
  // A token of this generation came back, so its owner has it: the one before may no longer be exchanged.
  if (!(*entry)->confirmed && ctx.client.holds_token && (*entry)->claims.generation > 0) {
    (*entry)->confirmed = true;
    spawn(ctx.executor, "confirm generation",
          confirm(ctx, (*entry)->claims.session, (*entry)->claims.generation));
  }
  const crypto::AccessClaims claims = (*entry)->claims;  // the cache may be emptied while this waits
  CO_TRY(co_await revocations_.ensure_fresh(ctx));
  switch (revocations_.judge({claims.session, claims.subject, claims.tenant_id, claims.user_version,
                              claims.membership_version, claims.tenant_version})) {
    case Revocations::Verdict::good:
      break;
    case Revocations::Verdict::ended:
      co_return Problem{auth::problems::session_ended};
    case Revocations::Verdict::stale:
      co_return Problem{auth::problems::bearer_stale};
  }
  co_return Principal{.user = claims.subject,
                      .session = claims.session,
                      .tenant = claims.tenant_id,
                      .tenant_slug = claims.tenant_slug,
                      .tenant_suspended = claims.tenant_suspended,
                      .role = role_of(claims.role),
                      .generation = claims.generation,
                      .user_version = claims.user_version};
}

}  // namespace starter
