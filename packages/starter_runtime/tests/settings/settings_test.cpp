#include "starter/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "starter/testing/process.h"

namespace starter {
namespace {

constexpr std::string_view kColours[] = {"red", "green"};
constexpr Setting kTable[] = {
    {.name = "PORT", .type = SettingType::integer, .default_value = "8000", .minimum = 1, .maximum = 65535},
    {.name = "COLOUR", .type = SettingType::choice, .default_value = "red", .choices = kColours},
    {.name = "DEBUG", .type = SettingType::boolean, .default_value = "false"},
    {.name = "SITE", .type = SettingType::url, .default_value = "http://localhost:3000"},
    {.name = "PEPPER", .secret = true, .required = true},
    {.name = "HOSTS", .type = SettingType::list, .default_value = "a, b"},
};

EnvironmentLookup lookup(std::map<std::string, std::string> values) {
  return [values](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Settings, PrefersEnvironmentOverFileOverDefault) {
  test::TemporaryFolder folder;
  const auto path = (folder.path() / ".env.local").string();
  std::ofstream(path) << "PORT=1234\nCOLOUR=green\nPEPPER='from file'\n";
  const auto read = read_settings(kTable, lookup({{"PORT", "99"}}), path);
  EXPECT_TRUE(read.problems.empty());
  EXPECT_EQ(read.values.integer("PORT"), 99);
  EXPECT_EQ(read.values.text("COLOUR"), "green");
  EXPECT_EQ(read.values.source("COLOUR"), SettingSource::env_file);
  EXPECT_EQ(read.values.source("DEBUG"), SettingSource::default_value);
  EXPECT_THAT(read.values.list("HOSTS"), testing::ElementsAre("a", "b"));
}

TEST(Settings, ReadsASecretFromItsFileTwin) {
  test::TemporaryFolder folder;
  const auto path = (folder.path() / "pepper").string();
  std::ofstream(path) << "hush\n";
  const auto read = read_settings(kTable, lookup({{"PEPPER_FILE", path}}), "");
  EXPECT_TRUE(read.problems.empty());
  EXPECT_EQ(read.values.secret("PEPPER").reveal(), "hush");
}

TEST(Settings, ReportsEveryProblemAtOnceAndNoValue) {
  const auto read = read_settings(
      kTable, lookup({{"PORT", "canary-1"}, {"COLOUR", "canary-2"}, {"DEBUG", "canary-3"}, {"SITE", "canary-4"}}), "");
  const auto text = explain(read.problems);
  EXPECT_EQ(text,
            "PORT is not a whole number. Write digits only.\n"
            "COLOUR is not one of the known values. Choose one of red, green.\n"
            "DEBUG is neither true nor false. Write true or false.\n"
            "SITE is not a URL. Write it with its scheme, for example https://app.example.com.\n"
            "PEPPER is not set. Set PEPPER or PEPPER_FILE.\n");
}

TEST(EnvFile, ReadsWhatToolsWrite) {
  const auto file = parse_env_file(
      "# comment\nexport A=1\nB = two words # note\nC='it is # kept'\nD=\"line\\nbreak\"\nE=https://x/#y\nF=\n");
  ASSERT_TRUE(file.problems.empty());
  std::map<std::string, std::string> values;
  for (const auto& line : file.values) values[line.name] = line.value;
  EXPECT_EQ(values["A"], "1");
  EXPECT_EQ(values["B"], "two words");
  EXPECT_EQ(values["C"], "it is # kept");
  EXPECT_EQ(values["D"], "line\nbreak");
  EXPECT_EQ(values["E"], "https://x/#y");
  EXPECT_EQ(values["F"], "");
}

TEST(EnvFile, NamesTheLineThatIsWrong) {
  const auto file = parse_env_file("A=1\nnonsense\n1B=2\nC='open\n");
  ASSERT_EQ(file.problems.size(), 3u);
  EXPECT_EQ(file.problems[0].name, "line 2");
  EXPECT_EQ(file.problems[1].name, "line 3");
  EXPECT_EQ(file.problems[2].name, "line 4");
}

}  // namespace
}  // namespace starter
