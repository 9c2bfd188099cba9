#include "starter/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "starter/settings/dotenv.h"
#include "tests/temporary_directory.h"

namespace starter::settings {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
using testing_support::TemporaryDirectory;
using Variables = std::map<std::string, std::string, std::less<>>;

Source source_of(Variables environment, Variables env_file = {}) {
  return {[environment = std::move(environment)](std::string_view name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
          },
          std::move(env_file)};
}

constexpr Setting kTable[] = {
    {.name = "PORT",
     .type = Type::integer,
     .fallback = "8000",
     .min = 1,
     .max = 65535,
     .meaning = "Port of the API."},
    {.name = "DEBUG", .type = Type::boolean, .fallback = "false"},
    {.name = "MODE", .type = Type::choice, .fallback = "local", .allowed = "local hosted"},
    {.name = "SINKS", .type = Type::list, .fallback = "stdout", .allowed = "stdout file otlp"},
    {.name = "HOSTS", .type = Type::list},
    {.name = "TTL", .type = Type::duration, .fallback = "15m", .min = 60'000, .max = 3'600'000},
    {.name = "BODY_MAX", .type = Type::bytes, .fallback = "1MiB"},
    {.name = "SENDER", .type = Type::mailbox, .fallback = "Starter <no-reply@starter.localhost>"},
    {.name = "PUBLIC_URL", .type = Type::url, .allowed = "http https"},
    {.name = "DATABASE_URL",
     .type = Type::url,
     .allowed = "postgres postgresql",
     .secret = true,
     .required_when = always,
     .meaning = "The database."},
    {.name = "PEPPER",
     .type = Type::text,
     .min = 32,
     .secret = true,
     .required_when = [](const Settings& settings,
                         const Setting&) { return settings.text("MODE") == "hosted"; },
     .required_reason = "when MODE is hosted"},
};

Variables good() {
  return {{"DATABASE_URL", "postgres://app:hunter2@db/starter"}};
}

std::vector<SettingProblem> problems_of(Variables environment, Variables env_file = {}) {
  const auto settings = Settings::load(kTable, source_of(std::move(environment), std::move(env_file)));
  return settings ? std::vector<SettingProblem>() : settings.error();
}

TEST(Settings, HaveTheirDefaults) {
  const auto settings = Settings::load(kTable, source_of(good()));
  ASSERT_TRUE(settings) << report_of(settings.error());
  EXPECT_EQ(settings->integer("PORT"), 8000);
  EXPECT_FALSE(settings->boolean("DEBUG"));
  EXPECT_EQ(settings->text("MODE"), "local");
  EXPECT_EQ(settings->list("SINKS"), std::vector<std::string>{"stdout"});
  EXPECT_EQ(settings->duration("TTL"), 15min);
  EXPECT_EQ(settings->integer("BODY_MAX"), 1024 * 1024);
  EXPECT_FALSE(settings->has("PUBLIC_URL"));
  EXPECT_EQ(settings->secret("DATABASE_URL").reveal(), "postgres://app:hunter2@db/starter");
}

TEST(Settings, AreTakenFromTheEnvironmentBeforeTheFileBeforeTheDefault) {
  Variables environment = good();
  environment["PORT"] = "1";
  environment["MODE"] = "";
  const auto settings = Settings::load(
      kTable,
      source_of(environment, {{"PORT", "2"}, {"MODE", "local"}, {"HOSTS", "a, b,,c "}, {"DEBUG", "on"}}));
  ASSERT_TRUE(settings) << report_of(settings.error());
  EXPECT_EQ(settings->integer("PORT"), 1);
  EXPECT_TRUE(settings->boolean("DEBUG"));
  EXPECT_EQ(settings->list("HOSTS"), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Settings, ReportAllProblemsTogetherWithTheirFixAndWithoutTheValues) {
  const auto problems = problems_of({{"PORT", "70000"},
                                     {"DEBUG", "maybe-s3cret"},
                                     {"MODE", "hosted"},
                                     {"SINKS", "stdout,s3cret"},
                                     {"TTL", "1s3cret"},
                                     {"BODY_MAX", "9999999999999999GiB"},
                                     {"SENDER", "s3cret"},
                                     {"PUBLIC_URL", "ftp://s3cret"}});
  std::vector<std::string> names;
  for (const auto& problem : problems) names.push_back(problem.variable);
  EXPECT_EQ(names, (std::vector<std::string>{"PORT", "DEBUG", "SINKS", "TTL", "BODY_MAX", "SENDER",
                                             "PUBLIC_URL", "DATABASE_URL", "PEPPER"}));
  std::vector<std::string> codes;
  for (const auto& problem : problems) codes.push_back(problem.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"value.range", "value.boolean", "value.list", "value.duration",
                                             "value.size", "value.mailbox", "value.scheme", "required",
                                             "required"}));
  const std::string report = report_of(problems);
  EXPECT_THAT(report, HasSubstr("PORT is out of range; use between 1 and 65535\n"));
  EXPECT_THAT(report, HasSubstr("SENDER holds no address; write it like Acme <no-reply@example.com>\n"));
  EXPECT_THAT(report, HasSubstr("DATABASE_URL is required; set it, or DATABASE_URL_FILE: The database.\n"));
  EXPECT_THAT(report, HasSubstr("PEPPER is required when MODE is hosted; set it, or PEPPER_FILE\n"));
  EXPECT_THAT(report, Not(HasSubstr("s3cret")));
}

TEST(Settings, TakeASecretFromTheFileThatItsTwinNames) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file("pepper")) << std::string(40, 'p') << "\n";
  Variables environment = good();
  environment["MODE"] = "hosted";
  environment["PEPPER_FILE"] = directory.file("pepper");
  const auto settings = Settings::load(kTable, source_of(environment));
  ASSERT_TRUE(settings) << report_of(settings.error());
  EXPECT_EQ(settings->secret("PEPPER").reveal(), std::string(40, 'p'));

  environment["PEPPER"] = std::string(40, 'q');
  EXPECT_THAT(report_of(problems_of(environment)),
              HasSubstr("PEPPER is set, and so is PEPPER_FILE; keep one of the two"));
  environment.erase("PEPPER");
  environment["PEPPER_FILE"] = directory.file("missing");
  EXPECT_THAT(report_of(problems_of(environment)), HasSubstr("PEPPER_FILE names a file that can't be read"));
  std::ofstream(directory.file("short")) << "short";
  environment["PEPPER_FILE"] = directory.file("short");
  EXPECT_THAT(report_of(problems_of(environment)),
              HasSubstr("PEPPER is out of range; use at least 32 characters"));
}

