#include "dev/watch.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>

#include "system/http.h"
#include "tests/support.h"

namespace starter::console::dev {

using namespace std::chrono_literals;
using testing::FixtureClone;
using ::testing::HasSubstr;
using ::testing::Not;
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

// `./dev watch` on a fixture clone. Its compiler is a script: it refuses sources that hold the word "wrong".
// The development server of its web application is one, too.
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
    put("var/dev/port-base", std::to_string(clone.base()));
  }
  ~WatchedStack() override {
    if (watch.pid != 0) stop_process(watch, SIGINT, 20s);
  }
  void put(const fs::path& path, std::string_view text, mode_t mode = 0644) {
    ASSERT_TRUE(write_file(clone.root() / path, text, mode).has_value());
  }
  void save(std::string_view text) { put("apps/api-service/src/a.cpp", text); }
  void start(const std::string& part = "api") {
    const auto started =
        start_process({.argv = {STARTER_CONSOLE_BINARY, "dev", "watch", part},
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
  std::string page() const {
    const auto reply = http_get("http://127.0.0.1:" + std::to_string(clone.base()) + "/", 2s);
    return reply ? reply->body : reply.error().why;
  }
  void end() {
    ::kill(watch.pid, SIGINT);
    for (int i = 0; i < 2000 && is_running(watch); ++i) ::usleep(10000);
    EXPECT_FALSE(is_running(watch));
  }
  FixtureClone clone;
  ProcessId watch;
};

TEST_F(WatchedStack, ASavedSourceIsServedAndOneThatDoesNotCompileLeavesTheApiServing) {
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
  start();
  ASSERT_TRUE(says("Watching")) << said();
  end();
  EXPECT_TRUE(api_answers());
  EXPECT_EQ(clone.dev({"down"}).status, 0);
  for (int port = clone.base(); port <= clone.base() + 8; ++port) EXPECT_FALSE(holder_of(port)) << port;
}

TEST_F(WatchedStack, OfTheWebAloneTheDevelopmentServerServesAndUpBringsTheProductionBack) {
  put("apps/web-app/app/page.tsx", "first");
  put("apps/web-app/node_modules/next/dist/bin/next",
      "const [mode, , port] = process.argv.slice(2);\n"
      "require('http').createServer((request, response) =>\n"
      "  response.end(`${mode} ${process.env.NODE_ENV} ${require('fs').readFileSync('app/page.tsx')}`))\n"
      "  .listen(Number(port), '127.0.0.1');\n");
  start("web");
  ASSERT_TRUE(says("Watching")) << said();
  EXPECT_EQ(page(), "dev development first");
  put("apps/web-app/app/page.tsx", "second");
  EXPECT_EQ(page(), "dev development second");
  EXPECT_TRUE(api_answers());
  save("wrong");
  put("apps/web-app/app/page.tsx", "third");
  EXPECT_EQ(page(), "dev development third");
  end();
  EXPECT_THAT(said(), Not(HasSubstr("Sources changed"))) << "the API is not watched";
  EXPECT_THAT(said(), HasSubstr("Next: ./dev up"));
  EXPECT_TRUE(api_answers());
  EXPECT_FALSE(holder_of(clone.base())) << "the development server went with the watch";
  EXPECT_EQ(clone.dev({"up", "--no-build"}).status, 0);
  EXPECT_EQ(page(), "[]") << "the built one";
}

// `./dev test --watch` on a clone whose suite says what a file says.
TEST(WatchedTests, RunAgainAfterEverySaveUntilCtrlC) {
  const TemporaryFolder clone;
  const auto save = [&](const std::string& result) {
    clone.put("packages/result", result + " 1 - it\n");
    clone.put("packages/a.cpp", result);
  };
  clone.put("tools/suites.yaml", "suites:\n  - {name: one, format: tap, command: [cat, packages/result]}\n");
  fs::create_directories(clone / "apps");
  save("ok");
  const auto watched = start_process({.argv = {STARTER_CONSOLE_BINARY, "dev", "test", "one", "--watch"},
                                      .environment = {{"STARTER_ROOT", clone.path().string()}},
                                      .log = clone / "log"});
  ASSERT_TRUE(watched.has_value());
  const auto said = [&] {
    const auto text = read_file(clone / "log");
    return text ? *text : std::string();
  };
  const auto says = [&](const std::string& text) {
    for (int i = 0; i < 3000 && said().find(text) == std::string::npos && is_running(*watched); ++i)
      ::usleep(10000);
    return said().find(text) != std::string::npos;
  };
  EXPECT_TRUE(says("\n1 passed, 0 failed, 0 skipped\n")) << said();
  save("not ok");
  EXPECT_TRUE(says("\n0 passed, 1 failed, 0 skipped\n")) << said();
  ::kill(watched->pid, SIGINT);
  int raw = 0;
  EXPECT_EQ(::waitpid(watched->pid, &raw, 0), watched->pid);
  EXPECT_EQ(WEXITSTATUS(raw), 130);
  EXPECT_THAT(said(), HasSubstr("error: Stopped."));
}

}  // namespace starter::console::dev
