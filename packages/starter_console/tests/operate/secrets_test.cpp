// The services' secrets between file and manager, and what happens when a provider refuses, stays silent or
// answers a page.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "starter/testing/canary.h"
#include "starter/testing/http_peer.h"
#include "tests/operate/secrets_fixture.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::Peer;
namespace json = boost::json;

TEST_F(Secrets, A000_09_A000_43_A001_12AreOnboardedForRealOnce) {
  const auto planned = run(onboard({"--dry-run"}));
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_FALSE(fs::exists(someone.folder() / ".env.local"));
  const auto first = run(onboard());
  ASSERT_EQ(first.status, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("made the signing secret " + id + "/signing"));
  EXPECT_THAT(first.out, HasSubstr("made the signing keys " + id + "/keyset"));
  struct stat facts{};
  ASSERT_EQ(::stat((someone.folder() / ".env.local").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  for (const auto* line : {"SECRETS_PROVIDER=aws_sm", "AUTH_KEY_STORAGE_BACKEND=secret-manager",
                           "AUTH_KEY_STORAGE_PROVIDER=aws_sm", "AWS_REGION=eu-central-1"})
    EXPECT_THAT(someone.read(".env.local"), HasSubstr(line));
  const auto again = run(onboard());
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, StartsWith("no change"));
  const auto valid = run({"providers", "validate", "--json"});
  EXPECT_EQ(valid.status, 0) << valid.out;
  for (const auto& row : json::parse(valid.out).at("providers").as_array())
    EXPECT_TRUE(row.at("probed").as_bool());
  const auto keys = run({"auth", "keys", "status", "--json"});
  ASSERT_EQ(keys.status, 0) << keys.err;
  EXPECT_EQ(json::parse(keys.out).at("storage"), "aws_sm");
}

TEST_F(Secrets, A002_12_A001_32KeysMayLiveElsewhereThanTheSigningSecret) {
  someone.put(".env.local", "# mine\nVAULT_TOKEN='t' # mine, too\nUNKNOWN=stays\n");
  const auto vault = run({"secrets", "onboard", "vault", "--for", "signing", "--var",
                          "VAULT_ADDR=https://vault.example.com", "--var", "VAULT_NAMESPACE=admin"});
  ASSERT_EQ(vault.status, 0) << vault.err;
  EXPECT_THAT(vault.out, HasSubstr("no client for Vault, so it was not asked"));
  EXPECT_FALSE(
      json::parse(run({"providers", "validate", "--json"}).out).at("providers").at(0).at("probed").as_bool());
  ASSERT_EQ(run(onboard({"--for", "keys"})).status, 0);
  const auto text = someone.read(".env.local");
  EXPECT_THAT(text, HasSubstr("# mine\nVAULT_TOKEN='t' # mine, too\nUNKNOWN=stays\n"));
  EXPECT_THAT(text, HasSubstr("SECRETS_PROVIDER=vault_hcp"));
  EXPECT_THAT(text, HasSubstr("AUTH_KEY_STORAGE_PROVIDER=aws_sm"));
  EXPECT_THAT(text, Not(HasSubstr("AWS_SM_SIGNING_SECRET_ARN")));
  EXPECT_EQ(run({"providers", "validate"}).status, 0);
}

TEST_F(Secrets, BadInputIsThreeLinesAndChangesNothing) {
  expect_refused({"secrets", "onboard", "aws_sn"}, 2, "starter-console secrets onboard aws_sm");
  expect_refused({"secrets", "onboard", "aws_sm"}, 2, "needs AWS_REGION, AWS_SM_SIGNING_SECRET_ARN");
  expect_refused(onboard({"--var", "AUTH_KEY_SECRET_NAME=no spaces"}), 2, "is no ARN or name of a secret");
  expect_refused(onboard({"--var", "AWS_SECRET_ACCESS_KEY=x"}), 2, "can't be a flag");
  expect_refused(onboard({"--var", "AWS_REGON=x"}), 2, "AWS_REGION");
  expect_refused(onboard({"--env-file", someone.folder().string()}), 1, someone.folder().string());
  expect_refused({"secrets", "push"}, 2, "No secret manager is chosen");
  expect_refused({"secrets", "rotate", "SECRET_KY"}, 2, "SECRET_KEY");
  expect_refused({"secrets", "rotate", "SECRET_KEY"}, 5, "There is no SECRET_KEY");
  expect_refused({"storage", "onboard", "azure_blob"}, 2,
                 "AZURE_BLOB_ACCOUNT_URL or AZURE_BLOB_CONNECTION_STRING");
}

TEST_F(Secrets, AProviderThatRefusesStaysSilentOrAnswersAPageChangesNothing) {
  const auto strict = test::AwsServer::start(0);
  environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = strict->url();
  expect_refused(onboard(), 4, "refused access");
  strict->pause();
  expect_refused(onboard({"--timeout", "1"}), 1, "did not answer");
  strict->resume();
  const Peer hotel([](const std::string&) {
    return "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: "
           "close\r\n\r\n"
           "<html>";
  });
  environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = hotel.url();
  expect_refused(onboard(), 1, "a web page");
  environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = "http://10.1.2.3:80";
  expect_refused(onboard(), 2, "not encrypted");
  environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = "http://127.0.0.1:1";
  expect_refused(onboard(), 1, "can't be reached");
  environment.erase("AWS_ACCESS_KEY_ID");
  expect_refused(onboard(), 4, "Nothing here can log in");
}

TEST_F(Secrets, ValidateSaysWhatIsWrongAndEndsWithThree) {
  EXPECT_EQ(run({"providers", "validate"}).status, 0) << "nothing is chosen";
  someone.put(".env.local", "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\nAWS_SM_SIGNING_SECRET_ARN=" +
                                id + "/absent\nSTORAGE_PROVIDER=s3\n");
  const auto wrong = run({"providers", "validate"});
  EXPECT_EQ(wrong.status, 3);
  EXPECT_THAT(wrong.out, HasSubstr("the signing secret " + id + "/absent is not there"));
  EXPECT_THAT(wrong.out, HasSubstr("S3_BUCKET is not set"));
}

TEST_F(Secrets, A002_08StorageIsOnboardedToo) {
  const auto files = run({"storage", "onboard", "filesystem"});
  ASSERT_EQ(files.status, 0) << files.err;
  EXPECT_THAT(files.out, HasSubstr("var/storage can be written"));
  const auto blob = run({"storage", "onboard", "azure_blob", "--var", "AZURE_BLOB_CONTAINER=assets", "--var",
                         "AZURE_BLOB_ACCOUNT_URL=https://acme.blob.core.windows.net"});
  ASSERT_EQ(blob.status, 0) << blob.err;
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("STORAGE_PROVIDER=azure_blob"));
  EXPECT_EQ(run({"providers", "validate"}).status, 0);
}

