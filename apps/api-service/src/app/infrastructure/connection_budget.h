// Do the connections that this process will open fit into what the database still has?
#pragma once

#include "starter/core/context.h"
#include "starter/observe/log.h"
#include "starter/postgres/query.h"

namespace starter {

std::span<const pg::Statement> connection_budget_queries();

/// Warns when the log-in of `ctx` may open fewer connections than are `missing`: by max_connections, or by
/// its CONNECTION LIMIT. Refusing to start would be worse: a rolling release has both generations open for a
/// while.
Task<> check_connection_budget(Ctx ctx, std::function<size_t()> missing, observe::Logger& log);

}  // namespace starter
