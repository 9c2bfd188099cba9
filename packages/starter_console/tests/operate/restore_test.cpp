// backup restore on a real Postgres: what comes back, what does not, and what it refuses.
#include <sys/stat.h>

#include <regex>

#include "tests/operate/backup_drill.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

TEST_F(BackupDrill, InProductionReplacingWantsTheProfileSpelledOut) {
  const auto file = make();
  deployment.environment()["ENVIRONMENT"] = "production";
  const auto before = deployment.rows();
  const auto refused = replace(file);
  EXPECT_EQ(refused.status, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("--replace --confirm " + name + " --profile production\n"));
  EXPECT_EQ(deployment.rows(), before);
  EXPECT_EQ(restore(file, {"--replace", "--confirm", name, "--profile", "production"}).status, 0);
}

TEST_F(BackupDrill, H5_P16WhatWasDestroyedComesBackRowByRowAndNobodyStaysSignedIn) {
  const auto before = content();
  const auto file = make();
  struct stat facts = {};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(read_file(file)->find(kCanary), std::string::npos) << "nothing is in clear";
  const auto verified = deployment.run({"backup", "verify", "--deep", "--json"});
  ASSERT_EQ(verified.status, 0) << verified.out;
  EXPECT_EQ(count("pg_database WHERE datname LIKE 'starter_verify%'"), "0");

  deployment.sql("DELETE FROM users; DROP TABLE audit_events CASCADE");
  deployment.sql("CREATE TABLE of_later (id int)");
  const auto restored = restore(file, {"--replace", "--confirm", name, "--json"});
  ASSERT_EQ(restored.status, 0) << restored.out;
  const auto reply = json::parse(restored.out);
  EXPECT_EQ(reply.at("tables"), json::parse(verified.out).at("tables"));
  EXPECT_GT(reply.at("rows").as_int64(), 600);
  EXPECT_EQ(content(), before);
  EXPECT_EQ(count("pg_class WHERE relname = 'of_later'"), "0");

  EXPECT_EQ(count("families WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(count("password_resets WHERE consumed_at IS NULL"), "0");
  EXPECT_EQ(count("users WHERE token_version < 1000000"), "0");
  EXPECT_EQ(
      count("revocations r JOIN users u ON r.subject = u.id::text WHERE r.kind = 'user' AND r.min_version = "
            "u.token_version AND r.expires_at > now()"),
      "300");
  EXPECT_EQ(deployment.sql("SELECT payload->>'digest' FROM audit_events WHERE action = 'database.restored'"),
            std::string(reply.at("digest").as_string()));
  const auto released = deployment.run({"release", "db"});
  EXPECT_EQ(released.status, 0) << "roles, grants and row-level security are there: " << released.out;
  EXPECT_THAT(released.out, HasSubstr("no change"));
}

TEST_F(BackupDrill, H5WhatWasEndedAfterTheBackupDoesNotComeBackToLife) {
  constexpr const char* kTenant = "0190b0a0-0000-7000-8000-00000000000a";
  constexpr const char* kAccount = "0190b0a0-0000-7000-8000-00000000000b";
  deployment.sql("INSERT INTO tenants (id, slug, name) VALUES ('" + std::string(kTenant) +
                 "', 'acme', 'Acme')");
  deployment.sql("INSERT INTO service_accounts (tenant_id, id, name, scopes) VALUES ('" +
                 std::string(kTenant) + "', '" + kAccount + "', 'robot', '{projects:read}')");
  deployment.sql(
      "INSERT INTO service_account_tokens (tenant_id, id, account_id, scopes, issued_by, expires_at) SELECT "
      "tenant_id, gen_random_uuid(), id, scopes, 'tests', now() + interval '1 year' FROM service_accounts, "
      "generate_series(1, 2)");
  deployment.sql(
      "INSERT INTO sign_ups (id, email, display_name, password_hash, expires_at) VALUES (gen_random_uuid(), "
      "'later@example.com', 'Later', 'x', now() + interval '1 day')");
  deployment.sql(
      "INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) SELECT '" +
      std::string(kTenant) +
      "', gen_random_uuid(), 'wrong@example.com', 'admin', id, now() + interval '7 days' FROM users "
      "LIMIT 1");
  deployment.sql(
      "INSERT INTO jobs (id, queue, payload) SELECT gen_random_uuid(), queue, payload::jsonb FROM (VALUES "
      "('mail', '{\"template\": \"invite\", \"token_id\": \"a\"}'), ('mail', '{\"template\": "
      "\"password_changed\"}'), ('cleanup', '{}')) job(queue, payload)");
  const auto file = make();
  // All of it is ended by those it belongs to.
  deployment.sql("UPDATE service_account_tokens SET revoked_at = now()");
  deployment.sql("UPDATE sign_ups SET consumed_at = now()");
  deployment.sql("UPDATE invites SET revoked_at = now()");
  deployment.sql("UPDATE jobs SET done_at = now()");
  const auto restored = replace(file);
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("every token of a service account"));

  EXPECT_EQ(count("service_account_tokens"), "2");
  EXPECT_EQ(count("service_account_tokens WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(
      count("revocations r JOIN service_account_tokens k ON r.kind = 'session' AND r.subject = k.id::text"),
      "2")
      << "running processes are told";
  EXPECT_EQ(count("sign_ups WHERE consumed_at IS NULL"), "0");
  EXPECT_EQ(count("invites WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(
      count("tenants t JOIN revocations r ON r.kind = 'tenant' AND r.subject = t.id::text AND r.min_version "
            "= t.token_version AND t.token_version > 1000000"),
      "1")
      << "whoever the restored database does not know has no token of the tenant, either";
  EXPECT_EQ(
      deployment.sql("SELECT string_agg(coalesce(payload->>'template', queue), ',' ORDER BY queue DESC) FROM "
                     "jobs WHERE done_at IS NULL"),
      "password_changed,cleanup")
      << "a mail whose link ended is not sent again; a notice and other work are";
}

TEST_F(BackupDrill, H5ARestoreOnAServerThatNeverHadOneMakesItsGroups) {
  const auto file = make();
  test::PostgresServer other;
  const Deployment elsewhere;
  const auto owner = [&](const std::string& sql) {
    return run_process({.argv = {"psql", "-X", "-q", "-c", sql, other.url()}}, 30s)->status;
  };
  ASSERT_EQ(owner("CREATE ROLE console_owner LOGIN CREATEROLE PASSWORD 'x'"), 0);
  ASSERT_EQ(owner("CREATE DATABASE fresh OWNER console_owner"), 0);
  auto environment = deployment.environment();
  environment["MIGRATE_DATABASE_URL"] = other.url_as("console_owner", "x", "fresh");
  environment["DATABASE_URL"] = other.url_as("console_app", "x", "fresh");
  environment["WORKER_DATABASE_URL"] = other.url_as("console_worker", "x", "fresh");
  const auto restored = run_console({"backup", "restore", file.string()}, environment);
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(run_console({"release", "db"}, environment).status, 0);
}

TEST_F(BackupDrill, RefusesATargetThatIsNotEmptyAndChangesNothing) {
  const auto file = make();
  deployment.sql("UPDATE users SET display_name = 'later'");
  const auto before = content();
  EXPECT_EQ(code_of(restore(file, {"--json"})), "backup.not_empty");
  EXPECT_EQ(restore(file).status, 6);
  EXPECT_THAT(restore(file, {"--max-age", "24", "--database", name}).err,
              HasSubstr("fix: starter-console backup restore " + file.string() + " --database " + name +
                        " --replace --confirm " + name + " --max-age 24   # or"));
  EXPECT_EQ(restore(file, {"--replace"}).status, 2) << "the name was not said";
  EXPECT_EQ(restore(file, {"--replace", "--confirm", "another"}).status, 2);
  const auto planned = restore(file, {"--replace", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(planned.out, HasSubstr("Would drop everything"));
  EXPECT_EQ(content(), before);
}

TEST_F(BackupDrill, H5ARestoreWhoseRowsDifferFromTheManifestIsUndone) {
  const auto file = make(), forged = folder() / "forged.backup";
  forge(
      file, forged, [](std::string head) { return head; },
      [](const std::string& last) {
        return std::regex_replace(last, std::regex("(public.users\",\"rows\":\"300 )...."), "$010000");
      });
  deployment.sql("UPDATE users SET display_name = 'later'");
  const auto before = content();
  const auto refused = restore(forged, {"--replace", "--confirm", name, "--json"});
  EXPECT_EQ(refused.status, 3) << refused.out;
  EXPECT_EQ(code_of(refused), "backup.rows_differ");
  EXPECT_THAT(refused.out, HasSubstr("public.users"));
  EXPECT_EQ(content(), before);
  EXPECT_EQ(deployment.run({"backup", "verify", "--deep", forged.string()}).status, 3);
  EXPECT_EQ(deployment.run({"backup", "verify", "--deep", file.string()}).status, 0);
}

}  // namespace starter::console::testing
