#include "app/services/members/feature.h"
#include "app/services/members/service.h"
#include "app/services/paging.h"

namespace starter::members {
namespace {

using namespace http;

Task<Result<Page<Member>>> list_members(const Ctx& ctx, Query<PageQuery> query) {
  const auto after = CO_TRY(paging::position<Uuid>(query->cursor));
  auto rows = CO_TRY(co_await list(ctx, after, query->size() + 1));
  co_return paging::cut(std::move(rows), query->size(), [](const Member& member) { return member.user_id; });
}

Task<Result<Member>> change_member_role(const Ctx& ctx, Id<"user"> user, ChangeRole input) {
  return change_role(ctx, user, input.role);
}

Task<Result<NoContent>> remove_member(const Ctx& ctx, Id<"user"> user) {
  CO_TRY(co_await remove(ctx, user));
  co_return NoContent{};
}

constexpr const ProblemType* kChange[] = {&last_owner, &owner_only};

constexpr Route kRoutes[] = {
    get<list_members>("/api/v1/tenants/{tenant}/members",
                      {.summary = "Lists the members of the tenant", .scope = "members:read"}),
    patch<change_member_role>(
        "/api/v1/tenants/{tenant}/members/{user}",
        {.summary = "Changes a member's role", .role = Role::admin, .revokes = true, .problems = kChange}),
    delete_<remove_member>(
        "/api/v1/tenants/{tenant}/members/{user}",
        {.summary = "Removes a member, or leaves the tenant", .revokes = true, .problems = kChange}),
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

}  // namespace starter::members
