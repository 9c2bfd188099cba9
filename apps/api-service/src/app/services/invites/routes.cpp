#include "app/services/auth/problems.h"
#include "app/services/invites/feature.h"
#include "app/services/invites/service.h"
#include "app/services/members/service.h"
#include "app/services/paging.h"

namespace starter::invites {
namespace {

using namespace http;

Task<Result<Page<Invite>>> list_invites(const Ctx& ctx, Query<PageQuery> query, Invites& invites) {
  const auto before = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await invites.list(ctx, before, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(), [](const Invite& invite) { return invite.id; });
}

Task<Result<Created<Invite>>> create_invite(const Ctx& ctx, CreateInvite input, Invites& invites) {
  co_return Created{CO_TRY(co_await invites.create(ctx, std::move(input)))};
}

Task<Result<NoContent>> revoke_invite(const Ctx& ctx, Id<"invite"> invite, Invites& invites) {
  CO_TRY(co_await invites.revoke(ctx, invite));
  co_return NoContent{};
}

Task<Result<auth::TenantSummary>> accept_invite(const Ctx& ctx, auth::MailToken input, Invites& invites) {
  return invites.accept(ctx, std::string(input.token.reveal()));
}

constexpr const ProblemType* kCreate[] = {&exists, &already_member, &members::owner_only};
constexpr const ProblemType* kAccept[] = {&auth::problems::token_invalid, &email_mismatch};

constexpr Route kRoutes[] = {
    get<list_invites>("/api/v1/tenants/{tenant}/invites",
                      {.summary = "Lists invitations, newest first", .role = Role::admin}),
    post<create_invite>("/api/v1/tenants/{tenant}/invites", {.summary = "Invites a person by e-mail",
                                                             .role = Role::admin,
                                                             .idempotent = true,
                                                             .mails = true,
                                                             .limit = {60},
                                                             .problems = kCreate}),
    delete_<revoke_invite>("/api/v1/tenants/{tenant}/invites/{invite}",
                           {.summary = "Takes an invitation back", .role = Role::admin}),
    post<accept_invite>("/api/v1/auth/invites/accept",
                        {.summary = "Joins the tenant of an invitation", .problems = kAccept}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::invites
