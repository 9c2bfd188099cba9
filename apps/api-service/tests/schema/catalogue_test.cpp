// What must hold for every table, policy and function of the schema, whoever adds the next one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/api.h"
#include "support/sql.h"

namespace starter::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Catalogue : public testing::Test {
 protected:
  static Sql& database() {
    if (!api_) api_ = std::make_unique<Api>(0), sql_ = std::make_unique<Sql>(api_->superuser_url());
    return *sql_;
  }
  static void TearDownTestSuite() { sql_.reset(), api_.reset(); }
  static Api& api() { return database(), *api_; }

  /// The rows as one text each, so that a failure names what is wrong.
  static std::vector<std::string> lines(const std::string& query) {
    std::vector<std::string> out;
    for (const auto& row : database().rows(query)) {
      auto& line = out.emplace_back();
      for (const auto& column : row) line += (line.empty() ? "" : " ") + column;
    }
    return out;
  }

 private:
  static inline std::unique_ptr<Api> api_;
  static inline std::unique_ptr<Sql> sql_;
};

constexpr const char* kOurTables =
    "SELECT c.oid, c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN "
    "('r', 'p') "
    "AND c.relname <> 'schema_migrations'";  // versions and checksums; the owner's alone to write

TEST_F(Catalogue, T2EveryTableForcesRowLevelSecurity) {
  EXPECT_GT(lines(kOurTables).size(), 10u);
  EXPECT_THAT(lines("SELECT t.relname FROM (" + std::string(kOurTables) +
                    ") t JOIN pg_class c ON c.oid = t.oid "
                    "WHERE NOT c.relrowsecurity OR NOT c.relforcerowsecurity"),
              IsEmpty());
}

TEST_F(Catalogue, T2EveryRoleHasOnePolicyForACommandAndNoPolicyIsForEverybody) {
  EXPECT_THAT(lines("SELECT tablename, policyname FROM pg_policies WHERE 'public' = ANY(roles) OR "
                    "cardinality(roles) <> 1 "
                    "OR permissive <> 'PERMISSIVE'"),
              IsEmpty());
  EXPECT_THAT(lines("SELECT p.tablename, p.roles[1], c.command, count(*) FROM pg_policies p "
                    "JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) c(command) ON p.cmd IN "
                    "('ALL', c.command) "
                    "GROUP BY 1, 2, 3 HAVING count(*) > 1"),
              IsEmpty());
}

TEST_F(Catalogue, T2OwnerAndBackupSeeEveryRow) {
  EXPECT_THAT(lines("SELECT t.relname FROM (" + std::string(kOurTables) +
                    ") t WHERE NOT EXISTS (SELECT 1 FROM pg_policies p "
                    "WHERE p.tablename = t.relname AND p.roles = '{starter_owner}' AND p.cmd = 'ALL' AND "
                    "p.qual = 'true' "
                    "AND p.with_check = 'true') OR NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename "
                    "= t.relname "
                    "AND p.roles = '{starter_backup}' AND p.cmd = 'SELECT' AND p.qual = 'true')"),
              IsEmpty());
}

// A grant without a policy reads no row, silently; a policy without a grant is a mistake in the other
// direction.
TEST_F(Catalogue, T2GrantsAndPoliciesNameTheSameCommands) {
  const std::string granted =
      "SELECT DISTINCT t.relname::text AS name, r.rolname::text AS role, c.command FROM (" +
      std::string(kOurTables) +
      ") t "
      "CROSS JOIN pg_roles r CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) c(command) "
      "WHERE r.rolname IN ('starter_app', 'starter_worker', 'starter_entry') AND (has_table_privilege(r.oid, "
      "t.oid, c.command) "
      "OR (c.command <> 'DELETE' AND has_any_column_privilege(r.oid, t.oid, c.command)))";
  const std::string allowed =
      "SELECT p.tablename::text AS name, p.roles[1]::text AS role, p.cmd AS command FROM pg_policies p "
      "WHERE p.roles[1] IN ('starter_app', 'starter_worker', 'starter_entry')";
  EXPECT_GT(lines(granted).size(), 30u);
  EXPECT_THAT(lines("(" + granted + ") EXCEPT (" + allowed + ")"), IsEmpty()) << "granted, but no policy";
  EXPECT_THAT(lines("(" + allowed + ") EXCEPT (" + granted + ")"), IsEmpty()) << "a policy, but not granted";
}

