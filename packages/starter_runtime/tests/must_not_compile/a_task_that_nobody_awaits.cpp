// error: ignoring return value of function declared with 'nodiscard' attribute
#include "prelude.h"

namespace starter {
Task<Result<Row>> read(const Ctx& ctx, NoteId note) {
  read_note(ctx, note);  // bad
  co_return co_await read_note(ctx, note);
}
}  // namespace starter
