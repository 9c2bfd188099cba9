// Walks the whole command table: what is held here holds for every command, so that a new one cannot forget a
// habit.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <set>
#include <sstream>

#include "frame/command.h"
#include "frame/help.h"
#include "frame/invocation.h"
#include "frame/reference.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class EveryCommand : public ::testing::TestWithParam<const Command*> {
 protected:
  const Command& command() const { return *GetParam(); }

  std::vector<std::string> words() const {
    std::istringstream in{std::string(command().name)};
    return {std::istream_iterator<std::string>(in), {}};
  }
  std::vector<std::string> words_and(std::string word) const {
    auto all = words();
    all.push_back(std::move(word));
    return all;
  }
};

std::vector<const Command*> all_commands() {
  std::vector<const Command*> all;
  for (const auto& command : command_table()) all.push_back(&command);
  return all;
}

std::string test_name(const ::testing::TestParamInfo<const Command*>& info) {
  std::string name(info.param->name);
  std::ranges::replace_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Table, EveryCommand, ::testing::ValuesIn(all_commands()), test_name);

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST_P(EveryCommand, IsDescribedWhole) {
  EXPECT_FALSE(command().summary.empty());
  EXPECT_LE(command().summary.size(), 60u);
  EXPECT_FALSE(command().summary.ends_with('.'));
  EXPECT_FALSE(command().docs.empty());
  EXPECT_FALSE(command().reply.empty()) << "the fields of its JSON";
  EXPECT_TRUE(command().run != nullptr);
  for (const auto& flag : command().flags) {
    EXPECT_THAT(std::string(flag.name), HasSubstr("--"));
    EXPECT_FALSE(flag.summary.empty()) << flag.name;
    for (const auto* secret : {"password", "secret", "token", "key"}) {
      EXPECT_EQ(flag.name.find(secret), std::string_view::npos) << "secrets are never flags: " << flag.name;
    }
  }
}

TEST_P(EveryCommand, HasTwoExamplesThatParse) {
  ASSERT_GE(command().examples.size(), 2u);
  for (const auto& example : command().examples) {
    EXPECT_TRUE(example.line.starts_with("./dev ") || example.line.starts_with("starter-console "))
        << example.line;
    std::istringstream in{std::string(example.line.substr(0, example.line.find(" > ")))};
    std::vector<std::string> typed{std::istream_iterator<std::string>(in), {}};
    const bool development = typed[0] == "./dev";
    typed.erase(typed.begin());
    std::string name = development ? "dev" : "";
    const Command* found = nullptr;
    std::size_t used = 0;
    for (std::size_t i = 0; i < typed.size(); ++i) {
      name += (name.empty() ? "" : " ") + typed[i];
      if (const auto* known = find_command(name)) found = known, used = i + 1;
    }
    ASSERT_NE(found, nullptr) << example.line;
    const auto parsed = parse(*found, {typed.begin() + static_cast<std::ptrdiff_t>(used), typed.end()});
    EXPECT_TRUE(parsed.has_value()) << example.line << ": " << (parsed ? "" : parsed.error().why);
  }
}

TEST_P(EveryCommand, HelpIsTheSameInEverySpellingAndFitsEightyColumns) {
  const auto help = run_console(words_and("--help"));
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(run_console(words_and("-h")).out, help.out);
  auto topic = words();
  topic.insert(topic.begin(), "help");
  if (is_development(command())) topic.erase(topic.begin() + 1);
  EXPECT_EQ(run_console(topic).out, help.out);
  EXPECT_LE(longest_line(help.out), 80u);
  std::size_t at = 0;
  for (const auto* heading : {"Usage\n", "Common flags\n", "Exit status\n", "Examples\n", "Docs\n"}) {
    const auto found = help.out.find(heading);
    ASSERT_NE(found, std::string::npos) << heading;
    EXPECT_GT(found, at) << heading << " stands in the fixed order";
    at = found;
  }
}

TEST_P(EveryCommand, RefusesAnUnknownFlagInThreeLinesOnStderr) {
  const auto refused = run_console(words_and("--jsom"));
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
  EXPECT_THAT(refused.err, StartsWith("error: "));
  EXPECT_THAT(refused.err, HasSubstr("\n  why: "));
  EXPECT_THAT(refused.err, HasSubstr("\n  fix: " + typed_name(command()) + " --help"));
}

TEST_P(EveryCommand, ReportsErrorsAsJsonWhenAskedFor) {
  auto typed = words_and("--json");
  typed.push_back("--nonsense");
  const auto refused = run_console(typed);
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err, "");
  const auto error = boost::json::parse(refused.out).at("error").as_object();
  for (const auto* field : {"code", "message", "why", "fix", "docs"})
    EXPECT_TRUE(error.contains(field)) << field;
}

