#include "dev/watch.h"

#include <gmock/gmock.h>

#include <csignal>

#include "system/http.h"
#include "tests/support.h"

namespace starter::console::dev {

using namespace std::chrono_literals;
using testing::FixtureClone;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

TEST(SourceMark, ChangesWithEverySaveAdditionAndRemovalOfASource) {
  const TemporaryFolder folder;
  folder.put("src/a.cpp", "1");
  folder.put("src/notes.md", "1");
  const auto first = mark_sources({folder / "src"});
  folder.put("src/notes.md", "2");
  EXPECT_EQ(mark_sources({folder / "src"}), first) << "no source";
  fs::last_write_time(folder / "src/a.cpp", fs::file_time_type::clock::now() + std::chrono::seconds(1));
  const auto saved = mark_sources({folder / "src"});
  EXPECT_NE(saved, first);
  folder.put("src/b.sql", "1");
  EXPECT_NE(mark_sources({folder / "src"}), saved);
  fs::remove(folder / "src/b.sql");
  EXPECT_EQ(mark_sources({folder / "src"}), saved);
}

// `./dev watch api` on a fixture clone. Its compiler is a script: it refuses sources that hold the word
// "wrong".
class WatchedStack : public ::testing::Test {
 protected:
  WatchedStack() {
    save("int a;");
    put("build/everyday/build.ninja", "");
    put("bin/cmake",
        "#!/bin/sh\ngrep -rq wrong apps/api-service/src && { echo 'a.cpp:1: error: wrong'; exit 1; }\n"
        "touch build/everyday/apps/api-service/starter-api\n",
        0755);
    put("bin/npm", "#!/bin/sh\nexit 0\n", 0755);
  }
  ~WatchedStack() override {
    if (watch.pid != 0) stop_process(watch, SIGINT, 20s);
  }
  void put(const fs::path& path, std::string_view text, mode_t mode = 0644) {
    ASSERT_TRUE(write_file(clone.root() / path, text, mode).has_value());
  }
  void save(std::string_view text) { put("apps/api-service/src/a.cpp", text); }
  void start() {
    const auto started =
        start_process({.argv = {STARTER_CONSOLE_BINARY, "dev", "watch", "api"},
                       .environment = {{"STARTER_ROOT", clone.root().string()},
                                       {"PATH", (clone.root() / "bin").string() + ":" + std::getenv("PATH")}},
                       .log = clone.root() / "watch.log"});
    ASSERT_TRUE(started.has_value());
    watch = *started;
  }
  std::string said() const {
    const auto text = read_file(clone.root() / "watch.log");
    return text ? *text : "";
  }
  bool says(const std::string& text) const {
    for (int i = 0; i < 6000 && said().find(text) == std::string::npos && is_running(watch); ++i)
      ::usleep(10000);
    return said().find(text) != std::string::npos;
  }
  bool api_answers() const {
    const auto reply = http_get("http://127.0.0.1:" + std::to_string(clone.base() + 1) + "/health", 2s);
    return reply && reply->status == 200;
  }
  FixtureClone clone;
  ProcessId watch;
};

TEST_F(WatchedStack, ASavedSourceIsServedAndOneThatDoesNotCompileLeavesTheApiServing) {
  ASSERT_TRUE(write_file(clone.root() / "var/dev/port-base", std::to_string(clone.base())).has_value());
  start();
  ASSERT_TRUE(says("Watching")) << said();
  save("int a, b;");
  ASSERT_TRUE(says("API serves again")) << said();
  EXPECT_TRUE(api_answers());
  save("wrong");
  ASSERT_TRUE(says("The API from before serves on.")) << said();
  EXPECT_THAT(said(), HasSubstr("a.cpp:1: error: wrong"));
  EXPECT_TRUE(api_answers());
  EXPECT_EQ(clone.dev({"status"}).status, 0);
}

TEST_F(WatchedStack, CtrlCLeavesTheStackRunningAndDownLeavesNothing) {
  ASSERT_TRUE(write_file(clone.root() / "var/dev/port-base", std::to_string(clone.base())).has_value());
  start();
  ASSERT_TRUE(says("Watching")) << said();
  ::kill(watch.pid, SIGINT);
  for (int i = 0; i < 2000 && is_running(watch); ++i) ::usleep(10000);
  EXPECT_FALSE(is_running(watch));
  EXPECT_TRUE(api_answers());
  EXPECT_EQ(clone.dev({"down"}).status, 0);
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
}

}  // namespace starter::console::dev
