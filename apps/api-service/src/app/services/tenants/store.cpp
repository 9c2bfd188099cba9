#include "app/services/tenants/store.h"

#include "app/services/tenants/feature.h"
#include "app/services/tenants/service.h"

namespace starter::tenants {
namespace {

using pg::Query;
using pg::Self;

constexpr pg::Violation kTaken[] = {{"tenants_slug_key", &slug_taken}};

constexpr Query<pg::Tenant, void, Slug, std::string> kInsert{
    .name = "tenant_insert",
    .sql = "INSERT INTO tenants (id, slug, name) VALUES (app_tenant(), $1, $2)",
    .violations = kTaken};

constexpr Query<pg::Tenant, void> kInsertOwner{
    .name = "tenant_insert_owner",
    .sql = "INSERT INTO memberships (user_id, role) VALUES (app_user(), 'owner')"};

constexpr Query<Self, auth::TenantSummary, std::optional<Uuid>, int64_t> kListMine{
    .name = "tenant_list_mine",
    .sql =
        "SELECT t.id, t.slug, t.name, m.role, t.status FROM memberships m JOIN tenants t ON t.id = "
        "m.tenant_id "
        "WHERE m.user_id = app_user() AND ($1::uuid IS NULL OR t.id > $1) ORDER BY t.id LIMIT $2"};

constexpr Query<pg::Tenant, Tenant> kRead{
    .name = "tenant_read",
    .sql = "SELECT id, slug, name, status, created_at, version FROM tenants WHERE id = app_tenant()"};

constexpr Query<pg::Tenant, Tenant> kLock{
    .name = "tenant_lock",
    .sql =
        "SELECT id, slug, name, status, created_at, version FROM tenants WHERE id = app_tenant() FOR UPDATE",
    .writes = true};

constexpr Query<pg::Tenant, Tenant, int64_t, std::string> kRename{
    .name = "tenant_rename",
    .sql =
        "UPDATE tenants SET name = $2, version = version + 1 WHERE id = app_tenant() AND version = $1 "
        "RETURNING id, slug, name, status, created_at, version"};

constexpr pg::Statement kQueries[] = {kInsert.statement(), kInsertOwner.statement(), kListMine.statement(),
                                      kRead.statement(),   kLock.statement(),        kRename.statement()};

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<>> insert(pg::TenantTransaction& transaction, Slug slug, std::string name) {
  CO_TRY(co_await transaction.execute(kInsert, slug, name));
  CO_TRY(co_await transaction.execute(kInsertOwner));
  co_return Result<>{};
}

Task<Result<std::vector<auth::TenantSummary>>> list_mine(const Ctx& ctx, std::optional<Uuid> after,
                                                         int64_t limit) {
  return ctx.self().all(kListMine, after, limit);
}

Task<Result<Tenant>> read(const Ctx& ctx) {
  return ctx.tenant().one(kRead);
}

Task<Result<Tenant>> lock(pg::TenantTransaction& transaction) {
  return transaction.one(kLock);
}

Task<Result<std::optional<Tenant>>> rename(pg::TenantTransaction& transaction, int64_t version,
                                           std::string name) {
  return transaction.maybe(kRename, version, name);
}

}  // namespace store
}  // namespace starter::tenants
