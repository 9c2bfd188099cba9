// error: no matching constructor for initialization of 'pg::TenantSession'
#include "prelude.h"

namespace starter {
Task<Result<Row>> read(const Ctx& ctx, Uuid id) {
  pg::TenantSession session(pg::Scope{});  // bad
  auto session = ctx.tenant();  // instead
  co_return co_await session.one(kOfTenant, id);
}
}  // namespace starter
