#include "system/process.h"

#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

#include "dev/logs.h"
#include "tests/support.h"

namespace starter::console {

namespace fs = std::filesystem;

using namespace std::chrono_literals;
using testing::TemporaryFolder;

TEST(Process, ARecycledIdIsNeverTakenForOurs) {
  const auto process = start_process({.argv = {"sleep", "60"}});
  ASSERT_TRUE(process.has_value());
  EXPECT_TRUE(is_running(*process));
  const ProcessId other{process->pid, process->start + 1};
  EXPECT_FALSE(is_running(other));
  EXPECT_FALSE(stop_process(other, SIGTERM, 1s));
  EXPECT_TRUE(is_running(*process));
  EXPECT_TRUE(stop_process(*process, SIGTERM, 5s));
  EXPECT_FALSE(is_running(*process));
}

TEST(Process, StoppingEndsWhatIgnoresTheSignalAndItsChildren) {
  const TemporaryFolder folder;
  const auto process =
      start_process({.argv = {"bash", "-c", "trap '' TERM; sleep 60 & echo $! > child; wait; sleep 60"},
                     .folder = folder.path()});
  ASSERT_TRUE(process.has_value());
  for (int i = 0; i < 500 && !fs::exists(folder / "child"); ++i) ::usleep(10000);
  ::usleep(50000);
  const int child = std::atoi(read_file(folder / "child")->c_str());
  EXPECT_TRUE(stop_process(*process, SIGTERM, 200ms));
  for (int i = 0; i < 200 && start_time(child); ++i) ::usleep(10000);
  EXPECT_FALSE(start_time(child));
}

// Node is such a process: its threads hold its ports for a moment after the first one has ended.
TEST(Process, OneWhoseFirstThreadHasEndedRunsUntilTheOthersHave) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::thread(::pause).detach();
    ::syscall(SYS_exit, 0);  // this thread alone
  }
  const auto state = [&] { return read_file("/proc/" + std::to_string(pid) + "/status")->find("\tZ ("); };
  for (int i = 0; i < 500 && state() == std::string::npos; ++i) ::usleep(10000);
  ASSERT_NE(state(), std::string::npos);
  const ProcessId process{pid, start_time(pid).value_or(0)};
  EXPECT_TRUE(is_running(process));
  ::kill(pid, SIGKILL);
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  EXPECT_FALSE(is_running(process)) << "a zombie";
  ::waitpid(pid, nullptr, 0);
}

// A child that is not in its own session yet can't be killed by its group.
TEST(Process, SignalsDuringTheStartDoNotLetItReturnTooEarly) {
  struct sigaction quiet = {}, before = {};
  quiet.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &quiet, &before);
  const itimerval often{{0, 200}, {0, 200}}, never{};
  for (int i = 0; i < 50; ++i) {
    ::setitimer(ITIMER_REAL, &often, nullptr);
    const auto process = start_process({.argv = {"sleep", "60"}});
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ASSERT_TRUE(process.has_value());
    EXPECT_EQ(::getsid(process->pid), process->pid);
    ::kill(process->pid, SIGKILL);
    ::waitpid(process->pid, nullptr, 0);
  }
  ::sigaction(SIGALRM, &before, nullptr);
}

TEST(Process, OneThatEndsWhileItIsLookedAtIsGoneAndNoError) {
  for (int round = 0; round < 500; ++round) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    std::thread reaper([pid] { reap(pid); });
    for (int look = 0; look < 100; ++look) static_cast<void>(start_time(pid));
    reaper.join();
  }
}

TEST(Process, AProgramThatCannotStartIsAFailureThatNamesIt) {
  EXPECT_EQ(start_process({.argv = {"no-such-program-here"}}).error().code, "program.missing");
  EXPECT_THAT(run_process({.argv = {"/etc/hostname"}}, 1s).error().what,
              ::testing::HasSubstr("/etc/hostname"));
}

TEST(Process, ADeadlineEndsIt) {
  const auto ran = run_process({.argv = {"sleep", "60"}, .contained = true}, 100ms);
  ASSERT_TRUE(ran.has_value());
  EXPECT_TRUE(ran->timed_out);
}

TEST(Files, AWriteReplacesTheWholeFileOrNothing) {
  const TemporaryFolder folder;
  const auto path = folder / "a/b";
  ASSERT_TRUE(write_file(path, "one").has_value());
  ASSERT_TRUE(write_file(path, "two").has_value());
  EXPECT_EQ(*read_file(path), "two");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0600));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "a"), {}), 1) << "no temporary file is left";
  EXPECT_FALSE(write_file("/proc/nothing", "x").has_value());
}

TEST(Files, ReadsAreBounded) {
  const TemporaryFolder folder;
  folder.put("big", std::string(1000, 'x'));
  EXPECT_TRUE(read_file(folder / "big", 1000).has_value());
  EXPECT_FALSE(read_file(folder / "big", 999).has_value());
  EXPECT_EQ(read_file(folder / "none").error().exit, Exit::not_found);
}

TEST(Files, AHashOfATreeChangesWithNamesAndContents) {
  const TemporaryFolder folder;
  folder.put("src/a", "1");
  folder.put("node_modules/x", "1");
  const auto before = hash_files({folder.path()}, {"node_modules"});
  folder.put("node_modules/x", "2");
  EXPECT_EQ(hash_files({folder.path()}, {"node_modules"}), before);
  folder.put("src/b", "");
  const auto more = hash_files({folder.path()}, {"node_modules"});
  EXPECT_NE(more, before);
  folder.put("src/a", "2");
  EXPECT_NE(hash_files({folder.path()}, {"node_modules"}), more);
}

TEST(Logs, ALogOverItsBoundKeepsItsNewerHalfFromTheStartOfALine) {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "line " + std::to_string(i) + "\n";
  folder.put("var/dev/logs/api.log", text);
  folder.put("var/dev/logs/web.log", "short\n");
  const dev::Workspace workspace(folder.path());
  dev::trim_logs(workspace, 4000);
  const auto kept = *read_file(workspace.log("api"));
  EXPECT_LE(kept.size(), 2000u);
  EXPECT_TRUE(kept.starts_with("line "));
  EXPECT_TRUE(kept.ends_with("line 999\n"));
  EXPECT_EQ(*read_file(workspace.log("web")), "short\n");
}

}  // namespace starter::console
