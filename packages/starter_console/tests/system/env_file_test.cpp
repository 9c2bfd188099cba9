// Env files are changed and never rewritten; many files are written together or not at all.
#include "system/env_file.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <random>
#include <thread>

#include "starter/settings/dotenv.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

TEST(EnvFile, KeepsCommentsUnknownLinesAndOrder) {
  const std::string before =
      "# mine\nOTHER='keep me'   # why\n\nexport LOG_LEVEL=INFO  # loud "
      "enough\nPEM=\"a\nLOG_LEVEL=DEBUG\n\"\n";
  EXPECT_EQ(edited_env(before, {{"LOG_LEVEL", "INFO"}}, "new"), before) << "nothing to do changes no byte";
  EXPECT_EQ(edited_env(before, {{"LOG_LEVEL", "ERROR"}, {"PORT", "8001"}}, "new"),
            "# mine\nOTHER='keep me'   # why\n\nLOG_LEVEL=ERROR # loud enough\nPEM=\"a\nLOG_LEVEL=DEBUG\n\"\n"
            "\n# new\nPORT=8001\n");
  EXPECT_EQ(edited_env("A=1\nB=2\n", {{"A", ""}}, "new"), "B=2\n") << "an empty value removes its line";
  EXPECT_EQ(edited_env("A=1", {{"B", "2"}}, "new"), "A=1\n\n# new\nB=2\n");
}

TEST(EnvFile, EveryValueComesBackAsItWas) {
  std::mt19937 random(7);
  const std::string alphabet = "aZ0 #'\"\\$\n\r\t={}%&;|<>\x01";  // which stands for a letter of two bytes
  for (int trial = 0; trial < 2000; ++trial) {
    std::string value, comment;
    for (auto length = random() % 12; length > 0; --length) {
      const char c = alphabet[random() % alphabet.size()];
      value += c == '\x01' ? "\xC3\xA9" : std::string(1, c);
    }
    if (value.empty()) continue;
    const auto text = edited_env("# top\nX=old # note\nY=1\n", {{"X", value}, {"NEW", value}}, "new");
    const auto parsed = settings::parse_dotenv(text);
    ASSERT_TRUE(parsed) << text << parsed.error();
    EXPECT_EQ(parsed->find("X")->second, value) << text;
    EXPECT_EQ(parsed->find("NEW")->second, value) << text;
    EXPECT_EQ(parsed->find("Y")->second, "1");
  }
}

class ManyFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder.put("a", "old a");
    folder.put("b", "old b");
  }
  std::string all() const {
    std::string text;
    for (const auto& entry : fs::directory_iterator(folder.path()))
      text += entry.path().filename().string() +
              (entry.is_directory() ? "/" : "=" + *read_file(entry.path())) + ";";
    return text;
  }
  TemporaryFolder folder;
};

TEST_F(ManyFiles, AreWrittenTogether) {
  ASSERT_TRUE(write_files({{folder / "a", "new a"}, {folder / "below/c", "new c"}}));
  EXPECT_EQ(*read_file(folder / "a"), "new a");
  struct stat facts{};
  ASSERT_EQ(::stat((folder / "below/c").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(ManyFiles, AFailureInTheMiddleLeavesEveryFileAndNoCopy) {
  fs::create_directory(folder / "taken");
  const auto before = all();
  const auto refused =
      write_files({{folder / "a", "new a"}, {folder / "taken", "x"}, {folder / "b", "new b"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().fix, HasSubstr("a folder stands where a file should be"));
  EXPECT_EQ(all(), before);
  const auto later = write_files({{folder / "b", "new b"}, {"/proc/nothing/here", "x"}});
  EXPECT_FALSE(later);
  EXPECT_EQ(all(), before);
}

TEST_F(ManyFiles, WhatWasMovedAlreadyIsMovedBack) {
  // One path twice: what was staged for it can be moved once, so the last move fails.
  const auto refused = write_files(
      {{folder / "a", "new a"}, {folder / "fresh", "x"}, {folder / "b", "1"}, {folder / "b", "2"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(*read_file(folder / "a"), "old a");
  EXPECT_FALSE(fs::exists(folder / "fresh")) << "it was not there before";
}

TEST_F(ManyFiles, ADiskThatFillsUpLeavesEveryFile) {
  // The kernel's limit of a file's size stands for a full disk: writing fails in the middle.
  const auto before = all();
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto refused = write_files({{folder / "a", "new a"}, {folder / "b", std::string(100'000, 'x')}});
    ::_exit(refused ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(all(), before);
}

TEST_F(ManyFiles, CtrlCInTheMiddleLeavesTheOldOrTheNew) {
  for (int trial = 0; trial < 20; ++trial) {
    folder.put("a", "old");
    folder.put("b", "old");
    const pid_t child = ::fork();
    if (child == 0) {
      ::signal(SIGINT, SIG_DFL);
      for (int i = 0;; ++i) {
        const auto text = std::to_string(i);
        static_cast<void>(write_files({{folder / "a", text}, {folder / "b", text}}));
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + 3 * trial));
    ::kill(child, SIGINT);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(*read_file(folder / "a"), *read_file(folder / "b"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2) << all() << " holds a copy";
  }
}

}  // namespace starter::console::testing
