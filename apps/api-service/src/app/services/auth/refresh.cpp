// Refresh families, step by step (docs/architecture.md, "Refresh").
//
// A session is a family of refresh tokens, generation after generation. Nothing token-like is stored:
// generation g is HMAC(pepper, family || g || salt), so the same successor can be handed out again. That is
// what makes a lost reply and 64 parallel tabs harmless, while a replay outside the grace still ends the
// family.
#include <list>
#include <map>

#include "app/services/auth/problems.h"
#include "app/services/auth/service.h"
#include "starter/core/batch.h"
#include "starter/core/completion.h"
#include "starter/testing/failpoint.h"

namespace starter::auth {

/// Callers with the same token on one thread share one exchange.
struct Auth::RefreshFlight {
  std::list<Completion> waiting;
  const ProblemType* problem = nullptr;
  std::optional<SessionTokens> tokens;
};

/// What one thread is exchanging at the moment.
struct Auth::Exchanges {
  using Key = std::tuple<Uuid, int64_t, std::string>;  // family, generation, tenant and MACs
  std::map<Key, std::shared_ptr<RefreshFlight>> flights;
  Batch<Rotation, std::optional<FamilyRow>> rotations;
};

Auth::Auth(AuthOptions options, AuthParts parts, size_t cores)
    : options_(std::move(options)),
      parts_(parts),
      exchanges_(cores) {}
Auth::~Auth() = default;

Task<Result<SessionTokens>> Auth::refresh(const Ctx& ctx, std::string text, std::optional<Slug> tenant) {
  const auto token = crypto::RefreshToken::parse(text);
  // A forgery goes no further: it must neither end somebody's session nor cost the database anything.
  if (!token || !parts_.refresh_tokens.verify_stamp(*token)) co_return Problem{problems::session_ended};
  const std::optional<std::string> slug = tenant ? std::optional(tenant->value) : std::nullopt;
  auto& flights = exchanges_[ctx.core].flights;
  const Exchanges::Key key(token->family, token->generation,
                           slug.value_or("") + " " + text.substr(text.rfind('.') + 1));
  if (const auto running = flights.find(key); running != flights.end()) {
    const auto flight = running->second;
    auto& turn = flight->waiting.emplace_back();
    co_await turn.wait();
    if (flight->problem) co_return Problem{*flight->problem};
    co_return *flight->tokens;
  }
  const auto flight = std::make_shared<RefreshFlight>();
  flights.emplace(key, flight);
  Result<SessionTokens> result = Problem{starter::problems::internal};
  try {
    result = co_await refresh_once(ctx, *token, slug);
  } catch (...) {
    // Whoever waits must not wait for ever because of a bug here.
    flight->problem = &starter::problems::internal;
    flights.erase(key);
    for (auto& turn : flight->waiting) turn.complete();
    throw;
  }
  flights.erase(key);
  if (result)
    flight->tokens = *result;
  else
    flight->problem = &result.error().type();
  for (auto& turn : flight->waiting) turn.complete();
  co_return result;
}

Task<Result<SessionTokens>> Auth::refresh_once(const Ctx& ctx, crypto::RefreshToken token,
                                               std::optional<std::string> tenant) {
  const auto reply = [&](const FamilyRow& family) -> Result<SessionTokens> {
    // Only somebody who has our peppers but not our database comes here with a wrong proof.
    auto text = parts_.refresh_tokens.derive(token.family, family.gen, family.salt.value, family.key_id);
    if (!text || !parts_.refresh_tokens.verify(token, family.salt.value, family.key_id))
      return Problem{problems::session_ended};
    return tokens_for(ctx, family.session(), token.family, family.gen, std::move(*text));
  };
  const Rotation rotation{token.family, token.generation, std::move(tenant)};
  const auto rotated = CO_TRY(co_await exchanges_[ctx.core].rotations.submit(
      rotation, [&ctx](std::vector<Rotation> all) { return store::rotate(ctx, std::move(all)); }));
  if (rotated) {
    FAILPOINT("refresh.rotated");
    co_return reply(*rotated);
  }

  const std::string agent = ctx.client.user_agent.substr(0, 256);
  const auto exchanged =
      CO_TRY(co_await store::exchange(ctx, rotation, agent.empty() ? std::nullopt : std::optional(agent)));
  if (!exchanged) co_return Problem{problems::session_ended};
  if (exchanged->outcome == Exchange::no_tenant) co_return Problem{problems::tenant_not_found};
  if (exchanged->outcome == Exchange::reused) co_return Problem{problems::refresh_reused};
  co_return reply(*exchanged);
}

}  // namespace starter::auth
