#include "operate/restore.h"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "frame/invocation.h"
#include "operate/libpq.h"
#include "operate/postgres_client.h"
#include "operate/row_hashes.h"
#include "operate/sealed_file.h"

namespace starter::console::operate {

namespace json = boost::json;

namespace {

constexpr const char* kDocs = "docs/how-to/back-up-and-restore.md";

// The groups of the migrations, which a server that never had one lacks; those two own something.
constexpr const char* kGroups[] = {"starter_owner", "starter_app", "starter_worker", "starter_entry",
                                   "starter_backup"};
constexpr const char* kOwning[] = {"starter_owner", "starter_entry"};

std::string sql_text(std::string_view text) {
  std::string out("'");
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

// pg_dump takes schema public for granted.
std::string drop_everything() {
  return R"sql(
DO $starter$ DECLARE space text; BEGIN
  FOR space IN SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', space);
  END LOOP;
  CREATE SCHEMA public;
  ALTER SCHEMA public OWNER TO pg_database_owner;
  GRANT USAGE ON SCHEMA public TO PUBLIC;
END $starter$;
)sql";
}

std::string make_groups() {
  std::string sql;
  for (const auto* group : kGroups)
    sql += "DO $starter$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + std::string(group) +
           "') THEN CREATE ROLE " + group + " NOLOGIN NOBYPASSRLS; END IF; END $starter$;\n";
  // Who creates a role belongs to it from PostgreSQL 16 on, and may still not give it anything: USAGE says
  // that.
  for (const auto* group : kOwning)
    sql += "DO $starter$ BEGIN IF NOT pg_has_role('" + std::string(group) + "', 'USAGE') THEN GRANT " +
           group + " TO CURRENT_USER; END IF; END $starter$;\n";
  return sql;
}

std::string compare_rows(const BackupManifest& manifest) {
  auto sql = row_hash_settings() + ";\n";
  for (const auto& table : manifest.tables)
    sql += "DO $starter$ BEGIN IF (" + row_hash_query(table.name) + ") IS DISTINCT FROM '" + table.rows +
           "' THEN RAISE EXCEPTION 'starter: the rows of % differ', " + sql_text(table.name) +
           "; END IF; END $starter$;\n";
  return sql;
}

// Whoever was signed in at the time of the backup may have been signed out since, tokens that were revoked
// are good again, used links are unused, and things may have been given out that this database does not know
// of. So nothing that was given out lives through a restore: versions go far beyond any that was given out,
// and running processes are told, like at every revocation (tokens of service accounts have a trigger for
// that). Mails whose link ended are not sent again. Stored replies of idempotency keys stay: what they tell
// is in the same backup. Events that were not linked yet carry a transaction of the other server; they are
// linked after those of this one.
constexpr struct {
  std::string_view table;  // a backup of an older schema may lack it
  std::string_view sql;
} kEndings[] = {
    {"public.users", R"sql(
UPDATE users SET token_version = token_version + 1000000;
INSERT INTO revocations (kind, subject, min_version) SELECT 'user', id::text, token_version FROM users;)sql"},
    {"public.tenants", R"sql(
UPDATE tenants SET token_version = token_version + 1000000;
INSERT INTO revocations (kind, subject, min_version) SELECT 'tenant', id::text, token_version FROM tenants;)sql"},
    {"public.families", R"sql(
INSERT INTO revocations (kind, subject) SELECT 'session', id::text FROM families WHERE revoked_at IS NULL;
UPDATE families SET revoked_at = now() WHERE revoked_at IS NULL;)sql"},
    {"public.service_account_tokens",
     "UPDATE service_account_tokens SET revoked_at = now() WHERE revoked_at IS NULL;"},
    {"public.password_resets", "UPDATE password_resets SET consumed_at = now() WHERE consumed_at IS NULL;"},
    {"public.sign_ups", "UPDATE sign_ups SET consumed_at = now() WHERE consumed_at IS NULL;"},
    {"public.invites",
     "UPDATE invites SET revoked_at = now() WHERE accepted_at IS NULL AND revoked_at IS NULL;"},
    {"public.jobs", R"sql(
UPDATE jobs SET done_at = now(), lease_until = NULL, last_error = 'its link ended with a restore'
  WHERE queue = 'mail' AND payload ? 'token_id' AND done_at IS NULL AND dead_at IS NULL;)sql"},
    {"public.audit_events", "UPDATE audit_events SET xid = pg_current_xact_id() WHERE NOT linked;"},
};

std::string note_restore(const Backup& backup, const std::string& by) {
  const auto payload = json::serialize(
      json::object{{"created_at", backup.head.created_at}, {"digest", backup.digest}, {"by", by}});
  return "INSERT INTO audit_events (id, tenant_id, action, target_type, payload, xid, at, digest) VALUES "
         "(gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'database.restored', 'database', " +
         sql_text(payload) + ", '0', now(), '');\n";
}

std::string end_credentials(const Backup& backup, const std::string& by) {
  const auto has = [&](std::string_view table) {
    return std::ranges::find(backup.manifest.tables, table, &TableRows::name) != backup.manifest.tables.end();
  };
  std::string sql("SET search_path = pg_catalog, public;\n");
  for (const auto& ending : kEndings)
    if (has(ending.table)) (sql += ending.sql) += '\n';
  return sql + note_restore(backup, by);
}

Failure restore_failure(std::string said) {
  const auto has = [&](const char* words) { return said.find(words) != said.npos; };
  Failure failure{.code = "backup.restore",
                  .what = "The restore did not go through; the database is as it was.",
                  .why = last_line(said),
                  .fix = "   # once what it names is mended",
                  .docs = kDocs};
  if (const auto at = said.find("starter: the rows of "); at != said.npos) {
    failure.code = "backup.rows_differ";
    failure.why =
        "After it, " + said.substr(at + 9, said.find('\n', at) - at - 9) + " from those of the manifest.";
    failure.fix = "starter-console backup list   # and take another one";
    failure.exit = Exit::check_failed;
  } else if (has("lock timeout")) {
    failure.code = "backup.in_use";
    failure.why = "Somebody works on the database.";
    failure.fix = "   # once API and worker are stopped";
    failure.exit = Exit::conflict;
  } else if (has("role \"")) {
    failure.code = "backup.role";
    const auto name = said.find("role \"") + 6;
    failure.fix = "createuser --no-login " + pasted(said.substr(name, said.find('"', name) - name)) +
                  "   # on this server; or restore as the owner that the backup has";
  }
  return failure;
}

// psql reads the statements before, pg_restore's script and the statements after as one transaction. The
// script goes from one program to the other without this one. Only this function says COMMIT, in the end:
// whoever of the three dies, the input of psql ends without it, and nothing has happened.
Outcome<> feed(const Backup& backup, const Secret& key, const std::map<std::string, std::string>& environment,
               const std::string& before, const std::string& after, const Reached& reached) {
  auto reader = CHECKED(SealedReader::open(backup.path));
  CHECKED(reader.unlock(key));
  auto psql = CHECKED(PipedProcess::start(
      CHECKED(postgres_client(
          "psql", {"-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-f", "-"},
          environment)),
      {.input = true}));
  const auto say = [&](const std::string& sql) -> Outcome<bool> { return psql.write(sql + "\n"); };
  bool reads =
      CHECKED(say("SET lock_timeout = '10s'; SET statement_timeout = 0; SET client_min_messages = error;\n"
                  "BEGIN;\n" +
                  before));
  auto script = CHECKED(
      PipedProcess::start(CHECKED(postgres_client("pg_restore", {"--file=-", "--enable-row-security"}, {})),
                          {.input = true, .output_to = psql.input()}));
  std::uint64_t fed = 0;
  for (bool more = true; more && reads;) {
    auto piece = CHECKED(reader.next());
    more = !piece.last;
    if (more) reads = CHECKED(script.write(piece.bytes));
    if (more && reached) reached(fed += piece.bytes.size(), backup.manifest.dump_bytes);
  }
  const auto written = CHECKED(script.finish());
  if (reads && written.status == 0) static_cast<void>(CHECKED(say(after + "COMMIT;")));
  const auto ended = CHECKED(psql.finish());
  if (ended.status != 0) return restore_failure(ended.output);
  if (!reads || written.status != 0) return restore_failure(written.output);
  return {};
}

}  // namespace

Outcome<> restore_backup(const Backup& backup, const Secret& key, const Secret& url,
                         const std::string& setting, const RestoreWish& wish) {
  const auto environment = CHECKED(connection_environment(url, setting));
  auto after = compare_rows(backup.manifest);
  if (!backup.head.schema.empty()) after += end_credentials(backup, wish.by);
  return feed(backup, key, environment, make_groups() + (wish.replace ? drop_everything() : ""), after,
              wish.reached);
}

Outcome<> rehearse_restore(const Backup& backup, const Secret& key, const Secret& url,
                           const std::string& setting, std::chrono::seconds patience,
                           const Reached& reached) {
  auto server = CHECKED(Database::connect(url, setting, patience));
  if (CHECKED(server.value("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")) !=
      "t")
    return Failure{
        .code = "backup.no_rehearsal",
        .what = "There can be no restore into a throw-away database.",
        .why = "The user of " + setting + " may not make databases.",
        .fix = "psql -c " +
               pasted("ALTER ROLE \"" + CHECKED(server.value("SELECT current_user")) + "\" CREATEDB") +
               "   # as a superuser; or verify without --deep",
        .exit = Exit::auth,
        .docs = kDocs};
  const auto name = "starter_verify_" + std::to_string(::getpid()) + "_" +
                    std::to_string(Clock::system().now().time_since_epoch().count());
  CHECKED(server.rows("SET statement_timeout = 0"));
  CHECKED(server.rows("CREATE DATABASE " + name));
  auto restored = restore_backup(backup, key, with_database(url, name), setting,
                                 {.replace = false, .by = "backup verify --deep", .reached = reached});
  const auto dropped = server.rows("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  if (!restored) return restored;
  if (!dropped) return std::unexpected(dropped.error());
  return {};
}

Outcome<std::string> relations_in(Database& database) {
  return database.value(
      "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN "
      "('r', 'p', "
      "'v', 'm', 'S', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'");
}

Secret with_database(const Secret& url, std::string_view name) {
  const std::string text(url.reveal());
  const auto authority = text.find("://");
  const auto host = authority == text.npos ? 0 : authority + 3;
  const auto query = std::min(text.find('?', host), text.size());
  const auto path = std::min(text.find('/', host), query);
  return Secret(text.substr(0, path) + "/" + std::string(name) + text.substr(query));
}

}  // namespace starter::console::operate
