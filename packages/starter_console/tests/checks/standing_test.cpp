// next: it leads from nothing to an export that is complete, and each step names the following one, which is
// run as it stands.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <sstream>

#include "starter/contracts/built_in.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

namespace {

std::vector<std::string> words_of(const std::string& command) {
  std::istringstream in(command);
  return {std::istream_iterator<std::string>(in), {}};
}

struct Stand {
  std::string stage, says, next;
};

// Someone who does what `next` says, and knows where they put their secrets.
class Follower {
 public:
  Stand stand() const {
    const auto ran = someone.run({"next", "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    if (ran.status != 0) return {};
    const auto reply = json::parse(ran.out);
    const auto text = [&](const char* name) { return std::string(reply.at(name).as_string()); };
    return {text("stage"), text("says"), text("next")};
  }
  Ran follow(const std::string& command, std::vector<std::string> more = {}) const {
    auto words = words_of(command);
    EXPECT_EQ(words.at(0), "starter-console") << command;
    words.erase(words.begin());
    words.insert(words.end(), more.begin(), more.end());
    return someone.run(words);
  }
  // The command that the wizard names in the end.
  std::string set_up(const std::string& profile, const std::string& preset,
                     std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--profile", profile, "--preset", preset, "--answers-file",
                               someone.answers(profile, preset)});
    const auto made = follow("starter-console setup wizard", more);
    EXPECT_EQ(made.status, 0) << made.err;
    const auto next = made.out.rfind("Next: ");
    if (next == made.out.npos) return "";
    return made.out.substr(next + 6, made.out.find('\n', next) - next - 6);
  }
  // What `says` asks for: each name, in the map that it stands behind.
  void write_references(const std::string& says) const {
    const auto example = says.find("such as \"") + 9;
    const auto reference = says.substr(example, says.find('"', example) - example);
    std::string text;
    std::istringstream maps(says.substr(says.find("\": ", example) + 3));
    for (std::string word; maps >> word;) {
      if (word.ends_with(":"))
        text += word + "\n";
      else
        text += "  " + word.substr(0, word.find_first_of(",;.")) + ": \"" + reference + "\"\n";
    }
    someone.put("references.yaml", text);
  }
  Operator someone;
};

struct Path {
  std::string profile, preset;
};

}  // namespace

class PathFromNothing : public ::testing::TestWithParam<Path> {};

INSTANTIATE_TEST_SUITE_P(
    Next, PathFromNothing,
    ::testing::Values(Path{"demo", "local"}, Path{"demo", "aws"}, Path{"demo", "azure"}, Path{"demo", "gcp"},
                      Path{"demo", "other"}, Path{"demo", "single_server"}, Path{"staging", "aws"},
                      Path{"staging", "single_server"}, Path{"production", "single_server"},
                      Path{"staging", "azure"}, Path{"staging", "gcp"}, Path{"staging", "other"},
                      Path{"staging", "enterprise_custom"}, Path{"production", "aws"},
                      Path{"production", "azure"}, Path{"production", "gcp"}, Path{"production", "other"},
                      Path{"production", "enterprise_custom"}),
    [](const auto& info) { return info.param.profile + "_" + info.param.preset; });

