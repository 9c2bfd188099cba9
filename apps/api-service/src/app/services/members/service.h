// Roles and departures. Who lost a right loses it within a second: the change itself ends the access tokens.
#pragma once

#include "app/services/members/types.h"

namespace starter::members {

inline constexpr ProblemType last_owner{"tenant.last_owner", 409, "A tenant needs an owner",
                                        "Make somebody else an owner first."};
inline constexpr ProblemType owner_only{"role.owner_only", 403, "Only an owner may do this to an owner",
                                        "Ask an owner of the tenant."};

Task<Result<std::vector<Member>>> list(const Ctx& ctx, std::optional<Uuid> after, int64_t limit);
/// Admins change roles up to admin; only owners make or unmake owners.
Task<Result<Member>> change_role(const Ctx& ctx, Uuid user, Role role);
/// Admins remove others; everybody may leave.
Task<Result<>> remove(const Ctx& ctx, Uuid user);

}  // namespace starter::members
