// What a feature gives to the application: its routes and its queries.
#pragma once

#include <span>

#include "starter/http/route.h"
#include "starter/postgres/query.h"

namespace starter {

/// composition.cpp lists one of these for each feature. The queries are prepared against the migrated schema
/// by a test, which compares their types; a query that is missing here fails another one.
struct Feature {
  std::string_view name;
  std::span<const http::Route> routes;
  std::span<const pg::Statement> queries;
  std::string_view database_role = "starter_app";  // whose rights the queries need
};

}  // namespace starter
