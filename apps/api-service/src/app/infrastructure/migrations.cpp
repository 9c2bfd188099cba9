#include "app/infrastructure/migrations.h"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>

#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"

namespace starter {
namespace {

/// "starter" as a number: migrators of one database exclude each other with it.
constexpr const char* kLock = "8319119908475169138";

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using ResultPointer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// A plain blocking session of the owner: migrating is a command, not a service.
class Owner {
 public:
  explicit Owner(const Secret& url) : connection_(PQconnectdb(std::string(url.reveal()).c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw Failure("can't connect as the owner: " + std::string(PQerrorMessage(connection_.get())) +
                    "Check MIGRATE_DATABASE_URL and that Postgres is up.");
    }
    run("SET client_min_messages = warning");
    run("SET lock_timeout = '5s'");
  }

  void run(const std::string& sql) { check(ResultPointer(PQexec(connection_.get(), sql.c_str()), PQclear)); }

  std::string value(const std::string& sql, std::initializer_list<std::string> parameters = {}) {
    std::vector<const char*> values;
    for (const auto& parameter : parameters) values.push_back(parameter.c_str());
    ResultPointer result(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                      nullptr, values.data(), nullptr, nullptr, 0),
                         PQclear);
    check(result);
    return PQntuples(result.get()) > 0 && !PQgetisnull(result.get(), 0, 0) ? PQgetvalue(result.get(), 0, 0)
                                                                           : "";
  }

  std::string identifier(const std::string& name) {
    std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeIdentifier(connection_.get(), name.data(), name.size()), PQfreemem);
    return quoted.get();
  }
  std::string literal(const std::string& text) {
    std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeLiteral(connection_.get(), text.data(), text.size()), PQfreemem);
    return quoted.get();
  }
  /// A SCRAM verifier made here: the password itself never travels and can't reach the server's log.
  std::string verifier(const std::string& user, const std::string& password) {
    std::unique_ptr<char, decltype(&PQfreemem)> made(
        PQencryptPasswordConn(connection_.get(), password.c_str(), user.c_str(), "scram-sha-256"), PQfreemem);
    if (!made) throw Failure("can't derive a password verifier for " + user);
    return made.get();
  }

 private:
  void check(const ResultPointer& result) {
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    throw Failure(PQresultErrorMessage(result.get()));
  }
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

struct Login {
  std::string user, password;
};

Login login_of(const Secret& url) {
  Login login;
  char* error = nullptr;
  PQconninfoOption* options = PQconninfoParse(std::string(url.reveal()).c_str(), &error);
  if (!options) {
    PQfreemem(error);
    throw Failure("a database URL can't be read. Write postgresql://user:password@host:5432/database.");
  }
  for (PQconninfoOption* option = options; option->keyword; ++option) {
    if (!option->val) continue;
    if (std::string_view(option->keyword) == "user") login.user = option->val;
    if (std::string_view(option->keyword) == "password") login.password = option->val;
  }
  PQconninfoFree(options);
  return login;
}

/// The groups that policies name. Nobody logs in as one of them unless a URL says so.
void create_groups(Owner& owner) {
  for (const char* group :
       {"starter_owner", "starter_app", "starter_worker", "starter_entry", "starter_backup"}) {
    if (owner.value("SELECT 1 FROM pg_roles WHERE rolname = $1", {group}).empty()) {
      owner.run(std::string("CREATE ROLE ") + group + " NOLOGIN NOBYPASSRLS");
    }
  }
  for (const char* group : {"starter_owner", "starter_entry"}) {
    if (owner.value("SELECT current_user").compare(group) != 0) {
      owner.run(std::string("GRANT ") + group + " TO CURRENT_USER");
    }
  }
}

/// Makes the user of a URL able to log in with its password and the rights of `group`, and of nothing else.
void create_login(Owner& owner, const Secret& url, const std::string& group) {
  if (url.empty()) return;
  const Login login = login_of(url);
  if (login.user.empty()) throw Failure("the URL for " + group + " names no user");
  if (login.user == owner.value("SELECT current_user")) {
    throw Failure("the URL for " + group + " names the owner, whom row-level security does not bind. " +
                  "Give it a user of its own.");
  }
  const std::string name = owner.identifier(login.user);
  if (owner.value("SELECT 1 FROM pg_roles WHERE rolname = $1", {login.user}).empty()) {
    owner.run("CREATE ROLE " + name + " LOGIN INHERIT NOBYPASSRLS");
  }
  std::string change = "ALTER ROLE " + name + " LOGIN";
  if (!login.password.empty())
    change += " PASSWORD " + owner.literal(owner.verifier(login.user, login.password));
  owner.run(change);
  if (login.user != group) owner.run("GRANT " + group + " TO " + name);
}

void apply(Owner& owner, const Migration& migration, const std::string& checksum) {
  const bool alone = migration.sql.find("-- no-transaction") != migration.sql.npos;
  if (!alone) owner.run("BEGIN");
  owner.run(std::string(migration.sql));
  owner.value("INSERT INTO schema_migrations (version, checksum) VALUES ($1, $2)",
              {std::string(migration.name), checksum});
  if (!alone) owner.run("COMMIT");
}

void apply_missing(Owner& owner, MigrateReport& report, const std::function<void(std::string_view)>& say) {
  owner.run(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY, checksum text NOT NULL, "
      "applied_at timestamptz NOT NULL DEFAULT now())");
  for (const auto& migration : migrations()) {
    const std::string name(migration.name);
    const std::string checksum = crypto::hex_encode(crypto::bytes_of(crypto::sha256(migration.sql)));
    const std::string known =
        owner.value("SELECT checksum FROM schema_migrations WHERE version = $1", {name});
    if (known.empty()) {
      say("applying " + name);
      apply(owner, migration, checksum);
      ++report.applied;
    } else if (known != checksum) {
      throw Failure("migration " + name +
                    " was changed after it had been applied. Restore its text and put the "
                    "change into a new migration.");
    } else {
      ++report.present;
    }
  }
  owner.run("GRANT SELECT ON schema_migrations TO starter_app, starter_worker, starter_backup");
}

}  // namespace

MigrateReport migrate(const MigrateOptions& options, const std::function<void(std::string_view)>& say) {
  MigrateReport report;
  try {
    Owner owner(options.owner_url);
    if (owner.value(std::string("SELECT pg_try_advisory_lock(") + kLock + ")") != "t") {
      say("another migrator is at work, waiting");
      owner.run("SET lock_timeout = '10min'");
      owner.value(std::string("SELECT pg_advisory_lock(") + kLock + ")");
      owner.run("SET lock_timeout = '5s'");
    }
    create_groups(owner);
    apply_missing(owner, report, say);
    create_login(owner, options.app_url, "starter_app");
    create_login(owner, options.worker_url, "starter_worker");
  } catch (const Failure& failure) {
    report.error = failure.what();
  }
  return report;
}

}  // namespace starter
