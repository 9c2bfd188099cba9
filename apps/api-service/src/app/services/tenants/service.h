// Making, reading and renaming tenants.
#pragma once

#include "app/services/tenants/slugs.h"
#include "app/services/tenants/types.h"
#include "starter/core/context.h"

namespace starter::tenants {

inline constexpr ProblemType slug_taken{"tenant.slug_taken", 409, "Another tenant has that address",
                                        "Choose another slug."};

/// The maker becomes the owner. Without a slug one is made from the name, with a suffix if that is taken.
Task<Result<auth::TenantSummary>> create(const Ctx& ctx, CreateTenant input);
Task<Result<std::vector<auth::TenantSummary>>> list_mine(const Ctx& ctx, std::optional<Uuid> after,
                                                         int64_t limit);
Task<Result<Tenant>> read(const Ctx& ctx);
/// problems::precondition_failed when `version` is no longer the current one.
Task<Result<Tenant>> rename(const Ctx& ctx, int64_t version, std::string name);

}  // namespace starter::tenants
