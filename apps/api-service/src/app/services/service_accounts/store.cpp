#include "app/services/service_accounts/store.h"

#include "app/services/service_accounts/feature.h"
#include "app/services/service_accounts/problems.h"

namespace starter::service_accounts {
namespace {

using namespace std::chrono_literals;
using pg::Entry;
using pg::Query;
using pg::Tenant;
using OptionalId = std::optional<Uuid>;
using OptionalNumber = std::optional<int64_t>;

constexpr pg::Violation kName[] = {{"service_accounts_name", &problems::name_taken}};

constexpr Query<Tenant, AccountRow, OptionalId, int64_t> kList{
    .name = "service_account_list",
    .sql =
        "SELECT a.id, a.name, array_to_string(a.scopes, ' ') AS scopes, a.created_at, max(k.last_used_at) AS "
        "last_used_at, count(k.id) FILTER (WHERE k.revoked_at IS NULL AND k.expires_at > now()) AS "
        "active_tokens, a.version "
        "FROM service_accounts a LEFT JOIN service_account_tokens k ON k.tenant_id = a.tenant_id AND "
        "k.account_id = "
        "a.id WHERE a.tenant_id = app_tenant() AND a.removed_at IS NULL AND ($1::uuid IS NULL OR a.id < $1) "
        "GROUP BY a.tenant_id, a.id ORDER BY a.id DESC LIMIT $2"};

constexpr Query<Tenant, AccountRow, Uuid, std::string, std::string> kInsert{
    .name = "service_account_insert",
    .sql =
        "INSERT INTO service_accounts (id, name, scopes) VALUES ($1, $2, string_to_array($3, ' ')) "
        "RETURNING id, name, array_to_string(scopes, ' ') AS scopes, created_at, NULL::timestamptz AS "
        "last_used_at, "
        "0::bigint AS active_tokens, version",
    .violations = kName};

constexpr Query<Tenant, AccountRow, Uuid> kLock{
    .name = "service_account_lock",
    .sql =
        "SELECT a.id, a.name, array_to_string(a.scopes, ' ') AS scopes, a.created_at, "
        "(SELECT max(k.last_used_at) FROM service_account_tokens k WHERE k.tenant_id = a.tenant_id AND "
        "k.account_id = a.id) AS last_used_at, "
        "(SELECT count(*) FROM service_account_tokens k WHERE k.tenant_id = a.tenant_id AND k.account_id = "
        "a.id "
        "AND k.revoked_at IS NULL AND k.expires_at > now()) AS active_tokens, a.version "
        "FROM service_accounts a WHERE a.tenant_id = app_tenant() AND a.id = $1 AND a.removed_at IS NULL "
        "FOR UPDATE OF a",
    .writes = true};

constexpr Query<Tenant, void, Uuid, std::string, std::string> kChange{
    .name = "service_account_change",
    .sql =
        "UPDATE service_accounts SET name = $2, scopes = string_to_array($3, ' '), version = version + 1 "
        "WHERE tenant_id = app_tenant() AND id = $1",
    .violations = kName};

constexpr Query<Tenant, RevokedRow, Uuid> kRemove{
    .name = "service_account_remove",
    .sql =
        "UPDATE service_accounts SET removed_at = now() WHERE tenant_id = app_tenant() AND id = $1 AND "
        "removed_at IS "
        "NULL RETURNING id AS account_id, name"};

constexpr Query<Tenant, void, Uuid> kRevokeAll{.name = "service_token_revoke_all",
                                               .sql =
                                                   "UPDATE service_account_tokens SET revoked_at = now() "
                                                   "WHERE tenant_id = app_tenant() AND account_id = $1 "
                                                   "AND revoked_at IS NULL AND expires_at > now()"};

constexpr Query<Tenant, RevokedRow, Uuid> kFind{
    .name = "service_account_find",
    .sql =
        "SELECT id AS account_id, name FROM service_accounts WHERE tenant_id = app_tenant() AND id = $1 AND "
        "removed_at IS NULL"};

constexpr Query<Tenant, TokenRow, Uuid, OptionalId, int64_t> kTokens{
    .name = "service_token_list",
    .sql =
        "SELECT id, array_to_string(scopes, ' ') AS scopes, issued_by, CASE WHEN revoked_at IS NOT NULL THEN "
        "'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'active' END AS status, created_at, "
        "expires_at, "
        "last_used_at FROM service_account_tokens WHERE tenant_id = app_tenant() AND account_id = $1 "
        "AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"};

constexpr Query<Tenant, RevokedRow, Uuid, Uuid> kRevoke{
    .name = "service_token_revoke",
    .sql =
        "UPDATE service_account_tokens k SET revoked_at = now() FROM service_accounts a WHERE k.tenant_id = "
        "app_tenant() AND k.account_id = $1 AND k.id = $2 AND k.revoked_at IS NULL AND a.tenant_id = "
        "k.tenant_id AND "
        "a.id = k.account_id RETURNING a.id AS account_id, a.name"};

constexpr Query<Entry, IssueRow, std::string, Timestamp, Slug, AccountName, bool, Uuid, Uuid, std::string,
                int64_t, OptionalNumber, std::string>
    kIssue{.name = "service_token_issue",
           .timeout = 2000ms,
           .sql =
               "SELECT outcome, tenant_id, account_id, expires_at, rotated FROM "
               "entry.service_token_issue($1, $2, $3, "
               "$4, $5, $6, $7, string_to_array($8, ' '), $9::integer, $10::integer, $11)",
           .writes = true};

constexpr Query<Entry, GoodToken, Uuid> kUse{
    .name = "service_token_use",
    .sql =
        "SELECT account_id, tenant_id, tenant_slug, account_version, tenant_version, scopes, expires_at FROM "
        "entry.service_token_use($1)",
    .writes = true};

constexpr pg::Statement kQueries[] = {kList.statement(),   kInsert.statement(), kLock.statement(),
                                      kChange.statement(), kRemove.statement(), kRevokeAll.statement(),
                                      kFind.statement(),   kTokens.statement(), kRevoke.statement(),
                                      kIssue.statement(),  kUse.statement()};

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<std::vector<AccountRow>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit) {
  return ctx.tenant().all(kList, before, limit);
}

Task<Result<AccountRow>> insert(pg::TenantTransaction& transaction, Uuid id, std::string name,
                                std::string scopes) {
  return transaction.one(kInsert, id, name, scopes);
}

Task<Result<AccountRow>> lock(pg::TenantTransaction& transaction, Uuid account) {
  return transaction.one(kLock, account);
}

Task<Result<>> change(pg::TenantTransaction& transaction, Uuid account, std::string name,
                      std::string scopes) {
  CO_TRY(co_await transaction.execute(kChange, account, name, scopes));
  co_return Result<>{};
}

Task<Result<std::optional<RevokedRow>>> remove(pg::TenantTransaction& transaction, Uuid account) {
  return transaction.maybe(kRemove, account);
}

Task<Result<size_t>> revoke_all(pg::TenantTransaction& transaction, Uuid account) {
  return transaction.execute(kRevokeAll, account);
}

Task<Result<RevokedRow>> find(const Ctx& ctx, Uuid account) {
  return ctx.tenant().one(kFind, account);
}

Task<Result<std::vector<TokenRow>>> tokens(const Ctx& ctx, Uuid account, std::optional<Uuid> before,
                                           int64_t limit) {
  return ctx.tenant().all(kTokens, account, before, limit);
}

Task<Result<std::optional<RevokedRow>>> revoke(pg::TenantTransaction& transaction, Uuid account, Uuid token) {
  return transaction.maybe(kRevoke, account, token);
}

Task<Result<IssueRow>> issue(const Ctx& ctx, Uuid token, TokenOrder order, std::string scopes) {
  OptionalNumber overlap;
  if (order.overlap_minutes) overlap = order.overlap_minutes->value;
  return ctx.entry().one(kIssue, order.nonce.value, order.expires_at, order.tenant, order.account,
                         order.create.value, Uuid::v7(ctx.now()), token, scopes, order.ttl_minutes.value,
                         overlap, order.issued_by.value);
}

Task<Result<std::optional<GoodToken>>> use(const Ctx& ctx, Uuid token) {
  return ctx.entry().maybe(kUse, token);
}

}  // namespace store
}  // namespace starter::service_accounts
