#include "app/services/invites/service.h"

#include "app/services/audit/service.h"
#include "app/services/auth/problems.h"
#include "app/services/invites/store.h"
#include "app/services/members/service.h"

namespace starter::invites {

Task<Result<std::vector<Invite>>> Invites::list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit) {
  return store::list(ctx, before, limit);
}

Task<Result<Invite>> Invites::create(const Ctx& ctx, CreateInvite input) {
  if (input.role == Role::owner && ctx.who().role != Role::owner) co_return Problem{members::owner_only};
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  if (CO_TRY(co_await store::is_member(transaction, input.email))) co_return Problem{already_member};
  CO_TRY(co_await store::close_expired(transaction, input.email));
  auto invite = CO_TRY(co_await store::insert(transaction, Uuid::v7(ctx.now()), input.email, input.role));
  CO_TRY(co_await store::queue_mail(transaction, Uuid::v7(ctx.now()), invite.id, input.email));
  CO_TRY(co_await audit::record(
      ctx, transaction,
      {"invite.created", "invite", invite.id.text(),
       audit::detail({{"email", invite.email.value}, {"role", enum_text(invite.role)}})}));
  CO_TRY(co_await transaction.commit());
  co_return invite;
}

Task<Result<>> Invites::revoke(const Ctx& ctx, Uuid id) {
  auto transaction = CO_TRY(co_await ctx.tenant().begin());
  const auto revoked = CO_TRY(co_await store::revoke(transaction, id));
  if (!revoked) co_return Problem{problems::not_found};
  CO_TRY(co_await audit::record(
      ctx, transaction,
      {"invite.revoked", "invite", id.text(), audit::detail({{"email", revoked->email.value}})}));
  co_return co_await transaction.commit();
}

Task<Result<auth::TenantSummary>> Invites::accept(const Ctx& ctx, std::string token) {
  const auto id = tokens_.verify(token, "invite");
  if (!id) co_return Problem{auth::problems::token_invalid};
  const auto row = CO_TRY(co_await store::accept(ctx, *id));
  if (!row) co_return Problem{auth::problems::token_invalid};
  if (row->outcome == "mismatch") co_return Problem{email_mismatch};
  co_return auth::TenantSummary{*row->tenant_id, *row->tenant_slug, *row->tenant_name, *row->role,
                                *row->tenant_status};
}

}  // namespace starter::invites
