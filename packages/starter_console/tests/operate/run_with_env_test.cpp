// util run-with-env: whatever stands behind -- is another program's.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <csignal>
#include <map>
#include <sstream>
#include <thread>

#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
namespace json = boost::json;
using namespace std::chrono_literals;

class RunWithEnv : public ::testing::Test {
 protected:
  Ran run(std::vector<std::string> words, const std::map<std::string, std::string>& more = {}) const {
    words.insert(words.begin(), {"util", "run-with-env"});
    std::map<std::string, std::string> environment{{"STARTER_ROOT", folder.path().string()}};
    for (const auto& [name, value] : more) environment[name] = value;
    return run_console(words, environment, folder.path());
  }
  /// What the command sees.
  std::map<std::string, std::string> seen(std::vector<std::string> words,
                                          const std::map<std::string, std::string>& more = {}) const {
    words.insert(words.end(), {"--", "env", "-0"});
    const auto ran = run(words, more);
    EXPECT_EQ(ran.status, 0) << ran.err;
    std::map<std::string, std::string> all;
    std::istringstream in(ran.out);
    for (std::string entry; std::getline(in, entry, '\0');)
      all[entry.substr(0, entry.find('='))] = entry.substr(entry.find('=') + 1);
    return all;
  }
  TemporaryFolder folder;
};

TEST_F(RunWithEnv, EnvironmentGoesBeforeFileAndFileBeforeDefault) {
  folder.put(".env.local",
             "LOG_LEVEL=WARNING\nMAIL_FROM=\"a b@example.com\"\nPORT=9000\nOWN=of the operator\n");
  const auto all = seen({}, {{"PORT", "9100"}, {"UNRELATED", "stays"}});
  EXPECT_EQ(all.at("PORT"), "9100");
  EXPECT_EQ(all.at("LOG_LEVEL"), "WARNING");
  EXPECT_EQ(all.at("MAIL_FROM"), "a b@example.com");
  EXPECT_EQ(all.at("AUTH_JWKS_MAX_AGE_SECONDS"), "300") << "the default of the contract";
  EXPECT_EQ(all.at("OWN"), "of the operator");
  EXPECT_EQ(all.at("UNRELATED"), "stays");
  EXPECT_FALSE(all.contains("SECRET_KEY")) << "what nobody says is not made up";
  EXPECT_EQ(seen({"--role", "web"}, {{"PORT", ""}}).at("PORT"), "9000");
  fs::remove(folder / ".env.local");
  EXPECT_EQ(seen({"--role", "web"}).at("PORT"), "3000") << "the role's own default";
}

TEST_F(RunWithEnv, ASecretOfAFileComesAsItselfAndTheFileNoMore) {
  folder.put("key", "from-the-file\n", 0600);
  folder.put("api.env", "SECRET_KEY_FILE=" + (folder / "key").string() + "\n");
  const auto all = seen({"--env-file", "api.env"});
  EXPECT_EQ(all.at("SECRET_KEY"), "from-the-file");
  EXPECT_FALSE(all.contains("SECRET_KEY_FILE"));
  EXPECT_EQ(seen({"--env-file", "api.env"}, {{"SECRET_KEY", "said"}}).at("SECRET_KEY"), "said");
  EXPECT_FALSE(seen({}, {{"SECRET_KEY_FILE", (folder / "key").string()}}).contains("SECRET_KEY_FILE"));
  folder.put("api.env", "SECRET_KEY=a\nSECRET_KEY_FILE=b\n");
  const auto both = run({"--env-file", "api.env", "--", "true"});
  EXPECT_EQ(both.status, 1);
  EXPECT_THAT(both.err, HasSubstr("SECRET_KEY_FILE"));
}

TEST_F(RunWithEnv, ItTakesThePlaceOfTheConsole) {
  EXPECT_EQ(run({"--", "sh", "-c", "exit 37"}).status, 37);
  EXPECT_EQ(run({"--", "sh", "-c", "kill -TERM $$"}).status, 128 + SIGTERM);
  EXPECT_EQ(run({"--", "printf", "%s.", "--json", "-h", "a b"}).out, "--json.-h.a b.");
  EXPECT_EQ(run({"--", "printf", "%s.", "[a,b]", "", "--", "{}"}).out, "[a,b]..--.{}.");
  EXPECT_EQ(run({"--", "sh", "-c", "yes | head -1"}).out, "y\n");
  EXPECT_EQ(run({"--", "sh", "-c", "kill -PIPE $$; echo ignored"}).status, 128 + SIGPIPE)
      << "signals are as usual";
  EXPECT_EQ(run({"--", "no-such-program"}).status, 5);
  EXPECT_EQ(run({}).status, 2);
  EXPECT_EQ(run({"--", "./absent"}).status, 5);

  // The very process that was started: a signal to it is one to the command.
  const auto process = start_process(
      {.argv = {STARTER_CONSOLE_BINARY, "util", "run-with-env", "--", "sh", "-c",
                "trap 'echo caught > caught; exit 0' TERM; echo > ready; while :; do sleep 0.05; done"},
       .folder = folder.path()});
  ASSERT_TRUE(process.has_value());
  const auto wait_for = [&](const char* file) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!fs::exists(folder / file) && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(10ms);
    return fs::exists(folder / file);
  };
  ASSERT_TRUE(wait_for("ready"));
  ::kill(process->pid, SIGTERM);
  EXPECT_TRUE(wait_for("caught"));
  stop_process(*process, SIGKILL, 5s);
}

TEST_F(RunWithEnv, P14SaysNamesAndSourcesAndNeverAValue) {
  folder.put("api.env", "SECRET_KEY=canary-5d1a\nDATABASE_URL=postgresql://a:canary-5d1b@h/d\n");
  const auto listed = run({"--env-file", "api.env", "--json", "--", "touch", "made"});
  ASSERT_EQ(listed.status, 0) << listed.err;
  EXPECT_EQ((listed.out + listed.err).find("canary"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "made")) << "nothing is run";
  EXPECT_THAT(listed.out, HasSubstr("\"SECRET_KEY\""));
  const auto arguments =
      run({"--env-file", "api.env", "--", "sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline; ps -o args= $$"});
  EXPECT_EQ(arguments.out.find("canary"), std::string::npos);
}

TEST_F(RunWithEnv, ABadFileIsNamedWithLineAndColumn) {
  folder.put("api.env", "LOG_LEVEL=INFO\n  SECRET_KEY='canary-77'x\n");
  const auto refused = run({"--env-file", "api.env", "--", "true"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("line 2, column 25"));
  EXPECT_EQ(refused.err.find("canary"), std::string::npos);
  EXPECT_EQ(run({"--env-file", "absent.env", "--", "true"}).status, 5);
}

}  // namespace starter::console::testing
