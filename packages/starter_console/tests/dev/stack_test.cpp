// The stack with real Postgres and Redis, and small programs in the place of our services.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <csignal>

#include "dev/postgres.h"
#include "dev/settings.h"
#include "system/http.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string base_flag(const FixtureClone& clone, int offset = 0) {
  return std::to_string(clone.base() + offset);
}

Ran up(const FixtureClone& clone) {
  return clone.dev({"up", "--no-build", "--port-base", base_flag(clone)});
}

std::map<std::string, int> process_ids(const FixtureClone& clone) {
  std::map<std::string, int> ids;
  const auto status = boost::json::parse(clone.dev({"status", "--json"}).out);
  for (const auto& part : status.at("parts").as_array()) {
    ids[std::string(part.at("name").as_string())] =
        part.at("pid").is_null() ? 0 : static_cast<int>(part.at("pid").as_int64());
  }
  return ids;
}

TEST(Stack, UpBringsEveryPartToReadyAndDownLeavesNothing) {
  FixtureClone clone;
  const auto started = up(clone);
  ASSERT_EQ(started.status, 0) << started.err;
  EXPECT_THAT(started.out, HasSubstr("Web          http://localhost:" + base_flag(clone)));
  EXPECT_THAT(started.out, HasSubstr("Next: ./dev watch"));
  EXPECT_EQ(clone.calls(), "migrate\nseed\nserve\nworker\n");
  EXPECT_EQ(clone.dev({"status"}).status, 0);
  const auto ids = process_ids(clone);
  EXPECT_EQ(ids.size(), 7u);

  EXPECT_EQ(clone.dev({"down"}).status, 0);
  for (const auto& [name, pid] : ids) EXPECT_FALSE(start_time(pid)) << name;
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
  EXPECT_EQ(clone.dev({"status"}).status, 3);
  EXPECT_EQ(clone.dev({"down"}).status, 0) << "a second down has nothing to do";
}

TEST(Stack, NothingInTheBackgroundKeepsTheOutputOfUpOpen) {
  FixtureClone clone;
  const auto piped = run_process(
      {.argv = {"bash", "-c", "\"$0\" dev up --no-build --port-base \"$1\" 2>&1 | cat; echo ended",
                STARTER_CONSOLE_BINARY, base_flag(clone)},
       .environment = {{"STARTER_ROOT", clone.root().string()}}},
      60s);
  ASSERT_TRUE(piped.has_value());
  EXPECT_FALSE(piped->timed_out);
  EXPECT_TRUE(piped->output.ends_with("ended\n")) << piped->output;
}

