#include "operate/backup.h"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "operate/configuration.h"
#include "operate/libpq.h"
#include "operate/postgres_client.h"
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

// The snapshot that everything is read in, held by this session until it ends.
Outcome<std::string> hold_snapshot(Database& database) {
  for (const auto* statement : {"SET statement_timeout = 0", "SET idle_in_transaction_session_timeout = 0",
                                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
    CHECKED(database.rows(statement));
  return database.value("SELECT pg_export_snapshot()");
}

Outcome<std::vector<TableRows>> hash_tables(Database& database, const Reached& reached) {
  const auto settings = row_hash_settings();
  for (std::size_t from = 0; from < settings.size();) {
    const auto to = std::min(settings.find(';', from), settings.size());
    CHECKED(database.rows(settings.substr(from, to - from)));
    from = to + 1;
  }
  const auto found = CHECKED(database.rows(
      "SELECT format('%I.%I', n.nspname, c.relname), pg_table_size(c.oid) FROM pg_class c "
      "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND "
      "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1"));
  const auto bytes_of = [](const auto& row) { return std::stoull(row[1].value_or("0")); };
  std::uint64_t total = 0, done = 0;
  for (const auto& row : found) total += bytes_of(row);
  std::vector<TableRows> tables;
  for (const auto& row : found) {
    if (interrupted()) return interrupt_failure();
    const auto name = row[0].value_or("");
    tables.push_back({name, CHECKED(database.value(row_hash_query(name)))});
    if (reached) reached(done += bytes_of(row), total);
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
                     : "starter-console contract show BACKUP_DATABASE_URL   # of a role that may read "
                       "everything, such as the owner",
          .docs = kDocs};
}

Outcome<std::uint64_t> seal_dump(const std::map<std::string, std::string>& environment,
                                 const std::string& snapshot, SealedWriter& file) {
  // Row-level security stays on: its policies let owner and backup role read every row.
  auto dump = CHECKED(PipedProcess::start(
      CHECKED(postgres_client("pg_dump",
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

}  // namespace

std::uint64_t BackupManifest::rows() const {
  std::uint64_t sum = 0;
  for (const auto& table : tables) sum += std::strtoull(table.rows.c_str(), nullptr, 10);
  return sum;
}

Outcome<Backup> make_backup(const Secret& url, const std::string& setting, const Secret& key,
                            const fs::path& folder, std::chrono::seconds patience, const Telling& telling) {
  const auto environment = CHECKED(connection_environment(url, setting));
  auto database = CHECKED(Database::connect(url, setting, patience));
  Backup backup;
  backup.head = CHECKED(head_of(database, key));  // its time is before the snapshot: never too late
  const auto snapshot = CHECKED(hold_snapshot(database));
  telling.step(1, 3, "hash the rows of " + backup.head.database);
  backup.manifest.tables = CHECKED(hash_tables(database, telling.hashed));
  telling.step(2, 3,
               "dump " + std::to_string(backup.manifest.tables.size()) + " tables with " +
                   std::to_string(backup.manifest.rows()) + " rows");
  backup.path = folder / file_name(backup.head);
  auto file = CHECKED(SealedWriter::create(backup.path, key, json::serialize(head_json(backup.head))));
  backup.manifest.dump_bytes = CHECKED(seal_dump(environment, snapshot, file));
  const auto whole = CHECKED(file.finish(json::serialize(manifest_json(backup.manifest))));
  backup.digest = whole.digest;
  backup.bytes = whole.bytes;
  telling.step(3, 3, "wrote " + backup.path.string());
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

Outcome<Backup> read_backup(const fs::path& path, const Secret& key, const Reached& reached) {
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
  for (std::uint64_t read = 0;;) {
    if (interrupted()) return interrupt_failure();
    const auto piece = CHECKED(reader.next());
    if (reached) reached(read += piece.bytes.size(), reader.bytes());
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

}  // namespace starter::console::operate
