// P14 for the operator's commands: every secret of a deployment is looked for in what they print and write,
// when they go well and when they fail. Raw, as base64, percent-encoded and as hex.
#include <gmock/gmock.h>

#include "starter/testing/canary.h"
#include "tests/operate/deployment.h"
#include "tests/operate/smtp_peer.h"

namespace starter::console::testing {

class OperateCanaries : public ::testing::Test {
 protected:
  OperateCanaries() {
    deployment.add_database();
    auto& environment = deployment.environment();
    environment["BACKUP_ENCRYPTION_KEY"] = canary("BACKUP_ENCRYPTION_KEY");
    environment["SERVICE_ACCOUNT_SIGNING_SECRET"] = canary("SERVICE_ACCOUNT_SIGNING_SECRET");
    environment["WEB_TIER_SECRET"] = canary("WEB_TIER_SECRET");
    for (const auto& [name, value] : environment)
      if (name.ends_with("_PEPPER") || name == "SECRET_KEY") secrets_[name] = value;
    const auto& url = environment.at("DATABASE_URL");
    const auto from = url.find(':', url.find("://") + 3) + 1;
    secrets_["the password of the databases"] = url.substr(from, url.find('@') - from);
    EXPECT_GE(secrets_.size(), 9u);
  }
  std::string canary(const std::string& what) {
    return secrets_[what] = "cAnArY-" + std::to_string(secrets_.size()) + "+of=" + random_secret(32);
  }
  /// As text and as JSON.
  void run(std::vector<std::string> words, const std::map<std::string, std::string>& more = {}) {
    for (const char* format : {"text", "json", "stream-json"}) {
      auto all = words;
      all.insert(all.end(), {"--output", format});
      auto environment = deployment.environment();
      for (const auto& [name, value] : more) environment[name] = value;
      const auto ran = run_console(all, environment, deployment.folder());
      auto& said = outputs_[words[0] + " " + words.back() + " as " + format];
      said += ran.out + ran.err;
      EXPECT_FALSE(said.empty());
      EXPECT_NE(ran.status, 2) << "this test has a typing error: " << ran.out << ran.err;
      if (ran.status != 0 && ran.status != 3 && ran.status != 8) troubles_ += said;
    }
  }
  void TearDown() override {
    for (const auto& [where, text] : outputs_) expect_clean(where, text);
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(deployment.folder())) {
      if (!entry.is_regular_file()) continue;
      ++files;
      expect_clean(entry.path().string(), *read_file(entry.path(), 64U << 20));
    }
    EXPECT_GE(files, 5) << "a log, a report, keys, a backup";
  }
  void expect_clean(const std::string& where, const std::string& text) const {
    for (const auto& [what, secret] : secrets_)
      for (const auto& spelling : test::spellings(secret))
        EXPECT_EQ(text.find(spelling), text.npos) << what << " stands in " << where;
  }

  Deployment deployment;
  std::map<std::string, std::string> secrets_, outputs_;
  std::string troubles_;
};

TEST_F(OperateCanaries, P14_StandInNothingThatGoesWell) {
  run({"release", "db"});
  run({"auth", "keys", "generate"});
  run({"auth", "keys", "status"});
  run({"auth", "keys", "rotate"});
  run({"auth", "jwks", "print"});
  run({"users", "create-owner", "--email", "a@example.com", "--tenant", "Acme"});
  run({"users", "grant-operator", "--email", "a@example.com", "--reason", "on call"});
  run({"audit", "verify"}, {{"AUDIT_KEY_PATH", deployment.environment().at("AUTH_KEY_STORAGE_PATH")}});
  run({"backup", "create"});
  run({"backup", "list"});
  run({"backup", "verify", "--deep"});
  run({"config", "show"});
  for (const auto& [name, secret] : secrets_)
    if (name.find(' ') == name.npos && name != "BACKUP_ENCRYPTION_KEY") run({"config", "explain", name});
  run({"doctor"});
  run({"next"});
  EXPECT_EQ(troubles_, "");
}

TEST_F(OperateCanaries, P14_StandInNothingThatFails) {
  run({"auth", "keys", "generate"});
  run({"release", "db"});
  run({"backup", "create"});
  const auto nowhere =
      "postgresql://user:" + canary("a password of a database that is away") + "@127.0.0.1:9/x";
  const auto malformed = "postgresql:/" + canary("a malformed URL");
  for (const auto& url : {nowhere, malformed}) {
    const std::map<std::string, std::string> wrong{{"DATABASE_URL", url},
                                                   {"WORKER_DATABASE_URL", url},
                                                   {"MIGRATE_DATABASE_URL", url},
                                                   {"BACKUP_DATABASE_URL", url}};
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"release", "db", "--timeout", "2"},
             {"users", "create-owner", "--email", "a@example.com", "--tenant", "Acme", "--timeout", "2"},
             {"audit", "verify", "--timeout", "2"},
             {"backup", "create", "--timeout", "2"},
             {"backup", "verify", "--deep", "--timeout", "2"},
             {"config", "show"},
             {"doctor"}})
      run(words, wrong);
  }
  run({"backup", "verify"},
      {{"BACKUP_ENCRYPTION_KEY", canary("another key of backups, long enough for one")}});
  run({"backup", "verify"}, {{"BACKUP_ENCRYPTION_KEY", canary("short").substr(0, 12)}});
  const auto short_one = secrets_.at("short").substr(0, 12);
  secrets_["short"] = short_one;
  for (int i = 0; i < 3; ++i) {  // one conversation for each format
    SmtpPeer peer({{"AUTH", "535 5.7.8 no"}});
    const auto url =
        "smtp://user:" + test::percent_encoded(canary("the password of mail " + std::to_string(i))) +
        "@127.0.0.1:" + std::to_string(peer.port());
    run({"mail", "test", "--to", "a@example.com", "--timeout", "2"}, {{"SMTP_URL", url}});
  }
  run({"auth", "tokens", "issue-service-account", "--tenant", "acme", "--account", "robot", "--scopes",
       "projects:read", "--timeout", "2"});
}

}  // namespace starter::console::testing
