// The wizard as a person sees it: a real terminal, 80 and 40 columns wide.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/setup/operator.h"
#include "tests/setup/screen.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;

class WizardInATerminal : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (!find_program("tmux")) GTEST_SKIP() << "tmux is not installed";
  }
  int width() const { return GetParam(); }
  void expect_fits(const std::string& shown) const {
    std::istringstream lines(shown);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(">")) EXPECT_LE(line.size(), static_cast<std::size_t>(width())) << line;
    }
  }
  Operator someone;
};

INSTANTIATE_TEST_SUITE_P(Widths, WizardInATerminal, ::testing::Values(80, 40),
                         [](const auto& info) { return std::to_string(info.param) + "x24"; });

constexpr const char* kUrl = "postgresql://app:canary-4f9a1c7e@127.0.0.1/starter";

TEST_P(WizardInATerminal, GoesFromTheFirstQuestionToTheFiles) {
  const Screen screen(width(), 24, {"setup", "wizard"}, someone.folder());
  ASSERT_TRUE(screen.shows("1  demo"));
  screen.type("demo");
  ASSERT_TRUE(screen.shows("1  local"));
  screen.type("9");
  ASSERT_TRUE(screen.shows("Type a number from 1 to 6"));
  screen.type("1");
  ASSERT_TRUE(screen.shows("ENVIRONMENT"));
  ASSERT_TRUE(screen.shows("Enter: development"));
  screen.type("");
  ASSERT_TRUE(screen.shows("DATABASE_URL (secret, not shown)"));
  screen.type("nonsense");
  ASSERT_TRUE(screen.shows("is not of the form scheme://host"));
  screen.type("?");
  ASSERT_TRUE(screen.shows("nothing runs without it"));
  expect_fits(screen.shown());
  screen.type(kUrl);
  ASSERT_TRUE(screen.shows("MIGRATE_DATABASE_URL (secret, not"));
  EXPECT_THAT(screen.shown(), HasSubstr("> ****")) << "typing is seen, what is typed is not";
  screen.type("<");
  ASSERT_TRUE(screen.shows("> * [##..................] 2 of 7 DATABASE_URL")) << "one step back";
  screen.type(kUrl);
  screen.type(kUrl);
  ASSERT_TRUE(screen.shows("SIGNUP_ACCESS_POLICY"));
  ASSERT_TRUE(screen.shows("Enter: public"));
  screen.type("2");
  for (const auto* name : {"AUTH_KEY_STORAGE_BACKEND", "LOG_LEVEL", "SECRETS_PROVIDER"}) {
    ASSERT_TRUE(screen.shows(name));
    screen.type("");
  }
  ASSERT_TRUE(screen.shows("Write them?"));
  screen.type("");
  ASSERT_TRUE(screen.shows("exit status 0"));
  EXPECT_THAT(screen.shown(), HasSubstr("DATABASE_URL=******"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("canary"))) << "P14";
  EXPECT_THAT(someone.read(".env.local"), HasSubstr(std::string("DATABASE_URL=") + kUrl + "\n"));
  EXPECT_FALSE(fs::exists(someone.folder() / "var/setup/state.json"));
}

TEST_P(WizardInATerminal, IsResumedAfterCtrlC) {
  const std::vector<std::string> words{"setup", "wizard", "--profile", "demo", "--preset", "local"};
  {
    const Screen screen(width(), 24, words, someone.folder());
    ASSERT_TRUE(screen.shows("ENVIRONMENT"));
    screen.type("test");
    ASSERT_TRUE(screen.shows("DATABASE_URL"));
    screen.press("C-c");
    ASSERT_TRUE(screen.shows("exit status 130"));
    EXPECT_THAT(screen.shown(), HasSubstr("fix: starter-console setup wizard --resume"));
  }
  EXPECT_FALSE(fs::exists(someone.folder() / ".env.local"));
  EXPECT_EQ(fs::status(someone.folder() / "var/setup/state.json").permissions(), fs::perms{0600});
  EXPECT_THAT(someone.run({"next"}).out, HasSubstr("Next: starter-console setup wizard --resume"));
  const Screen screen(width(), 24, {"setup", "wizard", "--resume"}, someone.folder());
  ASSERT_TRUE(screen.shows("DATABASE_URL"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("ENVIRONMENT"))) << "answered before";
}

