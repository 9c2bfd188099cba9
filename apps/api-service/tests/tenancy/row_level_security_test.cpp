// What if somebody forgets a predicate, or a policy? Each is taken away in turn. A query without its
// predicate must still show and change nothing of another tenant, because row-level security stands behind
// it; and a table without its policy must be noticed by the probe that found it sound before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <regex>

#include "app/composition.h"
#include "tenancy/world.h"

namespace starter::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class RowLevelSecurity : public WithApi<RowLevelSecurity> {
 protected:
  RowLevelSecurity() : world(api()), sql(api().superuser_url()) {}

  /// Inside a transaction from here on: who one is for row-level security. Superusers are bound by none.
  void become_owner_of_b(bool bound, bool in_tenant) {
    sql.run("BEGIN; SET LOCAL statement_timeout = '5s'");
    if (bound) sql.run("SET LOCAL ROLE " + api().database() + "_app");
    sql.run("SELECT set_config('app.tenant', " + literal(in_tenant ? world.b.id : "") +
            ", true), set_config('app.user', " + literal(world.b.owner.id) + ", true)");
  }

  /// What the statement, run as the owner of B, answers, and whether a row of A changed.
  std::string outcome(const std::string& statement, const std::vector<std::optional<std::string>>& values,
                      bool bound, bool in_tenant) {
    const auto before = fingerprint(sql, world.a.id);
    become_owner_of_b(bound, in_tenant);
    std::vector<const char*> pointers;
    for (const auto& value : values) pointers.push_back(value ? value->c_str() : nullptr);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexecParams(sql.handle(), statement.c_str(), static_cast<int>(pointers.size()), nullptr,
                     pointers.data(), nullptr, nullptr, 0),
        PQclear);
    std::string out;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      for (int column = 0; column < PQnfields(result.get()); ++column)
        out.append(PQgetvalue(result.get(), row, column)).append("|");
    }
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) {
      out = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
      sql.run("ROLLBACK");
      return out;
    }
    out += PQcmdStatus(result.get());
    sql.run("RESET ROLE");
    if (fingerprint(sql, world.a.id) != before) out += ", A changed";
    sql.run("ROLLBACK");
    return out;
  }

  /// Values for every parameter: `id` for those that are ids, and so on.
  std::vector<std::optional<std::string>> values_for(const pg::Statement& query, const std::string& id,
                                                     const std::string& number, const std::string& email) {
    std::vector<std::optional<std::string>> out;
    for (const TypeInfo* type : query.parameters) {
      const TypeInfo& bare = type->kind == Kind::optional ? *type->element : *type;
      if (&bare == &type_of<Uuid>)
        out.push_back(type->kind == Kind::optional ? std::nullopt : std::optional(id));
      else if (&bare == &type_of<Timestamp>)
        out.push_back(std::nullopt);
      else if (&bare == &type_of<Slug>)
        out.push_back(world.a.slug);
      else if (&bare == &type_of<Email>)
        out.push_back(email);
      else if (&bare == &type_of<Bytes>)
        out.push_back("\\x00");
      else if (!bare.values.empty())
        out.push_back("member");
      else if (bare.kind == Kind::integer)
        out.push_back(number);
      else if (bare.kind == Kind::raw_json)
        out.push_back("{}");
      else
        out.push_back("changed");
    }
    return out;
  }

  /// Whether a mutant of the query answers or does anything else than the query itself, for any values.
  bool differs(const pg::Statement& query, const std::string& mutant, bool bound) {
    const bool in_tenant = query.sql.find("app_tenant()") != query.sql.npos;
    for (const auto& id :
         {world.project, world.invite, world.victim.id, world.a.owner.id, world.a.id, world.account}) {
      for (const char* number : {"1", "100"}) {
        for (const auto& email : {world.victim.email, std::string("expired@example.com")}) {
          const auto values = values_for(query, id, number, email);
          if (outcome(mutant, values, bound, in_tenant) !=
              outcome(std::string(query.sql), values, true, in_tenant))
            return true;
        }
      }
    }
    return false;
  }

  World world;
  Sql sql;
};

