// Where a command finds what it can't use: folders that nobody may write to, folders in the place of files,
// names with control characters.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "system/process.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace json = boost::json;

class HardPlaces : public ::testing::Test {
 protected:
  /// The console in a mount name space where the operator's folder is read-only.
  Ran run_read_only(const std::vector<std::string>& words) const {
    std::vector<std::string> all{
        "--mount",
        "sh",
        "-c",
        "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && cd \"$0\" && exec \"$@\"",
        someone.folder().string(),
        console_binary()};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.begin(), "unshare");
    const auto ran =
        run_process({.argv = all,
                     .environment = {{"STARTER_ROOT", ""}, {"HOME", home.path().string()}, {"TERM", "dumb"}}},
                    60s);
    return ran ? Ran{ran->status, ran->output, ran->output} : Ran{-1, "", ""};
  }
  void expect_three_lines(const Ran& ran, const std::string& code) const {
    EXPECT_EQ(std::ranges::count(ran.err, '\n'), 3) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("\n  why: "));
    EXPECT_THAT(ran.err, HasSubstr("\n  fix: "));
    EXPECT_EQ(ran.err.find("does not handle"), std::string::npos) << code << ran.err;
  }

  Operator someone;
  TemporaryFolder home;
};

TEST_F(HardPlaces, WhatWasSetUpCountsWhereNobodyMayWrite) {
  ASSERT_EQ(someone
                .run({"setup", "wizard", "--non-interactive", "--profile", "staging", "--preset", "aws",
                      "--answers-file", someone.answers("staging", "aws")})
                .status,
            0);
  const auto next = someone.run({"next"});
  const auto before = someone.files();
  const auto there = run_read_only({"next"});
  if (there.out.find("unshare:") != std::string::npos || there.out.find("mount:") != std::string::npos)
    GTEST_SKIP() << "this machine allows no mounts: " << there.out;
  EXPECT_EQ(there.out, next.out);
  const auto exported = run_read_only({"infra", "terraform", "export", "--provider", "aws"});
  EXPECT_EQ(exported.status, 1);
  expect_three_lines(exported, "export");
  EXPECT_THAT(exported.out, HasSubstr("Read-only file system"));
  EXPECT_THAT(exported.out, HasSubstr("fix: findmnt --target "));
  EXPECT_EQ(
      run_read_only({"setup", "wizard", "--non-interactive", "--var", "MAIL_FROM=a@example.com"}).status, 1);
  EXPECT_EQ(someone.files(), before);
  EXPECT_THAT(*read_file(home / ".local/state/starter/log/console-audit.jsonl"),
              HasSubstr(R"("command":"infra terraform export")"))
      << "what can't be noted beside it is noted at home";
  EXPECT_FALSE(fs::exists(home / ".local/state/starter/infra")) << "and nothing else goes there";
}

TEST_F(HardPlaces, AFolderInThePlaceOfAFileIsSaidToBeOne) {
  someone.put("folder/inside", "");
  const auto folder = (someone.folder() / "folder").string();
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"setup", "wizard", "--non-interactive", "--profile", "demo",
                                              "--preset", "local", "--answers-file", folder},
                                             {"contract", "check", "--kubernetes", folder},
                                             {"config", "explain", "PORT", "--env-file", folder}}) {
    const auto ran = someone.run(words);
    EXPECT_NE(ran.status, 0) << words[0] << words[1];
    expect_three_lines(ran, words[0] + " " + words[1]);
    EXPECT_THAT(ran.err, HasSubstr("s a directory")) << words[0] << " " << words[1];
  }
  someone.put(".env.local/inside", "");
  const auto ran = someone.run({"util", "run-with-env", "--", "true"});
  EXPECT_NE(ran.status, 0);
  expect_three_lines(ran, "util run-with-env");
  EXPECT_THAT(ran.err, HasSubstr(".env.local is a directory; "));
}

TEST_F(HardPlaces, AGivenNameEndsNoLineAndMovesNoCursor) {
  const auto ran = someone.run({"infra", "terraform", "export", "--provider", "a\nws\x1b[2J"});
  expect_three_lines(ran, "export");
  EXPECT_THAT(ran.err, HasSubstr("a\\x0aws\\x1b[2J"));
}

