// backup create, verify, restore and list.
#include "operate/backup.h"

#include <boost/json.hpp>
#include <iostream>

#include "commands/groups.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "operate/backup_key.h"
#include "operate/configuration.h"
#include "operate/keys.h"
#include "operate/provider_settings.h"
#include "operate/restore.h"
#include "starter/core/text.h"
#include "starter/core/types.h"
#include "starter/service/settings_table.h"
#include "system/lock.h"
#include "system/process.h"

namespace starter::console {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace operate;

namespace {

constexpr std::string_view kDocs = "docs/how-to/back-up-and-restore.md";
constexpr std::string_view kGroup = "Backup";
constexpr long kUsualAge = 26;  // hours: a daily backup that was made an hour late is still one

bool reads_as_owner(const settings::Settings& values) {
  return !values.has("BACKUP_DATABASE_URL");
}

std::vector<settings::Setting> reading_settings() {
  auto table = service::settings_of({"BACKUP_DATABASE_URL", "MIGRATE_DATABASE_URL"});
  table.back().required_when = [](const settings::Settings& values, const settings::Setting&) {
    return reads_as_owner(values);
  };
  table.back().required_reason = "without BACKUP_DATABASE_URL";
  table.push_back(kBackupKeySetting);
  return table;
}

std::vector<settings::Setting> owner_settings() {
  auto table = service::settings_of({"MIGRATE_DATABASE_URL"});
  table.push_back(kBackupKeySetting);
  return table;
}

fs::path folder_of(const Invocation& invocation) {
  return invocation.has("--folder") ? fs::path(invocation.get("--folder")) : var_folder() / "backups";
}

std::chrono::seconds age_of(const Backup& backup) {
  Timestamp at;
  if (Timestamp::from_text(backup.head.created_at, at) != nullptr) return std::chrono::seconds::max();
  return std::chrono::duration_cast<std::chrono::seconds>(Clock::system().now() - at.at);
}

json::object head_json(const Backup& backup) {
  return {{"file", backup.path.string()},
          {"created_at", backup.head.created_at},
          {"age_seconds", age_of(backup).count()},
          {"bytes", backup.bytes},
          {"database", backup.head.database},
          {"server", backup.head.server},
          {"schema", backup.head.schema},
          {"key_id", backup.head.key_id},
          {"digest", backup.digest}};
}

json::array tables_json(const BackupManifest& manifest) {
  json::array tables;
  for (const auto& table : manifest.tables) {
    const auto blank = table.rows.find(' ');
    tables.push_back({{"name", table.name},
                      {"rows", std::strtoll(table.rows.c_str(), nullptr, 10)},
                      {"hash", table.rows.substr(blank + 1)}});
  }
  return tables;
}

json::object whole_json(const Backup& backup) {
  auto data = head_json(backup);
  data["tables"] = tables_json(backup.manifest);
  data["rows"] = backup.manifest.rows();
  return data;
}

std::string in_short(const Backup& backup) {
  return std::to_string(backup.manifest.rows()) + " rows in " +
         std::to_string(backup.manifest.tables.size()) + " tables of " + backup.head.database +
         (backup.head.schema.empty() ? "" : ", schema " + backup.head.schema);
}

// Failure backup.stale when --max-age, or without it `usual`, is over.
Outcome<> check_age(const Invocation& invocation, const Backup& backup, long usual) {
  const auto most = CHECKED(invocation.number("--max-age", usual, 0, 24 * 3660));
  if (most == 0 || age_of(backup) <= std::chrono::hours(most)) return {};
  return Failure{.code = "backup.stale",
                 .what = backup.path.string() + " is " + in_words(age_of(backup)) + " old.",
                 .why = "It should be at most " + std::to_string(most) + " hours old: no newer one was made.",
                 .fix = "starter-console backup create   # and see why its timer did not",
                 .exit = Exit::check_failed,
                 .docs = std::string(kDocs)};
}

Telling telling(const Terminal& terminal) {
  return {
      .step = [&terminal](int number, int of, const std::string& what) { terminal.step(number, of, what); },
      .hashed = terminal.progress(1, 3)};
}

// What a killed one left; under the lock nobody else writes there.
void sweep(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(".backup.part")) fs::remove(entry.path(), error);
  }
}

