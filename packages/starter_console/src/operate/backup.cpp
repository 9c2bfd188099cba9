#include "operate/backup.h"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "dev/postgres.h"
#include "operate/configuration.h"
#include "operate/libpq.h"
#include "operate/row_hashes.h"
#include "operate/sealed_file.h"
#include "starter/core/types.h"
#include "system/files.h"
#include "system/process.h"

namespace starter::console::operate {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::string_view kEnding = ".backup";
constexpr std::size_t kPiece = 256U << 10;
constexpr const char* kDocs = "docs/how-to/back-up-and-restore.md";

// The groups of the migrations, which a server that never had one lacks; those two own something.
constexpr const char* kGroups[] = {"starter_owner", "starter_app", "starter_worker", "starter_entry",
                                   "starter_backup"};
constexpr const char* kOwning[] = {"starter_owner", "starter_entry"};

// What a program said last, without the place in its script.
std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  text.erase(0, text.rfind('\n') + 1);
  if (const auto at = text.find("ERROR:"); at != text.npos) text.erase(0, at + 6);
  text.erase(0, text.find_first_not_of(' '));
  return text + (text.ends_with('.') ? "" : ".");
}

std::string utc(WallTime at) {
  return Timestamp{at}.text();
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

json::object head_json(const BackupHead& head) {
  return {{"format", 1},           {"created_at", head.created_at}, {"database", head.database},
          {"server", head.server}, {"schema", head.schema},         {"key_id", head.key_id}};
}

json::object manifest_json(const BackupManifest& manifest) {
  json::array tables;
  for (const auto& table : manifest.tables) tables.push_back({{"name", table.name}, {"rows", table.rows}});
  return {{"tables", std::move(tables)}, {"dump_bytes", manifest.dump_bytes}};
}

// Written by make_backup and bound to the key: what is missing here is a bug, not an input.
BackupManifest manifest_of(const json::object& object) {
  BackupManifest manifest;
  for (const auto& table : object.at("tables").as_array())
    manifest.tables.push_back({text_of(table.as_object(), "name"), text_of(table.as_object(), "rows")});
  manifest.dump_bytes = object.at("dump_bytes").to_number<std::uint64_t>();
  return manifest;
}

Outcome<Launch> client(const std::string& program, std::vector<std::string> words,
                       const std::map<std::string, std::string>& environment) {
  Launch launch{.argv = {CHECKED(dev::postgres_program(program, {})).string()}, .environment = environment};
  launch.argv.insert(launch.argv.end(), words.begin(), words.end());
  launch.environment["PGAPPNAME"] = "starter-console";
  return launch;
}

// --- making one
// -------------------------------------------------------------------------------------------------

// The snapshot that everything is read in, held by this session until it ends.
Outcome<std::string> hold_snapshot(Database& database) {
  for (const auto* statement : {"SET statement_timeout = 0", "SET idle_in_transaction_session_timeout = 0",
                                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
    CHECKED(database.rows(statement));
  return database.value("SELECT pg_export_snapshot()");
}

Outcome<std::vector<TableRows>> hash_tables(Database& database) {
  const auto settings = row_hash_settings();
  for (std::size_t from = 0; from < settings.size();) {
    const auto to = std::min(settings.find(';', from), settings.size());
    CHECKED(database.rows(settings.substr(from, to - from)));
    from = to + 1;
  }
  std::vector<TableRows> tables;
  for (const auto& row : CHECKED(database.rows(
           "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON "
           "n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND "
           "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1"))) {
    if (interrupted()) return interrupt_failure();
    const auto name = row[0].value_or("");
    tables.push_back({name, CHECKED(database.value(row_hash_query(name)))});
  }
  return tables;
}

Outcome<BackupHead> head_of(Database& database, const Secret& key) {
  BackupHead head{.created_at = utc(Clock::system().now()),
                  .database = CHECKED(database.value("SELECT current_database()")),
                  .server = CHECKED(database.value("SHOW server_version")),
                  .schema = {},
                  .key_id = key_id(key)};
  if (CHECKED(database.value("SELECT to_regclass('public.schema_migrations') IS NOT NULL")) == "t")
    head.schema = CHECKED(database.value("SELECT coalesce(max(version), '') FROM public.schema_migrations"));
  return head;
}

Failure dump_failure(const std::string& said) {
  return {.code = "backup.dump",
          .what = "pg_dump did not read the database to its end.",
          .why = last_line(said),
          .fix = said.find("version mismatch") != said.npos
                     ? "sudo apt-get install -y postgresql-client   # of the server's version or a newer one"
                     : "give BACKUP_DATABASE_URL a role that may read everything, such as the owner",
          .docs = kDocs};
}

Outcome<std::uint64_t> seal_dump(const std::map<std::string, std::string>& environment,
                                 const std::string& snapshot, SealedWriter& file) {
  // Row-level security stays on: its policies let owner and backup role read every row.
  auto dump = CHECKED(PipedProcess::start(
      CHECKED(client("pg_dump",
                     {"--format=custom", "--enable-row-security", "--snapshot=" + snapshot,
                      "--lock-wait-timeout=10s", "--no-password"},
                     environment)),
      {.output = true}));
  std::uint64_t bytes = 0;
  for (;;) {
    const auto piece = CHECKED(dump.read(kPiece));
    if (piece.empty()) break;
    bytes += piece.size();
    CHECKED(file.add(piece));
  }
  const auto ended = CHECKED(dump.finish());
  if (ended.status != 0) return dump_failure(ended.output);
  return bytes;
}

fs::path file_name(const BackupHead& head) {
  auto time = head.created_at;
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  auto name = head.database;
  std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name + "-" + time + std::string(kEnding);
}

// --- restoring
// --------------------------------------------------------------------------------------------------

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
  for (const auto* group : kOwning)
    sql += "DO $starter$ BEGIN IF NOT pg_has_role('" + std::string(group) + "', 'MEMBER') THEN GRANT " +
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
                  .fix = "mend what it names, then repeat the command",
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
    failure.fix = "stop API and worker, then repeat the command";
    failure.exit = Exit::conflict;
  } else if (has("role \"")) {
    failure.code = "backup.role";
    failure.fix = "create that role on this server, or restore as the owner that the backup has";
  }
  return failure;
}

// psql reads the statements before, pg_restore's script and the statements after as one transaction. The
// script goes from one program to the other without this one. Only this function says COMMIT, in the end:
// whoever of the three dies, the input of psql ends without it, and nothing has happened.
Outcome<> feed(const Backup& backup, const Secret& key, const std::map<std::string, std::string>& environment,
               const std::string& before, const std::string& after) {
  auto reader = CHECKED(SealedReader::open(backup.path));
  CHECKED(reader.unlock(key));
  auto psql = CHECKED(PipedProcess::start(
      CHECKED(client(
          "psql", {"-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-f", "-"},
          environment)),
      {.input = true}));
  const auto say = [&](const std::string& sql) -> Outcome<bool> { return psql.write(sql + "\n"); };
  bool reads =
      CHECKED(say("SET lock_timeout = '10s'; SET statement_timeout = 0; SET client_min_messages = error;\n"
                  "BEGIN;\n" +
                  before));
  auto script =
      CHECKED(PipedProcess::start(CHECKED(client("pg_restore", {"--file=-", "--enable-row-security"}, {})),
                                  {.input = true, .output_to = psql.input()}));
  for (bool more = true; more && reads;) {
    auto piece = CHECKED(reader.next());
    more = !piece.last;
    if (more) reads = CHECKED(script.write(piece.bytes));
  }
  const auto written = CHECKED(script.finish());
  if (reads && written.status == 0) static_cast<void>(CHECKED(say(after + "COMMIT;")));
  const auto ended = CHECKED(psql.finish());
  if (ended.status != 0) return restore_failure(ended.output);
  if (!reads || written.status != 0) return restore_failure(written.output);
  return {};
}

}  // namespace

