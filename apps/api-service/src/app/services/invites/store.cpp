#include "app/services/invites/store.h"

#include "app/services/invites/feature.h"
#include "app/services/invites/service.h"

namespace starter::invites {

struct Found {
  bool found;
};
BOOST_DESCRIBE_STRUCT(Found, (), (found))

namespace {

using pg::Query;
using pg::Self;
using pg::Tenant;

constexpr pg::Violation kOpen[] = {{"invites_open", &exists}};

// What is shown of an invitation; its status follows. Names of former members are hidden by row-level
// security.
#define STARTER_INVITE_COLUMNS                                                                          \
  "id, email, role, invited_by, "                                                                       \
  "(SELECT display_name FROM users u WHERE u.id = invites.invited_by) AS invited_by_name, created_at, " \
  "expires_at, "

constexpr Query<Tenant, Invite, std::optional<Uuid>, int64_t> kList{
    .name = "invite_list",
    .sql =
        "SELECT " STARTER_INVITE_COLUMNS
        "CASE WHEN accepted_at IS NOT NULL THEN "
        "'accepted' "
        "WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'pending' "
        "END AS status "
        "FROM invites WHERE tenant_id = app_tenant() AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC "
        "LIMIT $2"};

constexpr Query<Tenant, Found, Email> kIsMember{
    .name = "invite_is_member",
    .sql =
        "SELECT EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id "
        "WHERE m.tenant_id = app_tenant() AND u.email = $1) AS found"};

constexpr Query<Tenant, void, Email> kCloseExpired{
    .name = "invite_close_expired",
    .sql =
        "UPDATE invites SET revoked_at = now() WHERE tenant_id = app_tenant() AND email = $1 "
        "AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= now()"};

constexpr Query<Tenant, Invite, Uuid, Email, Role> kInsert{
    .name = "invite_insert",
    .sql =
        "INSERT INTO invites (id, email, role, invited_by, expires_at) "
        "VALUES ($1, $2, $3, app_user(), now() + interval '7 days') "
        "RETURNING " STARTER_INVITE_COLUMNS "'pending' AS status",
    .violations = kOpen};

constexpr Query<Tenant, void, Uuid, Uuid, Email> kQueueMail{
    .name = "invite_queue_mail",
    .sql =
        "INSERT INTO jobs (id, queue, tenant_id, payload) SELECT $1, 'mail', app_tenant(), "
        "jsonb_build_object('template', 'invite', 'to', $3::text, 'name', '', 'token_id', $2::uuid, "
        "'tenant_name', t.name, 'inviter_name', u.display_name) "
        "FROM tenants t, users u WHERE t.id = app_tenant() AND u.id = app_user()"};

constexpr Query<Tenant, Invite, Uuid> kRevoke{
    .name = "invite_revoke",
    .sql =
        "UPDATE invites SET revoked_at = now() WHERE tenant_id = app_tenant() AND id = $1 "
        "AND accepted_at IS NULL AND revoked_at IS NULL "
        "RETURNING " STARTER_INVITE_COLUMNS "'revoked' AS status"};

constexpr Query<Self, AcceptedRow, Uuid> kAccept{.name = "invite_accept",
                                                 .sql =
                                                     "SELECT outcome, tenant_id, tenant_slug, tenant_name, "
                                                     "role, tenant_status FROM entry.invite_accept($1)",
                                                 .writes = true};

constexpr pg::Statement kQueries[] = {kList.statement(),   kIsMember.statement(),  kCloseExpired.statement(),
                                      kInsert.statement(), kQueueMail.statement(), kRevoke.statement(),
                                      kAccept.statement()};

#undef STARTER_INVITE_COLUMNS

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<std::vector<Invite>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit) {
  return ctx.tenant().all(kList, before, limit);
}

Task<Result<bool>> is_member(pg::TenantTransaction& transaction, Email email) {
  co_return CO_TRY(co_await transaction.one(kIsMember, email)).found;
}

Task<Result<>> close_expired(pg::TenantTransaction& transaction, Email email) {
  CO_TRY(co_await transaction.execute(kCloseExpired, email));
  co_return Result<>{};
}

Task<Result<Invite>> insert(pg::TenantTransaction& transaction, Uuid id, Email email, Role role) {
  return transaction.one(kInsert, id, email, role);
}

Task<Result<>> queue_mail(pg::TenantTransaction& transaction, Uuid job, Uuid invite, Email email) {
  CO_TRY(co_await transaction.execute(kQueueMail, job, invite, email));
  co_return Result<>{};
}

Task<Result<std::optional<Invite>>> revoke(pg::TenantTransaction& transaction, Uuid invite) {
  return transaction.maybe(kRevoke, invite);
}

Task<Result<std::optional<AcceptedRow>>> accept(const Ctx& ctx, Uuid invite) {
  return ctx.self().maybe(kAccept, invite);
}

}  // namespace store
}  // namespace starter::invites
