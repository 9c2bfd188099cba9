// The migrator dies, runs several times at once, or meets a history that is not its own.
#include "app/infrastructure/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <random>
#include <sstream>

#include "starter/contracts/table.h"
#include "support/api.h"
#include "support/proxy.h"
#include "support/sql.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using testing::HasSubstr;

std::string text_of(const std::filesystem::path& path) {
  std::stringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

class MigrationsTest : public testing::Test {
 protected:
  Command migrator(const std::string& database, const std::string& log = "migrate.log") {
    return {.arguments = {api_binary(), "migrate"},
            .environment = service_environment(database),
            .log = folder_.path() / log};
  }
  std::string log(const std::string& name = "migrate.log") { return text_of(folder_.path() / name); }

  /// All that pg_dump tells about a schema, without the name of its database.
  std::string schema_of(const std::string& database) {
    const auto file = folder_.path() / (database + ".sql");
    const auto at = shared_postgres().url(database);
    EXPECT_EQ(run({.arguments = {"sh", "-c",
                                 "pg_dump --schema-only --restrict-key=test '" + at + "' >" + file.string() +
                                     " 2>/dev/null || pg_dump --schema-only '" + at + "' >" + file.string()},
                   .log = folder_.path() / "dump.log"}),
              0);
    std::string out, line;
    std::ifstream lines(file);
    while (std::getline(lines, line)) {
      if (line.starts_with("\\") || line.starts_with("--")) continue;  // psql's own random keys
      for (size_t at = line.find(database); at != line.npos; at = line.find(database))
        line.replace(at, database.size(), "DB");
      out += line + "\n";
    }
    return out +
           Sql(at).rows(
               "SELECT string_agg(version || checksum, ',' ORDER BY version) FROM schema_migrations")[0][0];
  }

  const std::string& clean_schema() {
    static std::string schema;
    if (schema.empty()) {
      const auto database = make_database();
      EXPECT_EQ(run(migrator(database)), 0) << log();
      schema = schema_of(database);
    }
    return schema;
  }

  TemporaryFolder folder_;
  std::mt19937 random_{20261121};
};

TEST_F(MigrationsTest, P11ARunAfterARunChangesNothing) {
  const auto database = make_database();
  ASSERT_EQ(run(migrator(database)), 0) << log();
  EXPECT_EQ(run(migrator(database, "again.log")), 0);
  EXPECT_THAT(log("again.log"),
              HasSubstr("0 migrations applied, " + std::to_string(migrations().size()) + " were there"));
  EXPECT_EQ(schema_of(database), clean_schema());
  EXPECT_THAT(clean_schema(), HasSubstr("CREATE POLICY"));
}

// The server counts the statements inside the migrations and ends the session at one of them: each migration
// is there as a whole or not at all, and the next run brings what is missing.
TEST_F(MigrationsTest, P11KilledAtAnyStatementTheNextRunConverges) {
  clean_schema();
  int statements = 0;
  {
    const auto database = make_database();
    Sql superuser(shared_postgres().url(database));
    superuser.run(
        "CREATE SCHEMA fault; CREATE SEQUENCE fault.count; GRANT USAGE ON SCHEMA fault TO PUBLIC; "
        "GRANT USAGE ON SEQUENCE fault.count TO PUBLIC;"
        "CREATE FUNCTION fault.strike() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
        "PERFORM nextval('fault.count'); END $$;"
        "CREATE EVENT TRIGGER strike ON ddl_command_end EXECUTE FUNCTION fault.strike()");
    ASSERT_EQ(run(migrator(database)), 0) << log();
    statements = std::stoi(superuser.value("SELECT last_value FROM fault.count"));
  }
  ASSERT_GT(statements, 100);
  const int tries = trials(20, statements);
  for (int i = 0; i < tries; ++i) {
    const int at =
        1 + (tries == statements ? i : static_cast<int>(random_() % static_cast<unsigned>(statements)));
    SCOPED_TRACE("at statement " + std::to_string(at));
    const auto database = make_database();
    Sql superuser(shared_postgres().url(database));
    superuser.run(
        "CREATE SCHEMA fault; CREATE SEQUENCE fault.count; GRANT USAGE ON SCHEMA fault TO PUBLIC; "
        "GRANT USAGE ON SEQUENCE fault.count TO PUBLIC;"
        "CREATE FUNCTION fault.strike() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
        "IF nextval('fault.count') = " +
        std::to_string(at) +
        " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; END $$;"
        "CREATE EVENT TRIGGER strike ON ddl_command_end EXECUTE FUNCTION fault.strike()");
    EXPECT_EQ(run(migrator(database, "killed.log")), 1);
    superuser.run("DROP EVENT TRIGGER strike; DROP SCHEMA fault CASCADE");
    ASSERT_EQ(run(migrator(database)), 0) << log();
    ASSERT_EQ(schema_of(database), clean_schema());
  }
}

// The same between the migrations, where roles are made and progress is noted: the process and its connection
// go.
TEST_F(MigrationsTest, P11TheProcessDiesAtAnyOfItsOwnRequests) {
  const int tries = trials(20, 100);
  for (int i = 0; i < tries; ++i) {
    const auto database = make_database();
    std::atomic<int> messages{0};
    const int last = 3 + static_cast<int>(random_() % 40);
    SCOPED_TRACE("at request " + std::to_string(last));
    Proxy proxy(shared_postgres().port(), [&](std::string_view) { return ++messages < last; });
    auto command = migrator(database, "dies.log");
    const std::string port = ":" + std::to_string(shared_postgres().port()) + "/";
    auto& url = command.environment["MIGRATE_DATABASE_URL"];
    url.replace(url.find(port), port.size(), ":" + std::to_string(proxy.port()) + "/");
    Process process(command);
    wait_until("the migrator reached that request or its end",
               [&] { return messages >= last || !process.running(); });
    process.kill();
    ASSERT_EQ(run(migrator(database)), 0) << log();
    ASSERT_EQ(schema_of(database), clean_schema());
  }
}

TEST_F(MigrationsTest, P11FiveAtOnceApplyEverythingOnce) {
  const int tries = trials(20, 50);
  for (int i = 0; i < tries; ++i) {
    const auto database = make_database();
    std::vector<Process> processes;
    for (int k = 0; k < 5; ++k) {
      processes.emplace_back(
          migrator(database, "parallel-" + std::to_string(i) + std::to_string(k) + ".log"));
    }
    int appliers = 0;
    for (int k = 0; k < 5; ++k) {
      const auto text = "parallel-" + std::to_string(i) + std::to_string(k) + ".log";
      EXPECT_EQ(processes[static_cast<size_t>(k)].wait(), 0) << log(text);
      appliers += ("\n" + log(text)).find("\n0 migrations applied") == std::string::npos;
    }
    EXPECT_EQ(appliers, 1);
    EXPECT_EQ(schema_of(database), clean_schema());
  }
}

TEST_F(MigrationsTest, P11AChangedMigrationIsRefusedByName) {
  for (const auto& migration : migrations()) {
    const auto database = make_database();
    ASSERT_EQ(run(migrator(database)), 0);
    Sql(shared_postgres().url(database))
        .run("UPDATE schema_migrations SET checksum = 'another' WHERE version = " +
             literal(std::string(migration.name)));
    EXPECT_EQ(run(migrator(database, "changed.log")), 1);
    EXPECT_THAT(log("changed.log"), HasSubstr("migration " + std::string(migration.name) + " was changed"));
  }
}

TEST_F(MigrationsTest, P11AMigrationThatCantGetItsLockFailsInsteadOfBlockingTheService) {
  const auto database = make_database();
  ASSERT_EQ(run(migrator(database)), 0);
  Sql holder(shared_postgres().url(database));
  holder.run(
      "DELETE FROM schema_migrations WHERE version LIKE '%temporary_tables_last'; BEGIN; "
      "LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE");
  EXPECT_EQ(run(migrator(database, "locked.log")), 1);
  EXPECT_THAT(log("locked.log"), HasSubstr("lock timeout"));
  holder.run("ROLLBACK");
  EXPECT_EQ(run(migrator(database)), 0) << log();
}

// The job of a deployment: it has the log-ins that the contract gives to this role, and no key of the API.
TEST_F(MigrationsTest, A001_68_TheMigratorNeedsNothingButItsOwnSettings) {
  const auto database = make_database();
  auto command = migrator(database, "alone.log");
  std::erase_if(command.environment, [](const auto& one) {
    const auto* const declared = contracts::table::find(one.first);
    return declared != nullptr && (declared->roles & contracts::table::migrate) == 0;
  });
  ASSERT_FALSE(command.environment.contains("SECRET_KEY"));
  ASSERT_EQ(run(command), 0) << log("alone.log");
  EXPECT_EQ(schema_of(database), clean_schema());
  command.environment.erase("MIGRATE_DATABASE_URL");
  EXPECT_EQ(run(command), 2);
  EXPECT_THAT(log("alone.log"), HasSubstr("MIGRATE_DATABASE_URL is required; set it, or "
                                          "MIGRATE_DATABASE_URL_FILE"));
}

TEST_F(MigrationsTest, P14TheMigratorNeverWritesAPassword) {
  const auto database = make_database();
  auto command = migrator(database, "secret.log");
  ASSERT_EQ(run(command), 0);
  EXPECT_EQ(log("secret.log").find("password-of-tests"), std::string::npos);
  command.environment["MIGRATE_DATABASE_URL"] = "postgresql://nobody:canary-password@127.0.0.1:1/none";
  EXPECT_EQ(run(command), 1);
  EXPECT_EQ(log("secret.log").find("canary-password"), std::string::npos);
  EXPECT_THAT(log("secret.log"), HasSubstr("Check MIGRATE_DATABASE_URL"));
}

// While a release rolls out, its schema is there before its binary.
TEST(OtherRelease, P11ABinaryServesALaterSchemaAndNotAnEarlierOne) {
  Api api;
  Sql superuser(api.superuser_url());
  const auto ready = [&] { return api.client().get("/health/ready"); };
  superuser.run(
      "INSERT INTO schema_migrations (version, checksum) VALUES ('29991231235959_later', 'of a later one');"
      "CREATE TABLE later (id uuid PRIMARY KEY); ALTER TABLE users ADD COLUMN later text;"
      "ALTER TABLE projects ADD COLUMN later integer NOT NULL DEFAULT 7; "
      "ALTER TABLE families ADD COLUMN later text; ALTER TABLE jobs ADD COLUMN later text");
  const auto expect_service = [&](const std::string& when) {
    EXPECT_EQ(ready().status, 200) << when << ready().body;
    auto tenant = api.tenant(when);  // throws unless everything is answered as it should be
    api.member(tenant, "guest", "member");
    const auto owner = api.client().with_token(tenant.owner.access_token);
    const auto projects = "/api/v1/tenants/" + tenant.id + "/projects";
    EXPECT_EQ(owner.post(projects, R"({"name":"Same"})").status, 201) << when;
    EXPECT_EQ(owner.get(projects).status, 200) << when;
  };
  expect_service("Under way");
  api.process().signal(SIGTERM);
  api.process().wait();
  api.start();
  api.wait_ready();
  expect_service("Started again");

  const std::string newest(migrations().back().name);
  superuser.run("DELETE FROM schema_migrations WHERE version = " + literal(newest));
  const auto refused = ready();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.text("status"), "not_ready");
  EXPECT_THAT(refused.body, HasSubstr(R"("name":"schema","status":"failed")"));
  EXPECT_EQ(api.client().get("/health").status, 200);
  superuser.run("INSERT INTO schema_migrations (version, checksum) VALUES (" + literal(newest) +
                ", 'it is back')");
  EXPECT_EQ(ready().status, 200);
}

}  // namespace
}  // namespace starter::test
