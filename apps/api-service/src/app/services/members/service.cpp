#include "app/services/members/service.h"

#include "app/services/audit/service.h"
#include "app/services/members/store.h"
#include "starter/http/service.h"

namespace starter::members {
Task<Result<std::vector<Member>>> list(const Ctx& ctx, std::optional<Uuid> after, int64_t limit) {
  return store::list(ctx, after, limit);
}

Task<Result<Member>> change_role(const Ctx& ctx, Uuid user, Role role) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  auto member = CO_TRY(co_await store::lock(transaction, user));
  const bool about_owners = member.role == Role::owner || role == Role::owner;
  if (about_owners && ctx.who().role != Role::owner) co_return Problem{owner_only};
  if (member.role == role) co_return member;
  CO_TRY(co_await store::set_role(transaction, user, role));
  CO_TRY(co_await audit::record(
      ctx, transaction,
      {"member.role_changed", "user", user.text(),
       audit::detail(
           {{"name", member.display_name}, {"from", enum_text(member.role)}, {"to", enum_text(role)}})}));
  CO_TRY(co_await transaction.commit());
  member.role = role;
  co_return member;
}

Task<Result<>> remove(const Ctx& ctx, Uuid user) {
  const bool leaving = user == ctx.who().user;
  if (!leaving && ctx.who().role < Role::admin) co_return Problem{http::problems::role_insufficient};
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto member = CO_TRY(co_await store::lock(transaction, user));
  if (!leaving && member.role == Role::owner && ctx.who().role != Role::owner) co_return Problem{owner_only};
  CO_TRY(co_await audit::record(ctx, transaction,
                                {leaving ? "member.left" : "member.removed", "user", user.text(),
                                 audit::detail({{"name", member.display_name}})}));
  CO_TRY(co_await store::remove(transaction, user));
  co_return co_await transaction.commit();
}

}  // namespace starter::members
