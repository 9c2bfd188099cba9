// What a person reads and changes about themselves.
#pragma once

#include "app/services/auth/types.h"

namespace starter::account {

struct UpdateMe {
  auth::DisplayName display_name;
};
BOOST_DESCRIBE_STRUCT(UpdateMe, (), (display_name))

struct ChangePassword {
  auth::Password current_password;
  auth::NewPassword new_password;
};
BOOST_DESCRIBE_STRUCT(ChangePassword, (), (current_password, new_password))

/// A place where the person is signed in.
struct Session {
  Uuid id;
  Timestamp created_at;
  Timestamp last_used_at;
  std::optional<std::string> ip;
  std::optional<std::string> user_agent;
  bool current;
};
BOOST_DESCRIBE_STRUCT(Session, (), (id, created_at, last_used_at, ip, user_agent, current))

}  // namespace starter::account
