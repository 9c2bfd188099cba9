// What ./dev up builds anew: with a compiler and an npm in the place of this machine's that write down their
// calls.
#include "dev/builder.h"

#include <gmock/gmock.h>

#include "tests/support.h"

namespace starter::console::testing {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Built : public ::testing::Test {
 protected:
  Built() {
    program("cmake", "case $1 in --preset) mkdir -p build/$2 && touch build/$2/build.ninja ;; esac");
    // As Next.js does, a build writes a file of its own beside the sources.
    program("npm",
            "case $1 in\n"
            "ci) mkdir -p node_modules ;;\n"
            "run) [ ! -e ../../broken ] || { echo 'Error: broken'; exit 1; }\n"
            "  echo generated >next-env.d.ts ;;\n"
            "esac");
    put("apps/web-app/package.json", "{}");
    put("apps/web-app/package-lock.json", "{}");
    put("apps/web-app/app/page.tsx", "first");
    put("apps/web-app/tests/page.test.ts", "first");
    put("tools/mail-catcher/package.json", "{}");
    put("tools/mail-catcher/package-lock.json", "{}");
  }
  void put(const fs::path& path, std::string_view text, mode_t mode = 0644) const {
    ASSERT_TRUE(write_file(clone_.root() / path, text, mode).has_value());
  }
  void program(const std::string& name, const std::string& does) const {
    put("bin/" + name,
        "#!/bin/sh\necho \"" + name + " $1 $2 in ${PWD#\"$STARTER_ROOT\"}\" >>\"$STARTER_ROOT/calls\"\n" +
            does + "\n",
        0755);
  }
  Ran up() const {
    return run_console({"dev", "up", "--port-base", std::to_string(clone_.base())},
                       {{"STARTER_ROOT", clone_.root().string()},
                        {"PATH", (clone_.root() / "bin").string() + ":" + std::getenv("PATH")}});
  }
  /// What was called since this was asked last; of cmake only what configures: what is to build ninja knows.
  std::vector<std::string> calls() const {
    const auto text = read_file(clone_.root() / "calls");
    fs::remove(clone_.root() / "calls");
    std::vector<std::string> lines;
    std::istringstream in(text ? *text : "");
    for (std::string line; std::getline(in, line);)
      if (!line.starts_with("cmake --build")) lines.push_back(line);
    return lines;
  }
  std::vector<std::string> calls_of_up() const {
    const auto ran = up();
    EXPECT_EQ(ran.status, 0) << ran.err;
    return calls();
  }
  FixtureClone clone_;
};

TEST_F(Built, NothingUnchangedIsBuiltAgainAndWhatChangedIsBuiltOnce) {
  EXPECT_THAT(calls_of_up(),
              ElementsAre("cmake --preset everyday in ", "npm ci --no-fund in /apps/web-app",
                          "npm run build in /apps/web-app", "npm ci --no-fund in /tools/mail-catcher"));
  EXPECT_THAT(calls_of_up(), IsEmpty());
  put("apps/web-app/tests/page.test.ts", "second");
  EXPECT_THAT(calls_of_up(), IsEmpty()) << "a test is no part of the application";
  put("apps/web-app/app/page.tsx", "second");
  EXPECT_THAT(calls_of_up(), ElementsAre("npm run build in /apps/web-app"));
  EXPECT_THAT(calls_of_up(), IsEmpty());
  put("apps/web-app/package-lock.json", "{ }");
  EXPECT_THAT(calls_of_up(),
              ElementsAre("npm ci --no-fund in /apps/web-app", "npm run build in /apps/web-app"));
  fs::remove_all(clone_.root() / "tools/mail-catcher/node_modules");
  EXPECT_THAT(calls_of_up(), ElementsAre("npm ci --no-fund in /tools/mail-catcher"));
}

TEST_F(Built, ABuildThatFailedIsMadeAgain) {
  put("broken", "");
  const auto failed = up();
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("The web application did not build."));
  EXPECT_THAT(failed.err, HasSubstr("Error: broken"));
  calls();
  fs::remove(clone_.root() / "broken");
  EXPECT_THAT(calls_of_up(),
              ElementsAre("npm run build in /apps/web-app", "npm ci --no-fund in /tools/mail-catcher"));
}

TEST(Build, ADiskThatFillsMeanwhileIsNamedWithTheWayOut) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "clone");
  folder.put("bin/cmake", "#!/bin/sh\nhead -c 9000000 /dev/zero >\"$STARTER_ROOT/object\"\n", 0755);
  // In a name space of its own, where the clone is a file system of 8 MiB.
  const auto refused = run_process(
      {.argv = {"unshare", ::geteuid() == 0 ? "--mount" : "-rm", "sh", "-c",
                "mount -t tmpfs -o size=8m none \"$STARTER_ROOT\" || exit 77; cd / && exec \"$0\" dev build",
                STARTER_CONSOLE_BINARY},
       .environment = {{"STARTER_ROOT", (folder / "clone").string()},
                       {"PATH", (folder / "bin").string() + ":" + std::getenv("PATH")}}},
      std::chrono::seconds(30));
  ASSERT_TRUE(refused.has_value());
  if (refused->status == 77 || refused->output.find("unshare") == 0)
    GTEST_SKIP() << "this machine allows no mounts: " << refused->output;
  EXPECT_EQ(refused->status, 1);
  EXPECT_THAT(refused->output, HasSubstr("is nearly full."));
  EXPECT_THAT(refused->output, HasSubstr("fix: df -h"));
}

}  // namespace starter::console::testing
