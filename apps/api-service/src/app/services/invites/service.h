// A person joins a tenant only by accepting an invitation that was sent to their own address.
#pragma once

#include "app/services/invites/types.h"
#include "starter/core/context.h"
#include "starter/crypto/one_time_token.h"

namespace starter {
struct App;
}

namespace starter::invites {

inline constexpr ProblemType exists{"invite.exists", 409, "That address has an open invitation",
                                    "Revoke it first, or wait for the answer."};
inline constexpr ProblemType already_member{"member.exists", 409, "That address belongs to a member already",
                                            "Change the member's role instead."};
inline constexpr ProblemType email_mismatch{"invite.email_mismatch", 403,
                                            "The invitation was sent to another address",
                                            "Sign in with the address that received the mail."};

class Invites {
 public:
  explicit Invites(const crypto::OneTimeTokens& tokens) : tokens_(tokens) {}

  Task<Result<std::vector<Invite>>> list(const Ctx& ctx, std::optional<Uuid> before, int64_t limit);
  Task<Result<Invite>> create(const Ctx& ctx, CreateInvite input);
  Task<Result<>> revoke(const Ctx& ctx, Uuid invite);
  Task<Result<auth::TenantSummary>> accept(const Ctx& ctx, std::string token);

 private:
  const crypto::OneTimeTokens& tokens_;
};

Invites& inject(App& app, std::type_identity<Invites>);

}  // namespace starter::invites