TEST(Stack, ASecondUpLeavesEveryProcessAlone) {
  FixtureClone clone;
  ASSERT_EQ(up(clone).status, 0);
  const auto before = process_ids(clone);
  const auto again = clone.dev({"up", "--no-build"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(process_ids(clone), before) << "and the port base was remembered";
}

TEST(Stack, AChangedBinaryRestartsOnlyWhatItRuns) {
  FixtureClone clone;
  ASSERT_EQ(up(clone).status, 0);
  auto before = process_ids(clone);
  fs::last_write_time(clone.root() / "build/everyday/apps/api-service/starter-api",
                      fs::file_time_type::clock::now() + 1s);
  ASSERT_EQ(up(clone).status, 0);
  auto after = process_ids(clone);
  EXPECT_NE(after["api"], before["api"]);
  EXPECT_NE(after["worker"], before["worker"]);
  for (const auto* name : {"postgres", "redis", "mail", "web"}) EXPECT_EQ(after[name], before[name]) << name;
}

TEST(Stack, ADeadPartIsSeenAndStartedAnew) {
  FixtureClone clone;
  ASSERT_EQ(up(clone).status, 0);
  const auto api = process_ids(clone)["api"];
  ::kill(api, SIGKILL);
  for (int i = 0; i < 200 && start_time(api); ++i) ::usleep(10000);
  EXPECT_THAT(clone.dev({"status"}).out, HasSubstr("died"));
  ASSERT_EQ(up(clone).status, 0);
  EXPECT_NE(process_ids(clone)["api"], 0);
}

TEST(Stack, APartThatDiesIsReportedWithItsLogAndWhatWasStartedIsStopped) {
  FixtureClone clone;
  fs::create_directories(clone.root() / "var/dev");
  ASSERT_TRUE(write_file(clone.root() / "var/dev/break-serve", "").has_value());
  const auto failed = up(clone);
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("The API ended before it was ready."));
  EXPECT_THAT(failed.err, HasSubstr("the fixture was told to break serve"));
  EXPECT_THAT(failed.err, HasSubstr("fix: ./dev logs api"));
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
}

TEST(Stack, CtrlCDuringUpStopsWhatItStarted) {
  FixtureClone clone;
  fs::create_directories(clone.root() / "var/dev");
  ASSERT_TRUE(write_file(clone.root() / "var/dev/hang-serve", "").has_value());
  const auto started = start_process(
      {.argv = {STARTER_CONSOLE_BINARY, "dev", "up", "--no-build", "--port-base", base_flag(clone)},
       .environment = {{"STARTER_ROOT", clone.root().string()}},
       .log = clone.root() / "up.log"});
  ASSERT_TRUE(started.has_value());
  for (int i = 0; i < 2000 && clone.calls().find("serve") == std::string::npos; ++i) ::usleep(10000);
  ::kill(started->pid, SIGINT);
  for (int i = 0; i < 2000 && is_running(*started); ++i) ::usleep(10000);
  EXPECT_THAT(*read_file(clone.root() / "up.log"), HasSubstr("error: Stopped."));
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
}

TEST(Stack, TwoAtOnceDoNotMix) {
  FixtureClone clone;
  fs::create_directories(clone.root() / "var/dev");
  ASSERT_TRUE(write_file(clone.root() / "var/dev/hang-serve", "").has_value());
  const auto first = start_process(
      {.argv = {STARTER_CONSOLE_BINARY, "dev", "up", "--no-build", "--port-base", base_flag(clone)},
       .environment = {{"STARTER_ROOT", clone.root().string()}},
       .log = clone.root() / "up.log"});
  ASSERT_TRUE(first.has_value());
  for (int i = 0; i < 2000 && clone.calls().find("serve") == std::string::npos; ++i) ::usleep(10000);
  const auto second = up(clone);
  EXPECT_EQ(second.status, 6);
  EXPECT_THAT(second.err, HasSubstr("Process " + std::to_string(first->pid)));
  stop_process(*first, SIGINT, 20s);
}

TEST(Stack, ResetAsksForTheNameAndForgetsTheData) {
  FixtureClone clone;
  ASSERT_EQ(up(clone).status, 0);
  const auto refused = clone.dev({"db", "reset"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--confirm starter"));
  EXPECT_EQ(clone.dev({"db", "reset", "--dry-run"}).status, 0);
  EXPECT_EQ(clone.dev({"status"}).status, 0) << "nothing was stopped or deleted so far";
  EXPECT_EQ(clone.dev({"db", "reset", "--confirm", "starter"}).status, 0);
  EXPECT_FALSE(fs::exists(clone.root() / "var/dev/postgres"));
  EXPECT_EQ(up(clone).status, 0);
}

TEST(Stack, AFailedMigrationStopsTheStart) {
  FixtureClone clone;
  fs::create_directories(clone.root() / "var/dev");
  ASSERT_TRUE(write_file(clone.root() / "var/dev/break-migrate", "").has_value());
  const auto failed = clone.dev({"up", "--no-build", "--json", "--port-base", base_flag(clone)});
  EXPECT_EQ(failed.status, 1);
  EXPECT_EQ(boost::json::parse(failed.out).at("error").at("code").as_string(), "dev.migrate_failed");
}

TEST(Stack, ABusyPortNamesItsHolderAndTheWayOut) {
  FixtureClone clone;
  const auto holder = start_process(
      {.argv = {"node", "-e", "require('net').createServer().listen(+process.argv[1], '127.0.0.1')",
                base_flag(clone, 1)}});
  ASSERT_TRUE(holder.has_value());
  for (int i = 0; i < 500 && !accepts(clone.base() + 1); ++i) ::usleep(10000);
  const auto refused = up(clone);
  stop_process(*holder, SIGTERM, 5s);
  EXPECT_EQ(refused.status, 6);
  EXPECT_THAT(refused.err, HasSubstr("(process " + std::to_string(holder->pid) + ")"));
  EXPECT_THAT(refused.err, HasSubstr("./dev up --port-base " + base_flag(clone, 100)));
}

// What, why and the fix, one line each.
void expect_three_lines(const std::string& said) {
  for (const auto* line : {"error: ", "\n  why: ", "\n  fix: "}) EXPECT_THAT(said, HasSubstr(line)) << said;
}

TEST(Stack, AKilledUpLeavesNothingRunning) {
  FixtureClone clone;
  fs::create_directories(clone.root() / "var/dev");
  ASSERT_TRUE(write_file(clone.root() / "var/dev/hang-serve", "").has_value());
  const auto started = start_process(
      {.argv = {STARTER_CONSOLE_BINARY, "dev", "up", "--no-build", "--port-base", base_flag(clone)},
       .environment = {{"STARTER_ROOT", clone.root().string()}},
       .log = clone.root() / "up.log"});
  ASSERT_TRUE(started.has_value());
  for (int i = 0; i < 2000 && clone.calls().find("serve") == std::string::npos; ++i) ::usleep(10000);
  ::kill(started->pid, SIGKILL);
  for (int i = 0; i < 2000 && is_running(*started); ++i) ::usleep(10000);
  EXPECT_TRUE(holder_of(clone.base() + 6)) << "Postgres was up already";
  const auto held = [&] {
    for (int port = clone.base(); port <= clone.base() + 8; ++port)
      if (holder_of(port)) return true;
    return false;
  };
  for (int i = 0; i < 3000 && held(); ++i) ::usleep(10000);
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
  fs::remove(clone.root() / "var/dev/hang-serve");
  EXPECT_EQ(up(clone).status, 0) << "and the next one starts as if nothing had been";
}

TEST(Stack, AFolderThatCanNotBeWrittenIsNamedWithTheWayOut) {
  const TemporaryFolder folder;  // belongs to whoever runs the tests
  fs::permissions(folder.path(), fs::perms{0555});
  Launch launch{.argv = {STARTER_CONSOLE_BINARY, "dev", "up", "--no-build"},
                .environment = {{"STARTER_ROOT", folder.path().string()}},
                .folder = "/"};
  // Root writes everywhere; a service's user does not.
  if (::geteuid() == 0)
    launch.as =
        RunAs{.uid = 65534, .gid = 65534, .name = "nobody", .home = "/", .cross_closed_folders = false};
  const auto refused = run_process(launch, 30s);
  ASSERT_TRUE(refused.has_value()) << refused.error().why;
  EXPECT_EQ(refused->status, 1);
  expect_three_lines(refused->output);
  EXPECT_THAT(refused->output, HasSubstr(folder.path().string()));
  EXPECT_THAT(refused->output, HasSubstr("fix: sudo chown -R"));
}

TEST(Stack, AFullDiskIsSeenBeforeAnythingIsStarted) {
  const TemporaryFolder folder;
  // In a name space of its own, where the clone is a file system of 64 MiB.
  const auto refused = run_process(
      {.argv = {"unshare", ::geteuid() == 0 ? "--mount" : "-rm", "sh", "-c",
                "mount -t tmpfs -o size=64m none \"$STARTER_ROOT\" || exit 77; exec \"$0\" dev up --no-build",
                STARTER_CONSOLE_BINARY},
       .environment = {{"STARTER_ROOT", folder.path().string()}}},
      30s);
  ASSERT_TRUE(refused.has_value());
  if (refused->status == 77 || refused->output.find("unshare") == 0)
    GTEST_SKIP() << "this machine allows no mounts: " << refused->output;
  EXPECT_EQ(refused->status, 1);
  expect_three_lines(refused->output);
  EXPECT_THAT(refused->output, HasSubstr("is nearly full"));
  EXPECT_THAT(refused->output, HasSubstr("fix: df -h"));
}

TEST(Stack, AMissingProgramIsNamedWithTheCommandThatInstallsIt) {
  FixtureClone clone;
  const TemporaryFolder programs;  // a PATH with everything but Redis
  for (const auto* name : {"node", "sh", "bash"}) fs::create_symlink(*find_program(name), programs / name);
  const auto refused =
      run_console({"dev", "up", "--no-build", "--port-base", base_flag(clone)},
                  {{"STARTER_ROOT", clone.root().string()}, {"PATH", programs.path().string()}});
  EXPECT_EQ(refused.status, 5);
  expect_three_lines(refused.err);
  EXPECT_THAT(refused.err, HasSubstr("redis-server is not installed"));
  EXPECT_THAT(refused.err, HasSubstr("fix: ./dev up   # installs what is missing"));
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
}

TEST(Stack, ADryRunChangesNoByte) {
  FixtureClone clone;
  const auto plan = clone.dev({"up", "--dry-run"});
  EXPECT_EQ(plan.status, 0);
  EXPECT_THAT(plan.out, HasSubstr("Postgres on port 3006"));
  EXPECT_FALSE(fs::exists(clone.root() / "var"));
}

TEST(Stack, SecretsAreMadeOncePerCloneAndReadByNobodyElse) {
  FixtureClone clone;
  ASSERT_EQ(up(clone).status, 0);
  const auto before = *read_file(clone.root() / "var/dev/env/api.env");
  clone.dev({"down"});
  ASSERT_EQ(up(clone).status, 0);
  EXPECT_EQ(*read_file(clone.root() / "var/dev/env/api.env"), before);
  for (const auto* file : {"env/api.env", "env/worker.env", "env/web.env", "secrets.env", "credentials"}) {
    EXPECT_EQ(fs::status(clone.root() / "var/dev" / file).permissions(), fs::perms(0600)) << file;
  }
}

TEST(Stack, TheOwnerRoleReachesItsDatabaseWithThePasswordOfTheSettings) {
  FixtureClone clone;
  ASSERT_EQ(up(clone).status, 0);
  const auto settings = dev::parse_environment(*read_file(clone.root() / "var/dev/env/api.env"));
  const auto asked = run_process(
      {.argv = {"psql", "-XAt", settings.at("MIGRATE_DATABASE_URL"), "-c",
                "SELECT current_user, rolcreaterole, rolsuper FROM pg_roles WHERE rolname = current_user"}},
      10s);
  ASSERT_TRUE(asked.has_value());
  EXPECT_EQ(asked->output, "starter_owner|t|f\n");
}

}  // namespace starter::console::testing
