// A backup of one database: pg_dump's custom format in a sealed file, with a manifest. Nothing of it is ever
// on a disk in clear, and its size is no matter of memory.
//
// The manifest holds for each table the number of its rows and one hash over all of them, read in the very
// snapshot that is dumped: what a restore (restore.h) proves itself by.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "frame/progress.h"
#include "operate/database.h"
#include "starter/core/clock.h"
#include "starter/core/secret.h"

namespace starter::console::operate {

/// What anybody may read of a backup. A changed word of it keeps the file from opening.
struct BackupHead {
  std::string created_at;  // RFC 3339: everything that was committed before is in it
  std::string database, server;
  std::string schema;  // the newest migration; empty without any
  std::string key_id;
};

struct TableRows {
  std::string name;  // quoted where it has to be, with its schema
  std::string rows;  // "3 5d41...": how many, and the hash of all of them
};

/// The sealed half.
struct BackupManifest {
  std::vector<TableRows> tables;
  std::uint64_t dump_bytes = 0;

  std::uint64_t rows() const;
};

struct Backup {
  std::filesystem::path path;
  BackupHead head;
  BackupManifest manifest;
  std::string digest;  // SHA-256 of the file
  std::uint64_t bytes = 0;
};

/// Who is told how far it is: each step, and in the first of them each table.
struct Telling {
  std::function<void(int number, int of, const std::string& what)> step;
  Reached hashed{};
};

/// Dumps the database of `url`, which `setting` holds, into `folder`. An interrupted or failed one leaves
/// nothing.
Outcome<Backup> make_backup(const Secret& url, const std::string& setting, const Secret& key,
                            const std::filesystem::path& folder, std::chrono::seconds patience,
                            const Telling& telling);

/// The head alone, which needs no key. Failures of sealed_file.h.
Outcome<Backup> look_at_backup(const std::filesystem::path& path);

/// Opens every piece of it. Failure backup.wrong_key (exit 4) and those of sealed_file.h.
Outcome<Backup> read_backup(const std::filesystem::path& path, const Secret& key,
                            const Reached& reached = nullptr);

/// Backups of a folder, oldest first, damaged ones left out; and the other files that end like one.
struct Shelf {
  std::vector<Backup> backups;
  std::vector<Failure> unusable;
};
Outcome<Shelf> list_backups(const std::filesystem::path& folder);

/// Removes the oldest of this database until `keep` are left; their paths.
Outcome<std::vector<std::filesystem::path>> prune_backups(const std::filesystem::path& folder,
                                                          const std::string& database, std::size_t keep,
                                                          bool dry_run);

}  // namespace starter::console::operate
