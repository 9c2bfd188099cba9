// P14 for the set-up and the exports: a secret of its own in every place that takes one, looked for in
// everything that comes out beside the files that are meant to hold it. Raw, as base64, percent-encoded and
// as hex.
#include "starter/testing/canary.h"

#include <gmock/gmock.h>

#include <set>

#include "setup/answers_file.h"
#include "starter/contracts/built_in.h"
#include "tests/setup/operator.h"
#include "tests/setup/screen.h"

namespace starter::console::testing {

using contracts::built_in;
using ::testing::HasSubstr;

class SetUpCanaries : public ::testing::Test {
 protected:
  std::string canary(const std::string& what) {
    return secrets_[what] = "cAnArY/" + std::to_string(secrets_.size()) + "+of=" + random_secret(18);
  }
  // In the form that the variable takes.
  std::string value_for(const contracts::Variable& variable) {
    const auto secret = canary(variable.name);
    if (variable.type == contracts::Type::url)
      return variable.allowed.back() + "://user:" + secret + "@host.example.com";
    if (variable.type == contracts::Type::json) return "{\"key\": \"" + secret + "\"}";
    return secret + "-0123456789abcdef0123456789abcdef";
  }
  // Answers with a canary in every secret that the contract knows and somebody reads.
  std::string answers(const std::string& profile, const std::string& preset) {
    auto text = *read_file(someone.answers(profile, preset));
    std::string out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      if (!setup::is_secret(built_in(), line.substr(0, line.find(':')))) out += line + "\n";
    for (const auto& variable : built_in().variables) {
      if (!variable.secret || !variable.unused.empty() || variable.name.find('<') != std::string::npos)
        continue;
      out += variable.name + ": '" + value_for(variable) + "'\n";
    }
    out += "AZURE_TENANT_ID: t\nAZURE_CLIENT_ID: c\n";
    out += "registry_server: ghcr.io\nregistry_username: bot\nregistry_password: '" +
           canary("registry_password") + "'\n";
    EXPECT_TRUE(write_file(elsewhere / "answers.yaml", out));
    return elsewhere / "answers.yaml";
  }
  Ran run(const std::vector<std::string>& words) {
    auto ran = someone.run(words);
    std::string line;
    for (const auto& word : words) line += word + " ";
    outputs_["what " + line + "prints"] += ran.out + ran.err;
    return ran;
  }
  void expect_clean(const std::string& where, const std::string& text) const {
    for (const auto& [what, secret] : secrets_)
      for (const auto& spelling : test::spellings(secret))
        EXPECT_EQ(text.find(spelling), text.npos) << what << " stands in " << where;
  }
  void TearDown() override {
    for (const auto& [where, text] : outputs_) expect_clean(where, text);
    // Meant to hold secrets, for their owner alone.
    const std::set<std::string> keepers{".env.local", "web.env.local"};
    int looked = 0;
    for (const auto& entry : fs::recursive_directory_iterator(someone.folder())) {
      if (!entry.is_regular_file()) continue;
      const auto name = fs::relative(entry.path(), someone.folder()).string();
      if (keepers.contains(name))
        EXPECT_EQ(entry.status().permissions(), fs::perms{0600}) << name;
      else
        expect_clean(name, *read_file(entry.path())), ++looked;
    }
    EXPECT_GE(looked, 3);
  }
  Operator someone;
  TemporaryFolder elsewhere;
  std::map<std::string, std::string> secrets_, outputs_;
};

TEST_F(SetUpCanaries, P14_AreFoundByTheLookout) {
  const auto secret = canary("a secret");
  for (const auto& spelling : test::spellings(secret)) EXPECT_THAT("x" + spelling + "y", HasSubstr(spelling));
  someone.put("a", ""), someone.put("b", ""), someone.put("c", "");
}

TEST_F(SetUpCanaries, A000_18_P14_StandInNoOutputAndNoOtherFile) {
  for (const auto& [profile, preset] : std::vector<std::pair<std::string, std::string>>{
           {"staging", "aws"}, {"production", "other"}, {"demo", "local"}}) {
    const auto file = answers(profile, preset);
    const std::vector<std::string> words{"setup",    "wizard", "--non-interactive", "--profile", profile,
                                         "--preset", preset,   "--answers-file",    file};
    for (const auto* more : {"--dry-run", "--json", "--report-only", "--resume", "--plain"}) {
      auto all = words;
      all.emplace_back(more);
      run(all);
    }
    EXPECT_GE(secrets_.size(), 40u);
    const auto made = run(words);
    EXPECT_EQ(made.status, 0) << made.err;
    std::map<std::string, std::vector<std::string>> exports;
    for (const std::string provider : {"aws", "azure", "gcp"})
      exports[provider] = {
          "infra",
          "terraform",
          "export",
          "--provider",
          provider,
          "--answers-file",
          file,
          "--var",
          "auth_key_secret_name=" +
              std::string(provider == "aws" ? "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys"
                                            : "keys"),
          "--var",
          "aws_sm_signing_secret_arn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:s"};
    exports["helm"] = {"infra", "helm", "export", "--answers-file", file};
    if (preset != "local") exports["compose"] = {"infra", "compose", "export", "--answers-file", file};
    for (auto& [form, line] : exports) {
      if (preset == "local")
        line.insert(line.end(),
                    {"--var", "project_name=acme", "--var", "api_image=a:1", "--var", "web_image=w:1"});
      const auto exported = run(line);
      EXPECT_EQ(exported.status, 0) << profile << " " << form << "\n" << exported.err;
    }
    run({"next"});
    run({"doctor"});
  }
}

TEST_F(SetUpCanaries, P14_StandInNoRefusalOfWhatTheyAreIn) {
  const auto wrong = [&](const std::string& name, const std::string& value) {
    EXPECT_TRUE(write_file(elsewhere / "wrong.yaml", name + ": '" + value + "'\n"));
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"setup", "wizard", "--profile", "demo", "--preset", "local"},
                                               {"infra", "terraform", "export", "--provider", "aws"},
                                               {"doctor", "--profile", "demo", "--preset", "local"}}) {
      auto all = words;
      all.insert(all.end(), {"--answers-file", elsewhere / "wrong.yaml"});
      EXPECT_NE(run(all).status, 0) << name;
    }
  };
  wrong("SECRET_KEY", canary("too short").substr(0, 31));
  secrets_["too short"] = secrets_["too short"].substr(0, 31);
  wrong("DATABASE_URL", canary("no URL"));
  wrong("PORT", canary("in the wrong place"));
  wrong("STORAGE_PROVIDER", canary("in an enum"));
  wrong("GCS_CREDENTIALS_JSON", canary("no JSON"));
  someone.put("a", ""), someone.put("b", ""), someone.put("c", "");
}