TEST_F(Catalogue, T2NoPolicyOfARequestIsTrueForAllButTheRevocations) {
  EXPECT_THAT(lines("SELECT tablename, policyname FROM pg_policies WHERE roles = '{starter_app}' "
                    "AND (coalesce(qual, with_check) = 'true' OR with_check = 'true')"),
              ElementsAre("revocations app_read"));
}

TEST_F(Catalogue, T2RequestsCantTouchCredentialsSessionsOrTokens) {
  EXPECT_THAT(lines("SELECT t.relname FROM (" + std::string(kOurTables) +
                    ") t WHERE t.relname IN ('credentials', 'password_history', "
                    "'sign_ups', 'password_resets', 'families', 'signed_request_nonces', 'audit_links', "
                    "'audit_heads', 'audit_checkpoints') "
                    "AND (has_any_column_privilege('starter_app', t.oid, 'SELECT, INSERT, UPDATE') "
                    "OR has_table_privilege('starter_app', t.oid, 'DELETE'))"),
              IsEmpty());
}

TEST_F(Catalogue, T2AuditEventsCanOnlyBeAppended) {
  EXPECT_THAT(lines("SELECT r.rolname, a.attname FROM pg_roles r, pg_attribute a WHERE a.attrelid = "
                    "'audit_events'::regclass "
                    "AND a.attnum > 0 AND r.rolname IN ('starter_app', 'starter_worker', 'starter_entry', "
                    "'starter_backup') "
                    "AND (has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE') OR "
                    "has_table_privilege(r.oid, a.attrelid, 'DELETE'))"),
              ElementsAre("starter_worker linked"));
}

TEST_F(Catalogue, T2NobodyTruncatesReferencesOrHangsTriggersOn) {
  EXPECT_THAT(lines("SELECT r.rolname, t.relname FROM (" + std::string(kOurTables) +
                    ") t CROSS JOIN pg_roles r "
                    "WHERE r.rolname IN ('starter_app', 'starter_worker', 'starter_entry', 'starter_backup') "
                    "AND has_table_privilege(r.oid, t.oid, 'TRUNCATE, REFERENCES, TRIGGER')"),
              IsEmpty());
}

TEST_F(Catalogue, T2NoRoleOfOursGoesPastRowLevelSecurity) {
  const std::string ours = " (rolname LIKE 'starter\\_%' OR rolname IN ('" + api().database() + "_app', '" +
                           api().database() + "_worker'))";
  EXPECT_EQ(lines("SELECT rolname FROM pg_roles WHERE" + ours).size(), 7u);
  EXPECT_THAT(lines("SELECT rolname FROM pg_roles WHERE" + ours +
                    " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"),
              IsEmpty());
  EXPECT_THAT(lines("SELECT rolname FROM pg_roles WHERE rolname LIKE 'starter\\_%' AND rolcanlogin"),
              IsEmpty());
  // A log-in has the rights of its own group and of no other one.
  EXPECT_THAT(
      lines("SELECT m.rolname, g.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member "
            "JOIN pg_roles g ON g.oid = a.roleid WHERE m.rolname IN ('" +
            api().database() + "_app', '" + api().database() + "_worker') ORDER BY 1"),
      ElementsAre(api().database() + "_app starter_app", api().database() + "_worker starter_worker"));
}

TEST_F(Catalogue, T2NoRoleOfOursMakesObjects) {
  EXPECT_THAT(lines("SELECT r.rolname, n.nspname FROM pg_roles r CROSS JOIN pg_namespace n WHERE n.nspname "
                    "IN ('public', 'entry') "
                    "AND r.rolname IN ('starter_app', 'starter_worker', 'starter_backup', '" +
                    api().database() + "_app', '" + api().database() +
                    "_worker') AND has_schema_privilege(r.oid, n.oid, 'CREATE')"),
              IsEmpty());
  EXPECT_THAT(lines("SELECT rolname FROM pg_roles WHERE rolname IN ('" + api().database() + "_app', '" +
                    api().database() +
                    "_worker') AND has_database_privilege(oid, current_database(), 'CREATE, TEMPORARY')"),
              IsEmpty());
}

// Each of them is a hole in the wall around the tables, so a new one is a decision and not an accident.
TEST_F(Catalogue, T2TheFunctionsThatRunWithMoreRightsArePinned) {
  EXPECT_THAT(
      lines(
          "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
          "WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"),
      ElementsAre("entry.families_rotate", "entry.family_confirm", "entry.family_exchange",
                  "entry.invite_accept", "entry.login_lookup", "entry.password_change", "entry.password_read",
                  "entry.resend_verification", "entry.reset_password", "entry.reset_request",
                  "entry.revoke_membership_tokens", "entry.revoke_service_account_scopes",
                  "entry.revoke_service_token", "entry.service_token_issue", "entry.service_token_use",
                  "entry.session_list", "entry.session_open", "entry.sessions_end", "entry.sign_up",
                  "entry.verify_email"));
}