TEST_F(Secrets, ArePushedAndPulledAndNeverOverwrittenUnasked) {
  ASSERT_EQ(run(onboard()).status, 0);
  someone.put(".env.local", someone.read(".env.local") +
                                "SECRET_KEY=of-the-first\nSMTP_URL=smtp://u:p@h:25\n" +
                                "MIGRATE_DATABASE_URL=postgresql://owner:p@h/d\n");
  const std::vector<std::string> prefix{"--prefix", id + "/env/"};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.end(), prefix.begin(), prefix.end());
    return words;
  };
  const auto plan = run(with({"secrets", "push", "--dry-run"}));
  EXPECT_THAT(plan.out, HasSubstr("would be added " + id + "/env/SECRET_KEY"));
  const auto pushed = run(with({"secrets", "push", "--json"}));
  ASSERT_EQ(pushed.status, 0) << pushed.out;
  const auto reply = json::parse(pushed.out);
  EXPECT_THAT(std::string(reply.at("references").at("api_secrets").at("SECRET_KEY").as_string()),
              ::testing::MatchesRegex("arn:aws:secretsmanager:eu-central-1:[0-9]+:secret:" + id +
                                      "/env/SECRET_KEY-[A-Za-z0-9]+"));
  EXPECT_TRUE(reply.at("references").at("migrate_secrets").as_object().contains("MIGRATE_DATABASE_URL"));
  for (const auto* serving : {"api_secrets", "worker_secrets"})
    EXPECT_FALSE(reply.at("references").at(serving).as_object().contains("MIGRATE_DATABASE_URL"))
        << "the owner's log-in is the migration's alone";
  EXPECT_FALSE(reply.at("references").at("api_secrets").as_object().contains("AWS_SECRET_ACCESS_KEY"))
      << "what logs in to the manager is not kept in it";
  EXPECT_THAT(run(with({"secrets", "push"})).out, StartsWith("no change"));

  // What a rotation put there is newer than what a file says.
  ASSERT_EQ(run(with({"secrets", "rotate", "SECRET_KEY"})).status, 0);
  const auto refused = run(with({"secrets", "push"}));
  EXPECT_EQ(refused.status, 6) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("SECRET_KEY in aws_sm would be replaced."));
  EXPECT_THAT(refused.err, HasSubstr("starter-console secrets push --prefix " + id + "/env/ --replace\n"));
  EXPECT_EQ(run(with({"secrets", "push", "SMTP_URL"})).status, 0) << "the others are not in its way";
  EXPECT_THAT(run(with({"secrets", "push", "--replace"})).out,
              HasSubstr("changed " + id + "/env/SECRET_KEY"));

  const Operator other;
  other.put(".env.local", "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\nSMTP_URL=another\n");
  const auto differs = other.run(with({"secrets", "pull"}), environment);
  EXPECT_EQ(differs.status, 6) << differs.err;
  EXPECT_THAT(differs.err, HasSubstr("SMTP_URL in "));
  EXPECT_THAT(other.read(".env.local"), HasSubstr("SMTP_URL=another"));
  const auto pulled = other.run(with({"secrets", "pull", "--replace"}), environment);
  ASSERT_EQ(pulled.status, 0) << pulled.err;
  EXPECT_THAT(other.read(".env.local"), HasSubstr("SECRET_KEY=of-the-first"));
  EXPECT_THAT(other.read(".env.local"), HasSubstr("SMTP_URL=smtp://u:p@h:25"));
  EXPECT_THAT(other.run(with({"secrets", "pull"}), environment).out, StartsWith("no change"));

  // Who runs a command with them needs no copy in a file; what a file says still goes first.
  other.put(".env.local", "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\nSMTP_URL=smtp://own\n");
  auto command = with({"util", "run-with-env", "--env-file", ".env.local"});
  command.insert(command.end(), {"--", "sh", "-c", "echo $SECRET_KEY $SMTP_URL"});
  EXPECT_EQ(other.run(command, environment).out, "of-the-first smtp://own\n");
}

