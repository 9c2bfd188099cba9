// What every command that writes keeps to: a plan changes nothing, what was done is in the audit log and for
// its owner alone, and a second run finds nothing to do. Each is run once, on a set-up of its own, and looked
// at by all tests.
#include "tests/frame/writers.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <regex>

#include "tests/frame/every_command.h"

namespace starter::console::testing {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

/// What everything was like at one moment.
struct Moment {
  Snapshot files;
  std::string rows;
};

struct Story {
  std::string skipped;
  Ran plan, run, second;
  Moment before, planned, done, repeated;
};

Moment now(const Place& place) {
  return {snapshot_of(place.someone.folder()), place.deployment ? place.deployment->rows() : ""};
}

Story play(const std::vector<std::string>& name, const WriterCase& how) {
  Place place;
  if (how.prepare) how.prepare(place);
  Story story;
  if (name[0] == "secrets" && !place.aws && (name[1] == "push" || name[1] == "pull"))
    return {.skipped = test::AwsServer::missing()};
  auto words = name;
  const auto& more = place.words.empty() ? how.words : place.words;
  words.insert(words.end(), more.begin(), more.end());
  auto plan = words;
  plan.emplace_back("--dry-run");
  story.before = now(place);
  story.plan = place.run(plan);
  story.planned = now(place);
  story.run = place.run(words);
  story.done = now(place);
  if (how.repeats == nullptr) {
    story.second = place.run(words);
    story.repeated = now(place);
  }
  return story;
}

std::vector<const Command*> writers() {
  auto all = all_commands();
  std::erase_if(all, [](const Command* one) {
    const auto found = writer_cases().find(one->name);
    return !one->writes || (found != writer_cases().end() && found->second.elsewhere != nullptr);
  });
  return all;
}

// Who waits for a lock reads who holds it; that one has been there is no change. A release leaves the report
// of its verification, also of a schema that was up to date.
bool is_trace(const std::string& path) {
  return path == "var" || path.ends_with("var/log") || path.find("lock") != path.npos ||
         path.find("reports/release-db") != path.npos || path.ends_with("console-audit.jsonl");
}

std::vector<std::string> changes(const Moment& from, const Moment& to) {
  auto paths = difference(from.files, to.files);
  std::erase_if(paths, is_trace);
  if (from.rows != to.rows) paths.emplace_back("rows of the database");
  return paths;
}

}  // namespace

class EveryWriter : public EveryCommand {
 protected:
  void SetUp() override {
    const auto found = writer_cases().find(command().name);
    ASSERT_NE(found, writer_cases().end()) << "say in writer_cases() how it is run";
    how = found->second;
    static std::map<std::string_view, Story> played;
    auto known = played.find(command().name);
    if (known == played.end()) known = played.emplace(command().name, play(words(), how)).first;
    story = &known->second;
    if (!story->skipped.empty()) GTEST_SKIP() << story->skipped;
    ASSERT_EQ(story->run.status, 0) << story->run.out << story->run.err;
  }
  WriterCase how;
  const Story* story = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Table, EveryWriter, ::testing::ValuesIn(writers()), test_name);

TEST_P(EveryWriter, PlansAndChangesNothing) {
  EXPECT_EQ(story->plan.status, how.planned) << story->plan.err;
  EXPECT_NE(story->plan.out + story->plan.err, "");
  EXPECT_THAT(difference(story->before.files, story->planned.files), IsEmpty());
  EXPECT_EQ(story->before.rows, story->planned.rows);
}

TEST_P(EveryWriter, ThenChangesSomething) {
  if (!how.outside) EXPECT_THAT(changes(story->planned, story->done), ::testing::Not(IsEmpty()));
}

TEST_P(EveryWriter, NotesInTheAuditLogWhoDidWhat) {
  const auto before = audit_lines(story->planned.files), after = audit_lines(story->done.files);
  ASSERT_THAT(after, SizeIs(before.size() + 1));
  const auto line = boost::json::parse(after.back());
  EXPECT_EQ(std::string(line.at("command").as_string()), command().name);
  EXPECT_THAT(std::string(line.at("what").as_string()), ::testing::StartsWith(std::string(command().name)));
  EXPECT_FALSE(line.at("who").as_string().empty());
  EXPECT_TRUE(std::regex_match(std::string(line.at("plan").as_string()), std::regex("[0-9a-f]{64}")));
  EXPECT_EQ(line.at("outcome"), "done");
  EXPECT_EQ(line.at("exit"), 0);
}

TEST_P(EveryWriter, WritesFilesForTheirOwnerAlone) {
  for (const auto& path : difference(story->planned.files, story->done.files)) {
    const auto found = story->done.files.find(path);
    if (found == story->done.files.end()) continue;  // it is gone
    const auto mode = found->second.mode;
    const bool for_all = std::ranges::any_of(how.open, [&](const auto& end) { return path.ends_with(end); });
    if (S_ISREG(mode)) EXPECT_EQ(mode & 0777, for_all ? 0644u : 0600u) << path;
    if (S_ISDIR(mode)) EXPECT_EQ(mode & 022, 0u) << path;
    EXPECT_FALSE(path.find(".new-") != path.npos || path.find(".old-") != path.npos) << path;
  }
}

// --file, or an env file that is read and written.
bool names_what_it_writes(const Flag& flag) {
  return flag.name == "--file" || (flag.name == "--env-file" && flag.summary.contains("write"));
}

TEST_P(EveryWriter, WritesToANameWithoutAFolder) {
  const auto flags = flags_of(command());
  if (!how.bare) {
    EXPECT_TRUE(how.outside || std::ranges::none_of(flags, names_what_it_writes))
        << "say in writer_cases() how it is told a bare name";
    return;
  }
  Place place;
  if (how.prepare) how.prepare(place);
  if (!how.bare->before.empty()) place.someone.put(how.bare->file, how.bare->before, 0600);
  auto line = words();
  line.insert(line.end(), how.bare->words.begin(), how.bare->words.end());
  const auto ran = place.run(line);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(place.someone.read(how.bare->file), how.bare->before);
}

TEST_P(EveryWriter, HasNothingToDoASecondTime) {
  if (how.repeats != nullptr) return;  // the case says why it does something again
  EXPECT_EQ(story->second.status, how.again) << story->second.err;
  EXPECT_THAT(story->second.out, HasSubstr("no change"));
  EXPECT_THAT(changes(story->done, story->repeated), IsEmpty());
  EXPECT_EQ(audit_lines(story->repeated.files), audit_lines(story->done.files));
}

}  // namespace starter::console::testing
