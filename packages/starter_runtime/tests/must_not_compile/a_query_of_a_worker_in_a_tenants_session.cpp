// error: to deleted member function 'one'
#include "prelude.h"

namespace starter {
Task<Result<Row>> read(const Ctx& ctx) {
  auto session = ctx.tenant();
  co_await session.one(kOfWorker);  // bad
  co_return Row{};
}
}  // namespace starter