std::uint64_t BackupManifest::rows() const {
  std::uint64_t sum = 0;
  for (const auto& table : tables) sum += std::strtoull(table.rows.c_str(), nullptr, 10);
  return sum;
}

Outcome<Backup> make_backup(const Secret& url, const std::string& setting, const Secret& key,
                            const fs::path& folder, std::chrono::seconds patience, const Say& say) {
  const auto environment = CHECKED(connection_environment(url, setting));
  auto database = CHECKED(Database::connect(url, setting, patience));
  Backup backup;
  backup.head = CHECKED(head_of(database, key));  // its time is before the snapshot: never too late
  const auto snapshot = CHECKED(hold_snapshot(database));
  say(1, 3, "hash the rows of " + backup.head.database);
  backup.manifest.tables = CHECKED(hash_tables(database));
  say(2, 3,
      "dump " + std::to_string(backup.manifest.tables.size()) + " tables with " +
          std::to_string(backup.manifest.rows()) + " rows");
  backup.path = folder / file_name(backup.head);
  auto file = CHECKED(SealedWriter::create(backup.path, key, json::serialize(head_json(backup.head))));
  backup.manifest.dump_bytes = CHECKED(seal_dump(environment, snapshot, file));
  const auto whole = CHECKED(file.finish(json::serialize(manifest_json(backup.manifest))));
  backup.digest = whole.digest;
  backup.bytes = whole.bytes;
  say(3, 3, "wrote " + backup.path.string());
  return backup;
}

