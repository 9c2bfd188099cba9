// The rows of projects.
#pragma once

#include "app/services/projects/types.h"

namespace starter::projects::store {

Task<Result<std::vector<Project>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);
Task<Result<Project>> insert(pg::TenantTransaction& transaction, Uuid id, std::string name);
/// Locks the row until the end of the transaction.
Task<Result<Project>> lock(pg::TenantTransaction& transaction, Uuid project);
Task<Result<Project>> rename(pg::TenantTransaction& transaction, Uuid project, std::string name);
Task<Result<Project>> archive(pg::TenantTransaction& transaction, Uuid project);

}  // namespace starter::projects::store
