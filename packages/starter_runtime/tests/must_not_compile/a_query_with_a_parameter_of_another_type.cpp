// error: no known conversion from 'const std::string'
#include "prelude.h"

namespace starter {
Task<Result<Row>> read(const Ctx& ctx, Uuid id, const std::string& text) {
  auto session = ctx.tenant();
  co_await session.one(kOfTenant, text);  // bad
  co_return co_await session.one(kOfTenant, id);
}
}  // namespace starter
