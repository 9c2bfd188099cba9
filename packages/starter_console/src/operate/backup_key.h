// The key of the backups: a setting, or for the stack of this machine a file that is made at the first use.
#pragma once

#include <filesystem>

#include "frame/outcome.h"
#include "starter/core/secret.h"
#include "starter/settings/settings.h"

namespace starter::console::operate {

extern const settings::Setting kBackupKeySetting;

struct BackupKey {
  Secret key;
  std::filesystem::path file;  // empty: BACKUP_ENCRYPTION_KEY says it
  bool made = false;
};

/// BACKUP_ENCRYPTION_KEY, else the file of this machine. Failure backup.no_key (exit 5).
Outcome<BackupKey> backup_key(const settings::Settings& values);

/// The same; for a database on this machine the file is made when there is none.
Outcome<BackupKey> backup_key_or_new(const settings::Settings& values, const Secret& url,
                                     const std::string& setting);

}  // namespace starter::console::operate
