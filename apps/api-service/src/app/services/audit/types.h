// What the audit log tells.
#pragma once

#include "starter/core/context.h"
#include "starter/describe/type_info.h"

namespace starter::audit {

/// One security-relevant change, as an admin of the tenant reads it.
struct AuditEvent {
  Uuid id;
  Timestamp at;
  std::optional<Uuid> actor_id;
  std::optional<std::string> actor_name;
  std::string action;
  std::string target_type;
  std::optional<std::string> target_id;
  std::optional<RawJson> detail;
};
BOOST_DESCRIBE_STRUCT(AuditEvent, (), (id, at, actor_id, actor_name, action, target_type, target_id, detail))

/// What a feature records in the transaction of its change. `detail` is a JSON object without secrets.
struct Entry {
  std::string action;  // "member.role_changed": subject and past tense
  std::string target_type;
  std::string target_id;
  RawJson detail{};
};

}  // namespace starter::audit
