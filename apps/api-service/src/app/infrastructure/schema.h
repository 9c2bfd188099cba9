// Is the database's schema one that this binary can work with?
#pragma once

#include "app/services/health/service.h"
#include "starter/postgres/query.h"

namespace starter {

std::span<const pg::Statement> schema_queries();

/// ok when every migration of this binary has been applied; a newer schema is fine (expand, then contract).
Task<health::CheckStatus> schema_is_current(const Ctx& ctx);

}  // namespace starter
