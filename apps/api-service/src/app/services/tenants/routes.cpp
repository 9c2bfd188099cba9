#include "app/services/paging.h"
#include "app/services/tenants/feature.h"
#include "app/services/tenants/service.h"

namespace starter::tenants {
namespace {

using namespace http;

Task<Result<Page<auth::TenantSummary>>> list_tenants(const Ctx& ctx, Query<PageQuery> query) {
  const auto after = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await list_mine(ctx, after, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(),
                        [](const auth::TenantSummary& tenant) { return tenant.id; });
}

Task<Result<Created<auth::TenantSummary>>> create_tenant(const Ctx& ctx, CreateTenant input) {
  co_return Created{CO_TRY(co_await create(ctx, std::move(input)))};
}

Task<Result<Versioned<Tenant>>> read_tenant(const Ctx& ctx) {
  co_return Versioned{CO_TRY(co_await read(ctx))};
}

Task<Result<Versioned<Tenant>>> rename_tenant(const Ctx& ctx, IfMatch match, RenameTenant input) {
  co_return Versioned{CO_TRY(co_await rename(ctx, match.version, input.name.value))};
}

constexpr const ProblemType* kCreate[] = {&slug_taken, &starter::problems::conflict};

constexpr Route kRoutes[] = {
    get<list_tenants>("/api/v1/tenants", {.summary = "Lists the tenants one is a member of"}),
    post<create_tenant>("/api/v1/tenants", {.summary = "Makes a tenant and its first owner",
                                            .idempotent = true,
                                            .limit = {60},
                                            .problems = kCreate}),
    get<read_tenant>("/api/v1/tenants/{tenant}", {.summary = "Reads the tenant", .scope = "tenant:read"}),
    patch<rename_tenant>("/api/v1/tenants/{tenant}", {.summary = "Renames the tenant", .role = Role::admin}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::tenants
