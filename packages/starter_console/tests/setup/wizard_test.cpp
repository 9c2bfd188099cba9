// The wizard without a terminal: every profile and preset, every bad answer, and what is written.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

struct Combination {
  std::string profile, preset;
};

class EveryCombination : public ::testing::TestWithParam<Combination> {};

INSTANTIATE_TEST_SUITE_P(
    Wizard, EveryCombination,
    ::testing::Values(Combination{"demo", "local"}, Combination{"demo", "aws"}, Combination{"demo", "azure"},
                      Combination{"demo", "gcp"}, Combination{"demo", "other"},
                      Combination{"demo", "single_server"}, Combination{"staging", "single_server"},
                      Combination{"production", "single_server"}, Combination{"staging", "aws"},
                      Combination{"staging", "azure"}, Combination{"staging", "gcp"},
                      Combination{"staging", "other"}, Combination{"staging", "enterprise_custom"},
                      Combination{"production", "aws"}, Combination{"production", "azure"},
                      Combination{"production", "gcp"}, Combination{"production", "other"},
                      Combination{"production", "enterprise_custom"}),
    [](const auto& info) { return info.param.profile + "_" + info.param.preset; });

TEST_P(EveryCombination, A002_46_RunsHeadlessAndThenHasNoChange) {
  const auto& [profile, preset] = GetParam();
  const Operator someone;
  const std::vector<std::string> words{"setup",     "wizard",         "--non-interactive",
                                       "--profile", profile,          "--preset",
                                       preset,      "--answers-file", someone.answers(profile, preset)};
  auto planned = words;
  planned.push_back("--dry-run");
  const auto plan = someone.run(planned);
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_FALSE(fs::exists(someone.folder() / ".env.local")) << "a dry run writes nothing";
  const auto first = someone.run(words);
  ASSERT_EQ(first.status, 0) << first.err;
  struct stat facts{};
  ASSERT_EQ(::stat((someone.folder() / ".env.local").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const auto files = someone.files();
  const auto again = someone.run(words);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, StartsWith("no change\n"));
  EXPECT_EQ(someone.files(), files);
  EXPECT_EQ(someone.run({"setup", "wizard", "--report-only"}).status, 0);
}

class Wizard : public ::testing::Test {
 protected:
  std::vector<std::string> staging(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"setup",     "wizard",         "--non-interactive",
                                   "--profile", "staging",        "--preset",
                                   "aws",       "--answers-file", someone.answers("staging", "aws")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // Three lines, this status, and every file as it was.
  void expect_refused(const std::vector<std::string>& words, int status, const std::string& says) const {
    const auto before = someone.files();
    const auto refused = someone.run(words);
    EXPECT_EQ(refused.status, status) << refused.err;
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(says));
    EXPECT_THAT(refused.err, HasSubstr("\n  fix: "));
    EXPECT_EQ(someone.files(), before);
  }
  Operator someone;
};

TEST_F(Wizard, KeepsTheCommentsAndUnknownLinesOfTheOperator) {
  someone.put(".env.local", "# ours\nCUSTOM_THING='a b'\nLOG_LEVEL=ERROR  # we like it quiet\n");
  ASSERT_EQ(someone.run(staging()).status, 0);
  const auto text = someone.read(".env.local");
  EXPECT_THAT(text, StartsWith("# ours\nCUSTOM_THING='a b'\nLOG_LEVEL=ERROR  # we like it quiet\n"));
  EXPECT_THAT(text, HasSubstr("\nAPP_PUBLIC_URL=https://app.example.com\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nPORT="))) << "defaults are not written";
  EXPECT_THAT(someone.read("web.env.local"), HasSubstr("WEB_TIER_SECRET="));
  EXPECT_THAT(someone.read("web.env.local"), Not(HasSubstr("SMTP_URL")));
}

