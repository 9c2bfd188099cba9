// Who belongs to a tenant.
#pragma once

#include "starter/core/context.h"
#include "starter/describe/type_info.h"

namespace starter::members {

struct Member {
  Uuid user_id;
  Email email;
  std::string display_name;
  Role role;
  Timestamp joined_at;
};
BOOST_DESCRIBE_STRUCT(Member, (), (user_id, email, display_name, role, joined_at))

struct ChangeRole {
  Role role;
};
BOOST_DESCRIBE_STRUCT(ChangeRole, (), (role))

}  // namespace starter::members
