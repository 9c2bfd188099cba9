// config show and explain, asked of the real starter-api.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
namespace json = boost::json;

TEST(Config, ShowsValuesWithTheirOriginAndNoSecret) {
  Deployment deployment;
  deployment.environment()["DATABASE_URL"] = "postgresql://app:hidden-word@127.0.0.1/x";
  const auto shown = deployment.run({"config", "show"});
  EXPECT_EQ(shown.status, 0) << shown.out;
  EXPECT_THAT(shown.out, HasSubstr("APP_PUBLIC_URL=http://localhost:3000/  # from the environment\n"));
  EXPECT_THAT(shown.out, HasSubstr("DATABASE_URL=******  # from the environment\n"));
  EXPECT_THAT(shown.out, HasSubstr("LOG_LEVEL=INFO  # default\n"));
  EXPECT_EQ((shown.out + shown.err).find("hidden-word"), std::string::npos);
}

TEST(Config, ASettingThatIsWrongIsNamedAndNeverShown) {
  Deployment deployment;
  deployment.environment()["PORT"] = "secret-in-the-wrong-place";
  const auto shown = deployment.run({"config", "show", "--json"});
  EXPECT_EQ(shown.status, 3);
  EXPECT_EQ(shown.out.find("secret-in-the-wrong-place"), std::string::npos);
  EXPECT_FALSE(json::parse(shown.out).at("valid").as_bool());
  const auto explained = deployment.run({"config", "explain", "PORT"});
  EXPECT_THAT(explained.out, HasSubstr("problem: PORT is not a whole number; use digits alone."));
  EXPECT_THAT(explained.out, HasSubstr("value:   (none)"));
}

TEST(Config, ExplainsWhichPlaceWins) {
  Deployment deployment;
  const auto file = deployment.folder() / "api.env";
  ASSERT_TRUE(write_file(file, "LOG_LEVEL=DEBUG\nMAIL_FROM=file@example.com\n").has_value());
  const auto explain = [&](const char* key, std::map<std::string, std::string> more) {
    return json::parse(
        deployment.run({"config", "explain", key, "--env-file", file.string(), "--json"}, std::move(more))
            .out);
  };
  const auto from_file = explain("LOG_LEVEL", {});
  EXPECT_EQ(from_file.at("value"), "DEBUG");
  EXPECT_EQ(from_file.at("source").as_string(), "from " + file.string());
  const auto from_environment = explain("LOG_LEVEL", {{"LOG_LEVEL", "ERROR"}});
  EXPECT_EQ(from_environment.at("value"), "ERROR");
  EXPECT_EQ(from_environment.at("source"), "from the environment");
  EXPECT_TRUE(from_environment.at("places").at(1).at("set").as_bool()) << "the file has it too, and loses";
  const auto unknown = deployment.run({"config", "explain", "LOG_LEVLE"});
  EXPECT_EQ(unknown.status, 5);
  EXPECT_THAT(unknown.err, HasSubstr("fix: starter-console config explain LOG_LEVEL"));
}

}  // namespace starter::console::testing
