#include "app/infrastructure/schema.h"

#include "app/infrastructure/migrations.h"

namespace starter {

struct AppliedRow {
  int64_t applied;
};
BOOST_DESCRIBE_STRUCT(AppliedRow, (), (applied))

namespace {

constexpr pg::Query<pg::Entry, AppliedRow, std::string> kApplied{
    .name = "schema_applied", .sql = "SELECT count(*) AS applied FROM schema_migrations WHERE version <= $1"};
constexpr pg::Statement kQueries[] = {kApplied.statement()};

}  // namespace

std::span<const pg::Statement> schema_queries() {
  return kQueries;
}

Task<health::CheckStatus> schema_is_current(const Ctx& ctx) {
  const auto all = migrations();
  const auto row = co_await ctx.entry().one(kApplied, std::string(all.back().name));
  co_return row&& static_cast<size_t>(row->applied) >= all.size() ? health::CheckStatus::ok
                                                                  : health::CheckStatus::failed;
}

}  // namespace starter
