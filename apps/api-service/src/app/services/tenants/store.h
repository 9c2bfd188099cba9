// The rows of tenants and of the membership that makes somebody their owner.
#pragma once

#include "app/services/tenants/types.h"
#include "starter/core/context.h"

namespace starter::tenants::store {

Task<Result<>> insert(pg::TenantTransaction& transaction, Slug slug, std::string name);
Task<Result<std::vector<auth::TenantSummary>>> list_mine(const Ctx& ctx, std::optional<Uuid> after,
                                                         int64_t limit);
Task<Result<Tenant>> read(const Ctx& ctx);
/// Locks the row until the end of the transaction.
Task<Result<Tenant>> lock(pg::TenantTransaction& transaction);
/// Nothing when the version is another one.
Task<Result<std::optional<Tenant>>> rename(pg::TenantTransaction& transaction, int64_t version,
                                           std::string name);

}  // namespace starter::tenants::store
