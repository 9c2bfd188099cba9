// The audit log: written in the transaction of the change itself, read by admins.
#pragma once

#include <initializer_list>

#include "app/services/audit/types.h"

namespace starter::audit {

/// A JSON object of texts for Entry::detail.
RawJson detail(std::initializer_list<std::pair<std::string_view, std::string_view>> members);

/// Commits or rolls back with `transaction`, so there is no change without its event and no event without its
/// change.
Task<Result<>> record(const Ctx& ctx, pg::TenantTransaction& transaction, Entry entry);

Task<Result<std::vector<AuditEvent>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);

}  // namespace starter::audit
