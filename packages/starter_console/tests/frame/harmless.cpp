#include "tests/frame/harmless.h"

#include "frame/help.h"

namespace starter::console::testing {

const std::map<std::string_view, Harmless>& harmless() {
  static const std::map<std::string_view, Harmless> all{
      {"next", {}},
      {"help", {}},
      {"version", {}},
      {"completion", {{"zsh"}}},
      {"complete", {{"settings"}}},
      {"setup wizard", {{"--profile", "demo", "--preset", "local", "--dry-run"}, 2}},  // answers are missing
      {"infra deps", {{"--provider", "aws"}, -1}},  // 3 where terraform is missing
      {"infra terraform export", {{"--provider", "aws", "--mode", "template", "--dry-run"}}},
      {"infra helm export", {{"--mode", "template", "--dry-run"}}},
      {"infra compose export", {{"--dry-run"}, 2}},  // nothing is set up
      {"doctor", {{"--dry-run"}, -1}},               // 3 where a program is missing
      {"verify", {{"http://127.0.0.1:1", "--timeout", "2"}, 3}},
      {"audit verify", {{}, 5}},  // no worker has made the audit key
      {"util run-with-env", {{}, 0, "RunWithEnv: whatever follows -- is for another program"}},
      {"backup create", {{"--dry-run"}}},
      {"backup verify", {{}, 5}},
      {"backup restore", {{"none.backup", "--dry-run"}, 5}},
      {"backup list", {}},
      {"mail test", {{"--to", "a@example.com", "--dry-run"}}},
      {"release db", {{"--dry-run"}}},
      {"config show", {}},
      {"config explain", {{"PORT"}}},
      {"config dump-schema", {}},
      {"config write-inventory", {{"--dry-run"}}},
      {"contract render", {{"--dry-run"}, 5}},  // no clone there
      {"contract show", {{"PORT"}}},
      {"contract check", {{"--kubernetes", "absent.yaml"}, 5}},
      {"secrets onboard", {{"vault_dev", "--var", "VAULT_ADDR=http://127.0.0.1:1", "--dry-run"}, 2}},
      {"secrets push", {{"--dry-run"}, 2}},  // no secret manager is chosen
      {"secrets pull", {{"--dry-run"}, 2}},
      {"secrets rotate", {{"SECRET_KEY", "--in-file", "--dry-run"}, 5}},
      {"storage onboard", {{"s3", "--var", "S3_BUCKET=assets", "--dry-run"}}},
      {"providers validate", {}},
      {"auth keys generate", {{"--dry-run"}}},
      {"auth keys rotate", {{"--dry-run"}}},
      {"auth keys status", {}},
      {"auth jwks print", {}},
      {"auth tokens issue-service-account",
       {{"--tenant", "acme", "--account", "robot", "--scopes", "projects:read", "--dry-run"}}},
      {"users create-owner", {{"--email", "a@example.com", "--tenant", "Acme", "--dry-run"}}},
      {"users grant-operator", {{"--email", "a@example.com", "--reason", "on call", "--dry-run"}, 5}},
      {"dev up", {{"--dry-run"}}},
      {"dev watch", {{}, 0, "WatchedStack"}},
      {"dev down", {{"--dry-run"}}},
      {"dev status", {{}, 3}},
      {"dev logs", {}},
      {"dev open", {}},
      {"dev mail", {{}, -1}},  // whatever listens on the usual port
      {"dev keep-logs", {{}, 0, "Stack.UpBringsEveryPartToReadyAndDownLeavesNothing"}},
      {"dev db psql", {{}, 0, "it starts Postgres"}},
      {"dev db migrate", {{"--dry-run"}}},
      {"dev db seed", {{"--dry-run"}}},
      {"dev db reset", {{"--dry-run"}}},
      {"dev new", {{"migration", "add_words", "--dry-run"}, 1}},  // the clone has no scaffolds
      {"dev gen", {{"--dry-run"}}},
      {"dev check", {{}, 3}},                     // nothing that is generated is there
      {"dev test", {{"--list"}, 1}},              // nor suites
      {"dev debug", {{"NoTestOfThisName"}, -1}},  // 5 where there is no debugger
      {"dev build", {{}, 0, "it builds"}},
      {"dev archive", {{}, 0, "the suite archive makes one"}},
      {"dev bench", {}},
      {"dev lint", {{}, 0, "it builds"}},
      {"dev format", {{"--dry-run"}}},
      {"dev tools", {{}, -1}},
      {"dev soak", {{"stack"}, 3}},
  };
  return all;
}

Deployment& shared_deployment() {
  static Deployment* one = [] {
    auto* made = new Deployment();
    made->add_database();
    made->environment().insert({{"SMTP_URL", "smtp://127.0.0.1:1"},
                                {"MAIL_FROM", "no-reply@example.com"},
                                {"SERVICE_ACCOUNT_SIGNING_SECRET", "0123456789abcdef0123456789abcdef"}});
    EXPECT_EQ(made->run({"release", "db"}).status, 0);
    EXPECT_EQ(made->run({"auth", "keys", "generate"}).status, 0);
    return made;
  }();
  return *one;
}

void EveryHarmlessRun::SetUp() {
  const auto found = harmless().find(command().name);
  ASSERT_NE(found, harmless().end()) << "say in harmless() how it is run, or what runs it";
  how = found->second;
  if (how.elsewhere != nullptr) GTEST_SKIP() << how.elsewhere;
}

std::vector<std::string> EveryHarmlessRun::typed(const std::vector<std::string>& more) const {
  auto all = words();
  all.insert(all.end(), how.words.begin(), how.words.end());
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Ran EveryHarmlessRun::run(const std::vector<std::string>& more) const {
  return shared_deployment().run(typed(more));
}

void EveryHarmlessRun::expect_declared_anywhere(int status) const {
  const auto declared = exits_of(command());
  EXPECT_TRUE(std::ranges::find(declared, static_cast<Exit>(status)) != declared.end())
      << "status " << status << " is not among its exits";
}

void EveryHarmlessRun::expect_declared(int status) const {
  expect_declared_anywhere(status);
  if (how.status >= 0) EXPECT_EQ(status, how.status);
}

std::vector<const Command*> run_commands() {
  auto all = all_commands();
  std::erase_if(all, [](const Command* one) {
    const auto found = harmless().find(one->name);
    return found != harmless().end() && found->second.elsewhere != nullptr;
  });
  return all;
}

}  // namespace starter::console::testing
