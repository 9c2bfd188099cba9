// Backups and restores that are ended in their middle, by a signal or by the disk.
#include <csignal>
#include <random>
#include <thread>

#include "tests/operate/backup_drill.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Runs the console for a while and ends it with the signal.
void end_after(Deployment& deployment, const std::vector<std::string>& words, int signal,
               std::chrono::milliseconds time) {
  Launch launch{.argv = {STARTER_CONSOLE_BINARY}, .environment = deployment.environment()};
  launch.argv.insert(launch.argv.end(), words.begin(), words.end());
  const auto process = start_process(launch);
  ASSERT_TRUE(process.has_value());
  std::this_thread::sleep_for(time);
  ::kill(process->pid, signal);
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (is_running(*process) && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
  ASSERT_FALSE(is_running(*process));
}

TEST_F(BackupDrill, CtrlCInTheMiddleLeavesAWholeBackupOrNone) {
  std::mt19937 random(20261121);
  for (int trial = 0; trial < 20; ++trial) {
    const bool killed = trial % 4 == 3;
    end_after(deployment, {"backup", "create"}, killed ? SIGKILL : SIGINT,
              std::chrono::milliseconds(random() % 400));
    for (const auto& file : files()) {
      if (killed && file.extension() == ".part") continue;  // the next one sweeps it away
      EXPECT_EQ(file.extension(), ".backup");
      EXPECT_EQ(deployment.run({"backup", "verify", file.string()}).status, 0);
      fs::remove(file);
    }
  }
  make();
  EXPECT_THAT(files(), SizeIs(1));
}

TEST_F(BackupDrill, ARestoreThatIsKilledLeavesTheOldDatabaseOrTheNewOne) {
  const auto file = make();
  deployment.sql("UPDATE users SET display_name = 'later', token_version = 7");
  std::mt19937 random(20261122);
  for (int trial = 0; trial < 20; ++trial) {
    end_after(deployment, {"backup", "restore", file.string(), "--replace", "--confirm", name},
              trial % 2 == 0 ? SIGINT : SIGKILL, std::chrono::milliseconds(random() % 500));
    const auto end = std::chrono::steady_clock::now() + 30s;
    const std::string at_work =
        "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while (count(at_work) != "0" && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(10ms);
    const bool fresh = count("users WHERE display_name = 'later'") == "0";
    EXPECT_EQ(count("users"), "300");
    EXPECT_EQ(count("users WHERE token_version >= 1000000"), fresh ? "300" : "0");
    EXPECT_EQ(count("audit_events WHERE action = 'database.restored'"), fresh ? "1" : "0");
    if (fresh) {
      deployment.sql("UPDATE users SET display_name = 'later', token_version = 7");
      deployment.sql("DELETE FROM audit_events WHERE action = 'database.restored'");
    }
  }
}

TEST_F(BackupDrill, AFullDiskLeavesNoFile) {
  const auto full = run_process(
      {.argv = {"sh", "-c", "ulimit -f 8; trap '' XFSZ; exec \"$0\" backup create", STARTER_CONSOLE_BINARY},
       .environment = deployment.environment()},
      60s);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->status, 1) << full->output;
  EXPECT_THAT(full->output, HasSubstr("Cannot write"));
  EXPECT_THAT(files(), IsEmpty());
}

}  // namespace starter::console::testing
