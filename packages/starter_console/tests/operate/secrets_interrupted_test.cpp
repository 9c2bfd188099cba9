// Ctrl-C between two writes to a secret manager: three lines, exit 130, an audit line that says what was
// done, and a next run that goes on from there.
#include <gmock/gmock.h>
#include <signal.h>

#include <boost/json.hpp>

#include "starter/testing/http_peer.h"
#include "starter/testing/process.h"
#include "tests/operate/secrets_fixture.h"

namespace starter::console::testing {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::Peer;
namespace json = boost::json;

namespace {

std::string answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Has nothing, takes the first secret, and presses Ctrl-C when it is given the second, which never comes
// back.
class Interrupting {
 public:
  std::atomic<pid_t> console = 0;
  std::atomic<int> writes = 0;
  const std::string& url() const { return peer_.url(); }

 private:
  std::string take(const std::string& request) {
    if (request.find(".GetSecretValue") != request.npos && !is_there(request))
      return answer("400 Bad Request", R"({"__type":"ResourceNotFoundException","Message":"none"})");
    if (request.find(".GetSecretValue") != request.npos)
      return answer("200 OK", R"({"ARN":"arn:aws:secretsmanager:eu-central-1:1:secret:a","VersionId":"1",)"
                              R"("SecretString":"taken"})");
    if (++writes == 1) return taken_ = request, answer("200 OK", R"({"VersionId":"1"})");
    test::wait_until("the process is known", [&] { return console != 0; });
    ::kill(console, SIGINT);
    return "";
  }
  bool is_there(const std::string& request) const {
    const auto at = request.find("\"SecretId\":\"") + 12;
    const auto name = request.substr(at, request.find('"', at) - at);
    return !taken_.empty() && taken_.find("\"" + name + "\"") != taken_.npos;
  }
  std::string taken_;
  Peer peer_{[this](const std::string& request) { return take(request); }};
};

}  // namespace

class InterruptedSecrets : public Secrets {
 protected:
  // Runs the command until the peer ends it; what it said.
  std::string interrupt(const std::vector<std::string>& words) {
    Interrupting manager;
    auto all = environment;
    all.insert({{"STARTER_ROOT", ""}, {"HOME", someone.folder().string()}, {"NO_COLOR", "1"}});
    all["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = manager.url();
    std::vector<std::string> line{"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", someone.folder().string(),
                                  console_binary()};
    line.insert(line.end(), words.begin(), words.end());
    const TemporaryFolder streams;
    test::Process process({.arguments = line, .environment = all, .log = streams / "log"});
    manager.console = process.id();
    EXPECT_EQ(process.wait(), 130);
    EXPECT_EQ(manager.writes, 2);
    return *read_file(streams / "log");
  }
  void expect_three_lines(const std::string& said, const std::string& fix) const {
    EXPECT_EQ(std::ranges::count(said, '\n'), 3) << said;
    EXPECT_THAT(said, StartsWith("error: Stopped.\n  why: Ctrl-C"));
    EXPECT_THAT(said, HasSubstr("\n  fix: " + fix + "\n"));
  }
  json::object last_audit_line() const {
    auto lines = someone.read("var/log/console-audit.jsonl");
    lines.erase(lines.find_last_not_of('\n') + 1);
    return json::parse(lines.substr(lines.rfind('\n') + 1)).as_object();
  }
};

TEST_F(InterruptedSecrets, AnOnboardingLeavesTheFileAndIsPickedUpByTheNextRun) {
  someone.put(".env.local", "# as it was\n");
  const auto said = interrupt(onboard());
  expect_three_lines(said,
                     "starter-console secrets onboard aws_sm --var AWS_REGION=eu-central-1 --var "
                     "AWS_SM_SIGNING_SECRET_ARN=" +
                         id + "/signing --var AUTH_KEY_SECRET_NAME=" + id + "/keyset");
  EXPECT_EQ(someone.read(".env.local"), "# as it was\n");
  const auto audited = last_audit_line();
  EXPECT_EQ(audited.at("outcome"), "failed");
  EXPECT_EQ(audited.at("exit"), 130);
  EXPECT_EQ(json::serialize(audited.at("done")), "[\"made the signing secret " + id + "/signing\"]");
  const auto next = run(onboard());
  EXPECT_EQ(next.status, 0) << next.err;
  EXPECT_THAT(someone.read(".env.local"), StartsWith("# as it was\n"));
}

TEST_F(InterruptedSecrets, APushTellsWhichSecretIsThereAlready) {
  someone.put(".env.local", "SECRETS_PROVIDER=aws_sm\nAWS_REGION=eu-central-1\nSECRET_KEY=" +
                                std::string(40, 's') + "\nSMTP_URL=smtp://u:p@h:25\n");
  const auto said = interrupt({"secrets", "push", "SECRET_KEY", "SMTP_URL", "--prefix", id + "/"});
  expect_three_lines(said, "starter-console secrets push SECRET_KEY SMTP_URL --prefix " + id + "/");
  const auto audited = last_audit_line();
  EXPECT_EQ(audited.at("command"), "secrets push");
  EXPECT_EQ(audited.at("exit"), 130);
  EXPECT_EQ(json::serialize(audited.at("done")), "[\"wrote the secret " + id + "/SECRET_KEY\"]");
}

}  // namespace starter::console::testing