TEST_P(WizardInATerminal, NoWritesNothingAndSaysHowToGoOn) {
  const Screen screen(width(), 24, {"setup", "wizard", "--profile", "demo", "--preset", "local"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("ENVIRONMENT"));
  screen.type("");
  screen.type(kUrl);
  screen.type(kUrl);
  for (int rest = 0; rest < 4; ++rest) screen.type("");
  ASSERT_TRUE(screen.shows("Write them?"));
  screen.type("maybe");
  ASSERT_TRUE(screen.shows("Type y to write them, n to end here"));
  screen.type("<");
  ASSERT_TRUE(screen.shows("7 of 7 SECRETS_PROVIDER"));
  screen.type("");
  screen.type("n");
  ASSERT_TRUE(screen.shows("exit status 130"));
  ASSERT_TRUE(screen.shows("You wanted nothing written; every answer so far is kept"));
  ASSERT_TRUE(screen.shows("fix: starter-console setup wizard --resume"));
  EXPECT_FALSE(fs::exists(someone.folder() / ".env.local"));
  const Screen again(width(), 24, {"setup", "wizard", "--resume"}, someone.folder());
  ASSERT_TRUE(again.shows("Write them?"));
  again.type("<");
  ASSERT_TRUE(again.shows("Nothing was asked"));
  again.type("y");
  ASSERT_TRUE(again.shows("exit status 0"));
  EXPECT_TRUE(fs::exists(someone.folder() / ".env.local"));
}

TEST_P(WizardInATerminal, CtrlCBeforeTheFirstAnswerLeavesNothingToResume) {
  const Screen screen(width(), 24, {"setup", "wizard"}, someone.folder());
  ASSERT_TRUE(screen.shows("1  demo"));
  screen.press("C-c");
  ASSERT_TRUE(screen.shows("exit status 130"));
  ASSERT_TRUE(screen.shows("fix: starter-console setup wizard"));
  EXPECT_FALSE(fs::exists(someone.folder() / "var/setup/state.json"));
}

TEST_P(WizardInATerminal, LinesAreEditedAndNothingTypedAheadIsShown) {
  const Screen screen(width(), 24, {"setup", "wizard", "--profile", "demo", "--preset", "local"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("ENVIRONMENT"));
  screen.press("Left");  // an arrow types nothing
  screen.type_part("tesx");
  screen.press("BSpace");
  // The next lines belong to questions that are not asked yet; two of them are secrets.
  screen.type("t");
  screen.type(kUrl);
  screen.type(kUrl);
  ASSERT_TRUE(screen.shows("SIGNUP_ACCESS_POLICY"));
  screen.type_part("pubic");
  screen.press("C-u");
  screen.type("public");
  ASSERT_TRUE(screen.shows("AUTH_KEY_STORAGE_BACKEND"));
  EXPECT_THAT(screen.shown(), HasSubstr("> test\n"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("canary")));
  screen.press("C-d");
  ASSERT_TRUE(screen.shows("exit status 130"));
}

TEST_P(WizardInATerminal, TheCursorMovesAndWhatIsPastedWaitsForEnter) {
  const Screen screen(width(), 24, {"setup", "wizard", "--profile", "staging", "--preset", "aws"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("project_name"));
  screen.type_part("cme");
  screen.press("Home");
  screen.type_part("xa");
  screen.press("Left");
  screen.press("BSpace");
  screen.press("End");
  screen.type_part("-x");
  screen.press("Left");
  screen.press("Left");
  screen.press("C-k");
  ASSERT_TRUE(screen.shows("> acme"));
  screen.type("");
  // Longer than a row of 40 columns: it scrolls, and is whole once it is answered.
  ASSERT_TRUE(screen.shows("api_image"));
  screen.type_part("ghcr.io/acme-international/apx:1.2.3-candidate");
  screen.press("M-b");
  screen.press("M-b");
  for (int back = 0; back < 6; ++back) screen.press("Left");
  screen.press("Home");
  screen.press("C-Right");  // ghcr
  screen.press("C-Right");  // io
  screen.press("C-Right");  // acme-international
  screen.press("C-Right");  // apx
  screen.press("BSpace");
  screen.type("i");
  ASSERT_TRUE(screen.shows("> ghcr.io/acme-international/api:1.2.3-candidate"));
  ASSERT_TRUE(screen.shows("web_image"));
  screen.type_part("\033[200~ghcr.io/acme/web:1.2.3\n\033[201~");
  ASSERT_TRUE(screen.shows("> ghcr.io/acme/web:1.2.3"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("APP_PUBLIC_URL"))) << "nobody pressed Enter";
  screen.type("");
  ASSERT_TRUE(screen.shows("APP_PUBLIC_URL"));
}

TEST_P(WizardInATerminal, AccessibleMeansPlain) {
  const Screen screen(width(), 24, {"setup", "wizard", "--profile", "demo", "--preset", "local"},
                      someone.folder(), "ACCESSIBLE=1");
  ASSERT_TRUE(screen.shows("1 of 7 ENVIRONMENT"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("[#"))) << screen.shown();
  EXPECT_THAT(screen.shown(), Not(HasSubstr("[."))) << screen.shown();
}

TEST_P(WizardInATerminal, PlainHasNoBarAndNobodyElseWritesMeanwhile) {
  const Screen screen(width(), 24, {"setup", "wizard", "--profile", "demo", "--preset", "local", "--plain"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("1 of 7 ENVIRONMENT"));
  EXPECT_THAT(screen.shown(), Not(HasSubstr("[#"))) << screen.shown();
  // Meanwhile nobody else may write the same files.
  const auto second = someone.run({"setup", "wizard", "--non-interactive", "--profile", "demo", "--preset",
                                   "local", "--answers-file", someone.answers("demo", "local")});
  EXPECT_EQ(second.status, 6) << second.err;
  EXPECT_THAT(second.err, HasSubstr("has held its lock for"));
}

}  // namespace starter::console::testing