TEST_F(Catalogue, T2TheirOwnerIsTheEntryRoleAndNotEverybodyMayCallThem) {
  EXPECT_THAT(lines("SELECT proname FROM pg_proc WHERE pronamespace = 'entry'::regnamespace AND (proowner <> "
                    "'starter_entry'::regrole "
                    "OR proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(proacl) a WHERE a.grantee = 0))"),
              IsEmpty());
  EXPECT_THAT(
      lines("SELECT proname FROM pg_proc WHERE pronamespace = 'entry'::regnamespace AND NOT prosecdef "
            "AND (has_function_privilege('starter_app', oid, 'EXECUTE') OR "
            "has_function_privilege('starter_worker', oid, 'EXECUTE'))"),
      IsEmpty())
      << "helpers run inside the others and are not for callers";
}

// Without pg_temp at its end the path begins with it, and a caller's temporary table would stand in for a
// real one.
TEST_F(Catalogue, T2EveryFunctionPinsItsSearchPathWithTemporaryTablesLast) {
  EXPECT_THAT(
      lines("SELECT p.pronamespace::regnamespace, p.proname FROM pg_proc p JOIN pg_language l ON l.oid = "
            "p.prolang "
            "WHERE p.pronamespace IN ('entry'::regnamespace, 'public'::regnamespace) AND (p.prosecdef OR "
            "p.prosqlbody IS NULL) "
            "AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, public, pg_temp'], false)"),
      IsEmpty());
}

TEST_F(Catalogue, T2ATemporaryTableOfTheCallerFoolsNoFunction) {
  const std::string app = api().database() + "_app";
  database().run(
      "BEGIN; GRANT TEMPORARY ON DATABASE " + api().database() + " TO " + app + "; SET LOCAL ROLE " + app +
      ";"
      "CREATE TEMPORARY TABLE users (id uuid, email text, disabled_at timestamptz);"
      "CREATE TEMPORARY TABLE credentials (user_id uuid, password_hash text);"
      "INSERT INTO pg_temp.users VALUES ('00000000-0000-7000-8000-00000000000a', 'mallory@example.com', "
      "NULL);"
      "INSERT INTO pg_temp.credentials VALUES ('00000000-0000-7000-8000-00000000000a', 'known to mallory');"
      "GRANT SELECT ON pg_temp.users, pg_temp.credentials TO starter_entry");
  EXPECT_THAT(lines("SELECT * FROM entry.login_lookup('mallory@example.com')"), IsEmpty());
  database().run("ROLLBACK");
}

// Foreign keys look past row-level security: one on the id alone could point at another tenant's row.
TEST_F(Catalogue, T2KeysBetweenTablesOfTenantsHoldTheTenant) {
  const std::string with_tenant =
      "(SELECT attrelid FROM pg_attribute WHERE attname = 'tenant_id' AND attnum > 0)";
  EXPECT_THAT(lines("SELECT c.conrelid::regclass, c.conname FROM pg_constraint c WHERE c.contype = 'f' AND "
                    "c.conrelid IN " +
                    with_tenant + " AND c.confrelid IN " + with_tenant +
                    " AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.conrelid "
                    "AND a.attname = 'tenant_id' AND a.attnum = ANY (c.conkey))"),
              IsEmpty());
  // And where a table belongs to tenants, its primary key begins with the tenant.
  EXPECT_THAT(lines("SELECT i.indrelid::regclass FROM pg_index i JOIN pg_attribute a ON a.attrelid = "
                    "i.indrelid AND a.attnum = i.indkey[0] "
                    "WHERE i.indisprimary AND i.indrelid IN " +
                    with_tenant + " AND a.attname <> 'tenant_id' ORDER BY 1"),
              ElementsAre("jobs", "audit_events"))
      << "queues across tenants, by design";
}

TEST_F(Catalogue, T2AForeignKeyFindsAnIndexWhenItsTargetGoes) {
  EXPECT_THAT(lines("SELECT c.conrelid::regclass, c.conname FROM pg_constraint c WHERE c.contype = 'f' AND "
                    "c.confdeltype = 'c' "
                    "AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] "
                    "= c.conkey[1])"),
              ElementsAre("invites invites_invited_by_fkey"))
      << "people are deleted rarely, so this one is worth no index";
}

}  // namespace
}  // namespace starter::test
