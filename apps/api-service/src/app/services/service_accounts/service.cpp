#include "app/services/service_accounts/service.h"

#include <algorithm>

#include "app/services/audit/service.h"
#include "app/services/service_accounts/store.h"
#include "starter/core/text.h"
#include "starter/describe/json.h"
#include "starter/http/handler.h"

namespace starter::service_accounts {
namespace {

using namespace std::chrono_literals;

/// How far the clock of whoever signs may be from ours, and the longest time between signing and sending.
constexpr auto kLeeway = 30s;
constexpr auto kLongestOrder = 5min;

ServiceAccount shown(AccountRow row) {
  return {row.id,         std::move(row.name), items_of(row.scopes, ' '),
          row.created_at, row.last_used_at,    row.active_tokens,
          row.version};
}

ServiceToken shown(TokenRow row) {
  return {row.id,         items_of(row.scopes, ' '), std::move(row.issued_by), row.status, row.created_at,
          row.expires_at, row.last_used_at};
}

Problem refusal(Outcome outcome) {
  switch (outcome) {
    case Outcome::replayed:
      return Problem{problems::nonce_used};
    case Outcome::no_tenant:
      return Problem{problems::tenant_unknown};
    case Outcome::no_account:
      return Problem{problems::account_unknown};
    case Outcome::scope_not_granted:
      return Problem{problems::scope_not_granted};
    case Outcome::issued:
      break;
  }
  return Problem{starter::problems::internal, "an issued token has no account"};
}

}  // namespace

const char* Scope::from_text(std::string_view text, Scope& out) {
  const size_t colon = text.find(':');
  const auto is_word = [](std::string_view word) {
    return !word.empty() && word.front() != '-' && word.back() != '-' &&
           std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
  };
  if (text.size() > max_length || colon == text.npos || !is_word(text.substr(0, colon)) ||
      !is_word(text.substr(colon + 1)))
    return "must look like projects:read";
  out.value = text;
  return nullptr;
}

Task<Result<std::optional<GoodToken>>> use(const Ctx& ctx, Uuid token) {
  return store::use(ctx, token);
}

ServiceAccounts::ServiceAccounts(Options options, const crypto::OneTimeTokens& tokens,
                                 std::unique_ptr<providers::RequestSigner> signer, observe::Metrics& metrics)
    : options_(std::move(options)),
      tokens_(tokens),
      signer_(std::move(signer)),
      issued_(metrics.counter("starter_service_token_orders_total",
                              "Signed orders for a service account's token.", {{"result", "issued"}})),
      refused_(metrics.counter("starter_service_token_orders_total",
                               "Signed orders for a service account's token.", {{"result", "refused"}})) {}

Task<Result<std::vector<ServiceAccount>>> ServiceAccounts::list(const Ctx& ctx, std::optional<Uuid> before,
                                                                int64_t limit) {
  auto rows = CO_TRY(co_await store::list(ctx, before, limit));
  std::vector<ServiceAccount> out;
  for (auto& row : rows) out.push_back(shown(std::move(row)));
  co_return out;
}

Task<Result<ServiceAccount>> ServiceAccounts::create(const Ctx& ctx, CreateServiceAccount input) {
  const auto scopes = CO_TRY(joined(std::move(input.scopes)));
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  auto row = CO_TRY(co_await store::insert(transaction, Uuid::v7(ctx.now()), input.name.value, scopes));
  CO_TRY(co_await audit::record(ctx, transaction,
                                {"service_account.created", "service_account", row.id.text(),
                                 audit::detail({{"name", row.name}, {"scopes", row.scopes}})}));
  CO_TRY(co_await transaction.commit());
  co_return shown(std::move(row));
}

Task<Result<ServiceAccount>> ServiceAccounts::change(const Ctx& ctx, Uuid account, int64_t version,
                                                     ChangeServiceAccount input) {
  const auto scopes = input.scopes ? std::optional(CO_TRY(joined(std::move(*input.scopes)))) : std::nullopt;
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto before = CO_TRY(co_await store::lock(transaction, account));
  if (before.version != version) co_return Problem{http::problems::precondition_failed};
  auto after = before;
  if (input.name) after.name = input.name->value;
  if (scopes) after.scopes = *scopes;
  if (after.name == before.name && after.scopes == before.scopes) co_return shown(before);
  CO_TRY(co_await store::change(transaction, account, after.name, after.scopes));
  after.version = before.version + 1;
  CO_TRY(co_await audit::record(ctx, transaction,
                                {"service_account.changed", "service_account", account.text(),
                                 audit::detail({{"from", before.name},
                                                {"to", after.name},
                                                {"scopes_from", before.scopes},
                                                {"scopes_to", after.scopes}})}));
  CO_TRY(co_await transaction.commit());
  co_return shown(std::move(after));
}

Task<Result<>> ServiceAccounts::remove(const Ctx& ctx, Uuid account) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto removed = CO_TRY(co_await store::remove(transaction, account));
  if (!removed) co_return Problem{starter::problems::not_found};
  CO_TRY(co_await store::revoke_all(transaction, account));
  CO_TRY(co_await audit::record(ctx, transaction,
                                {"service_account.removed", "service_account", account.text(),
                                 audit::detail({{"name", removed->name}})}));
  co_return co_await transaction.commit();
}

