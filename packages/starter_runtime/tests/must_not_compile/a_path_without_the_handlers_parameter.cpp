// error: the_path_has_no_hole_for_an_Id_parameter_of_the_handler
#include "prelude.h"

namespace starter {
constexpr http::Route kRoute = http::get<read_note>("/notes", {.summary = "Reads a note"});  // bad
constexpr http::Route kNote = http::get<read_note>("/notes/{note}", {.summary = "Reads a note"});
}  // namespace starter
