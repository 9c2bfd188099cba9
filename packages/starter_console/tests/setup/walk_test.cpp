// Every profile and preset, asked in a terminal from the first question to the written files: whoever takes
// what is suggested, and knows their own addresses, never meets a question that no answer closes.
#include <gmock/gmock.h>

#include <sstream>

#include "setup/answers_file.h"
#include "starter/contracts/built_in.h"
#include "starter/testing/process.h"
#include "tests/setup/operator.h"
#include "tests/setup/screen.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

struct Combination {
  std::string profile, preset;
};

std::vector<Combination> combinations() {
  std::vector<Combination> all;
  const auto& contract = contracts::built_in();
  for (const auto& profile : contract.profiles)
    for (const auto& preset : setup::preset_names(contract))
      if (setup::Interview::begin(contract, profile.name, preset)) all.push_back({profile.name, preset});
  return all;
}

// What a plain dialogue has asked so far: below "3 of 12" the name, and whether Enter takes something.
struct Asked {
  std::vector<std::string> names;
  bool suggests = false;
};

Asked asked(const std::string& shown) {
  Asked all;
  std::istringstream lines(shown);
  bool headed = false;
  for (std::string line; std::getline(lines, line);) {
    if (headed) all.names.push_back(line.substr(0, line.find(' '))), all.suggests = false;
    all.suggests = all.suggests || line.starts_with("  Enter: ");
    headed = line.find(" of ") != line.npos && line.find_first_not_of("0123456789 of") == line.npos;
  }
  return all;
}

// The screen may be looked at while a question is being written.
bool waits_for_an_answer(const std::string& shown) {
  const auto end = shown.find_last_not_of(" \n");
  return end != shown.npos && shown[end] == '>' && (end == 0 || shown[end - 1] == '\n');
}

}  // namespace

class WholeWalk : public ::testing::TestWithParam<Combination> {
 protected:
  void SetUp() override {
    if (!find_program("tmux")) GTEST_SKIP() << "tmux is not installed";
  }
  // Those of a headless run that asks nothing; only what has no suggestion is typed.
  std::map<std::string, std::string> known(const std::string& profile, const std::string& preset) const {
    const auto path = someone.answers(profile, preset);
    auto values = setup::parse_answers(contracts::built_in(), path, *read_file(path))->values;
    if (preset == "single_server") values["COMPOSE_PROJECT_NAME"] = values["project_name"];
    return values;
  }
  Operator someone;
};

INSTANTIATE_TEST_SUITE_P(Wizard, WholeWalk, ::testing::ValuesIn(combinations()),
                         [](const auto& info) { return info.param.profile + "_" + info.param.preset; });

TEST_P(WholeWalk, A002_46_EndsWithAWrittenConfiguration) {
  const auto& [profile, preset] = GetParam();
  const auto answers = known(profile, preset);
  const Screen screen(100, 40, {"setup", "wizard", "--plain", "--profile", profile, "--preset", preset},
                      someone.folder());
  std::size_t answered = 0;
  for (std::string shown; shown.find("exit status") == shown.npos;) {
    Asked now;
    test::wait_until("something is asked after " + std::to_string(answered) + " answers", [&] {
      shown = screen.shown();
      now = asked(shown);
      return (now.names.size() > answered && waits_for_an_answer(shown)) ||
             shown.find("Write them?") != shown.npos || shown.find("go together") != shown.npos;
    });
    ASSERT_THAT(shown, Not(HasSubstr("go together")));
    if (shown.find("Write them?") != shown.npos) break;
    ASSERT_EQ(now.names.size(), answered + 1) << shown;
    const auto& name = now.names.back();
    ASSERT_TRUE(now.suggests || answers.contains(name)) << name << " has neither\n" << shown;
    screen.type(now.suggests ? "" : answers.at(name));
    ++answered;
  }
  screen.type("");
  ASSERT_TRUE(screen.shows("exit status 0"));
  EXPECT_GT(answered, 4u);
  EXPECT_TRUE(fs::exists(someone.folder() / ".env.local"));
  EXPECT_EQ(someone.run({"setup", "wizard", "--report-only"}).status, 0) << "nothing is open";
}

}  // namespace starter::console::testing
