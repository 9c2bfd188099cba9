// config show and explain, asked of the real starter-api.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "starter/contracts/built_in.h"
#include "tests/operate/deployment.h"
#include "tests/setup/operator.h"

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

// --- what the contract says, from the binary alone

class ContractOfTheBinary : public ::testing::Test {
 protected:
  static std::string committed(const char* path) { return *read_file(fs::path(STARTER_SOURCE_ROOT) / path); }
  Operator someone;
};

TEST(Config, AVariableOfAnotherRoleIsExplainedByTheContract) {
  const auto ran = run_console({"config", "explain", "BACKUP_ENCRYPTION_KEY"});
  EXPECT_EQ(ran.status, 5);
  EXPECT_THAT(ran.err, HasSubstr("fix: starter-console contract show BACKUP_ENCRYPTION_KEY"));
  EXPECT_EQ(run_console({"contract", "show", "BACKUP_ENCRYPTION_KEY"}).status, 0);
}

TEST_F(ContractOfTheBinary, A002_32_DumpsTheSchemaThatIsCommitted) {
  const auto dumped = someone.run({"config", "dump-schema"});
  EXPECT_EQ(dumped.status, 0);
  EXPECT_EQ(dumped.out, committed("docs/contracts/settings.schema.json"));
  const auto reply = json::parse(someone.run({"config", "dump-schema", "--json"}).out);
  EXPECT_EQ(reply.at("schema"), json::parse(dumped.out));
  const auto& variables = contracts::built_in().variables;
  const auto described = std::ranges::count_if(variables, [](const auto& one) { return one.unused.empty(); });
  EXPECT_EQ(reply.at("variables").to_number<long>(), described) << "all but those that nothing reads";
}

TEST_F(ContractOfTheBinary, A001_36_WritesTheInventoryOnceAndEveryVariableIsARow) {
  const auto file = (someone.folder() / "below/inventory.md").string();
  const auto planned =
      json::parse(someone.run({"config", "write-inventory", "--file", file, "--dry-run", "--json"}).out);
  EXPECT_FALSE(planned.at("written").as_bool());
  EXPECT_FALSE(fs::exists(file));
  const auto written = json::parse(someone.run({"config", "write-inventory", "--file", file, "--json"}).out);
  EXPECT_TRUE(written.at("written").as_bool());
  EXPECT_EQ(*read_file(file), committed("docs/trackers/CONSOLE_ENV_INVENTORY.md"));
  EXPECT_THAT(someone.run({"config", "write-inventory", "--file", file}).out, HasSubstr("no change"));
  const auto& variables = contracts::built_in().variables;
  EXPECT_EQ(written.at("variables").to_number<std::size_t>(), variables.size());
  for (const auto& one : variables) EXPECT_THAT(*read_file(file), HasSubstr("| `" + one.name + "`"));
  EXPECT_EQ(someone.run({"config", "write-inventory"}).status, 0);
  EXPECT_TRUE(fs::exists(someone.folder() / "var/CONSOLE_ENV_INVENTORY.md")) << "outside a clone";
}

}  // namespace starter::console::testing