TEST_F(Wizard, WhatOthersCouldReadIsForItsOwnerAloneAgain) {
  ASSERT_EQ(someone.run(staging()).status, 0);
  for (const auto* file : {".env.local", "web.env.local"}) {
    const auto path = someone.folder() / file;
    fs::permissions(path, fs::perms{0644});
    const auto again = someone.run(staging());
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("wrote " + path.string() + "\n"));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms{0600});
    EXPECT_THAT(someone.run(staging()).out, StartsWith("no change\n"));
  }
}

TEST_F(Wizard, TheSnapshotTellsWhatChangedAndNoSecret) {
  ASSERT_EQ(someone.run(staging()).status, 0);
  ASSERT_EQ(someone.run(staging({"--var", "LOG_LEVEL=ERROR"})).status, 0);
  const auto text = someone.read("var/setup/snapshot.json");
  const auto snapshot = json::parse(text);
  EXPECT_EQ(snapshot.at("values").at("LOG_LEVEL"), "ERROR");
  EXPECT_EQ(snapshot.at("values").at("SMTP_URL"), "******");
  ASSERT_EQ(snapshot.at("changes").as_array().size(), 1u) << text;
  EXPECT_EQ(snapshot.at("changes").at(0).at("name"), "LOG_LEVEL");
  EXPECT_THAT(text + someone.read("var/setup/summary.md"), Not(HasSubstr(Operator::kSecret)));
}

TEST_F(Wizard, AFlagWinsOverTheFileAndTheFileOverTheLastRun) {
  ASSERT_EQ(someone.run(staging()).status, 0);
  ASSERT_EQ(someone.run(staging({"--var", "MAIL_FROM=flag@example.com"})).status, 0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("MAIL_FROM=flag@example.com"));
  ASSERT_EQ(someone.run(staging()).status, 0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("MAIL_FROM=no-reply@example.com"));
}

TEST_F(Wizard, WhatADemoSuggestedIsNoAnswerElsewhere) {
  ASSERT_EQ(someone
                .run({"setup", "wizard", "--non-interactive", "--profile", "demo", "--preset", "gcp",
                      "--answers-file", someone.answers("demo", "gcp")})
                .status,
            0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("SIGNUP_ACCESS_POLICY=public\n"));
  ASSERT_EQ(someone.run(staging()).status, 0);
  EXPECT_THAT(someone.read(".env.local"), Not(HasSubstr("SIGNUP_ACCESS_POLICY=public")))
      << "staging suggests another";
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("STORAGE_PROVIDER=s3\n"));
}

TEST_F(Wizard, A000_42_TheRealApiTakesWhatWasWritten) {
  ASSERT_EQ(someone
                .run({"setup", "wizard", "--non-interactive", "--profile", "demo", "--preset", "local",
                      "--answers-file", someone.answers("demo", "local")})
                .status,
            0);
  const auto shown = someone.run({"config", "show"}, {{"STARTER_API", STARTER_API_BINARY}});
  EXPECT_EQ(shown.status, 0) << shown.out << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("SIGNUP_ACCESS_POLICY=public  # from .env.local"));
}

TEST_F(Wizard, OnesOwnServersAnswerForTheirOwnName) {
  ASSERT_EQ(someone
                .run({"setup", "wizard", "--non-interactive", "--profile", "staging", "--preset",
                      "enterprise_custom", "--answers-file", someone.answers("staging", "enterprise_custom")})
                .status,
            0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("\nALLOWED_HOSTS=api.example.com\n"));
}

TEST_F(Wizard, ASecretMayStayInItsFile) {
  someone.put("smtp", std::string("smtps://user:") + Operator::kSecret + "@mail.example.com:465\n");
  ASSERT_EQ(someone.run(staging({"--var", "SMTP_URL_FILE=" + (someone.folder() / "smtp").string()})).status,
            0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("SMTP_URL_FILE=" + (someone.folder() / "smtp").string()));
  EXPECT_THAT(someone.read(".env.local"), Not(HasSubstr("SMTP_URL=")));
}

