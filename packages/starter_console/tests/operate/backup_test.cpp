// backup create, verify and list on a real Postgres, and the commands of the page.
#include <regex>
#include <sstream>

#include "operate/restore.h"
#include "tests/operate/backup_drill.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(BackupDrill, ARoleThatMayOnlyReadMakesTheSameBackup) {
  deployment.sql(
      "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'console_backup') THEN CREATE ROLE "
      "console_backup LOGIN PASSWORD 'x' IN ROLE starter_backup; END IF; END $$");
  const auto tables = json::parse(deployment.run({"backup", "create", "--json"}).out).at("tables");
  deployment.environment()["BACKUP_DATABASE_URL"] =
      test::shared_postgres().url_as("console_backup", "x", name);
  const auto made = deployment.run({"backup", "create", "--json"});
  ASSERT_EQ(made.status, 0) << made.out;
  EXPECT_EQ(json::parse(made.out).at("tables"), tables);
  const auto before = content();
  deployment.sql("DELETE FROM users");
  EXPECT_EQ(replace(std::string(json::parse(made.out).at("file").as_string())).status, 0);
  EXPECT_EQ(content(), before);
}

TEST_F(BackupDrill, TellsHowFarItIsUpToItsEnd) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  const Reached record = [&](std::uint64_t done, std::uint64_t total) { told.emplace_back(done, total); };
  const Secret url(deployment.environment().at("MIGRATE_DATABASE_URL")),
      key(deployment.environment().at("BACKUP_ENCRYPTION_KEY"));
  const std::string setting = "MIGRATE_DATABASE_URL";
  fs::create_directories(folder());
  const operate::Telling telling{.step = [](int, int, const std::string&) {}, .hashed = record};
  const auto made = operate::make_backup(url, setting, key, folder(), 10s, telling);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(told.size(), made->manifest.tables.size());
  EXPECT_EQ(told.back().first, told.back().second);
  told.clear();
  const auto read = operate::read_backup(made->path, key, record);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(told.back().second, made->bytes);
  EXPECT_GT(told.back().first, made->bytes * 9 / 10) << "all but what holds the pieces together";
  told.clear();
  ASSERT_TRUE(operate::rehearse_restore(*read, key, url, setting, 10s, record).has_value());
  EXPECT_EQ(told.back(), (std::pair{made->manifest.dump_bytes, made->manifest.dump_bytes}));
}

TEST_F(BackupDrill, H5DamagedTruncatedStaleAndForeignBackupsEachHaveTheirError) {
  const auto file = make();
  const auto good = *read_file(file);
  const auto before = content();
  const auto expect = [&](const std::string& text, const std::string& code, int status) {
    ASSERT_TRUE(write_file(file, text).has_value());
    for (auto words : {std::vector<std::string>{"backup", "verify", file.string(), "--json"},
                       {"backup", "restore", file.string(), "--replace", "--confirm", name, "--json"}}) {
      const auto ran = deployment.run(words);
      EXPECT_EQ(ran.status, status) << ran.out;
      EXPECT_EQ(code_of(ran), code);
    }
  };
  auto changed = good;
  changed[good.size() / 2] ^= 1;
  expect(changed, "backup.damaged", 3);
  expect(good.substr(0, good.size() / 2), "backup.truncated", 3);
  expect(good.substr(0, good.size() / 3) + good.substr(good.size() / 2), "backup.damaged", 3);
  expect("not a backup at all", "backup.not_one", 3);
  expect("", "backup.not_one", 3);
  ASSERT_TRUE(write_file(file, changed).has_value());
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 3) << "the newest one is the damaged one";
  ASSERT_TRUE(write_file(file, good).has_value());
  const std::map<std::string, std::string> other{{"BACKUP_ENCRYPTION_KEY", std::string(40, 'k')}};
  const auto foreign = run_console({"backup", "verify", file.string(), "--json"}, other);
  EXPECT_EQ(foreign.status, 4);
  EXPECT_EQ(code_of(foreign), "backup.wrong_key");
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 0);
  EXPECT_EQ(deployment.run({"backup", "verify", (folder() / "none").string()}).status, 5);
  EXPECT_EQ(content(), before);
}

