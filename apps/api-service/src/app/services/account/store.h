// The rows of the signed-in person.
#pragma once

#include "app/services/account/types.h"
#include "starter/core/context.h"

namespace starter::account {

struct SessionRow {
  Uuid id;
  Timestamp created_at;
  Timestamp last_used_at;
  std::optional<std::string> ip;
  std::optional<std::string> user_agent;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (id, created_at, last_used_at, ip, user_agent))

struct Ended {
  int64_t ended;
};
BOOST_DESCRIBE_STRUCT(Ended, (), (ended))

namespace store {

Task<Result<auth::User>> read(const Ctx& ctx);
Task<Result<auth::User>> rename(const Ctx& ctx, std::string name);
Task<Result<std::vector<SessionRow>>> sessions(const Ctx& ctx, std::optional<Timestamp> before,
                                               int64_t limit);
/// How many sessions ended: none when it is not one of this person's.
Task<Result<Ended>> end_session(const Ctx& ctx, Uuid session);

}  // namespace store
}  // namespace starter::account
