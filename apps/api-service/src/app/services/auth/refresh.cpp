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
#include "starter/core/completion.h"

namespace starter::auth {

/// Callers with the same token on one thread share one exchange.
struct Auth::RefreshFlight {
  std::list<Completion> waiting;
  const ProblemType* problem = nullptr;
  std::optional<SessionTokens> tokens;
};

class Auth::Flights {
 public:
  using Key = std::tuple<Uuid, int64_t, std::string>;  // family, generation, tenant
  explicit Flights(size_t cores) : by_core_(cores) {}
  std::map<Key, std::shared_ptr<RefreshFlight>>& of(const Ctx& ctx) { return by_core_[ctx.core]; }

 private:
  std::vector<std::map<Key, std::shared_ptr<RefreshFlight>>> by_core_;
};

Auth::Auth(AuthOptions options, AuthParts parts, size_t cores)
    : options_(std::move(options)),
      parts_(parts),
      flights_(std::make_unique<Flights>(cores)) {}
Auth::~Auth() = default;

Task<Result<SessionTokens>> Auth::refresh(const Ctx& ctx, std::string text, std::optional<Slug> tenant) {
  const auto token = crypto::RefreshToken::parse(text);
  if (!token) co_return Problem{problems::session_ended};
  const std::optional<std::string> slug = tenant ? std::optional(tenant->value) : std::nullopt;
  auto& flights = flights_->of(ctx);
  const Flights::Key key(token->family, token->generation,
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
  // Each turn reads the row again after another process was first; two are enough in practice.
  for (int turn = 0; turn < 4; ++turn) {
    const auto family = CO_TRY(co_await store::read_family(ctx, token.family, tenant));
    // A forged token has no effect at all: it must not end somebody's session.
    if (!family || !parts_.refresh_tokens.verify(token, family->salt.value, family->key_id)) {
      co_return Problem{problems::session_ended};
    }
    if (family->ended) co_return Problem{problems::session_ended};
    if (tenant && !family->tenant_id) co_return Problem{problems::tenant_not_found};
    const auto reply = [&](int64_t generation) {
      auto text = parts_.refresh_tokens.derive(token.family, generation, family->salt.value, family->key_id);
      return tokens_for(ctx, family->session(), token.family, generation, std::move(text).value_or(""));
    };

    if (token.generation == family->gen && family->rotated_recently && family->gen > 0)
      co_return reply(family->gen);
    if (token.generation >= family->gen) {
      // Equal: the ordinary rotation. Greater, with a valid MAC: a failover lost the rotation, so move
      // forward.
      const auto rotated =
          CO_TRY(co_await store::rotate_family(ctx, token.family, family->gen, token.generation));
      if (!rotated) continue;
      co_return reply(*rotated);
    }
    const bool lost_reply = family->confirmed_gen < family->gen;
    if (token.generation == family->gen - 1 && (family->rotated_recently || lost_reply)) {
      // The one who repeats inside the grace must at least be the same program.
      const bool same_program = !family->user_agent || ctx.client.user_agent.empty() ||
                                *family->user_agent == ctx.client.user_agent.substr(0, 256);
      if (same_program) co_return reply(family->gen);
    }
    // A replay: the family ends, and that is committed before the answer, which must not roll it back.
    CO_TRY(co_await store::end_sessions(ctx, std::nullopt, token.family, std::nullopt, "refresh_reused"));
    co_return Problem{problems::refresh_reused};
  }
  co_return Problem{starter::problems::conflict}.with_retry_after(std::chrono::seconds(1));
}

}  // namespace starter::auth
