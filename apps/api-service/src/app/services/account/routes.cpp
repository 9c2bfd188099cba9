// The signed-in person: profile, password, sessions.
#include "app/services/account/feature.h"
#include "app/services/account/store.h"
#include "app/services/auth/problems.h"
#include "app/services/auth/service.h"
#include "app/services/paging.h"

namespace starter::account {
namespace {

using namespace http;

Task<Result<auth::User>> read_me(const Ctx& ctx) {
  return store::read(ctx);
}

Task<Result<auth::User>> update_me(const Ctx& ctx, UpdateMe input) {
  return store::rename(ctx, input.display_name.value);
}

Task<Result<NoContent>> change_password(const Ctx& ctx, ChangePassword input, auth::Auth& auth) {
  CO_TRY(co_await auth.change_password(ctx, Secret(std::string(input.current_password.reveal())),
                                       Secret(std::string(input.new_password.reveal()))));
  co_return NoContent{};
}

Task<Result<Page<Session>>> list_sessions(const Ctx& ctx, Query<PageQuery> query) {
  const auto before = CO_TRY(paging::position<Timestamp>(query->cursor));
  const auto rows = CO_TRY(co_await store::sessions(ctx, before, query->size() + 1));
  std::vector<Session> sessions;
  for (const auto& row : rows) {
    sessions.push_back(
        {row.id, row.created_at, row.last_used_at, row.ip, row.user_agent, row.id == ctx.who().session});
  }
  co_return paging::cut(std::move(sessions), query->size(),
                        [](const Session& session) { return session.created_at; });
}

Task<Result<NoContent>> revoke_session(const Ctx& ctx, Id<"session"> session) {
  const auto ended = CO_TRY(co_await store::end_session(ctx, session));
  if (ended.ended == 0) co_return Problem{starter::problems::not_found};
  co_return NoContent{};
}

constexpr const ProblemType* kPassword[] = {&auth::problems::password_wrong,
                                            &auth::problems::sign_in_throttled};
constexpr const ProblemType* kMissing[] = {&starter::problems::not_found};

constexpr Route kRoutes[] = {
    get<read_me>("/api/v1/users/me", {.summary = "Reads the signed-in person"}),
    patch<update_me>("/api/v1/users/me", {.summary = "Changes the signed-in person's name"}),
    post<change_password>("/api/v1/users/me/password",
                          {.summary = "Changes the password and ends the other sessions",
                           .revokes = true,
                           .mails = true,
                           .problems = kPassword}),
    get<list_sessions>("/api/v1/users/me/sessions", {.summary = "Lists where the person is signed in"}),
    delete_<revoke_session>("/api/v1/users/me/sessions/{session}",
                            {.summary = "Ends one session", .revokes = true, .problems = kMissing}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::account