TEST(Settings, PrintWhatIsInForceWithoutSecrets) {
  Variables environment = good();
  environment["PORT"] = "9000";
  const auto settings = Settings::load(kTable, source_of(environment, {{"DEBUG", "true"}}));
  ASSERT_TRUE(settings);
  const std::string effective = settings->effective();
  EXPECT_THAT(effective, HasSubstr("PORT=9000  # from the environment\n"));
  EXPECT_THAT(effective, HasSubstr("DEBUG=true  # from .env.local\n"));
  EXPECT_THAT(effective, HasSubstr("MODE=local  # default\n"));
  EXPECT_THAT(effective, HasSubstr("DATABASE_URL=******  # from the environment\n"));
  EXPECT_THAT(effective, HasSubstr("# PUBLIC_URL=  # not set\n"));
  EXPECT_THAT(effective, Not(HasSubstr("hunter2")));
}

TEST(Settings, AreABugWhenAskedForWhatIsNotDeclared) {
  const auto settings = Settings::load(kTable, source_of(good()));
  ASSERT_TRUE(settings);
  EXPECT_THROW(settings->text("NOTHING"), std::logic_error);
  EXPECT_THROW(settings->text("PORT"), std::logic_error);
  EXPECT_THROW(settings->text("DATABASE_URL"), std::logic_error);
  EXPECT_THROW(settings->secret("MODE"), std::logic_error);
}

TEST(Dotenv, ReadsPlainQuotedAndCommentedValues) {
  const auto variables = parse_dotenv("# comment\nA=1\nexport B = two words \nC='it''s' # x\n");
  EXPECT_FALSE(variables);
  const auto good = parse_dotenv(
      "\xEF\xBB\xBF# comment\r\nA=1\r\nexport B = two words   # comment\n\nC='$A \\n'\nD=\"a\\n\\\"b\\\" "
      "\\q\" # x\nE=\nF=a#b\nG=\"one\ntwo\"\nH=#x\nI=last");
  ASSERT_TRUE(good) << good.error();
  EXPECT_EQ(*good, (Variables{{"A", "1"},
                              {"B", "two words"},
                              {"C", "$A \\n"},
                              {"D", "a\n\"b\" \\q"},
                              {"E", ""},
                              {"F", "a#b"},
                              {"G", "one\ntwo"},
                              {"H", ""},
                              {"I", "last"}}));
}

TEST(Dotenv, NamesTheLineAndTheColumnThatIsWrong) {
  EXPECT_EQ(parse_dotenv("A=1\nnothing\n").error(), "line 2, column 1 has no =");
  EXPECT_EQ(parse_dotenv("A=1\n\n  2B=3\n").error(),
            "line 3, column 3 has a name that isn't made of letters, digits and _");
  EXPECT_EQ(parse_dotenv("A=1\nA=2\n").error(), "line 2, column 1 sets a variable that is set already");
  EXPECT_EQ(parse_dotenv("A=1\nB=\"x\ny\n").error(), "line 2, column 3 opens a quote that is never closed");
  EXPECT_EQ(parse_dotenv("A='x' y\n").error(), "line 1, column 7 has text after the closing quote");
  EXPECT_EQ(parse_dotenv("A=\"x\ny\"z\n").error(), "line 2, column 3 has text after the closing quote");
  EXPECT_EQ(parse_dotenv(std::string(2'000'000, 'x')).error(), "the file is larger than 1 MiB");
  EXPECT_EQ(parse_dotenv("A=1\nB='J\xf6rg'\n").error(), "line 2, column 5 is not UTF-8");
}

}  // namespace
}  // namespace starter::settings
