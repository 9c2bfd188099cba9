// The rows of memberships.
#pragma once

#include "app/services/members/types.h"

namespace starter::members::store {

Task<Result<std::vector<Member>>> list(const Ctx& ctx, std::optional<Uuid> after, int64_t limit);
/// Locks the row until the end of the transaction.
Task<Result<Member>> lock(pg::TenantTransaction& transaction, Uuid user);
Task<Result<>> set_role(pg::TenantTransaction& transaction, Uuid user, Role role);
Task<Result<>> remove(pg::TenantTransaction& transaction, Uuid user);

}  // namespace starter::members::store
