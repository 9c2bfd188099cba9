// ./dev test with what suites need, and what is left when it ends, or is ended in the middle.
#include "dev/test_run.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>

#include "dev/settings.h"
#include "dev/workspace.h"
#include "starter/testing/servers.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A clone whose suite has Postgres, Redis and a stack, and starts programs in sessions of their own, one of
/// them deaf to Ctrl-C. It goes on until the clone holds a file "go-on".
class TestsWithNeeds : public ::testing::Test {
 protected:
  TestsWithNeeds() {
    put("bin/cmake", "#!/bin/sh\nexit 0\n", 0755);
    put("bin/npm", "#!/bin/sh\nexit 0\n", 0755);
    put("build/everyday/build.ninja", "");
    put("tools/suites.yaml",
        "suites:\n  - {name: needy, format: tap, needs: [postgres, redis, stack], command: [sh, "
        "suite.sh]}\n");
    put("suite.sh",
        "setsid sleep 300 &\n"
        "echo $! >>pids\n"
        "(setsid sh -c 'trap \"\" INT; echo $$ >>pids; touch deaf; sleep 300' &)\n"  // an orphan
        "(cd \"$TMPDIR\" && exec setsid env -i sleep 300) &\n"  // as Redis, which writes over its environment
        "mktemp -d >/dev/null\n"
        "until [ -e deaf ]; do sleep 0.01; done\n"
        "env >env.new && mv env.new env\n"
        "until [ -e go-on ]; do sleep 0.01; done\n"
        "echo ok 1 - needy\n");
    fs::create_directories(temporary());
  }
  ~TestsWithNeeds() override {
    if (test_.pid != 0) stop_process(test_, SIGINT, std::chrono::seconds(30));
  }
  void put(const fs::path& path, std::string_view text, mode_t mode = 0644) const {
    ASSERT_TRUE(write_file(clone_.root() / path, text, mode).has_value());
  }
  /// So long that sockets don't fit and stand elsewhere.
  fs::path temporary() const { return clone_.root() / std::string(60, 't'); }
  void start() {
    const auto started = start_process(
        {.argv = {STARTER_CONSOLE_BINARY, "dev", "test", "needy"},
         .environment = {{"STARTER_ROOT", clone_.root().string()},
                         {"TMPDIR", temporary().string()},
                         {"PATH", (clone_.root() / "bin").string() + ":" + std::getenv("PATH")}},
         .log = clone_.root() / "log"});
    ASSERT_TRUE(started.has_value());
    test_ = *started;
    folder_ = temporary() / ("starter-test-" + std::to_string(test_.pid));
  }
  std::string said() const {
    const auto text = read_file(clone_.root() / "log");
    return text ? *text : "";
  }
  void wait_for(const std::function<bool()>& there) const {
    for (int i = 0; i < 6000 && !there() && is_running(test_); ++i) ::usleep(10000);
    ASSERT_TRUE(there()) << said();
  }
  bool exists(const std::string& file) const { return fs::exists(clone_.root() / file); }
  /// Ctrl-C reaches the whole group of the terminal.
  int end(int signal) {
    ::kill(-test_.pid, signal);
    return ended();
  }
  int ended() {
    int raw = 0;
    EXPECT_EQ(::waitpid(test_.pid, &raw, 0), test_.pid);
    test_ = {};
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  }
  /// Ports of what the suite was given, from its environment.
  std::vector<int> ports() const {
    std::vector<int> found;
    const auto environment = dev::parse_environment(*read_file(clone_.root() / "env"));
    for (const auto* name : {"STARTER_TEST_POSTGRES_URL", "STARTER_TEST_REDIS_URL", "STARTER_WEB_URL",
                             "STARTER_API_URL", "STARTER_MAIL_URL"}) {
      const auto& url = environment.at(name);
      found.push_back(std::atoi(url.substr(url.rfind(':') + 1).c_str()));
    }
    return found;
  }
  /// Processes whose command line or folder lies in the clone, beside ./dev test itself.
  std::vector<std::string> processes() const {
    std::vector<std::string> found;
    const auto root = clone_.root().string();
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const auto pid = std::atoi(entry.path().filename().c_str());
      if (pid == 0 || pid == test_.pid || !start_time(pid)) continue;
      const auto command = read_file(entry.path() / "cmdline");
      std::error_code error;
      const auto folder = fs::read_symlink(entry.path() / "cwd", error).string();
      if ((command && command->find(root) != std::string::npos) || folder.starts_with(root))
        found.push_back(std::to_string(pid) + " " + (command ? *command : ""));
    }
    return found;
  }
  /// What should be gone: processes, temporary files, sockets, and of Postgres the shared memory.
  std::vector<std::string> left() const {
    auto found = processes();
    for (const auto& entry : fs::directory_iterator(temporary())) found.push_back(entry.path().string());
    for (const auto* state : {"stores", "stack"}) {
      const auto sockets = dev::Workspace(folder_, folder_ / state).sockets();
      if (fs::exists(sockets)) found.push_back(sockets.string());
    }
    const auto segments = *read_file("/proc/sysvipc/shm");
    for (const auto& id : shared_memory_)
      if (segments.find(" " + id + " ") != std::string::npos) found.push_back("shared memory " + id);
    return found;
  }
  /// The last word of line seven of Postgres's own file.
  void note_shared_memory() {
    for (const auto* server : {"stores/postgres", "stack/postgres"}) {
      std::istringstream file(*read_file(folder_ / server / "postmaster.pid"));
      std::string line, id;
      for (int i = 0; i < 7; ++i) std::getline(file, line);
      std::istringstream words(line);
      words >> id >> id;
      ASSERT_FALSE(id.empty());
      shared_memory_.push_back(id);
    }
  }
  FixtureClone clone_;
  ProcessId test_;
  fs::path folder_;
  std::vector<std::string> shared_memory_;
};