TEST_F(Secrets, A000_14_A000_19_APushTellsTheSetUpWhereTheyAre) {
  const auto stage = [&] {
    const auto ran = run({"next", "--json"});
    return ran.status == 0 ? std::string(json::parse(ran.out).at("stage").as_string()) : ran.err;
  };
  const auto answers = someone.answers("production", "aws");
  const auto set_up =
      run({"setup", "wizard", "--non-interactive", "--profile", "production", "--answers-file", answers});
  ASSERT_EQ(set_up.status, 0) << set_up.err;
  ASSERT_EQ(run({"infra", "terraform", "export", "--provider", "aws"}).status, 0);
  EXPECT_EQ(stage(), "references");
  const auto before = someone.files();
  const auto planned = run({"secrets", "push", "--prefix", id + "/", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_EQ(someone.files(), before);
  const auto pushed = run({"secrets", "push", "--prefix", id + "/"});
  ASSERT_EQ(pushed.status, 0) << pushed.err;
  EXPECT_THAT(pushed.out, HasSubstr("noted the references in "));
  EXPECT_THAT(run({"secrets", "push", "--prefix", id + "/"}).out, StartsWith("no change"));
  EXPECT_EQ(stage(), "outdated");
  ASSERT_EQ(run({"infra", "terraform", "export", "--provider", "aws"}).status, 0);
  EXPECT_EQ(stage(), "ready");
  EXPECT_THAT(someone.read("var/infra/aws/terraform.tfvars"), HasSubstr(":secret:" + id + "/SECRET_KEY-"));
}

TEST_F(Secrets, A000_19_APushForAClusterNotesTheNamesByWhichItsSecretStoreAsks) {
  auto answers = *read_file(someone.answers("staging", "other"));
  for (const auto* name : {"SECRETS_PROVIDER", "AUTH_KEY_STORAGE_PROVIDER", "AUTH_KEY_SECRET_NAME",
                           "VAULT_ADDR", "VAULT_NAMESPACE", "VAULT_TOKEN"})
    if (const auto at = answers.find(std::string("\n") + name + ": "); at != answers.npos)
      answers.erase(at + 1, answers.find('\n', at + 1) - at);
  someone.put("answers.yaml", answers +
                                  "SECRETS_PROVIDER: aws_sm\nAUTH_KEY_STORAGE_PROVIDER: aws_sm\n"
                                  "AUTH_KEY_SECRET_NAME: keys\nAWS_REGION: eu-central-1\n"
                                  "AWS_SM_SIGNING_SECRET_ARN: signing\n");
  const auto set_up = run({"setup", "wizard", "--non-interactive", "--profile", "staging", "--preset",
                           "other", "--answers-file", "answers.yaml"});
  ASSERT_EQ(set_up.status, 0) << set_up.err;
  ASSERT_EQ(run({"infra", "helm", "export"}).status, 0);
  EXPECT_THAT(run({"next"}).out, HasSubstr("Next: starter-console secrets push\n"));
  const auto pushed = run({"secrets", "push", "--prefix", id + "/"});
  ASSERT_EQ(pushed.status, 0) << pushed.err;
  ASSERT_EQ(run({"infra", "helm", "export"}).status, 0);
  EXPECT_THAT(someone.read("var/infra/kubernetes/values.yaml"),
              HasSubstr("SECRET_KEY: \"" + id + "/SECRET_KEY\""));
  // What logs in to the object store is not pushed, so it is the person's to do.
  EXPECT_THAT(run({"next"}).out, HasSubstr("api_secrets: MINIO_ACCESS_KEY, MINIO_SECRET_KEY. Next: "
                                           "starter-console setup wizard "));
}

TEST_F(Secrets, APullClosesAFileThatOthersCouldRead) {
  ASSERT_EQ(run(onboard()).status, 0);
  const auto file = someone.folder() / ".env.local";
  const std::vector<std::string> pull{"secrets", "pull", "--prefix", id + "/env/"};
  auto push = pull;
  push[1] = "push";
  someone.put(".env.local", someone.read(".env.local") + "SECRET_KEY=of-the-first\n");
  ASSERT_EQ(run(push).status, 0);
  ASSERT_EQ(fs::status(file).permissions(), fs::perms{0644});
  EXPECT_THAT(run(pull).out, HasSubstr("closed " + file.string() + " to others"));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms{0600});
  EXPECT_THAT(run(pull).out, StartsWith("no change"));
}

TEST_F(Secrets, InProductionReplacingWantsTheProfileSpelledOut) {
  ASSERT_EQ(run(onboard()).status, 0);
  const auto onboarded = someone.read(".env.local");
  const std::string kept(32, 'n'), old(32, 'o');
  someone.put(".env.local", onboarded + "ENVIRONMENT=production\nSECRET_KEY=" + kept + "," + old + "\n");
  const std::vector<std::string> drop{"secrets", "rotate", "SECRET_KEY", "--in-file",
                                      "--step",  "drop",   "--confirm",  "SECRET_KEY"};
  const auto with = [](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused(drop, 2,
                 "fix: starter-console secrets rotate SECRET_KEY --step drop --confirm SECRET_KEY --in-file "
                 "--profile production\n");
  expect_refused(with(drop, {"--profile", "staging"}), 2, "must be spelled out");
  EXPECT_EQ(run(with(drop, {"--dry-run"})).status, 0);
  EXPECT_EQ(run(with(drop, {"--profile", "production"})).status, 0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("SECRET_KEY=" + kept + "\n"));

  const std::vector<std::string> prefix{"--prefix", id + "/env/"};
  ASSERT_EQ(run(with({"secrets", "push"}, prefix)).status, 0);
  someone.put(".env.local", onboarded + "ENVIRONMENT=production\nSECRET_KEY=" + old + "\n");
  expect_refused(with({"secrets", "push", "--replace"}, prefix), 2,
                 "secrets push --prefix " + id + "/env/ --replace --profile production\n");
  const auto pull = with({"secrets", "pull", "--replace"}, prefix);
  expect_refused(pull, 2, "--replace --profile production\n");
  EXPECT_EQ(run(with(pull, {"--profile", "production"})).status, 0);
  EXPECT_THAT(someone.read(".env.local"), HasSubstr("SECRET_KEY=" + kept + "\n"));
  EXPECT_EQ(run(with({"secrets", "pull"}, prefix)).status, 0) << "nothing is replaced";
}

TEST_F(Secrets, RotateInThreeStepsInTheManagerAndInTheFile) {
  ASSERT_EQ(run(onboard()).status, 0);
  const std::string old(32, 'o');
  someone.put(".env.local", someone.read(".env.local") + "SECRET_KEY=" + old + "\n");
  ASSERT_EQ(run({"secrets", "push", "SECRET_KEY", "--prefix", id + "/"}).status, 0);
  for (const bool file : {false, true}) {
    const auto rotate = [&](std::vector<std::string> more) {
      std::vector<std::string> words{"secrets", "rotate", "SECRET_KEY", "--prefix", id + "/"};
      if (file) words.push_back("--in-file");
      words.insert(words.end(), more.begin(), more.end());
      return run(words);
    };
    const auto before = someone.read(".env.local");
    EXPECT_THAT(rotate({"--dry-run"}).out, StartsWith("Would add"));
    EXPECT_EQ(someone.read(".env.local"), before);
    EXPECT_THAT(rotate({}).out, HasSubstr("--step use"));
    EXPECT_EQ(someone.read(".env.local") == before, !file);
    EXPECT_THAT(rotate({}).out, StartsWith("Done: use"));
    EXPECT_EQ(rotate({"--step", "drop"}).status, 2) << "it must be confirmed";
    const auto dropped = rotate({"--step", "drop", "--confirm", "SECRET_KEY", "--json"});
    ASSERT_EQ(dropped.status, 0) << dropped.err;
    EXPECT_EQ(json::parse(dropped.out).at("values"), 1);
    if (file) EXPECT_THAT(someone.read(".env.local"), Not(HasSubstr(old)));
  }
}

TEST_F(Secrets, WhatBothTiersReadIsRotatedInTheFilesOfBoth) {
  const std::string old(40, 'w');
  someone.put(".env.local", "WEB_TIER_SECRET=" + old + "\n");
  someone.put("web.env.local", "# ours\nWEB_TIER_SECRET=" + old + "\nSECRET_KEY=not-of-this-tier\n");
  const auto line = [&](const std::string& file) {
    const auto text = someone.read(file);
    const auto at = text.find("WEB_TIER_SECRET=");
    return text.substr(at, text.find('\n', at) - at);
  };
  const auto rotate = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"secrets", "rotate", "WEB_TIER_SECRET", "--in-file"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  };
  ASSERT_EQ(rotate({}).status, 0);
  EXPECT_EQ(line("web.env.local"), line(".env.local"));
  const auto third = rotate({"--step", "add"});
  EXPECT_EQ(third.status, 2) << "the web tier reads two";
  EXPECT_THAT(third.err, HasSubstr("It has 2 values already."));
  ASSERT_EQ(rotate({}).status, 0);
  ASSERT_EQ(rotate({"--step", "drop", "--confirm", "WEB_TIER_SECRET"}).status, 0);
  EXPECT_EQ(line("web.env.local"), line(".env.local"));
  EXPECT_THAT(line("web.env.local"), Not(HasSubstr(old)));
  EXPECT_THAT(someone.read("web.env.local"), StartsWith("# ours\n"));
}

TEST_F(Secrets, P14ShowNoSecretThatGoesIn) {
  std::map<std::string, std::string> secrets;
  const auto canary = [&](const std::string& name) {
    return secrets[name] = "cAnArY/" + std::to_string(secrets.size()) + "+of-" + random_secret(24);
  };
  environment["AWS_SECRET_ACCESS_KEY"] = canary("AWS_SECRET_ACCESS_KEY");
  environment["AWS_SESSION_TOKEN"] = canary("AWS_SESSION_TOKEN");
  environment["VAULT_TOKEN"] = canary("VAULT_TOKEN");
  someone.put(".env.local", "SECRET_KEY=" + canary("SECRET_KEY") + "\nSMTP_URL=smtp://u:" + canary("SMTP") +
                                "@h:25\nMINIO_SECRET_KEY=" + canary("MINIO") + "\n");
  std::map<std::string, std::string> outputs;
  const auto keep = [&](const std::vector<std::string>& words) {
    const auto ran = run(words);
    outputs[words[0] + " " + words[1] + " " + std::to_string(outputs.size())] = ran.out + ran.err;
  };
  const std::vector<std::vector<std::string>> commands{
      onboard({"--dry-run"}),
      onboard(),
      onboard({"--json"}),
      {"secrets", "push"},
      {"secrets", "push", "--json"},
      {"secrets", "pull"},
      {"secrets", "rotate", "SECRET_KEY"},
      {"secrets", "pull"},
      {"secrets", "pull", "--replace", "--json"},
      {"secrets", "rotate", "SECRET_KEY", "--in-file", "--json"},
      {"providers", "validate"},
      {"secrets", "onboard", "vault", "--for", "signing", "--var", "VAULT_ADDR=https://v.example.com",
       "--var", "VAULT_NAMESPACE=n", "--json"},
      {"storage", "onboard", "minio", "--var", "MINIO_ENDPOINT=https://m.example.com"},
      {"auth", "keys", "status", "--json"},
      {"auth", "keys", "rotate"}};
  for (const auto& words : commands) keep(words);

  // The list of processes, while a provider is slow.
  const Peer silent([](const std::string&) { return std::string(); });
  auto slow = environment;
  slow["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = silent.url();
  slow["HOME"] = someone.folder().string();
  auto words = onboard();
  words.insert(words.begin(), console_binary());
  test::Process process({.arguments = words, .environment = slow});
  test::wait_until("it waits", [&] { return silent.accepted > 0; });
  outputs["the list of processes"] = *read_file("/proc/" + std::to_string(process.id()) + "/cmdline");
  process.kill();

  for (auto at = fs::recursive_directory_iterator(someone.folder()); at != fs::recursive_directory_iterator();
       ++at)
    if (at->is_regular_file() && at->path().filename() != ".env.local")
      outputs[at->path().string()] = *read_file(at->path());
  EXPECT_GE(outputs.size(), commands.size() + 2) << "the audit log is among them";
  for (const auto& [where, text] : outputs)
    for (const auto& [what, secret] : secrets)
      for (const auto& spelling : test::spellings(secret))
        EXPECT_EQ(text.find(spelling), text.npos) << what << " stands in " << where << ": " << spelling;
}

class NoManager : public ::testing::Test {
 protected:
  void expect_refused(const std::vector<std::string>& words, int status, const std::string& says) const {
    const auto before = someone.files();
    const auto ran = someone.run(words);
    EXPECT_EQ(ran.status, status) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(says));
    EXPECT_EQ(someone.files(), before);
  }
  Operator someone;
};

TEST_F(NoManager, AnEnvFileThatIsNamedAndNotThereIsSaidToBe) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"secrets", "push"},
           {"secrets", "pull"},
           {"secrets", "rotate", "SECRET_KEY"},
           {"secrets", "onboard", "aws_sm", "--var", "AWS_REGION=eu-central-1"},
           {"storage", "onboard", "s3", "--var", "S3_BUCKET=acme"},
           {"providers", "validate"}}) {
    auto typed = words;
    typed.insert(typed.end(), {"--env-file", "apii.env"});
    expect_refused(typed, 5, "error: There is no file apii.env.");
  }
  EXPECT_EQ(someone.run({"storage", "onboard", "s3", "--var", "S3_BUCKET=acme"}).status, 0)
      << "the usual one is made";
}

TEST_F(NoManager, Habit12_AFixKeepsTheEnvFileThatWasTyped) {
  someone.put("api.env", "PORT=8001\n", 0600);
  expect_refused({"secrets", "push", "--env-file", "api.env"}, 2,
                 "fix: starter-console secrets onboard aws_sm --env-file api.env");
  expect_refused({"secrets", "rotate", "SECRET_KEY", "--env-file", "api.env"}, 5,
                 "fix: echo \"SECRET_KEY=$(openssl rand -base64 48)\" >> api.env");
}

TEST_F(NoManager, APlaceholderIsToldAsOne) {
  expect_refused({"storage", "onboard", "s3", "--var", "S3_BUCKET=VALUE"}, 2,
                 "why: It is printed in lines for pasting, where the value itself belongs.");
}

}  // namespace starter::console::testing
