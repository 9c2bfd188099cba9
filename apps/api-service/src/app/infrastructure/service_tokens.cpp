#include "app/infrastructure/service_tokens.h"

#include "app/services/service_accounts/problems.h"
#include "app/services/service_accounts/service.h"

namespace starter {
namespace {

using namespace std::chrono_literals;
using service_accounts::kTokenPrefix;
using service_accounts::kTokenPurpose;
using service_accounts::problems::token_refused;

/// Far shorter than revocations are kept, so that no token is remembered past the news of its end.
constexpr auto kRemembered = 30s;
/// When it is full it is emptied, which costs each token one question.
constexpr size_t kCacheEntries = 4096;

}  // namespace

ServiceTokens::ServiceTokens(const crypto::OneTimeTokens& tokens, const Revocations& revocations,
                             observe::Metrics& metrics, size_t cores)
    : tokens_(tokens),
      revocations_(revocations),
      read_(metrics.counter("starter_service_token_reads_total",
                            "Questions to the database about tokens of service accounts.")),
      refused_(
          metrics.counter("starter_service_token_refused_total",
                          "Requests with a token of a service account that was forged, expired or revoked.")),
      caches_(cores) {}

bool ServiceTokens::looks_like_one(std::string_view bearer) {
  return bearer.starts_with(kTokenPrefix);
}

Task<Result<Principal>> ServiceTokens::authenticate(const Ctx& ctx, std::string_view bearer) {
  const auto token = tokens_.verify(bearer.substr(kTokenPrefix.size()), kTokenPurpose);
  auto entry = token ? co_await find(ctx, *token) : Result<Entry>(Problem{token_refused});
  if (!entry) {
    if (entry.error().is(token_refused)) refused_.add();
    co_return std::unexpected(std::move(entry).error());
  }
  co_return std::move(entry->principal);
}

Task<Result<ServiceTokens::Entry>> ServiceTokens::find(const Ctx& ctx, Uuid token) {
  CO_TRY(co_await revocations_.ensure_fresh(ctx));
  Cache& cache = caches_[ctx.core];
  if (const auto known = cache.find(token);
      known != cache.end() && ctx.clock.steady() - known->second.read_at < kRemembered) {
    Entry entry = known->second;
    if (entry.expires_at <= ctx.now()) co_return Problem{token_refused};
    const auto verdict = judge(entry);
    if (verdict == Revocations::Verdict::good) co_return entry;
    if (verdict == Revocations::Verdict::ended) co_return Problem{token_refused};
  }
  // Unknown here, or its tenant or what its account may do has changed since it was read.
  auto entry = CO_TRY(co_await read(ctx, token));
  if (judge(entry) != Revocations::Verdict::good) co_return Problem{token_refused};
  co_return entry;
}

Task<Result<ServiceTokens::Entry>> ServiceTokens::read(const Ctx& ctx, Uuid token) {
  read_.add();
  const auto asked_at = ctx.clock.steady();  // what is revoked from here on comes as a revocation
  const auto row = CO_TRY(co_await service_accounts::use(ctx, token));
  Cache& cache = caches_[ctx.core];
  if (!row) {
    cache.erase(token);
    co_return Problem{token_refused};
  }
  Entry entry{.principal = {.user = row->account_id,
                            .session = token,
                            .tenant = row->tenant_id,
                            .tenant_slug = row->tenant_slug.value,
                            .scopes = row->scopes},
              .expires_at = row->expires_at.at,
              .account_version = row->account_version,
              .tenant_version = row->tenant_version,
              .read_at = asked_at};
  if (cache.size() >= kCacheEntries) cache.clear();
  cache.insert_or_assign(token, entry);
  co_return entry;
}

Revocations::Verdict ServiceTokens::judge(const Entry& entry) const {
  const Principal& who = entry.principal;
  return revocations_.judge(
      {who.session, who.user, who.tenant, 0, entry.account_version, entry.tenant_version});
}

}  // namespace starter
