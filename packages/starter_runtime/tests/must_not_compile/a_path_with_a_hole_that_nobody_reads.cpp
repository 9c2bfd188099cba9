// error: the_path_has_a_hole_that_the_handler_ignores
#include "prelude.h"

namespace starter {
constexpr http::Route kRoute = http::get<read_note>("/books/{book}/notes/{note}", {.summary = "Reads"});  // bad
constexpr http::Route kNote = http::get<read_note>("/tenants/{tenant}/notes/{note}", {.summary = "Reads"});
}  // namespace starter