TEST_F(TestsWithNeeds, CtrlCInTheMiddleLeavesNothing) {
  start();
  wait_for([&] { return exists("env"); });
  const auto held = ports();
  for (const int port : held) EXPECT_TRUE(holder_of(port)) << port;
  EXPECT_GE(processes().size(), 10U);
  note_shared_memory();
  EXPECT_EQ(end(SIGINT), 130) << said();
  EXPECT_THAT(said(), HasSubstr("error: Stopped."));
  EXPECT_THAT(left(), IsEmpty());
  for (const int port : held) EXPECT_FALSE(holder_of(port)) << port;
}

TEST_F(TestsWithNeeds, ItsEndLeavesNothing) {
  start();
  wait_for([&] { return exists("env"); });
  const auto held = ports();
  note_shared_memory();
  put("go-on", "");
  EXPECT_EQ(ended(), 0) << said();
  EXPECT_THAT(said(), HasSubstr("\n1 passed, 0 failed, 0 skipped\n"));
  EXPECT_THAT(left(), IsEmpty());
  for (const int port : held) EXPECT_FALSE(holder_of(port)) << port;
}

TEST_F(TestsWithNeeds, CtrlCWhileWhatTheyNeedStartsLeavesNothing) {
  for (const auto* moment :
       {"stores/postgres.new", "stores/postgres", "stack/postgres.new", "stack/logs/migrate.log"}) {
    start();
    wait_for([&] { return fs::exists(folder_ / moment); });
    EXPECT_EQ(end(SIGINT), 130) << moment << "\n" << said();
    EXPECT_THAT(left(), IsEmpty()) << moment;
    EXPECT_FALSE(exists("env")) << "no suite began";
  }
}

TEST(TestsOfAName, ThatNoTestHasAreNoPassAndASuiteThatLostItsTestsFails) {
  FixtureClone clone;
  ASSERT_TRUE(write_file(clone.root() / "tools/suites.yaml",
                         "suites:\n  - {name: one, format: tap, command: [sh, one.sh], filter: ['{name}']}\n")
                  .has_value());
  ASSERT_TRUE(
      write_file(clone.root() / "one.sh", "case good in *${1-oo}*) echo 'ok 1 - good' ;; esac\necho 1..1\n")
          .has_value());
  EXPECT_THAT(clone.dev({"test", "one", "oo"}).out, HasSubstr("1 passed, 0 failed, 0 skipped"));
  const auto none = clone.dev({"test", "one", "zz"});
  EXPECT_EQ(none.status, 5);
  EXPECT_THAT(none.err, HasSubstr("No test's name holds \"zz\""));
  ASSERT_TRUE(write_file(clone.root() / "one.sh", "echo 1..0\n").has_value());
  const auto lost = clone.dev({"test", "one"});
  EXPECT_EQ(lost.status, 1) << lost.err;
  EXPECT_THAT(lost.err, HasSubstr("It reported no test."));
}

// The server that the tests of all packages share.
TEST(TestServers, PostgresTakesItsSharedMemoryWithIt) {
  std::string id;
  {
    const starter::test::PostgresServer server;
    const auto told = run_process({.argv = {"psql", "-XAtq", server.url(), "-c",
                                            "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 7)"}},
                                  std::chrono::seconds(10));
    ASSERT_TRUE(told.has_value());
    std::istringstream words(told->output);
    words >> id >> id;
    EXPECT_THAT(*read_file("/proc/sysvipc/shm"), HasSubstr(" " + id + " "));
  }
  EXPECT_THAT(*read_file("/proc/sysvipc/shm"), Not(HasSubstr(" " + id + " ")));
}

}  // namespace starter::console::testing
