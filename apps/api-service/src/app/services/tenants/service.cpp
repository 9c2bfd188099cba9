#include "app/services/tenants/service.h"

#include "app/services/audit/service.h"
#include "app/services/tenants/slugs.h"
#include "app/services/tenants/store.h"
#include "starter/http/handler.h"

namespace starter::tenants {
namespace {

Task<Result<auth::TenantSummary>> create_as(const Ctx& ctx, Slug slug, std::string name) {
  const Uuid id = Uuid::v7(ctx.now());
  auto transaction = CO_TRY(co_await ctx.new_tenant(id).begin());
  CO_TRY(co_await store::insert(transaction, slug, name));
  CO_TRY(co_await audit::record(ctx, transaction,
                                {"tenant.created", "tenant", id.text(), audit::detail({{"name", name}})}));
  CO_TRY(co_await transaction.commit());
  co_return auth::TenantSummary{id, slug, name, Role::owner, auth::TenantStatus::active};
}

}  // namespace

Task<Result<auth::TenantSummary>> create(const Ctx& ctx, CreateTenant input) {
  if (input.slug) {
    if (is_reserved(*input.slug)) {
      co_return Problem{problems::request_invalid}.with_field("/slug", "reserved",
                                                              "is reserved; choose another one");
    }
    co_return co_await create_as(ctx, *input.slug, input.name.value);
  }
  const Slug plain = slug_from(input.name.value, "");
  if (!is_reserved(plain)) {
    auto created = co_await create_as(ctx, plain, input.name.value);
    if (created || !created.error().is(slug_taken)) co_return created;
  }
  co_return co_await create_as(ctx, slug_from(input.name.value, std::to_string(1000 + random_below(900000))),
                               input.name.value);
}

Task<Result<std::vector<auth::TenantSummary>>> list_mine(const Ctx& ctx, std::optional<Uuid> after,
                                                         int64_t limit) {
  return store::list_mine(ctx, after, limit);
}

Task<Result<Tenant>> read(const Ctx& ctx) {
  return store::read(ctx);
}

Task<Result<Tenant>> rename(const Ctx& ctx, int64_t version, std::string name) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto before = CO_TRY(co_await store::lock(transaction));
  auto renamed = CO_TRY(co_await store::rename(transaction, version, name));
  if (!renamed) co_return Problem{http::problems::precondition_failed};
  CO_TRY(co_await audit::record(ctx, transaction,
                                {"tenant.renamed", "tenant", renamed->id.text(),
                                 audit::detail({{"from", before.name}, {"to", name}})}));
  CO_TRY(co_await transaction.commit());
  co_return std::move(*renamed);
}

}  // namespace starter::tenants