// --- create
// -----------------------------------------------------------------------------------------------------

Outcome<Reply> create(const Invocation& invocation, Terminal& terminal) {
  const auto table = reading_settings();
  const auto values = CHECKED(read_settings(invocation, table));
  const std::string setting = reads_as_owner(values) ? "MIGRATE_DATABASE_URL" : "BACKUP_DATABASE_URL";
  const auto& url = values.secret(setting);
  const auto keep = static_cast<std::size_t>(CHECKED(invocation.number("--keep", 0, 0, 10000)));
  const auto patience = CHECKED(invocation.timeout());
  const auto folder = folder_of(invocation);
  const auto from = without_password(url.reveal());
  if (invocation.dry_run()) {
    auto database = CHECKED(Database::connect(url, setting, patience));
    const auto name = CHECKED(database.value("SELECT current_database()"));
    std::vector<std::string> plan{"dump " + from + " into " + folder.string()};
    if (keep > 0)  // the new one is one of those that are kept
      for (const auto& path : CHECKED(prune_backups(folder, name, keep - 1, true)))
        plan.push_back("remove " + path.string());
    return Reply{.data = {{"dry_run", true}, {"plan", json_of(plan)}},
                 .text = "Would " + joined(plan, "\nWould ")};
  }
  const auto lock = CHECKED(FileLock::take(var_folder() / "lock/backup", "Another backup or restore runs.",
                                           CHECKED(invocation.lock_patience())));
  sweep(folder);
  const auto key = CHECKED(backup_key_or_new(values, url, setting));
  const auto backup = CHECKED(make_backup(url, setting, key.key, folder, patience, telling(terminal)));
  std::vector<std::string> removed;
  if (keep > 0)
    for (const auto& path : CHECKED(prune_backups(folder, backup.head.database, keep, false)))
      removed.push_back(path.string());
  auto data = whole_json(backup);
  data["dry_run"] = false;
  data["plan"] = json_of({"dump " + from + " into " + folder.string()});
  data["removed"] = json_of(removed);
  data["key_file"] = key.file.string();
  auto text = "Wrote " + backup.path.string() + ": " + in_short(backup) + ".\n";
  for (const auto& path : removed) text += "Removed " + path + "\n";
  if (key.made)
    text += "Made the key " + key.file.string() +
            ". Keep a copy of it elsewhere: without it no backup can be restored.\n";
  return Reply{.data = std::move(data), .text = text + "Next: starter-console backup verify --deep"};
}

// --- verify
// -----------------------------------------------------------------------------------------------------

Outcome<fs::path> newest(const fs::path& folder) {
  auto shelf = CHECKED(list_backups(folder));
  // A damaged file may be the newest: silence about it would be the worst answer.
  if (!shelf.unusable.empty()) return shelf.unusable.back();
  if (!shelf.backups.empty()) return shelf.backups.back().path;
  return Failure{.code = "backup.none",
                 .what = "There is no backup in " + folder.string() + ".",
                 .why = "None was made, or they are kept elsewhere.",
                 .fix = "starter-console backup create",
                 .exit = Exit::not_found,
                 .docs = std::string(kDocs)};
}

