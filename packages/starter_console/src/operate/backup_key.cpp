#include "operate/backup_key.h"

#include "frame/audit.h"
#include "operate/libpq.h"
#include "starter/core/private_file.h"
#include "system/files.h"

namespace starter::console::operate {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLength = 43;  // 256 bits
constexpr const char* kDocs = "docs/how-to/back-up-and-restore.md";

fs::path key_file() {
  return var_folder() / "keys/backup.key";
}

Outcome<Secret> read_key(const fs::path& path) {
  auto text = read_private_file(path.string(), 4096, "key of the backups");
  if (text && text->size() >= 32) {
    auto key = text->reveal();
    while (key.ends_with('\n')) key.remove_suffix(1);
    return Secret(std::string(key));
  }
  return Failure{.code = "backup.bad_key",
                 .what = "The key of the backups can't be used.",
                 .why = text ? path.string() + " holds fewer than 32 bytes." : text.error(),
                 .fix = "chmod 600 '" + path.string() + "'   # or bring the copy of it back",
                 .exit = Exit::auth,
                 .docs = kDocs};
}

Outcome<bool> is_on_this_machine(const Secret& url, const std::string& setting) {
  const auto environment = CHECKED(connection_environment(url, setting));
  for (const auto* name : {"PGHOSTADDR", "PGHOST"}) {
    const auto found = environment.find(name);
    if (found == environment.end()) continue;
    const auto& host = found->second;
    return host == "localhost" || host == "127.0.0.1" || host == "::1" || host.starts_with('/');
  }
  return true;
}

}  // namespace

const settings::Setting kBackupKeySetting{.name = "BACKUP_ENCRYPTION_KEY",
                                          .type = settings::Type::text,
                                          .min = 32,
                                          .secret = true,
                                          .meaning = "Seals backups; without it they can't be restored"};

Outcome<BackupKey> backup_key(const settings::Settings& values) {
  if (values.has("BACKUP_ENCRYPTION_KEY"))
    return BackupKey{.key = values.secret("BACKUP_ENCRYPTION_KEY"), .file = {}};
  const auto path = key_file();
  std::error_code error;
  if (fs::exists(path, error)) return BackupKey{.key = CHECKED(read_key(path)), .file = path};
  return Failure{.code = "backup.no_key",
                 .what = "There is no key for backups.",
                 .why = "BACKUP_ENCRYPTION_KEY is not set, and there is no " + path.string() + ".",
                 .fix =
                     "(umask 077; openssl rand -hex 32 > backup.key); export "
                     "BACKUP_ENCRYPTION_KEY_FILE=$PWD/backup.key",
                 .exit = Exit::not_found,
                 .docs = kDocs};
}

Outcome<BackupKey> backup_key_or_new(const settings::Settings& values, const Secret& url,
                                     const std::string& setting) {
  auto found = backup_key(values);
  if (found || found.error().code != "backup.no_key" || !CHECKED(is_on_this_machine(url, setting)))
    return found;
  BackupKey made{.key = Secret(random_secret(kLength)), .file = key_file(), .made = true};
  CHECKED(write_file(made.file, std::string(made.key.reveal()) + "\n"));
  return made;
}

}  // namespace starter::console::operate
