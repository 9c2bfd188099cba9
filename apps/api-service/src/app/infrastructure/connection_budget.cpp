#include "app/infrastructure/connection_budget.h"

namespace starter {

struct FreeRow {
  int64_t free;
};
BOOST_DESCRIBE_STRUCT(FreeRow, (), (free))

namespace {

// Of other people's sessions one sees whose they are and not what kind; those without a user are the server's
// own.
constexpr pg::Query<pg::Entry, FreeRow> kFree{
    .name = "connections_free",
    .sql =
        "SELECT least("
        "current_setting('max_connections')::bigint - "
        "current_setting('superuser_reserved_connections')::bigint - "
        "(SELECT count(*) FROM pg_stat_activity WHERE usesysid IS NOT NULL), "
        "CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit - "
        "(SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid) END) AS free "
        "FROM pg_roles r WHERE r.rolname = session_user"};
constexpr pg::Statement kQueries[] = {kFree.statement()};

}  // namespace

std::span<const pg::Statement> connection_budget_queries() {
  return kQueries;
}

Task<> check_connection_budget(Ctx ctx, std::function<size_t()> missing, observe::Logger& log) {
  const auto row = co_await ctx.entry().one(kFree);
  const auto wanted = static_cast<int64_t>(missing());
  if (!row || row->free >= wanted) co_return;
  log.warning(
      "database.connections_short",
      {{"wanted", wanted},
       {"free", row->free},
       {"fix",
        "lower DATABASE_POOL_SIZE or WORKERS, or raise max_connections or the role's CONNECTION LIMIT"}});
}

}  // namespace starter