TEST_F(Wizard, RefusesWhatIsWrongInThreeLinesAndTouchesNothing) {
  expect_refused(staging({"--var", "ACCESS_TOKEN_EXPIRE_MINUTES=31"}), 2,
                 "ACCESS_TOKEN_EXPIRE_MINUTES is more than 30");
  expect_refused(staging({"--var", "APP_PUBLC_URL=https://a.example.com"}), 2,
                 "The nearest one is APP_PUBLIC_URL");
  expect_refused(staging({"--profile", "production"}), 2, "Two profiles are given");
  expect_refused(staging({"--preset", "gcp"}), 2, "Two presets are given");
  expect_refused(staging({"--var", "SMTP_URL=smtp://a:b@c"}), 2, "can't be a flag");
  expect_refused(staging({"--var", "DEBUG=true"}), 2, "DEBUG is fixed to false");
  expect_refused(staging({"--var", "DATABASE_ECHO=true"}), 2, "Nothing reads DATABASE_ECHO");
  expect_refused({"setup", "wizard", "--profile", "staging", "--preset", "aws"}, 2,
                 "Answers are missing: project_name");
  expect_refused({"setup", "wizard", "--profile", "production", "--preset", "local"}, 2,
                 "is not for the profile");
  expect_refused({"setup", "wizard"}, 2, "No profile is given");
  expect_refused({"setup", "wizard", "--answers-file", "absent.yaml"}, 5, "ls -ld '.' 'absent.yaml'");
  expect_refused({"setup", "wizard", "--resume"}, 5, "state.json");
}

TEST_F(Wizard, A000_45_TakesNoAnswerThatTheServicesWouldRefuseToStartWith) {
  const auto with = [&](const std::string& profile, const std::string& name, const std::string& value) {
    auto text = *read_file(someone.answers(profile, "other"));
    const auto own = text.find("\n" + name + ": ");
    if (own != text.npos) text.erase(own + 1, text.find('\n', own + 1) - own);
    someone.put("answers.yaml", text + name + ": " + value + "\n");
    return std::vector<std::string>{"setup",    "wizard", "--non-interactive", "--profile",   profile,
                                    "--preset", "other",  "--answers-file",    "answers.yaml"};
  };
  expect_refused(with("staging", "REDIS_URL", "redis://redis.acme.test:6379/0"), 2,
                 "REDIS_URL is not encrypted but remote.");
  expect_refused(with("staging", "SMTP_URL", "smtp://127.0.0.1:25"), 2,
                 "SMTP_URL points at this machine in a hosted environment.");
  expect_refused(with("production", "SECRET_KEY", "example-" + std::string(40, 'x')), 2,
                 "SECRET_KEY is a placeholder.");
  expect_refused(with("production", "DATABASE_URL", "postgresql://app:changeme@db.acme.test/starter"), 2,
                 "DATABASE_URL has a password that is known to everyone.");
  ASSERT_EQ(someone.run(with("staging", "REDIS_PLAINTEXT_ALLOWED", "true")).status, 0);
}

TEST_F(Wizard, A000_45_WhatItWroteIsWhatTheServicesStartWith) {
  const auto answers = someone.answers("staging", "other");
  ASSERT_EQ(someone
                .run({"setup", "wizard", "--non-interactive", "--profile", "staging", "--preset", "other",
                      "--answers-file", answers})
                .status,
            0);
  const auto refused = someone.read(".env.local");
  const auto at = refused.find("REDIS_URL=");
  someone.put(".env.local", refused.substr(0, at) + "REDIS_URL=redis://redis.acme.test\n" +
                                refused.substr(refused.find('\n', at) + 1));
  const auto report = someone.run({"setup", "wizard", "--report-only", "--json"});
  EXPECT_EQ(report.status, 3) << report.out;
  EXPECT_FALSE(json::parse(report.out).at("complete").as_bool()) << report.out;
}

