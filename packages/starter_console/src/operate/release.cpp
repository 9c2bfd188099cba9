#include "operate/release.h"

#include <algorithm>

#include "starter/core/text.h"

namespace starter::console::operate {

namespace {

// The services' users log in and are bound by the policies.
Verification verify_login(const Secret& url, const std::string& setting, const std::string& group,
                          std::chrono::seconds patience) {
  Verification found{.id = "release.login." + group, .says = setting};
  auto session = Database::connect(url, setting, patience);
  if (!session) {
    found.says += " does not let its user in: " + session.error().why;
    return found;
  }
  const auto facts = session->rows(
      "SELECT rolsuper OR rolbypassrls, pg_has_role(current_user, $1, 'USAGE') FROM pg_roles WHERE rolname = "
      "current_user",
      {group});
  if (!facts || facts->empty()) {
    found.says += " can't read its own role.";
  } else if ((*facts)[0][0] == "t") {
    found.says += " names a user whom row-level security does not bind.";
  } else if ((*facts)[0][1] != "t") {
    found.says += " names a user without the rights of " + group + ".";
  } else if (const auto seen = session->value("SELECT count(*) FROM schema_migrations"); !seen) {
    found.says += " names a user who can't read the schema's version: " + seen.error().why;
  } else {
    found.good = true;
    found.says += " logs in with the rights of " + group + ", bound by row-level security.";
  }
  return found;
}

}  // namespace

Outcome<std::vector<std::string>> applied_migrations(Database& owner) {
  if (CHECKED(owner.value("SELECT to_regclass('public.schema_migrations') IS NOT NULL")) != "t")
    return std::vector<std::string>{};
  std::vector<std::string> names;
  for (const auto& row : CHECKED(owner.rows("SELECT version FROM schema_migrations ORDER BY version")))
    names.push_back(row[0].value_or(""));
  return names;
}

std::vector<std::string> missing_migrations(const std::vector<std::string>& all,
                                            const std::vector<std::string>& applied) {
  std::vector<std::string> missing;
  std::ranges::copy_if(all, std::back_inserter(missing), [&](const std::string& name) {
    return std::ranges::find(applied, name) == applied.end();
  });
  return missing;
}

Outcome<std::vector<Verification>> verify_schema(Database& owner, const std::vector<std::string>& all,
                                                 const Secret& app_url, const Secret& worker_url,
                                                 std::chrono::seconds patience) {
  std::vector<Verification> found;
  const auto missing = missing_migrations(all, CHECKED(applied_migrations(owner)));
  found.push_back({"release.schema", missing.empty(),
                   missing.empty()
                       ? "All " + std::to_string(all.size()) + " migrations of this release are applied."
                       : "Not applied: " + joined(missing) + "."});
  const auto open =
      CHECKED(owner.value("SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class WHERE "
                          "relnamespace = 'public'::regnamespace "
                          "AND relkind IN ('r', 'p') AND relname <> 'schema_migrations' AND NOT "
                          "(relrowsecurity AND relforcerowsecurity)"));
  found.push_back({"release.row_security", open.empty(),
                   open.empty() ? "Row-level security is forced on every table."
                                : "Row-level security is not forced on: " + open + "."});
  if (!app_url.empty()) found.push_back(verify_login(app_url, "DATABASE_URL", "starter_app", patience));
  if (!worker_url.empty())
    found.push_back(verify_login(worker_url, "WORKER_DATABASE_URL", "starter_worker", patience));
  return found;
}

}  // namespace starter::console::operate