TEST_P(PathFromNothing, A000_14_A000_19_EachStepNamesTheFollowingOneUntilItIsExported) {
  const auto& [profile, preset] = GetParam();
  const Follower person;
  std::vector<std::string> stages;
  Stand at = person.stand();
  for (; at.stage != "ready"; at = person.stand()) {
    ASSERT_LT(stages.size(), 6u) << "it goes round: " << at.says << " Next: " << at.next;
    stages.push_back(at.stage);
    if (at.stage == "nothing") {
      const auto named = person.set_up(profile, preset);
      at = person.stand();
      EXPECT_EQ(named, at.next) << at.says;
      const auto done = person.follow(named);
      EXPECT_EQ(done.status, 0) << named << "\n" << done.err;
      if (at.stage != "ready") stages.push_back(at.stage);
      continue;
    }
    // A client that this test has no server of: the reference is given by hand.
    if (at.next == "starter-console secrets push") {
      person.someone.put("references.yaml", "");
      const auto pending =
          json::parse(person.follow("starter-console infra terraform export --provider aws --json").out);
      std::string api = "api_secrets:\n", web;
      for (const auto& name : pending.at("pending").as_array()) {
        const auto line = "  " + std::string(name.as_string()) +
                          ": arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-b1c2d3\n";
        api += line;
        if (name == "WEB_TIER_SECRET") web = "web_secrets:\n" + line;
      }
      person.someone.put("references.yaml", api + web);
      at.next = "starter-console setup wizard --profile " + profile +
                " --preset aws --answers-file references.yaml";
    } else if (at.stage == "references") {
      EXPECT_THAT(at.says, HasSubstr("with `")) << "the tool of their own";
      EXPECT_THAT(at.says, HasSubstr("api_secrets: "));
      person.write_references(at.says);
    }
    const auto done = person.follow(at.next);
    ASSERT_EQ(done.status, 0) << at.next << "\n" << done.err;
  }
  if (preset == "local") {
    EXPECT_THAT(stages, ElementsAre("nothing"));
    EXPECT_EQ(person.follow(at.next).status, 0) << "without a clone and without starter-api";
    EXPECT_THAT(person.someone.run({"doctor", "--json"}).out, HasSubstr("preset local"));
    return;
  }
  EXPECT_THAT(at.says, HasSubstr("It is set up and exported for "));
  if (preset == "enterprise_custom" || preset == "single_server") {
    EXPECT_THAT(stages, ElementsAre("nothing", "export", "secrets"));
    EXPECT_THAT(at.next, StartsWith("docker compose --env-file "));
  } else {
    EXPECT_THAT(stages, ElementsAre("nothing", "export", "references", "outdated"));
    EXPECT_THAT(at.next, StartsWith(preset == "other" ? "helm upgrade " : "terraform -chdir="));
  }
}

class Next : public ::testing::Test {
 protected:
  void run(const std::string& command, const std::string& stage) const {
    const auto done = person.follow(command);
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(person.stand().stage, stage) << command << "\n" << person.stand().says;
  }
  Follower person;
};

TEST_F(Next, A000_19_KnowsAnExportInEveryFormAndWithVariablesOfItsRoot) {
  person.set_up("production", "azure");
  const std::string command = "starter-console infra terraform export --provider azure";
  run(command + " --format json", "references");
  EXPECT_THAT(person.someone.run({"next"}).out, Not(HasSubstr("not exported yet")));
  run(command + " --format json --extra-var tags={\"team\":\"acme\"} --extra-var zone=b", "references");
  ASSERT_EQ(
      person.follow("starter-console setup wizard --profile production --preset azure --var size=M").status,
      0);
  EXPECT_EQ(person.stand().stage, "outdated");
  EXPECT_EQ(person.stand().next, command + " --format json") << "in the form that it has";
  run(command, "references");
  run(command + " --extra-var tags={\"team\":\"acme\"}", "references");
}

TEST_F(Next, A000_19_AChartWithItsSecretsNeedsNoReferences) {
  person.set_up("staging", "other");
  run("starter-console infra helm export", "references");
  run("starter-console infra helm export --include-secrets", "ready");
}

TEST_F(Next, A000_19_ARoleThatBorrowsAReferenceIsNotAskedForIt) {
  person.someone.put(
      "answers.yaml",
      *read_file(person.someone.answers("staging", "other")) +
          "WORKER_DATABASE_URL: postgresql://worker:third@db.example.com/starter?sslmode=verify-full\n");
  const auto made = person.follow(
      "starter-console setup wizard --profile staging --preset other --answers-file answers.yaml");
  ASSERT_EQ(made.status, 0) << made.err;
  run("starter-console infra helm export", "references");
  EXPECT_THAT(person.stand().says, HasSubstr("; worker_secrets: WORKER_DATABASE_URL."));
  EXPECT_THAT(person.stand().says, HasSubstr("; migrate_secrets: MIGRATE_DATABASE_URL;"));
}