TEST_F(HardPlaces, AnEntryWithoutANameIsASyntaxError) {
  someone.put("answers.json", R"({"preset": "aws",, "profile": "demo"})");
  const auto ran = someone.run({"setup", "wizard", "--non-interactive", "--answers-file", "answers.json"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("line 1, column 18"));
  EXPECT_THAT(ran.err, HasSubstr("an entry without a name"));
}

// In a text of Latin-1, as an old editor leaves it.
TEST_F(HardPlaces, WhatIsNotUtf8IsRefusedWhereItStands) {
  const std::string latin = "MAIL_FROM: \"J\xf6rg <a@example.com>\"\n";
  someone.put("answers.yaml", "profile: demo\npreset: local\n" + latin);
  someone.put("api.env", "A=1\nMAIL_FROM='J\xf6rg <a@example.com>'\n", 0600);
  const auto wizard = someone.run({"setup", "wizard", "--non-interactive", "--answers-file", "answers.yaml"});
  EXPECT_EQ(wizard.status, 2);
  expect_three_lines(wizard, "answers");
  EXPECT_THAT(wizard.err, HasSubstr("line 3, column 14"));
  EXPECT_THAT(wizard.err, HasSubstr("It is not UTF-8 there."));
  const auto exported =
      someone.run({"infra", "terraform", "export", "--provider", "aws", "--env-file", "api.env"});
  EXPECT_EQ(exported.status, 1);
  EXPECT_THAT(exported.err, HasSubstr("Its line 2, column 13 is not UTF-8."));
  EXPECT_THAT(exported.err, HasSubstr("\n  fix: \"${EDITOR:-vi}\" +2 api.env"));
  EXPECT_EQ(someone.run({"doctor", "--env-file", "api.env"}).status, 3);
  EXPECT_EQ(someone.run({"config", "explain", "PORT", "--env-file", "api.env"}).status, 1);
  someone.put("smtp", "smtp://u:\xf6@h:25", 0600);
  EXPECT_THAT(someone
                  .run({"setup", "wizard", "--non-interactive", "--profile", "demo", "--preset", "local",
                        "--var", "SMTP_URL_FILE=smtp"})
                  .err,
              HasSubstr("The file smtp is not UTF-8."));
}

TEST_F(HardPlaces, AnArgumentThatIsNotUtf8IsRefusedInWhateverForm) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"contract", "show", "ab\xff"},
           {"setup", "wizard", "--var", "MAIL_FROM=J\xf6rg <a@example.com>"},
           {"doctor", "--env-file", "\xff"},
           {"\xff"}}) {
    const auto ran = someone.run(words);
    EXPECT_EQ(ran.status, 2) << ran.err;
    expect_three_lines(ran, words[0]);
    EXPECT_THAT(ran.err, HasSubstr(" is not UTF-8."));
    EXPECT_EQ(ran.err.find('\xff'), std::string::npos) << "not as it is";
    auto in_json = words;
    in_json.emplace_back("--json");
    const auto document = json::parse(someone.run(in_json).out);
    EXPECT_EQ(document.at("error").at("code"), "usage.utf8");
    EXPECT_THAT(std::string(document.at("error").at("message").as_string()), HasSubstr("\xEF\xBF\xBD"));
  }
}

TEST_F(HardPlaces, AFindingEndsNoLineAndMovesNoCursor) {
  const auto ran = someone.run({"doctor", "--env-file", "a\nb\x1b[31mc\xc2\x9b"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.out, HasSubstr("a\\x0ab\\x1b[31mc\\xc2\\x9b"));
}

TEST_F(HardPlaces, AFolderInThePlaceOfTheKeysIsSaidToBeOne) {
  someone.put("keys/inside", "");
  const auto ran = someone.run({"auth", "keys", "status"}, {{"AUTH_KEY_STORAGE_PATH", "keys"}});
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("A folder stands where the file should be."));
  EXPECT_THAT(ran.err, HasSubstr("fix: ls -ld 'keys'"));
}

TEST_F(HardPlaces, AFileThatIsTooLargeNamesNoLine) {
  someone.put("api.env", std::string(2U << 20, '#'), 0600);
  const auto ran =
      someone.run({"infra", "terraform", "export", "--provider", "aws", "--env-file", "api.env"});
  EXPECT_THAT(ran.err, HasSubstr("why: It can't be one: the file is larger than 1 MiB."));
  EXPECT_THAT(someone.run({"doctor", "--env-file", "api.env"}).out, HasSubstr("fix:  ls -l api.env"));
}

}  // namespace starter::console::testing