TEST_F(SetUpCanaries, P14_StandInNoCore) {
  for (const auto* name : {"a", "b", "c"}) someone.put(name, "");
  if (!find_program("tmux")) GTEST_SKIP() << "tmux is not installed";
  const Screen screen(80, 24, {"setup", "wizard", "--profile", "demo", "--preset", "local"},
                      someone.folder());
  ASSERT_TRUE(screen.shows("ENVIRONMENT"));
  screen.type("test");
  ASSERT_TRUE(screen.shows("DATABASE_URL"));
  screen.type("postgresql://app:" + canary("DATABASE_URL") + "@127.0.0.1/starter");
  ASSERT_TRUE(screen.shows("MIGRATE_DATABASE_URL"));
  screen.press("C-\\");  // SIGQUIT asks for a core
  ASSERT_TRUE(screen.shows("exit status 131"));
  EXPECT_EQ(screen.shown().find("core dumped"), std::string::npos);
  EXPECT_FALSE(fs::exists(someone.folder() / "core"));
  fs::remove(someone.folder() / "core");
  fs::remove(someone.folder() / "var/setup/state.json");  // holds it, for --resume, for its owner alone
}

TEST_F(SetUpCanaries, P14_AreNoFlagsWhereTheListOfProcessesShowsThem) {
  for (const auto& variable : built_in().variables) {
    if (!variable.secret || variable.name.find('<') != std::string::npos) continue;
    const auto refused = someone.run({"setup", "wizard", "--var", variable.name + "=x"});
    EXPECT_EQ(refused.status, 2) << variable.name;
    EXPECT_THAT(refused.err, ::testing::AnyOf(HasSubstr("can't be a flag"), HasSubstr("Nothing reads")));
  }
  someone.put("a", ""), someone.put("b", ""), someone.put("c", "");
}

}  // namespace starter::console::testing
