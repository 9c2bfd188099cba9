// doctor of a deployment, as the command reads its files.
#include "checks/deployment.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <filesystem>

#include "tests/checks/deployments.h"
#include "tests/setup/operator.h"

namespace starter::console::checks {

namespace fs = std::filesystem;
using console::testing::Operator;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DoctorOfADeployment : public ::testing::Test {
 protected:
  static std::string text_of(const EnvValues& lines) {
    std::string text;
    for (const auto& [name, value] : lines) text += env_line(name, value) + "\n";
    return text;
  }
  void put(const std::string& name, const EnvValues& lines, mode_t mode = 0600) const {
    put_text(name, text_of(lines), mode);
  }
  void put_text(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    ASSERT_TRUE(write_file(someone.folder() / name, text, mode).has_value());
  }
  boost::json::object run(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"doctor", "--json"});
    const auto ran = someone.run(more);
    status = ran.status;
    said = ran.out + ran.err;
    return boost::json::parse(ran.out).as_object();
  }
  static std::vector<std::string> codes(const boost::json::object& reply) {
    std::vector<std::string> all;
    for (const auto& one : reply.at("findings").as_array())
      if (one.at("severity") != "ok") all.emplace_back(one.at("id").as_string());
    return all;
  }
  Operator someone;
  int status = 0;
  std::string said;
};

TEST_F(DoctorOfADeployment, ReadsTheFilesOfTwoServicesAndIgnoresItsOwnEnvironment) {
  put("api.env", api_lines());
  put("web.env", web_lines());
  EXPECT_THAT(codes(run({"--env-file", "api.env", "--web-env-file", "web.env"})), IsEmpty()) << said;
  EXPECT_EQ(status, 0);
  const auto ran = someone.run({"doctor", "--env-file", "api.env"}, {{"DEBUG", "true"}});
  EXPECT_EQ(ran.status, 0) << ran.out;
  put("api.env", with(files(), {{"DEBUG", "true"}}).api.value());
  EXPECT_THAT(codes(run({"--env-file", "api.env"})), ElementsAre("hosted.debug"));
  EXPECT_EQ(status, 3);
  EXPECT_THAT(said, Not(HasSubstr(kCanary)));
}

TEST_F(DoctorOfADeployment, SaysWhatIsWrongWithTheFilesThemselves) {
  put("api.env", api_lines(), 0644);
  EXPECT_THAT(codes(run({"--env-file", "api.env"})), ElementsAre("file.mode"));
  put_text("api.env", "this is no line\n");
  EXPECT_THAT(codes(run({"--env-file", "api.env"})), ElementsAre("file.syntax"));
  EXPECT_THAT(codes(run({"--env-file", "absent.env"})), ElementsAre("file.unreadable"));
  EXPECT_THAT(codes(run({"--env-file", "."})), ElementsAre("file.unreadable"));
  EXPECT_EQ(status, 3);
}

TEST_F(DoctorOfADeployment, LooksIntoTheFilesThatSecretsStandIn) {
  const auto with_twin = [&](const std::string& text, mode_t mode) {
    put_text("smtp", text, mode);
    auto lines = api_lines();
    lines.erase("SMTP_URL");
    lines["SMTP_URL_FILE"] = (someone.folder() / "smtp").string();
    put("api.env", lines);
    return codes(run({"--env-file", "api.env"}));
  };
  const auto url = api_lines().at("SMTP_URL") + "\n";
  EXPECT_THAT(with_twin(url, 0600), IsEmpty()) << said;
  EXPECT_THAT(with_twin(url, 0644), ElementsAre("twin.mode"));
  EXPECT_THAT(with_twin("\n", 0600), ElementsAre("twin.empty"));
  EXPECT_THAT(with_twin(std::string(70'000, 'x'), 0600), ElementsAre("twin.size"));
  EXPECT_THAT(with_twin("smtp://127.0.0.1:25\n", 0600), ElementsAre("hosted.mail_server"));
}

TEST_F(DoctorOfADeployment, FixClosesTheFileAndTheSecondRunFindsNothing) {
  put("api.env", api_lines(), 0644);
  const auto planned = run({"--env-file", "api.env", "--fix", "--dry-run"});
  EXPECT_EQ(planned.at("fixed").as_array().size(), 1u);
  EXPECT_EQ(fs::status(someone.folder() / "api.env").permissions(), fs::perms{0644})
      << "a plan changes nothing";
  const auto mended = run({"--env-file", "api.env", "--fix"});
  EXPECT_EQ(mended.at("fixed").as_array().size(), 1u);
  EXPECT_THAT(codes(mended), IsEmpty());
  EXPECT_EQ(fs::status(someone.folder() / "api.env").permissions(), fs::perms{0600});
  EXPECT_TRUE(run({"--env-file", "api.env", "--fix"}).at("fixed").as_array().empty());
}

TEST_F(DoctorOfADeployment, LooksAtWhatWasSetUpHereWithoutAnyFlag) {
  EXPECT_THAT(codes(run()), ElementsAre("local.set_up"));
  const auto answers = someone.answers("production", "aws");
  ASSERT_EQ(
      someone.run({"setup", "wizard", "--no-input", "--profile", "production", "--answers-file", answers})
          .status,
      0);
  EXPECT_THAT(codes(run()), IsEmpty()) << said;
  EXPECT_EQ(status, 0);
  ASSERT_EQ(someone.run({"infra", "terraform", "export", "--provider", "aws"}).status, 0);
  EXPECT_THAT(codes(run()), IsEmpty()) << said;
  fs::permissions(someone.folder() / "var/infra/aws/terraform.tfvars", fs::perms{0644});
  EXPECT_THAT(codes(run({"--fix", "--dry-run"})), ElementsAre("file.mode"));
  EXPECT_THAT(codes(run({"--fix"})), IsEmpty()) << said;
  put_text("web.env.local",
           someone.read("web.env.local") + "DATABASE_URL=postgresql://app:pw@db.acme.io/starter\n");
  EXPECT_THAT(codes(run()), ElementsAre("name.foreign_secret"));
  const auto next = someone.run({"next"}).out;
  EXPECT_THAT(next, HasSubstr("1 fault in the configuration: The web application is given DATABASE_URL"));
  EXPECT_THAT(next, HasSubstr("Next: starter-console doctor\n"));
}

}  // namespace starter::console::checks