TEST_F(Wizard, TheFixForMissingAnswersKeepsWhatWasGiven) {
  someone.put("some.yaml", "project_name: acme\napi_image: a:1\nweb_image: w:1\n");
  const auto refused =
      someone.run({"setup", "wizard", "--no-input", "--profile", "staging", "--preset", "aws",
                   "--answers-file", "some.yaml", "--var", "MAIL_FROM=Acme <a@example.com>"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr(" --preset aws --answers-file some.yaml --var "
                                     "'MAIL_FROM=Acme <a@example.com>' --var "));
  EXPECT_THAT(refused.err, HasSubstr(" --var APP_PUBLIC_URL=VALUE"));
  EXPECT_THAT(refused.err, Not(HasSubstr("project_name"))) << "that one is in the file";
}

TEST_F(Wizard, NamesTheAnswerThatIsMissingAndBlamesNoneThatIsGiven) {
  auto answers = *read_file(someone.answers("production", "other"));
  const auto at = answers.find("SECRETS_PROVIDER: ");
  someone.put("some.yaml", answers.erase(at, answers.find('\n', at) + 1 - at));
  expect_refused({"setup", "wizard", "--no-input", "--profile", "production", "--answers-file", "some.yaml"},
                 2, "Answers are missing: SECRETS_PROVIDER.\n");
}

TEST_F(Wizard, RefusesWhatOnlyStandsForAValue) {
  for (const std::string place : {"VALUE", "..."}) {
    expect_refused(staging({"--var", "MAIL_FROM=" + place}), 2,
                   "MAIL_FROM is no value but " + place + ", which stands for one.");
    expect_refused(staging({"--var", "project_name=" + place}), 2, "project_name is no value but " + place);
    someone.put("some.yaml", "profile: staging\npreset: aws\nAPP_PUBLIC_URL: " + place + "\n");
    expect_refused({"setup", "wizard", "--no-input", "--answers-file", "some.yaml"}, 2,
                   "APP_PUBLIC_URL is no value but " + place);
  }
}

TEST_F(Wizard, TellsWhereAnAnswersFileIsWrong) {
  const auto refused_with = [&](const std::string& text, const std::string& where, const std::string& why) {
    someone.put("bad.yaml", text);
    const std::vector<std::string> words{
        "setup",    "wizard", "--profile",      "demo",
        "--preset", "local",  "--answers-file", someone.folder() / "bad.yaml"};
    expect_refused(words, 2, where);
    expect_refused(words, 2, why);
  };
  refused_with("LOG_LEVEL: INFO\nMAIL_FROM: [a\n", "line 3, column 1", "is no YAML");
  refused_with("LOG_LEVEL: INFO\n  LOG_LEVL: X\n", "line 2", "is no YAML");
  refused_with("LOG_LEVEL: INFO\nLOG_LEVL: X\n", "line 2, column 1",
               "LOG_LEVL, which the contract doesn't know");
  refused_with("LOG_LEVEL: INFO\nLOG_LEVEL: ERROR\n", "line 2, column 1", "twice");
  refused_with("LOG_LEVEL: [INFO]\n", "line 1, column 12", "no single value");
  refused_with("{\"LOG_LEVEL\": \"INFO\"", "line 1, column", "is no YAML");
  refused_with("- a\n- b\n", "line 1, column 1", "holds no list of NAME: value");
  refused_with(
      "LOG_LEVEL: INFO\nMAIL_FROM: [a\n", "line 3",
      "fix: \"${EDITOR:-vi}\" +3 " + (someone.folder() / "bad.yaml").string() + "   # mend it there");
  refused_with("profile: staging\n", "Two profiles", "staging");
}

TEST_F(Wizard, AFileThatCanNotBeWrittenLeavesTheOthers) {
  fs::create_directories(someone.folder() / "web.env.local");
  expect_refused(staging({"--no-input"}), 1, "web.env.local");
}

TEST_F(Wizard, AFolderThatCanNotBeWrittenIsNamed) {
  const auto refused =
      run_console(staging(), {{"STARTER_ROOT", ""}, {"HOME", someone.folder().string()}}, "/proc");
  EXPECT_NE(refused.status, 0);
  EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("Cannot write /proc/.env.local"));
  EXPECT_FALSE(fs::exists(someone.folder() / ".local/state/starter/setup/answers.yaml"))
      << "all files or none";
}