TEST_F(BackupDrill, H5AnOldBackupIsStaleUnlessItsAgeIsAllowed) {
  const auto file = make(), old = folder() / "old.backup";
  forge(
      file, old,
      [](const std::string& head) {
        return std::regex_replace(head, std::regex("\"20[0-9-]*T"), "\"2026-01-01T");
      },
      [](std::string last) { return last; });
  fs::remove(file);
  const auto stale = deployment.run({"backup", "verify", "--json"});
  EXPECT_EQ(stale.status, 3);
  EXPECT_EQ(code_of(stale), "backup.stale");
  EXPECT_EQ(deployment.run({"backup", "verify", "--max-age", "0"}).status, 0);
  EXPECT_EQ(deployment.run({"backup", "verify", old.string()}).status, 0) << "whoever names it means it";
  EXPECT_EQ(restore(old, {"--max-age", "24", "--replace", "--confirm", name}).status, 3);
}

TEST_F(BackupDrill, KeepRemovesTheOldestOfThisDatabaseAlone) {
  deployment.run({"backup", "create"});
  const auto foreign = folder() / "other-20200101T000000000000Z.backup";
  forge(
      files().front(), foreign,
      [](const std::string& head) {
        return std::regex_replace(head, std::regex("\"database\":\"[^\"]*"), "\"database\":\"other");
      },
      [](std::string last) { return last; });
  for (int i = 0; i < 3; ++i) make();
  EXPECT_THAT(files(), SizeIs(5));
  EXPECT_EQ(deployment.run({"backup", "create", "--keep", "2", "--dry-run"}).status, 0);
  EXPECT_THAT(files(), SizeIs(5));
  EXPECT_EQ(deployment.run({"backup", "create", "--keep", "2"}).status, 0);
  EXPECT_THAT(files(), SizeIs(3));
  EXPECT_TRUE(fs::exists(foreign));
  const auto listed = json::parse(deployment.run({"backup", "list", "--json"}).out);
  EXPECT_EQ(listed.at("backups").as_array().size(), 3u);
}

TEST_F(BackupDrill, OnThisMachineAKeyIsMadeOnceAndElsewhereItMustBeSaid) {
  deployment.environment().erase("BACKUP_ENCRYPTION_KEY");
  const auto first = deployment.run({"backup", "create"});
  EXPECT_THAT(first.out, HasSubstr("Keep a copy of it elsewhere"));
  const auto key = deployment.folder() / "var/keys/backup.key";
  const auto text = *read_file(key);
  EXPECT_EQ(first.out.find(text.substr(0, 20)), std::string::npos);
  EXPECT_EQ(deployment.run({"backup", "create"}).out.find("Made the key"), std::string::npos);
  EXPECT_EQ(*read_file(key), text);
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 0);
  fs::permissions(key, fs::perms{0644});
  EXPECT_EQ(deployment.run({"backup", "verify"}).status, 4) << "others can read it";
  fs::remove(key);
  const auto none = deployment.run({"backup", "verify", "--json"});
  EXPECT_EQ(none.status, 5);
  EXPECT_EQ(code_of(none), "backup.no_key");
}

TEST_F(BackupDrill, H7TheCommandsOfThePageDoWhatItSays) {
  std::string text;
  deployment.environment().erase("BACKUP_ENCRYPTION_KEY");
  for (const auto& [variable, value] : deployment.environment())
    if (variable != "STARTER_ROOT") text += variable + "=" + value + "\n";
  ASSERT_TRUE(write_file(deployment.folder() / "api.env", text).has_value());
  const auto page = *read_file(fs::path(STARTER_SOURCE_ROOT) / "docs/how-to/back-up-and-restore.md");
  const auto path = fs::path(STARTER_CONSOLE_BINARY).parent_path().string() + ":" + std::getenv("PATH");
  const std::regex fence("```bash\n([^`]*)```");
  int run = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), fence), end; at != end; ++at) {
    std::istringstream lines((*at)[1].str());
    for (std::string line; std::getline(lines, line); ++run) {
      line = std::regex_replace(line, std::regex("--confirm starter\\b"), "--confirm " + name);
      const auto ran = run_process({.argv = {"sh", "-c", line},
                                    .environment = {{"PATH", path}, {"STARTER_ROOT", ""}},
                                    .folder = deployment.folder()},
                                   120s);
      ASSERT_TRUE(ran.has_value());
      EXPECT_EQ(ran->status, 0) << line << "\n" << ran->output;
    }
  }
  EXPECT_GE(run, 8);
  EXPECT_EQ(count("audit_events WHERE action = 'database.restored'"), "1");
}

}  // namespace starter::console::testing
