// error: a_get_or_delete_handler_must_not_take_a_body
#include "prelude.h"

namespace starter {
constexpr http::Route kRoute = http::get<write_note>("/notes", {.summary = "Writes a note"});  // bad
constexpr http::Route kNote = http::post<write_note>("/notes", {.summary = "Writes a note"});
}  // namespace starter