TEST_F(Wizard, ProductionIsSpelledOut) {
  const auto answers = someone.answers("production", "aws");
  expect_refused({"setup", "wizard", "--non-interactive", "--preset", "aws", "--answers-file", answers}, 2,
                 "The profile production must be spelled out");
}

TEST_F(Wizard, ReportOnlyTellsWhatIsOpenAndWritesNothing) {
  const auto report =
      someone.run({"setup", "wizard", "--report-only", "--profile", "staging", "--preset", "aws", "--json"});
  EXPECT_EQ(report.status, 3);
  const auto reply = json::parse(report.out);
  EXPECT_FALSE(reply.at("complete").as_bool());
  EXPECT_EQ(reply.at("missing").at(0).at("name"), "project_name");
  EXPECT_FALSE(fs::exists(someone.folder() / "var/setup")) << "nothing is written";
}

// Each fix is the command that was typed, with what it lacks.
TEST_F(Wizard, Habit12_ARefusalKeepsWhatWasTyped) {
  someone.put("only.yaml", "MAIL_FROM: a@example.com\n");
  someone.put("production.yaml", "profile: production\npreset: aws\n");
  someone.put("odd.yaml", "profile: demo\npreset: awss\n");
  const auto fix_of = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"setup", "wizard", "--non-interactive"});
    const auto ran = someone.run(more);
    EXPECT_EQ(ran.status, 2) << ran.err;
    const auto at = ran.err.find("\n  fix: ") + 8;
    return ran.err.substr(at, ran.err.find('\n', at) - at);
  };
  EXPECT_EQ(fix_of({"--answers-file", "only.yaml"}),
            "starter-console setup wizard --profile demo --answers-file only.yaml --non-interactive");
  EXPECT_EQ(fix_of({"--answers-file", "only.yaml", "--profile", "production"}),
            "starter-console setup wizard --profile production --preset local --answers-file only.yaml "
            "--non-interactive");
  EXPECT_EQ(fix_of({"--answers-file", "production.yaml"}),
            "starter-console setup wizard --profile production --answers-file production.yaml "
            "--non-interactive");
  EXPECT_EQ(fix_of({"--answers-file", "only.yaml", "--profile", "demo", "--preset", "lokal"}),
            "starter-console setup wizard --profile demo --preset local --answers-file only.yaml "
            "--non-interactive");
  EXPECT_EQ(fix_of({"--answers-file", "only.yaml", "--profile", "staging", "--preset", "local"}),
            "starter-console setup wizard --profile demo --preset local --answers-file only.yaml "
            "--non-interactive");
  EXPECT_EQ(fix_of({"--answers-file", "odd.yaml"}), "\"${EDITOR:-vi}\" +2 odd.yaml   # write preset: aws");
}

TEST_F(Wizard, AnAssignmentWithoutANameAndASenderWithoutAnAddressAreRefused) {
  const auto nameless = someone.run({"setup", "wizard", "--non-interactive", "--var", "=x"});
  EXPECT_THAT(nameless.err, HasSubstr("There is no name before its =."));
  const auto sender = someone.run({"setup", "wizard", "--non-interactive", "--profile", "demo", "--preset",
                                   "local", "--var", "MAIL_FROM=nonsense"});
  EXPECT_EQ(sender.status, 2);
  EXPECT_THAT(sender.err, HasSubstr("MAIL_FROM holds no address."));
}

}  // namespace starter::console::testing
