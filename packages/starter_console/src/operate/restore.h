// Putting a backup back. It is one transaction: what is there is dropped, what was dumped is put in its
// place, every table is hashed again, and the first one that differs from the manifest undoes all of it.
#pragma once

#include "operate/backup.h"

namespace starter::console::operate {

struct RestoreWish {
  bool replace = false;  // drop what is there
  std::string by;        // who restores, for the audit log
  Reached reached{};
};

/// Puts it into the database of `url`, whole or not at all, and ends what opened a door at the time of the
/// backup: sessions, tokens of service accounts, links in mails. `backup` comes from read_backup().
Outcome<> restore_backup(const Backup& backup, const Secret& key, const Secret& url,
                         const std::string& setting, const RestoreWish& wish);

/// Restores into a database that is made for it on the server of `url`, and dropped again.
Outcome<> rehearse_restore(const Backup& backup, const Secret& key, const Secret& url,
                           const std::string& setting, std::chrono::seconds patience, const Reached& reached);

/// How many tables, views and sequences stand in the database.
Outcome<std::string> relations_in(Database& database);

/// The URL with another database.
Secret with_database(const Secret& url, std::string_view name);

}  // namespace starter::console::operate
