#include "app/services/paging.h"
#include "app/services/service_accounts/feature.h"
#include "app/services/service_accounts/service.h"

namespace starter::service_accounts {
namespace {

using namespace http;

Task<Result<Page<ServiceAccount>>> list_service_accounts(const Ctx& ctx, Query<PageQuery> query,
                                                         ServiceAccounts& accounts) {
  const auto before = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await accounts.list(ctx, before, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(),
                        [](const ServiceAccount& account) { return account.id; });
}

Task<Result<Created<ServiceAccount>>> create_service_account(const Ctx& ctx, CreateServiceAccount input,
                                                             ServiceAccounts& accounts) {
  co_return Created{CO_TRY(co_await accounts.create(ctx, std::move(input)))};
}

Task<Result<Versioned<ServiceAccount>>> change_service_account(const Ctx& ctx, Id<"account"> account,
                                                               IfMatch match, ChangeServiceAccount input,
                                                               ServiceAccounts& accounts) {
  co_return Versioned{CO_TRY(co_await accounts.change(ctx, account, match.version, std::move(input)))};
}

Task<Result<NoContent>> remove_service_account(const Ctx& ctx, Id<"account"> account,
                                               ServiceAccounts& accounts) {
  CO_TRY(co_await accounts.remove(ctx, account));
  co_return NoContent{};
}

Task<Result<Page<ServiceToken>>> list_service_tokens(const Ctx& ctx, Id<"account"> account,
                                                     Query<PageQuery> query, ServiceAccounts& accounts) {
  const auto before = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await accounts.tokens(ctx, account, before, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(), [](const ServiceToken& token) { return token.id; });
}

Task<Result<NoContent>> revoke_service_token(const Ctx& ctx, Id<"account"> account, Id<"token"> token,
                                             ServiceAccounts& accounts) {
  CO_TRY(co_await accounts.revoke(ctx, account, token));
  co_return NoContent{};
}

Task<Result<Created<IssuedToken>>> issue_service_token(const Ctx& ctx, SignedOrder input,
                                                       ServiceAccounts& accounts) {
  co_return Created{CO_TRY(co_await accounts.issue(ctx, std::move(input)))};
}

constexpr const ProblemType* kNamed[] = {&problems::name_taken};
constexpr const ProblemType* kIssue[] = {&problems::proof_wrong,     &problems::order_late,
                                         &problems::elsewhere,       &problems::nonce_used,
                                         &problems::issuance_off,    &problems::tenant_unknown,
                                         &problems::account_unknown, &problems::scope_not_granted};

constexpr Route kRoutes[] = {
    get<list_service_accounts>("/api/v1/tenants/{tenant}/service-accounts",
                               {.summary = "Lists service accounts, newest first", .role = Role::admin}),
    post<create_service_account>("/api/v1/tenants/{tenant}/service-accounts",
                                 {.summary = "Makes a service account with its scopes",
                                  .role = Role::admin,
                                  .idempotent = true,
                                  .limit = {60},
                                  .problems = kNamed}),
    patch<change_service_account>("/api/v1/tenants/{tenant}/service-accounts/{account}",
                                  {.summary = "Changes a service account's name or scopes",
                                   .role = Role::admin,
                                   .revokes = true,
                                   .problems = kNamed}),
    delete_<remove_service_account>("/api/v1/tenants/{tenant}/service-accounts/{account}",
                                    {.summary = "Removes a service account and revokes its tokens",
                                     .role = Role::admin,
                                     .revokes = true}),
    get<list_service_tokens>(
        "/api/v1/tenants/{tenant}/service-accounts/{account}/tokens",
        {.summary = "Lists the tokens of a service account, newest first", .role = Role::admin}),
    delete_<revoke_service_token>(
        "/api/v1/tenants/{tenant}/service-accounts/{account}/tokens/{token}",
        {.summary = "Revokes a token of a service account", .role = Role::admin, .revokes = true}),
    post<issue_service_token>("/api/v1/auth/service-account-tokens",
                              {.summary = "Issues or rotates a service account's token for a signed order",
                               .access = Access::anyone,
                               .revokes = true,
                               .limit = {60},
                               .problems = kIssue}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::service_accounts
