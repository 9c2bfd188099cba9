// Help: the same in every spelling, narrow enough, complete.
#include "frame/help.h"

#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "tests/frame/every_command.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

class HelpOfEveryCommand : public EveryCommand {};
INSTANTIATE_TEST_SUITE_P(Table, HelpOfEveryCommand, ::testing::ValuesIn(all_commands()), test_name);

TEST_P(HelpOfEveryCommand, IsTheSameInEverySpellingAndFitsEightyColumns) {
  const auto help = run_console(words_and("--help"));
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(run_console(words_and("-h")).out, help.out);
  auto topic = words();
  topic.insert(topic.begin(), "help");
  if (is_development(command())) topic.erase(topic.begin() + 1);
  EXPECT_EQ(run_console(topic).out, help.out);
  auto text = help.out;
  for (const auto& example : command().examples)  // a line to paste is never broken
    if (const auto found = text.find(example.line); found != text.npos)
      text.erase(found, example.line.size());
  EXPECT_LE(longest_line(text), 80u);
  std::size_t at = 0;
  for (const auto* heading : {"Usage\n", "Common flags\n", "Exit status\n", "Examples\n", "Docs\n"}) {
    const auto found = help.out.find(heading);
    ASSERT_NE(found, std::string::npos) << heading;
    EXPECT_GT(found, at) << heading << " stands in the fixed order";
    at = found;
  }
}

TEST_P(HelpOfEveryCommand, FitsFortyColumnsAndBreaksNoLineToPaste) {
  const auto help = run_console(words_and("--help"), {{"COLUMNS", "40"}});
  EXPECT_EQ(help.status, 0);
  std::set<std::string> to_paste{"  " + std::string(command().docs)};
  for (const auto& example : command().examples) to_paste.insert("  " + std::string(example.line));
  std::istringstream lines(help.out);
  for (std::string line; std::getline(lines, line);) {
    if (to_paste.erase(line) == 0) EXPECT_LE(line.size(), 40u) << line;
  }
  EXPECT_TRUE(to_paste.empty()) << *to_paste.begin();
}

TEST(Console, EveryEnvironmentVariableThatItReadsIsInHelp) {
  const auto help = run_console({"help", "environment"}).out;
  const std::regex read(R"re((getenv|set)\("([A-Z_]+)"\))re");
  int found = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(STARTER_SOURCE_ROOT) / "packages/starter_console/src")) {
    if (entry.path().extension() != ".cpp") continue;
    const auto text = *read_file(entry.path(), 1U << 20);
    for (std::sregex_iterator at(text.begin(), text.end(), read), end; at != end; ++at, ++found)
      EXPECT_THAT(help, HasSubstr((*at)[2].str())) << entry.path();
  }
  EXPECT_GE(found, 8) << "the pattern finds them";
}

TEST(Console, TheMapNamesEveryCommandOnce) {
  for (const bool development : {false, true}) {
    const auto map = run_console(development ? std::vector<std::string>{"dev", "--map"}
                                             : std::vector<std::string>{"--map"})
                         .out;
    std::size_t leaves = 0;
    std::vector<std::string> path;
    std::istringstream lines(map);
    std::string line;
    for (std::getline(lines, line); std::getline(lines, line);) {
      const auto depth = line.find_first_not_of(' ') / 2;
      path.resize(depth - 1);
      path.push_back(line.substr(2 * depth));
      std::string name = development ? "dev" : "";
      for (const auto& word : path) name += (name.empty() ? "" : " ") + word;
      leaves += find_command(name) != nullptr;
    }
    EXPECT_EQ(leaves,
              static_cast<std::size_t>(std::ranges::count_if(command_table(), [&](const Command& one) {
                return is_development(one) == development && !one.group.empty();
              })));
  }
}

TEST(Console, WithoutWordsItShowsTheOverview) {
  EXPECT_EQ(run_console({}).out, overview(false));
  EXPECT_EQ(run_console({"dev"}).out, overview(true));
  EXPECT_EQ(run_console({"dev", "help"}).out, overview(true));
  EXPECT_EQ(run_console({"help"}).out, overview(false));
  EXPECT_LE(longest_line(overview(true) + overview(false)), 80u);
}

TEST(Console, EveryTopicIsShownAndExitCodesListsTheWholeTable) {
  for (const auto topic : topic_names()) {
    const auto shown = run_console({"help", std::string(topic)});
    EXPECT_EQ(shown.status, 0);
    EXPECT_LE(longest_line(shown.out), 80u);
  }
  const auto table = run_console({"help", "exit-codes"}).out;
  for (const auto* status : {"  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "  5 ", "  6 ", "  8 ", "  130 "})
    EXPECT_THAT(table, HasSubstr(status));
}

}  // namespace starter::console::testing