Outcome<Reply> verify(const Invocation& invocation, Terminal& terminal) {
  watch_interrupts();
  const bool deep = invocation.has("--deep"), named = invocation.has("file");
  const auto table = deep ? owner_settings() : std::vector<settings::Setting>{kBackupKeySetting};
  const auto values = CHECKED(read_settings(invocation, table));
  const auto path = named ? fs::path(invocation.get("file")) : CHECKED(newest(folder_of(invocation)));
  const auto key = CHECKED(backup_key(values));
  const int steps = deep ? 2 : 1;
  terminal.step(1, steps, "open every piece of " + path.string());
  const auto backup = CHECKED(read_backup(path, key.key, terminal.progress(1, steps)));
  CHECKED(check_age(invocation, backup, named ? 0 : kUsualAge));
  if (deep) {
    terminal.step(2, 2, "restore it into a throw-away database");
    CHECKED(rehearse_restore(backup, key.key, values.secret("MIGRATE_DATABASE_URL"), "MIGRATE_DATABASE_URL",
                             CHECKED(invocation.timeout()), terminal.progress(2, 2)));
  }
  auto data = whole_json(backup);
  data["deep"] = deep;
  return Reply{.data = std::move(data),
               .text = path.string() + " is whole, " + in_words(age_of(backup)) +
                       " old: " + in_short(backup) + ".\n" +
                       (deep ? "It was restored, and every table has the rows of the manifest."
                             : "Next: starter-console backup verify --deep   # restores it, too")};
}

// --- restore
// ----------------------------------------------------------------------------------------------------

Outcome<> confirm_replacing(const Invocation& invocation, const Terminal& terminal, const std::string& name,
                            const std::string& relations) {
  const auto again = invocation.with("--replace").with("--confirm", name);
  if (!invocation.has("--replace"))
    return Failure{.code = "backup.not_empty",
                   .what = "The database " + name + " is not empty; nothing was changed.",
                   .why = "It has " + relations + " tables, views and sequences, which a restore would drop.",
                   .fix = again.typed() + "   # or restore beside it: --database NAME",
                   .exit = Exit::conflict,
                   .docs = std::string(kDocs)};
  const auto environment = providers::environment_of(CHECKED(setting_source(invocation)));
  CHECKED(check_spelled_out(invocation, environment("ENVIRONMENT")));
  auto typed = invocation.get("--confirm");
  if (typed.empty() && terminal.settings().interactive && !terminal.json()) {
    terminal.say("This drops all data of " + name + ". Type its name to go on:");
    std::getline(std::cin, typed);
  }
  if (typed == name) return {};
  return Failure{.code = "confirm.missing",
                 .what = "Nothing was changed.",
                 .why = "The database's name, " + name + ", has to be typed or given with --confirm.",
                 .fix = again.typed(),
                 .exit = Exit::usage,
                 .docs = std::string(kDocs)};
}

std::vector<std::string> plan_of(const Backup& backup, const std::string& place, bool empty) {
  std::vector<std::string> plan;
  if (!empty) plan.push_back("drop everything in " + place);
  plan.push_back("restore " + backup.path.string() + " into " + place);
  plan.push_back("compare the rows of " + std::to_string(backup.manifest.tables.size()) + " tables");
  plan.push_back("end every session, every token of a service account and every open link in a mail");
  return plan;
}