TEST_P(EveryCommand, HasACommittedSchemaAndReference) {
  const auto schema = boost::json::parse(reference_files().at("schemas/" + [this] {
    std::string name(command().name);
    std::ranges::replace(name, ' ', '-');
    return name;
  }() + ".json"));
  for (const auto& field : command().reply) {
    EXPECT_TRUE(schema.at("properties").as_object().contains(field.name));
    EXPECT_TRUE(
        std::set<std::string_view>({"string", "integer", "boolean", "array", "object"}).contains(field.type))
        << field.type;
  }
}

TEST_P(EveryCommand, AWriterTakesDryRunAndNoOtherDoes) {
  const auto help = command_help(command());
  EXPECT_EQ(command().writes, help.find("--dry-run") != std::string::npos);
}

TEST_P(EveryCommand, OneThatLocksTakesWaitAndSaysThatItMayConflict) {
  EXPECT_EQ(command().locks, command_help(command()).find("--wait SECONDS") != std::string::npos);
  if (!command().locks) return;
  EXPECT_TRUE(std::ranges::count(command().exits, Exit::conflict) == 1);
  EXPECT_TRUE(std::ranges::count(command().exits, Exit::interrupted) == 1) << "Ctrl-C ends the wait";
}

TEST(Console, AnUnknownCommandNamesTheNearestOne) {
  const auto refused = run_console({"dev", "stauts"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("\"status\""));
  EXPECT_THAT(refused.err, HasSubstr("fix: ./dev status --help"));
  EXPECT_THAT(run_console({"verfy"}).err, HasSubstr("\"verify\""));
}

TEST(Console, AnUnknownFlagNamesTheNearestOne) {
  EXPECT_THAT(run_console({"dev", "up", "--port-bse", "1"}).err, HasSubstr("--port-base"));
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

TEST(Console, JsonIsOneDocumentAndFieldPicksOnePart) {
  const auto whole = run_console({"version", "--json"});
  EXPECT_EQ(whole.err, "");
  const auto version = std::string(boost::json::parse(whole.out).at("version").as_string());
  EXPECT_EQ(run_console({"version", "--field", "version"}).out, version + "\n");
  EXPECT_EQ(run_console({"version", "--field", "nothing"}).status, 2);
  EXPECT_EQ(run_console({"--version"}).status, 0);
}

TEST(Console, ColourComesOnlyWhenAskedFor) {
  const auto plain = run_console({"nonsense"});
  EXPECT_EQ(plain.err.find('\033'), std::string::npos) << "no terminal, no colour";
  EXPECT_NE(run_console({"dev", "status", "--color", "always"}, {{"STARTER_ROOT", "/nonexistent"}})
                .out.find('\033'),
            std::string::npos);
  EXPECT_EQ(run_console({"dev", "status", "--color", "always"}, {{"STARTER_ROOT", "/nonexistent"}}).err, "");
  EXPECT_EQ(run_console({"dev", "status"},
                        {{"STARTER_ROOT", "/nonexistent"}, {"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}})
                .out.find('\033'),
            std::string::npos);
}

TEST(Console, TheCompletionScriptsAreReadByTheirShells) {
  const auto bash = run_console({"completion", "bash"});
  const auto checked = run_process(
      {.argv = {"bash", "-c",
                bash.out + "\nCOMP_WORDS=(./dev lo) COMP_CWORD=1; _starter; echo \"${COMPREPLY[*]}\""}},
      std::chrono::seconds(10));
  ASSERT_TRUE(checked.has_value());
  EXPECT_EQ(checked->output, "logs\n");
  EXPECT_EQ(run_console({"completion", "tcsh"}).status, 2);
}

TEST(Console, TheCommittedReferenceIsWhatTheTableSays) {
  const fs::path folder = fs::path(STARTER_SOURCE_ROOT) / "packages/starter_console/reference";
  for (const auto& [name, text] : reference_files()) {
    const auto present = read_file(folder / name);
    EXPECT_TRUE(present && *present == text) << name << " differs: run ./dev gen";
  }
}

TEST(Console, StartsInUnderTenMilliseconds) {
  // One start that is quick enough shows it: what the machine does beside the others is not the console's
  // time.
  const auto bar = std::chrono::milliseconds(10);
  std::chrono::microseconds fastest = std::chrono::hours(1);
  for (int i = 0; i < 300 && fastest >= bar; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto ran = run_process({.argv = {STARTER_CONSOLE_BINARY, "version"}}, std::chrono::seconds(10));
    ASSERT_TRUE(ran.has_value());
    fastest = std::min(fastest, std::chrono::duration_cast<std::chrono::microseconds>(
                                    std::chrono::steady_clock::now() - begin));
  }
  EXPECT_LT(fastest, bar);
}

}  // namespace starter::console::testing
