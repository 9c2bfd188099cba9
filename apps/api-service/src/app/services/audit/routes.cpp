#include "app/services/audit/feature.h"
#include "app/services/audit/service.h"
#include "app/services/paging.h"

namespace starter::audit {
namespace {

using namespace http;

Task<Result<Page<AuditEvent>>> list_audit_events(const Ctx& ctx, Query<PageQuery> query) {
  const auto before = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await list(ctx, before, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(), [](const AuditEvent& event) { return event.id; });
}

constexpr Route kRoutes[] = {
    get<list_audit_events>("/api/v1/tenants/{tenant}/audit-events",
                           {.summary = "Lists what was changed in the tenant, newest first",
                            .role = Role::admin,
                            .scope = "audit:read"}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::audit
