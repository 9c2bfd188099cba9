// error: implicit instantiation of undefined template 'starter::http::detail::Argument<int>'
#include "prelude.h"

namespace starter {
inline Task<Result<Row>> read_number(const Ctx&, int) {
  co_return Row{};
}
constexpr http::Route kRoute = http::get<read_number>("/number", {.summary = "Reads"});  // bad
}  // namespace starter