Task<Result<std::vector<ServiceToken>>> ServiceAccounts::tokens(const Ctx& ctx, Uuid account,
                                                                std::optional<Uuid> before, int64_t limit) {
  CO_TRY(co_await store::find(ctx, account));
  auto rows = CO_TRY(co_await store::tokens(ctx, account, before, limit));
  std::vector<ServiceToken> out;
  for (auto& row : rows) out.push_back(shown(std::move(row)));
  co_return out;
}

Task<Result<>> ServiceAccounts::revoke(const Ctx& ctx, Uuid account, Uuid token) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto revoked = CO_TRY(co_await store::revoke(transaction, account, token));
  if (!revoked) co_return Problem{starter::problems::not_found};
  CO_TRY(co_await audit::record(ctx, transaction,
                                {"service_token.revoked", "service_account", account.text(),
                                 audit::detail({{"name", revoked->name}, {"token", token.text()}})}));
  co_return co_await transaction.commit();
}

Task<Result<IssuedToken>> ServiceAccounts::issue(const Ctx& ctx, SignedOrder input) {
  auto issued = co_await obey(ctx, std::move(input));
  (issued ? issued_ : refused_).add();
  co_return issued;
}

Task<Result<IssuedToken>> ServiceAccounts::obey(const Ctx& ctx, SignedOrder input) {
  if (!signer_) co_return Problem{problems::issuance_off};
  // Nothing of the text is read before its proof is right.
  auto ours = co_await signer_->verify(input.payload.value, std::string(input.proof.reveal()), ctx.deadline);
  if (!ours) {
    co_return Problem{starter::problems::unavailable,
                      std::string(ours.error().type().title) + ": " + std::string(ours.error().cause())};
  }
  if (!*ours) co_return Problem{problems::proof_wrong};
  auto order = CO_TRY(json::decode<TokenOrder>(input.payload.value));
  if (order.audience != options_.audience) co_return Problem{problems::elsewhere};
  CO_TRY(check_times(ctx, order));
  auto scopes = CO_TRY(joined(order.scopes));
  const Uuid token = Uuid::v7(ctx.now());
  const auto row = CO_TRY(co_await store::issue(ctx, token, std::move(order), scopes));
  if (row.outcome != Outcome::issued || !row.tenant_id || !row.account_id || !row.expires_at)
    co_return refusal(row.outcome);
  co_return IssuedToken{.token = std::string(kTokenPrefix) + tokens_.derive(token, kTokenPurpose),
                        .id = token,
                        .account_id = *row.account_id,
                        .tenant_id = *row.tenant_id,
                        .scopes = items_of(scopes, ' '),
                        .expires_at = *row.expires_at,
                        .rotated = row.rotated};
}

Result<> ServiceAccounts::check_times(const Ctx& ctx, const TokenOrder& order) const {
  const auto now = ctx.now();
  const auto from = order.issued_at.at, until = order.expires_at.at;
  const bool bounded = until > from && until - from <= kLongestOrder;
  if (!bounded || from > now + kLeeway || until + kLeeway <= now) return Problem{problems::order_late};
  return {};
}

Result<std::string> ServiceAccounts::joined(Scopes scopes) const {
  auto& [all] = scopes;
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  std::string out;
  for (const auto& scope : all) {
    if (!options_.scopes.contains(scope.value)) {
      return Problem{starter::problems::request_invalid}.with_field("/scopes", "unknown",
                                                                    "names a scope that no address asks for");
    }
    out += (out.empty() ? "" : " ") + scope.value;
  }
  return out;
}

}  // namespace starter::service_accounts