TEST_F(Next, A000_19_OnesOwnServersAreAClusterOrASingleOne) {
  person.set_up("staging", "enterprise_custom");
  EXPECT_EQ(person.stand().next, "starter-console infra compose export");
  const auto looked_at = [&] {
    const auto deps = person.someone.run({"infra", "deps", "--json"});
    return std::string(json::parse(deps.out).at("target").as_string());
  };
  EXPECT_EQ(looked_at(), "compose") << "as next does";
  run("starter-console infra helm export --include-secrets", "ready");
  EXPECT_EQ(looked_at(), "kubernetes");
  EXPECT_THAT(person.stand().next, StartsWith("helm upgrade "));
  run("starter-console infra compose export --include-secrets", "ready");
  EXPECT_THAT(person.stand().next, StartsWith("docker compose "));
  person.someone.put("var/infra/compose/secrets/secret_key", "another");
  EXPECT_EQ(person.stand().stage, "secrets");
}

// Its keys are in a file and its signing secret in another; nothing that it says is about a secret manager.
TEST_F(Next, A000_19_ASingleServerNeedsNoSecretManager) {
  for (const std::string profile : {"staging", "production"}) {
    SCOPED_TRACE(profile);
    const Follower owner;
    owner.set_up(profile, "single_server");
    const auto settings = owner.someone.read(".env.local");
    EXPECT_THAT(settings, Not(HasSubstr("VAULT_")));
    EXPECT_THAT(settings, Not(HasSubstr("AUTH_KEY_STORAGE_BACKEND=secret-manager")));
    ASSERT_EQ(owner.follow("starter-console infra compose export --include-secrets").status, 0);
    EXPECT_EQ(owner.stand().stage, "ready") << owner.stand().says;
    EXPECT_THAT(owner.someone.read("var/infra/compose/.env.prod"), Not(HasSubstr("SECRETS_PROVIDER")));
    const auto signing = owner.someone.read("var/infra/compose/secrets/service_account_signing_secret");
    EXPECT_EQ(signing.size(), 64u);
    EXPECT_THAT(settings, HasSubstr("SERVICE_ACCOUNT_SIGNING_SECRET=" + signing + "\n"));
    const auto found = owner.someone.run({"doctor", "--json"});
    EXPECT_EQ(found.status, 0) << found.out;
  }
}

// What the profile fixes for every other place, a single server has otherwise, and nobody says it
// differently.
TEST_F(Next, A000_19_TheKeysOfASingleServerAreInAFileAndThoseOfAClusterAreNot) {
  const auto wizard = [&](const std::string& preset, const std::string& backend) {
    return person.follow(
        "starter-console setup wizard --non-interactive --profile production --preset " + preset,
        {"--answers-file", person.someone.answers("production", preset), "--var",
         "AUTH_KEY_STORAGE_BACKEND=" + backend});
  };
  EXPECT_THAT(wizard("single_server", "secret-manager").err,
              HasSubstr("fixed to file by the target Single server"));
  EXPECT_THAT(wizard("other", "file").err, HasSubstr("fixed to secret-manager by the profile production"));
  EXPECT_EQ(wizard("single_server", "file").status, 0);
}

TEST_F(Next, A000_19_ASecretManagerWithoutAClientIsToldAndBlocksNothing) {
  person.set_up("production", "gcp");
  EXPECT_EQ(person.stand().stage, "export") << person.stand().says;
  const auto found = person.someone.run({"doctor", "--json"});
  EXPECT_EQ(found.status, 3) << "the API of this release won't start with keys there";
  EXPECT_THAT(found.out, HasSubstr("keys.no_client"));
  EXPECT_THAT(found.out, Not(HasSubstr("provider.incomplete"))) << "the project of the bucket will do";
}

TEST_F(Next, A000_19_AnExportWithSomethingLeftToDoLeadsBackToNext) {
  person.set_up("production", "gcp");
  const auto made = person.follow("starter-console infra terraform export --provider gcp");
  EXPECT_THAT(made.out, ::testing::EndsWith("Next: starter-console next\n"));
  person.write_references(person.stand().says);
  ASSERT_EQ(person.follow(person.stand().next).status, 0);
  const auto whole = person.follow("starter-console infra terraform export --provider gcp");
  EXPECT_THAT(whole.out, HasSubstr("Next: terraform -chdir=ops/infra/gcp plan"));
}

}  // namespace starter::console::testing