namespace {

Outcome<Backup> backup_of(const fs::path& path, const SealedReader& reader) {
  boost::system::error_code error;
  const auto parsed = json::parse(reader.head(), error);
  if (error || !parsed.is_object())
    return Failure{.code = "backup.damaged",
                   .what = path.string() + " can't be used as a backup.",
                   .why = "It is damaged: its head is no JSON.",
                   .fix = "starter-console backup list   # and take another one, or a copy from elsewhere",
                   .exit = Exit::check_failed,
                   .docs = kDocs};
  const auto& head = parsed.get_object();
  return Backup{.path = path,
                .head = {.created_at = text_of(head, "created_at"),
                         .database = text_of(head, "database"),
                         .server = text_of(head, "server"),
                         .schema = text_of(head, "schema"),
                         .key_id = text_of(head, "key_id")},
                .manifest = {},
                .digest = reader.digest(),
                .bytes = reader.bytes()};
}

}  // namespace

Outcome<Backup> look_at_backup(const fs::path& path) {
  return backup_of(path, CHECKED(SealedReader::open(path)));
}

Outcome<Backup> read_backup(const fs::path& path, const Secret& key) {
  auto reader = CHECKED(SealedReader::open(path));
  auto backup = CHECKED(backup_of(path, reader));
  if (backup.head.key_id != key_id(key))
    return Failure{
        .code = "backup.wrong_key",
        .what = path.string() + " was made with another key.",
        .why = "It needs the key " + backup.head.key_id + ", and the one here is " + key_id(key) + ".",
        .fix = "export BACKUP_ENCRYPTION_KEY_FILE=/path/to/that/key",
        .exit = Exit::auth,
        .docs = kDocs};
  CHECKED(reader.unlock(key));
  for (;;) {
    if (interrupted()) return interrupt_failure();
    const auto piece = CHECKED(reader.next());
    if (!piece.last) continue;
    backup.manifest = manifest_of(json::parse(piece.bytes).as_object());
    return backup;
  }
}

Outcome<Shelf> list_backups(const fs::path& folder) {
  Shelf shelf;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != kEnding) continue;
    auto backup = look_at_backup(entry.path());
    if (backup)
      shelf.backups.push_back(std::move(*backup));
    else
      shelf.unusable.push_back(std::move(backup).error());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return file_failure("read", folder, error.value());
  std::ranges::sort(shelf.backups, {}, [](const Backup& one) { return one.head.created_at; });
  std::ranges::sort(shelf.unusable, {}, &Failure::what);
  return shelf;
}

Outcome<std::vector<fs::path>> prune_backups(const fs::path& folder, const std::string& database,
                                             std::size_t keep, bool dry_run) {
  auto shelf = CHECKED(list_backups(folder));
  std::erase_if(shelf.backups, [&](const Backup& one) { return one.head.database != database; });
  std::vector<fs::path> removed;
  for (std::size_t i = 0; i + keep < shelf.backups.size(); ++i) {
    removed.push_back(shelf.backups[i].path);
    if (!dry_run && ::unlink(removed.back().c_str()) != 0)
      return file_failure("remove", removed.back(), errno);
  }
  return removed;
}

Outcome<> restore_backup(const Backup& backup, const Secret& key, const Secret& url,
                         const std::string& setting, const RestoreWish& wish) {
  const auto environment = CHECKED(connection_environment(url, setting));
  auto after = compare_rows(backup.manifest);
  if (!backup.head.schema.empty()) after += end_credentials(backup, wish.by);
  return feed(backup, key, environment, make_groups() + (wish.replace ? drop_everything() : ""), after);
}

Outcome<> rehearse_restore(const Backup& backup, const Secret& key, const Secret& url,
                           const std::string& setting, std::chrono::seconds patience) {
  auto server = CHECKED(Database::connect(url, setting, patience));
  if (CHECKED(server.value("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")) !=
      "t")
    return Failure{.code = "backup.no_rehearsal",
                   .what = "There can be no restore into a throw-away database.",
                   .why = "The user of " + setting + " may not make databases.",
                   .fix = "ALTER ROLE ... CREATEDB   -- or verify without --deep",
                   .exit = Exit::auth,
                   .docs = kDocs};
  const auto name = "starter_verify_" + std::to_string(::getpid()) + "_" +
                    std::to_string(Clock::system().now().time_since_epoch().count());
  CHECKED(server.rows("SET statement_timeout = 0"));
  CHECKED(server.rows("CREATE DATABASE " + name));
  auto restored = restore_backup(backup, key, with_database(url, name), setting,
                                 {.replace = false, .by = "backup verify --deep"});
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