Outcome<Reply> restore(const Invocation& invocation, Terminal& terminal) {
  const auto table = owner_settings();
  const auto values = CHECKED(read_settings(invocation, table));
  const std::string setting = "MIGRATE_DATABASE_URL";
  const auto url = invocation.has("--database")
                       ? with_database(values.secret(setting), invocation.get("--database"))
                       : values.secret(setting);
  const auto place = without_password(url.reveal());
  const auto key = CHECKED(backup_key(values));
  terminal.step(1, 2, "open every piece of " + invocation.get("file"));
  const auto backup = CHECKED(read_backup(invocation.get("file"), key.key, terminal.progress(1, 2)));
  CHECKED(check_age(invocation, backup, 0));
  std::string relations, name;
  {
    auto database = CHECKED(Database::connect(url, setting, CHECKED(invocation.timeout())));
    relations = CHECKED(relations_in(database));
    name = CHECKED(database.value("SELECT current_database()"));
  }
  const bool empty = relations == "0";
  const auto plan = plan_of(backup, place, empty);
  if (invocation.dry_run()) {
    auto data = whole_json(backup);
    data["dry_run"] = true;
    data["plan"] = json_of(plan);
    data["into"] = place;
    return Reply{.data = std::move(data), .text = "Would " + joined(plan, "\nWould ")};
  }
  if (!empty) CHECKED(confirm_replacing(invocation, terminal, name, relations));
  const auto lock = CHECKED(FileLock::take(var_folder() / "lock/backup", "Another backup or restore runs.",
                                           CHECKED(invocation.lock_patience())));
  terminal.step(2, 2, "restore " + in_short(backup));
  const auto began = Clock::system().steady();
  CHECKED(restore_backup(backup, key.key, url, setting,
                         {.replace = !empty, .by = who_runs(), .reached = terminal.progress(2, 2)}));
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(Clock::system().steady() - began);
  auto data = whole_json(backup);
  data["dry_run"] = false;
  data["plan"] = json_of(plan);
  data["into"] = place;
  data["took_seconds"] = took.count();
  return Reply{
      .data = std::move(data),
      .text = "Restored " + in_short(backup) + ", into " + place +
              "; every table has the rows of the manifest.\n" + "Lost (RPO): what was committed after " +
              backup.head.created_at + ", " + in_words(age_of(backup)) + " ago.\n" +
              "Took (RTO): " + in_words(took) +
              ". Ended: every session, every token of a service account, every open link in a mail.\n" +
              "Next: starter-console release db   # then start API and worker, and order new tokens"};
}

// --- list
// -------------------------------------------------------------------------------------------------------

Outcome<Reply> list(const Invocation& invocation, Terminal&) {
  const auto folder = folder_of(invocation);
  const auto shelf = CHECKED(list_backups(folder));
  json::array backups, unusable;
  std::string text;
  for (const auto& one : shelf.backups) {
    backups.push_back(head_json(one));
    text += one.head.created_at + "  " + one.head.database + "  " +
            std::to_string((one.bytes + 1023) / 1024) + " KiB  key " + one.head.key_id + "  " +
            one.path.string() + "\n";
  }
  for (const auto& one : shelf.unusable) {
    unusable.push_back({{"code", one.code}, {"message", one.what}, {"why", one.why}});
    text += "UNUSABLE  " + one.what + " " + one.why + "\n";
  }
  if (text.empty()) text = "There is no backup in " + folder.string() + ".\n";
  return Reply{.data = {{"folder", folder.string()}, {"backups", backups}, {"unusable", unusable}},
               .text = text};
}

Flag folder_flag() {
  return {"--folder", "DIR", "Where backups are kept (var/backups)"};
}

std::vector<Field> facts_with(std::vector<Field> more) {
  std::vector<Field> all{{"file", "string", "The backup"},
                         {"created_at", "string", "UTC; what was committed before is in it"},
                         {"age_seconds", "integer", "How old it is"},
                         {"bytes", "integer", "Size of the file"},
                         {"database", "string", "What was backed up"},
                         {"server", "string", "Version of its Postgres"},
                         {"schema", "string", "Its newest migration"},
                         {"key_id", "string", "Which key opens it"},
                         {"digest", "string", "SHA-256 of the file's content"},
                         {"tables", "array", "name, rows, hash"},
                         {"rows", "integer", "Rows of all tables"}};
  std::ranges::move(more, std::back_inserter(all));
  return all;
}

}  // namespace

