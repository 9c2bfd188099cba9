// Completion: its scripts in the shells that read them, and the names that only a clone or deployment knows.
#include <gmock/gmock.h>

#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

// The program that the scripts ask for names is on PATH, as it is where they are installed.
std::string said_by(const std::string& shell, const std::vector<std::string>& argv) {
  const auto path = fs::path(console_binary()).parent_path().string() + ":" + std::getenv("PATH");
  const TemporaryFolder home;
  const auto ran = run_process({.argv = argv,
                                .environment = {{"PATH", path},
                                                {"HOME", home.path().string()},
                                                {"STARTER_ROOT", STARTER_SOURCE_ROOT},
                                                {"STARTER_API", STARTER_API_BINARY}}},
                               std::chrono::seconds(20));
  EXPECT_TRUE(ran && ran->status == 0) << shell << ": " << (ran ? ran->output : ran.error().why);
  return ran ? ran->output : "";
}

std::string script_of(const std::string& shell) {
  return run_console({"completion", shell}).out;
}

TEST(Completion, BashReadsItsScript) {
  EXPECT_EQ(said_by("bash", {"bash", "-c",
                             script_of("bash") +
                                 "\nCOMP_WORDS=(./dev lo) COMP_CWORD=1; _starter; echo \"${COMPREPLY[*]}\""}),
            "logs\n");
  EXPECT_EQ(run_console({"completion", "tcsh"}).status, 2);
}

// zsh tells what it would offer; which of it fits what was typed, it knows itself.
TEST(Completion, ZshReadsItsScript) {
  if (!find_program("zsh")) GTEST_SKIP() << "zsh is not installed";
  const auto offered = [](const std::string& typed) {
    return " " +
           said_by("zsh", {"zsh", "-f", "-c",
                           "autoload -Uz compinit; compinit -u -D\n" + script_of("zsh") +
                               "\ncompadd() { print -rn -- \"$*\" }\nwords=(" + typed +
                               "); CURRENT=$#words; _starter"}) +
           " ";
  };
  EXPECT_THAT(offered("./dev lo"), HasSubstr(" logs "));
  EXPECT_EQ(offered("starter-console auth keys ''"), " -- generate rotate status ");
  EXPECT_THAT(offered("starter-console auth keys rotate --"), HasSubstr(" --dry-run "));
  EXPECT_THAT(offered("starter-console config explain AUTH_J"), HasSubstr(" AUTH_JWKS_MAX_AGE_SECONDS "));
}

TEST(Completion, FishReadsItsScript) {
  if (!find_program("fish")) GTEST_SKIP() << "fish is not installed";
  const TemporaryFolder folder;
  folder.put("starter.fish", script_of("fish"));
  const auto offered = [&](const std::string& typed) {
    return said_by(
        "fish",
        {"fish", "-c", "source '" + (folder / "starter.fish").string() + "'; complete -C '" + typed + "'"});
  };
  EXPECT_EQ(offered("./dev lo"), "logs\n");
  EXPECT_EQ(offered("starter-console verif"), "verify\n");
  EXPECT_EQ(offered("starter-console auth keys "), "generate\nrotate\nstatus\n");
  EXPECT_THAT(offered("starter-console auth keys rotate --dr"), HasSubstr("--dry-run"));
  EXPECT_EQ(offered("starter-console config explain AUTH_JWKS_M"), "AUTH_JWKS_MAX_AGE_SECONDS\n");
}

TEST(Completion, KnowsTheNamesOfThisCloneAndDeployment) {
  const auto bash = run_console({"completion", "bash"});
  const auto complete = [&](const std::string& typed) {
    const auto ran = run_process(
        {.argv = {"bash", "-c",
                  bash.out + "\nCOMP_WORDS=(" + typed +
                      ") COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _starter; echo \"${COMPREPLY[*]}\""},
         .environment = {{"STARTER_ROOT", STARTER_SOURCE_ROOT}, {"STARTER_API", STARTER_API_BINARY}}},
        std::chrono::seconds(10));
    return ran ? ran->output : "";
  };
  const std::string console = STARTER_CONSOLE_BINARY;
  EXPECT_EQ(complete(console + " config explain AUTH_JWKS_M"), "AUTH_JWKS_MAX_AGE_SECONDS\n");
  EXPECT_THAT(run_console({"complete", "suites"}, {{"STARTER_ROOT", STARTER_SOURCE_ROOT}}).out,
              HasSubstr("\nconsole\n"));
  EXPECT_THAT(run_console({"complete", "benchmarks"}, {{"STARTER_ROOT", STARTER_SOURCE_ROOT}}).out,
              HasSubstr("console-start\n"));
  const auto nowhere = run_console({"complete", "suites"}, {{"STARTER_ROOT", "/nonexistent"}});
  EXPECT_EQ(nowhere.status, 0);
  EXPECT_EQ(nowhere.out + nowhere.err, "") << "a shell shows what it prints";
}

}  // namespace starter::console::testing
