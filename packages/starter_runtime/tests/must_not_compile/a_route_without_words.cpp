// error: a_route_needs_a_summary
#include "prelude.h"

namespace starter {
constexpr http::Route kRoute = http::post<write_note>("/notes", {});  // bad
constexpr http::Route kNote = http::post<write_note>("/notes", {.summary = "Writes a note"});
}  // namespace starter