std::vector<Command> backup_commands() {
  return {
      {.name = "backup create",
       .group = kGroup,
       .summary = "Back the database up into an encrypted file",
       .details =
           "Reads one snapshot with pg_dump, as BACKUP_DATABASE_URL or else MIGRATE_DATABASE_URL says, "
           "and seals it with BACKUP_ENCRYPTION_KEY while it is read. For a database on this machine a "
           "key is made at the first use, in var/keys/backup.key: keep a copy of it elsewhere.",
       .flags = {env_file_flag(), folder_flag(), {"--keep", "N", "Then remove the oldest until N are left"}},
       .examples = {{"starter-console backup create --env-file var/dev/env/api.env", "The local stack."},
                    {"starter-console backup create --env-file api.env --keep 14 --json",
                     "From a daily timer."}},
       .reply = facts_with({{"dry_run", "boolean", "Nothing was changed"},
                            {"plan", "array", "The steps"},
                            {"removed", "array", "Older backups that --keep removed"},
                            {"key_file", "string", "Where the key is; empty when a setting says it"}}),
       .exits = {Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .reaches = true,
       .run = create},
      {.name = "backup verify",
       .group = kGroup,
       .summary = "Prove that a backup can be restored",
       .details =
           "Opens every piece of it. With --deep it is also restored into a throw-away database, and the "
           "rows of each table are compared with the manifest. Without FILE it is the newest one, which "
           "must be at most 26 hours old.",
       .arguments = {{.name = "file", .summary = "A backup; without it the newest"}},
       .flags = {env_file_flag(),
                 folder_flag(),
                 {"--deep", "", "Restore it, too"},
                 {"--max-age", "HOURS", "Fail when it is older; 0 for any age"}},
       .examples = {{"starter-console backup verify", "Is the newest one whole and fresh?"},
                    {"starter-console backup verify --deep --env-file api.env", "After each backup."},
                    {"starter-console backup verify old.backup --max-age 0", "One of the archive."}},
       .reply = facts_with({{"deep", "boolean", "It was restored and compared"}}),
       .exits = {Exit::check_failed, Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .reaches = true,
       .run = verify},
      {.name = "backup restore",
       .group = kGroup,
       .summary = "Put a backup back, whole or not at all",
       .details =
           "Into the database of MIGRATE_DATABASE_URL, which must be empty unless --replace is given. It is "
           "one transaction: whatever goes wrong, the database is as it was. The rows of each table are "
           "compared with the manifest. Every session, every token of a service account and every open link "
           "in a mail is ended, since it may have been ended after the backup. Stop API and worker before.",
       .arguments = {{.name = "file", .summary = "The backup", .required = true}},
       .flags = {env_file_flag(),
                 {"--database", "NAME", "Another database of the same server"},
                 {"--replace", "", "Drop what is there"},
                 {"--confirm", "NAME", "The database's name, for scripts"},
                 {"--max-age", "HOURS", "Fail when the backup is older"}},
       .examples = {{"starter-console backup restore starter.backup --env-file api.env --dry-run",
                     "Is it whole, and what would happen?"},
                    {"starter-console backup restore starter.backup --database starter_copy",
                     "Beside the one that runs."},
                    {"starter-console backup restore starter.backup --replace --confirm starter",
                     "In place of what is there."}},
       .reply = facts_with({{"dry_run", "boolean", "Nothing was changed"},
                            {"plan", "array", "The steps"},
                            {"into", "string", "Where, without the password"},
                            {"took_seconds", "integer", "How long the database was away"}}),
       .exits = {Exit::check_failed, Exit::auth, Exit::not_found, Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .reaches = true,
       .destroys = true,
       .run = restore},
      {.name = "backup list",
       .group = kGroup,
       .summary = "List the backups of a folder",
       .details =
           "It needs no key: what it shows is not secret, and changing it keeps a backup from opening.",
       .flags = {folder_flag()},
       .examples = {{"starter-console backup list", "Oldest first."},
                    {"starter-console backup list --folder /mnt/backups --json", "For scripts."}},
       .reply = {{"folder", "string", "Where"},
                 {"backups", "array",
                  "file, created_at, age_seconds, bytes, database, server, schema, key_id, digest"},
                 {"unusable", "array", "code, message, why"}},
       .docs = kDocs,
       .run = list},
  };
}

}  // namespace starter::console
