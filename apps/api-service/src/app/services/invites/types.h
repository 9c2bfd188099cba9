// Invitations by e-mail.
#pragma once

#include "app/services/auth/types.h"

namespace starter::invites {

enum class InviteStatus { pending, accepted, revoked, expired };
BOOST_DESCRIBE_ENUM(InviteStatus, pending, accepted, revoked, expired)

struct CreateInvite {
  Email email;
  Default<Role::member> role;
};
BOOST_DESCRIBE_STRUCT(CreateInvite, (), (email, role))

struct Invite {
  Uuid id;
  Email email;
  Role role;
  Uuid invited_by;
  std::optional<std::string> invited_by_name;  // none once that person has left
  Timestamp created_at;
  Timestamp expires_at;
  InviteStatus status;
};
BOOST_DESCRIBE_STRUCT(Invite, (),
                      (id, email, role, invited_by, invited_by_name, created_at, expires_at, status))

}  // namespace starter::invites