// Without the policies the same mutants do leak; that is what shows that they are mutants at all.
TEST_F(RowLevelSecurity, T2EveryPredicateThatIsForgottenIsCaught) {
  // B has one member, so that a person's own rows and their colleagues' are the same.
  sql.run("DELETE FROM memberships WHERE user_id = " + literal(world.admin_of_b.id));
  sql.run("INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) VALUES (" +
          literal(world.a.id) + ", gen_random_uuid(), 'expired@example.com', 'member', " +
          literal(world.a.owner.id) + ", now() - interval '1 day')");
  sql.run("INSERT INTO idempotency_keys (tenant_id, principal, route, key_hash, body_hash) VALUES (" +
          literal(world.a.id) + "," + literal(world.a.owner.id) + ", 'changed', '\\x00', '\\x02')");
  // All ids of a query get one value: a token that is called as its account, and an event of B by that
  // account.
  sql.run(
      "INSERT INTO service_account_tokens (tenant_id, id, account_id, scopes, issued_by, expires_at) VALUES "
      "(" +
      literal(world.a.id) + "," + literal(world.account) + "," + literal(world.account) +
      ", '{projects:read}', 'x', now() + interval '1 day')");
  sql.run("INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, xid, at, digest) VALUES " +
          ("(gen_random_uuid(), " + literal(world.b.id) + "," + literal(world.account)) +
          ", 'a', 't', '1', now(), '')");
  const std::regex predicate(R"((\w+\.)?(tenant_id|id|user_id|principal) = app_(tenant|user)\(\))");
  std::vector<std::string> escaped, harmless;
  size_t mutants = 0;
  for (const auto& feature : features()) {
    for (const auto& query : feature.queries) {
      const std::string text(query.sql);
      for (std::sregex_iterator at(text.begin(), text.end(), predicate), end; at != end; ++at, ++mutants) {
        const std::string mutant = text.substr(0, static_cast<size_t>(at->position())) + "true" +
                                   text.substr(static_cast<size_t>(at->position() + at->length()));
        const std::string name = std::string(query.name) + " without " + at->str();
        if (differs(query, mutant, true)) escaped.push_back(name);
        if (!differs(query, mutant, false)) harmless.push_back(name);
      }
      if (text.find("entry.") != text.npos || text.starts_with("INSERT")) continue;
      for (const char* number : {"1", "100"}) {
        const auto answer = outcome(text, values_for(query, world.project, number, world.victim.email), true,
                                    text.find("app_tenant()") != text.npos);
        EXPECT_THAT(answer, testing::Not(testing::AnyOf(HasSubstr(kCanary), HasSubstr(world.a.id),
                                                        HasSubstr("A changed"))))
            << query.name;
      }
    }
  }
  EXPECT_GE(mutants, 20u);
  EXPECT_THAT(escaped, IsEmpty());
  EXPECT_THAT(harmless, IsEmpty()) << "these mutants prove nothing";
  RecordProperty("mutants", static_cast<int>(mutants));
}

// A probe for each command on each table, as the owner of B: how many rows it reaches, or whether it may
// insert A's.
struct Probe {
  std::string table, command, statement;
};

