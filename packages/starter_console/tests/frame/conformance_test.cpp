// Walks the whole command table: what is held here holds for every command, so that a new one cannot forget a
// habit. How each command is described and what it refuses; the walks that run commands stand beside.
#include <gmock/gmock.h>
#include <sys/prctl.h>

#include <boost/json.hpp>
#include <set>

#include "frame/help.h"
#include "frame/invocation.h"
#include "frame/reference.h"
#include "frame/run.h"
#include "tests/frame/every_command.h"
#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::StartsWith;

INSTANTIATE_TEST_SUITE_P(Table, EveryCommand, ::testing::ValuesIn(all_commands()), test_name);

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
    if (flag.value.empty()) continue;  // a switch carries nothing
    for (const auto* secret : {"password", "secret", "token", "key"}) {
      EXPECT_TRUE(flag.name.find(secret) == std::string_view::npos || flag.name.starts_with("--public-"))
          << "secrets are never flags: " << flag.name;
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

TEST_P(EveryCommand, OneThatAsksAServerTakesTimeout) {
  EXPECT_EQ(command().reaches, command_help(command()).find("--timeout SECONDS") != std::string::npos);
}

// Here in this process, whose own state tells; a flag that is refused ends it before anything is read.
TEST_P(EveryCommand, P14_LeavesNoCoreAndAVerbOfDevDoes) {
  ::prctl(PR_SET_DUMPABLE, 1);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run(words_and("--nonsense")), 2);
  ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE), is_development(command()) ? 1 : 0);
  ::prctl(PR_SET_DUMPABLE, 1);
}

TEST_P(EveryCommand, OneThatDestroysWantsProductionSpelledOut) {
  const auto help = command_help(command());
  if (command().destroys) EXPECT_NE(help.find("--profile NAME"), help.npos);
  EXPECT_TRUE(!command().destroys || command().writes);
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(command().flags, [&](const Flag& flag) { return flag.name == name; });
  };
  const bool asks = has("--confirm") || has("--replace");
  EXPECT_EQ(command().destroys, asks && !is_development(command()));
}

// What stands behind the = of NAME=VALUE may be anything, also what nobody took for a secret.
TEST_P(EveryCommand, P14_AnAssignmentIsAuditedByItsNameAlone) {
  std::vector<std::string> typed;
  for (const auto& argument : command().arguments)
    if (argument.required && argument.choices.empty()) typed.emplace_back("x");
  for (const auto& flag : command().flags) {
    const auto name = std::string(flag.name.substr(flag.name.find("--")));
    const bool assigns = flag.value.find('=') != flag.value.npos;
    if (assigns) EXPECT_EQ(flag.value, "NAME=VALUE");
    if (assigns) typed.insert(typed.end(), {name, "PORT=canary-4f9a1c7e"});
    if (!assigns && flag.required)
      typed.insert(typed.end(), {name, std::string(flag.choices.substr(0, flag.choices.find('|')))});
  }
  const auto parsed = parse(command(), typed);
  if (!parsed) return;  // its argument is one of a few words
  EXPECT_EQ(parsed->line().find("canary"), std::string::npos) << parsed->line();
}

TEST(Console, TheCommittedReferenceIsWhatTheTableSays) {
  const fs::path folder = fs::path(STARTER_SOURCE_ROOT) / "packages/starter_console/reference";
  for (const auto& [name, text] : reference_files()) {
    const auto present = read_file(folder / name);
    EXPECT_TRUE(present && *present == text) << name << " differs: run ./dev gen";
  }
}

}  // namespace starter::console::testing
