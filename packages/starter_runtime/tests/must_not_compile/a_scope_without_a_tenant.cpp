// error: a_scope_is_for_routes_of_a_tenant
#include "prelude.h"

namespace starter {
constexpr http::Route kRoute = http::post<write_note>("/notes", {.summary = "Writes", .scope = "notes:write"});  // bad
constexpr http::Route kNote =
    http::post<write_note>("/tenants/{tenant}/notes", {.summary = "Writes", .scope = "notes:write"});
}  // namespace starter
