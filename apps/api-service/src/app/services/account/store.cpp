#include "app/services/account/store.h"

#include "app/services/account/feature.h"

namespace starter::account {
namespace {

using pg::Query;
using pg::Self;

constexpr Query<Self, auth::User> kRead{.name = "account_read",
                                        .sql =
                                            "SELECT id, email, display_name, true AS email_verified, "
                                            "created_at FROM users WHERE id = app_user()"};

constexpr Query<Self, auth::User, std::string> kRename{
    .name = "account_rename",
    .sql =
        "UPDATE users SET display_name = $1 WHERE id = app_user() "
        "RETURNING id, email, display_name, true AS email_verified, created_at"};

constexpr Query<Self, SessionRow, std::optional<Timestamp>, int64_t> kSessions{
    .name = "account_sessions",
    .sql = "SELECT id, created_at, last_used_at, ip, user_agent FROM entry.session_list($1, $2::integer)"};

constexpr Query<Self, Ended, Uuid> kEndSession{
    .name = "account_session_end",
    .sql = "SELECT ended FROM entry.sessions_end(app_user(), $1, NULL, 'revoked_by_owner')",
    .writes = true};

constexpr pg::Statement kQueries[] = {kRead.statement(), kRename.statement(), kSessions.statement(),
                                      kEndSession.statement()};

}  // namespace

std::span<const pg::Statement> queries() {
  return kQueries;
}

namespace store {

Task<Result<auth::User>> read(const Ctx& ctx) {
  return ctx.self().one(kRead);
}

Task<Result<auth::User>> rename(const Ctx& ctx, std::string name) {
  return ctx.self().one(kRename, name);
}

Task<Result<std::vector<SessionRow>>> sessions(const Ctx& ctx, std::optional<Timestamp> before,
                                               int64_t limit) {
  return ctx.self().all(kSessions, before, limit);
}

Task<Result<Ended>> end_session(const Ctx& ctx, Uuid session) {
  return ctx.self().one(kEndSession, session);
}

}  // namespace store
}  // namespace starter::account
