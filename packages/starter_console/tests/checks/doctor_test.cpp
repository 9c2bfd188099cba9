// doctor --fix: it mends what can be mended without harm, says so, and leaves the rest.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "tests/support.h"

namespace starter::console::testing {

using ::testing::HasSubstr;

class Doctor : public ::testing::Test {
 protected:
  Doctor() {
    root.put("var/dev/secrets.env", "NAME=value\n", 0644);
    root.put("var/dev/state.json",
             "{\"parts\":[\n{\"name\":\"api\",\"pid\":1,\"start\":1,\"signal\":\"TERM\",\"port\":1,"
             "\"fingerprint\":\"x\"}\n]}\n");
  }
  boost::json::value doctor(std::vector<std::string> more) const {
    more.insert(more.begin(), {"doctor", "--json"});
    return boost::json::parse(run_console(more, {{"STARTER_ROOT", root.path().string()}}).out);
  }
  mode_t mode() const {
    struct stat facts{};
    ::stat((root / "var/dev/secrets.env").c_str(), &facts);
    return facts.st_mode & 0777;
  }
  TemporaryFolder root;
};

TEST_F(Doctor, LookingChangesNothing) {
  EXPECT_TRUE(doctor({}).at("fixed").as_array().empty());
  EXPECT_EQ(mode(), 0644u);
  const auto planned = doctor({"--fix", "--dry-run"});
  EXPECT_EQ(planned.at("fixed").as_array().size(), 2u);
  EXPECT_EQ(mode(), 0644u);
  EXPECT_TRUE(fs::exists(root / "var/dev/state.json"));
  EXPECT_FALSE(fs::exists(root / "var/log"));
}

TEST_F(Doctor, FixClosesSecretsAndForgetsAStackThatIsGone) {
  const auto fixed = doctor({"--fix"});
  EXPECT_EQ(fixed.at("fixed").as_array().size(), 2u);
  EXPECT_EQ(mode(), 0600u);
  EXPECT_FALSE(fs::exists(root / "var/dev/state.json"));
  for (const auto& finding : fixed.at("findings").as_array()) {
    if (finding.at("id") == "doctor.secret_mode") EXPECT_EQ(finding.at("severity"), "ok");
  }
  EXPECT_TRUE(doctor({"--fix"}).at("fixed").as_array().empty()) << "there is nothing left to mend";
  const auto log = read_file(root / "var/log/console-audit.jsonl");
  ASSERT_TRUE(log.has_value());
  EXPECT_EQ(std::ranges::count(*log, '\n'), 1) << "one line for the one change";
}

}  // namespace starter::console::testing