TEST_F(RowLevelSecurity, T2EveryPolicyThatIsLostIsNoticed) {
  const std::string app = api().database() + "_app";
  // Rows of A in every table that B could reach if the wall were gone.
  sql.run("INSERT INTO idempotency_keys (tenant_id, principal, route, key_hash, body_hash) VALUES (" +
          literal(world.a.id) + "," + literal(world.a.owner.id) +
          ", 'r', '\\x01', '\\x02') ON CONFLICT DO NOTHING");
  std::vector<std::string> unnoticed;
  size_t policies = 0;
  for (const auto& policy :
       sql.rows("SELECT tablename, policyname, cmd, coalesce(qual, with_check) FROM pg_policies "
                "WHERE roles = '{starter_app}' AND coalesce(qual, with_check) <> 'true' ORDER BY 1, 2")) {
    const std::string &table = policy[0], &name = policy[1], &command = policy[2];
    ++policies;
    std::string statement;
    if (command == "SELECT") {
      const auto column =
          sql.value("SELECT attname FROM pg_attribute WHERE attrelid = " + literal(table) +
                    "::regclass AND attnum > 0 "
                    "AND has_column_privilege('starter_app', attrelid, attnum, 'SELECT') LIMIT 1");
      statement = "SELECT " + column + " FROM " + table;
    } else if (command == "UPDATE") {
      const auto column =
          sql.rows("SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = " +
                   literal(table) +
                   "::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege('starter_app', "
                   "attrelid, attnum, 'UPDATE') "
                   "AND attname NOT IN ('id', 'tenant_id') LIMIT 1")
              .at(0);
      // A constant and no WHERE: only the policy of UPDATE itself decides.
      const std::string value = column[1] == "member_role"           ? "'viewer'"
                                : column[1] == "bytea"               ? "'\\x00'"
                                : column[1] == "text"                ? "'x'"
                                : column[1].starts_with("timestamp") ? "now()"
                                                                     : "1";
      statement = "UPDATE " + table + " SET " + column[0] + " = " + value;
    } else if (command == "DELETE") {
      statement = "DELETE FROM " + table;
    } else if (command == "INSERT") {
      const std::map<std::string, std::string> inserts{
          {"audit_events",
           "INSERT INTO audit_events (id, tenant_id, actor_id, action, target_type, xid, at, digest) VALUES "
           "(gen_random_uuid(), $A, $O, 'a', 't', '1', now(), '')"},
          {"idempotency_keys",
           "INSERT INTO idempotency_keys (tenant_id, principal, route, key_hash, body_hash) VALUES ($A, $O, "
           "'r', '\\x09', '\\x02')"},
          {"invites",
           "INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) VALUES ($A, "
           "gen_random_uuid(), 'e', 'owner', $O, now())"},
          {"jobs",
           "INSERT INTO jobs (id, queue, tenant_id, payload) VALUES (gen_random_uuid(), 'mail', $A, '{}')"},
          {"memberships", "INSERT INTO memberships (tenant_id, user_id, role) VALUES ($A, $B, 'owner')"},
          {"projects", "INSERT INTO projects (tenant_id, id, name) VALUES ($A, gen_random_uuid(), 'x')"},
          {"service_accounts",
           "INSERT INTO service_accounts (tenant_id, id, name, scopes) VALUES ($A, gen_random_uuid(), 'x', "
           "'{projects:read}')"},
          {"tenants", "INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), 'stolen', 'x')"}};
      ASSERT_TRUE(inserts.contains(table)) << table << " has no probe for INSERT";
      statement = inserts.at(table);
      for (const auto& [hole, value] : {std::pair{"$A", literal(world.a.id)},
                                        {"$O", literal(world.a.owner.id)},
                                        {"$B", literal(world.b.owner.id)}}) {
        if (const size_t at = statement.find(hole); at != statement.npos) statement.replace(at, 2, value);
      }
    }
    // How many rows the probe reaches, or -1 where it is refused.
    const auto reach = [&](bool with_policy) {
      sql.run("BEGIN");
      // Triggers would refuse some probes for reasons of their own.
      sql.run("SET LOCAL session_replication_role = replica");
      if (!with_policy) {
        sql.run("ALTER POLICY " + name + " ON " + table +
                (command == "INSERT"   ? " WITH CHECK (true)"
                 : command == "UPDATE" ? " USING (true) WITH CHECK (true)"
                                       : " USING (true)"));
      }
      sql.run("SET LOCAL ROLE " + app);
      sql.run("SELECT set_config('app.tenant', " + literal(world.b.id) + ", true), set_config('app.user', " +
              literal(world.b.owner.id) + ", true)");
      const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(sql.handle(), statement.c_str()),
                                                                 PQclear);
      const auto status = PQresultStatus(result.get());
      const int rows = status == PGRES_TUPLES_OK    ? PQntuples(result.get())
                       : status == PGRES_COMMAND_OK ? std::atoi(PQcmdTuples(result.get()))
                                                    : -1;
      if (rows < 0)
        EXPECT_STREQ(PQresultErrorField(result.get(), PG_DIAG_SQLSTATE), "42501")
            << statement << PQerrorMessage(sql.handle());
      sql.run("ROLLBACK");
      return rows;
    };
    const int bound = reach(true), unbound = reach(false);
    if (unbound <= bound)
      unnoticed.push_back(table + " " + name + ": " + std::to_string(bound) + " rows, then " +
                          std::to_string(unbound));
  }
  EXPECT_GE(policies, 18u);
  EXPECT_THAT(unnoticed, IsEmpty());
  RecordProperty("policies", static_cast<int>(policies));
}

TEST_F(RowLevelSecurity, T2WithoutATenantARequestSeesNoTenantsRows) {
  for (const auto& row : sql.rows(
           "SELECT tablename FROM (SELECT DISTINCT tablename FROM pg_policies WHERE roles = '{starter_app}' "
           "AND tablename <> 'revocations' OFFSET 0) t WHERE has_any_column_privilege('starter_app', "
           "tablename::text, 'SELECT')")) {
    const auto column =
        sql.value("SELECT attname FROM pg_attribute WHERE attrelid = " + literal(row[0]) +
                  "::regclass AND attnum > 0 "
                  "AND has_column_privilege('starter_app', attrelid, attnum, 'SELECT') LIMIT 1");
    Sql fresh(api().superuser_url());
    for (const char* unset :
         {"SELECT", "SELECT set_config('app.tenant', '', true), set_config('app.user', '', true)"}) {
      fresh.run("BEGIN; SET LOCAL ROLE " + api().database() + "_app");
      fresh.run(unset);
      EXPECT_EQ(fresh.value("SELECT count(" + column + ") FROM " + row[0]), "0") << row[0];
      fresh.run("ROLLBACK");
    }
  }
}

TEST_F(RowLevelSecurity, T2TheOwnersBackfillAndTheBackupReachEveryRow) {
  EXPECT_NE(sql.value("SELECT count(*) FROM projects"), "0");
  Sql owner(api().url("owner"));
  EXPECT_EQ(owner.value("SELECT count(*) FROM projects"), sql.value("SELECT count(*) FROM projects"));
  EXPECT_EQ(owner.value(
                "WITH changed AS (UPDATE projects SET name = name RETURNING 1) SELECT count(*) FROM changed"),
            sql.value("SELECT count(*) FROM projects"));
  sql.run("BEGIN; SET LOCAL ROLE starter_backup");
  EXPECT_NE(sql.value("SELECT count(*) FROM credentials"), "0");
  sql.run("ROLLBACK");
}

}  // namespace
}  // namespace starter::test
