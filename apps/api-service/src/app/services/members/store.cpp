#include "app/services/members/store.h"

#include "app/services/members/feature.h"
#include "app/services/members/service.h"

namespace starter::members {
namespace {

using pg::Query;
using pg::Tenant;

constexpr pg::Violation kLastOwner[] = {{"tenant_last_owner", &last_owner}};

constexpr Query<Tenant, Member, std::optional<Uuid>, int64_t> kList{
    .name = "member_list",
    .sql =
        "SELECT m.user_id, u.email, u.display_name, m.role, m.joined_at FROM memberships m JOIN users u ON "
        "u.id = m.user_id "
        "WHERE m.tenant_id = app_tenant() AND ($1::uuid IS NULL OR m.user_id > $1) ORDER BY m.user_id LIMIT "
        "$2"};

constexpr Query<Tenant, Member, Uuid> kLock{
    .name = "member_lock",
    .sql =
        "SELECT m.user_id, u.email, u.display_name, m.role, m.joined_at FROM memberships m JOIN users u ON "
        "u.id = m.user_id "
        "WHERE m.tenant_id = app_tenant() AND m.user_id = $1 FOR UPDATE OF m",
    .writes = true};

constexpr Query<Tenant, void, Uuid, Role> kSetRole{
    .name = "member_set_role",
    .sql = "UPDATE memberships SET role = $2 WHERE tenant_id = app_tenant() AND user_id = $1",
    .violations = kLastOwner};

constexpr Query<Tenant, void, Uuid> kRemove{
    .name = "member_remove",
    .sql = "DELETE FROM memberships WHERE tenant_id = app_tenant() AND user_id = $1",
    .violations = kLastOwner};

constexpr pg::Statement kQueries[] = {kList.statement(), kLock.statement(), kSetRole.statement(),
                                      kRemove.statement()};

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<std::vector<Member>>> list(const Ctx& ctx, std::optional<Uuid> after, int64_t limit) {
  return ctx.tenant().all(kList, after, limit);
}

Task<Result<Member>> lock(pg::TenantTransaction& transaction, Uuid user) {
  return transaction.one(kLock, user);
}

Task<Result<>> set_role(pg::TenantTransaction& transaction, Uuid user, Role role) {
  CO_TRY(co_await transaction.execute(kSetRole, user, role));
  co_return Result<>{};
}

Task<Result<>> remove(pg::TenantTransaction& transaction, Uuid user) {
  CO_TRY(co_await transaction.execute(kRemove, user));
  co_return Result<>{};
}

}  // namespace store
}  // namespace starter::members
