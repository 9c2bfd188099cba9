// Brings a deployment's schema to what the release beside this console needs, and proves that it did.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "operate/database.h"

namespace starter::console::operate {

/// The names in schema_migrations, in order; none when that table is not there.
Outcome<std::vector<std::string>> applied_migrations(Database& owner);

/// What `all` has and `applied` lacks.
std::vector<std::string> missing_migrations(const std::vector<std::string>& all,
                                            const std::vector<std::string>& applied);

struct Verification {
  std::string id;  // "release.schema"
  bool good = false;
  std::string says;
};

/// After the migrations: nothing is missing, the roles can do what they must and no more, and row-level
/// security is forced on every table.
Outcome<std::vector<Verification>> verify_schema(Database& owner, const std::vector<std::string>& all,
                                                 const Secret& app_url, const Secret& worker_url,
                                                 std::chrono::seconds patience);

}  // namespace starter::console::operate
