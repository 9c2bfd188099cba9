// The rows of invitations.
#pragma once

#include "app/services/invites/types.h"
#include "starter/core/context.h"

namespace starter::invites {

struct AcceptedRow {
  std::string outcome;  // "joined" or "mismatch"
  std::optional<Uuid> tenant_id;
  std::optional<Slug> tenant_slug;
  std::optional<std::string> tenant_name;
  std::optional<Role> role;
  std::optional<auth::TenantStatus> tenant_status;
};
BOOST_DESCRIBE_STRUCT(AcceptedRow, (), (outcome, tenant_id, tenant_slug, tenant_name, role, tenant_status))

namespace store {

Task<Result<std::vector<Invite>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);
Task<Result<bool>> is_member(pg::TenantTransaction& transaction, Email email);
/// An expired invitation of the same address makes room.
Task<Result<>> close_expired(pg::TenantTransaction& transaction, Email email);
Task<Result<Invite>> insert(pg::TenantTransaction& transaction, Uuid id, Email email, Role role);
Task<Result<>> queue_mail(pg::TenantTransaction& transaction, Uuid job, Uuid invite, Email email);
/// Nothing when there is no open invitation of that id.
Task<Result<std::optional<Invite>>> revoke(pg::TenantTransaction& transaction, Uuid invite);
Task<Result<std::optional<AcceptedRow>>> accept(const Ctx& ctx, Uuid invite);

}  // namespace store
}  // namespace starter::invites
