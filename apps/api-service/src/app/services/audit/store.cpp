#include "app/services/audit/feature.h"
#include "app/services/audit/service.h"
#include "starter/describe/json.h"

namespace starter::audit {
namespace {

using pg::Query;
using pg::Tenant;

// Transaction id, time, salt and digest are set by the database (seal_audit_event).
constexpr Query<Tenant, void, Uuid, std::string, std::string, std::string, RawJson> kRecord{
    .name = "audit_record",
    .sql =
        "INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, target_id, payload, xid, "
        "at, digest) "
        "VALUES ($1, app_tenant(), app_user(), $2, $3, $4, $5, pg_current_xact_id(), now(), '')"};

constexpr Query<Tenant, AuditEvent, std::optional<Uuid>, int64_t> kList{
    .name = "audit_list",
    .sql =
        "SELECT e.id, e.at, e.actor_id, coalesce(u.display_name, s.name) AS actor_name, e.action, "
        "e.target_type, e.target_id, "
        "e.payload AS detail FROM audit_events e LEFT JOIN users u ON u.id = e.actor_id "
        "LEFT JOIN service_accounts s ON s.tenant_id = app_tenant() AND s.id = e.actor_id "
        "WHERE e.tenant_id = app_tenant() AND ($1::uuid IS NULL OR e.id < $1) ORDER BY e.id DESC LIMIT $2"};

constexpr pg::Statement kQueries[] = {kRecord.statement(), kList.statement()};

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

RawJson detail(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (out.size() > 1) out += ',';
    json::append_quoted(name, out);
    out += ':';
    json::append_quoted(value, out);
  }
  return {out + "}"};
}

Task<Result<>> record(const Ctx& ctx, pg::TenantTransaction& transaction, Entry entry) {
  CO_TRY(co_await transaction.execute(kRecord, Uuid::v7(ctx.now()), entry.action, entry.target_type,
                                      entry.target_id, entry.detail));
  co_return Result<>{};
}

Task<Result<std::vector<AuditEvent>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit) {
  return ctx.tenant().all(kList, before, limit);
}

}  // namespace starter::audit
