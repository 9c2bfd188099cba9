// auth tokens issue-service-account with the real API: what the console issues is accepted, until it is over.
#include "operate/service_tokens.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <boost/json.hpp>

#include "operate/secret_manager.h"
#include "starter/crypto/encoding.h"
#include "starter/crypto/hash.h"
#include "starter/crypto/pepper.h"
#include "starter/testing/aws_server.h"
#include "starter/testing/http_peer.h"
#include "system/env_file.h"
#include "system/http.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr const char* kSecret = "the-signing-secret-of-tests-0123456789";

/// The command; a flag in `more` stands in the place of the usual one.
std::vector<std::string> words(const std::vector<std::string>& more = {}) {
  std::vector<std::string> all{"auth", "tokens", "issue-service-account"};
  const std::pair<const char*, const char*> usual[] = {
      {"--tenant", "acme"}, {"--account", "robot"}, {"--scopes", "projects:write"}};
  for (const auto& [flag, value] : usual)
    if (std::ranges::find(more, flag) == more.end()) all.insert(all.end(), {flag, value});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// A deployment with a running API and the tenants acme and other.
struct Hosted {
  explicit Hosted(const std::map<std::string, std::string>& more = {}) {
    deployment.add_database();
    deployment.environment()["SERVICE_ACCOUNT_SIGNING_SECRET"] = kSecret;
    for (const auto& [name, value] : more) deployment.environment()[name] = value;
    if (deployment.run({"release", "db"}).status != 0) throw std::runtime_error("no schema");
    if (deployment.run({"auth", "keys", "generate"}).status != 0) throw std::runtime_error("no keys");
    deployment.sql(
        "INSERT INTO tenants (id, slug, name) VALUES ('00000000-0000-7000-8000-000000000001', 'acme', "
        "'Acme'), "
        "('00000000-0000-7000-8000-000000000002', 'other', 'Other')");
    deployment.environment()["API_BASE_URL"] = "http://127.0.0.1:" + std::to_string(port);
    deployment.environment()["REDIS_URL"] = test::shared_redis().url_of_new_database();
    start();
  }
  /// Also again, with what the environment says by now.
  void start() {
    auto environment = deployment.environment();
    environment["PORT"] = std::to_string(port);
    environment["METRICS_PORT"] = std::to_string(test::free_port());
    api = {};
    api = test::Process({.arguments = {STARTER_API_BINARY, "serve"},
                         .environment = environment,
                         .log = deployment.folder() / "api.log"});
    test::wait_until("the API is ready", [&] {
      const auto ready = http_get(deployment.environment()["API_BASE_URL"] + "/health/ready", 2s);
      return ready && ready->status == 200;
    });
  }
  /// Makes a project with the token; a tenant's digit.
  HttpAnswer use(const std::string& token, char tenant = '1') const {
    return post_json(
        port, std::string("/api/v1/tenants/00000000-0000-7000-8000-00000000000") + tenant + "/projects",
        R"({"name":"By a robot"})", token);
  }
  /// By whichever thread answers.
  void wait_until_refused(const std::string& token) const {
    test::wait_until("the token is refused", [&] {
      for (int time = 0; time < 30; ++time)
        if (use(token).status != 401) return false;
      return true;
    });
  }
  json::value issue(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--create", "--json"});
    const auto ran = deployment.run(words(more));
    if (ran.status != 0) throw std::runtime_error(ran.out + ran.err);
    return json::parse(ran.out);
  }
  std::string count(const std::string& rows) const { return deployment.sql("SELECT count(*) FROM " + rows); }

  Deployment deployment;
  int port = test::free_port();
  test::Process api;
};

std::string text(const json::value& reply, const char* member) {
  return std::string(reply.at(member).as_string());
}

/// The body of an order that this secret signed.
std::string order_of(const std::string& secret, const std::string& nonce) {
  const auto payload = operate::order_text({.audience = "starter-api",
                                            .tenant = "acme",
                                            .account = "signed",
                                            .scopes = {"projects:read"},
                                            .ttl = 60min,
                                            .overlap = std::nullopt,
                                            .create = true,
                                            .by = "tests"},
                                           nonce, Clock::system().now());
  const auto key = crypto::hkdf_sha256(secret, "", "starter signed request v1", 32);
  const auto proof = crypto::base64url_encode(crypto::bytes_of(crypto::hmac_sha256(key.reveal(), payload)));
  return json::serialize(json::object{{"payload", payload}, {"proof", proof}});
}

std::string code_of(const HttpAnswer& answer) {
  return text(json::parse(answer.body), "code");
}

}  // namespace

class ServiceTokens : public ::testing::Test {
 protected:
  static Hosted& hosted() {
    if (!hosted_) hosted_ = std::make_unique<Hosted>();
    return *hosted_;
  }
  static void TearDownTestSuite() { hosted_.reset(); }
  /// Three lines, nothing on stdout, and no secret.
  static void expect_refused(const std::vector<std::string>& line, int exit, const std::string& says,
                             const std::map<std::string, std::string>& more = {}) {
    const auto refused = hosted().deployment.run(line, more);
    EXPECT_EQ(refused.status, exit) << refused.err;
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(says));
    EXPECT_THAT(refused.err, HasSubstr("\n  fix: "));
    EXPECT_THAT(refused.err, Not(HasSubstr(kSecret)));
  }

 private:
  static inline std::unique_ptr<Hosted> hosted_;
};

TEST_F(ServiceTokens, WhatIsIssuedIsAcceptedAndAuditedOnBothSides) {
  const auto ran = hosted().deployment.run(words({"--create"}));
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("starter_sa_"));
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1) << "the token alone, for a pipe";
  const auto token = ran.out.substr(0, ran.out.size() - 1);
  const auto made = hosted().use(token);
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_NE(
      hosted().count("audit_events WHERE action = 'service_token.issued' AND payload->>'name' = 'robot'"),
      "0");
  const auto lines = hosted().deployment.audit_lines();
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back(), HasSubstr("issue-service-account"));
  for (const auto& line : lines) EXPECT_THAT(line, Not(HasSubstr("starter_sa_")));
}

TEST_F(ServiceTokens, ATokenInAFileIsForItsOwnerAlone) {
  const auto path = hosted().deployment.folder() / "token";
  const auto reply = hosted().issue({"--file", path.string(), "--ttl", "2h"});
  EXPECT_TRUE(reply.at("token").is_null()) << "not in two places";
  auto token = read_file(path).value_or("");
  ASSERT_TRUE(token.ends_with('\n'));
  token.pop_back();
  EXPECT_EQ(hosted().use(token).status, 201);
  struct stat about{};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(hosted().deployment.sql("SELECT round(extract(epoch FROM expires_at - created_at)) FROM "
                                    "service_account_tokens WHERE id = '" +
                                    text(reply, "id") + "'"),
            "7200");
}

TEST_F(ServiceTokens, AFileThatCantBeWrittenIssuesNoToken) {
  const auto before = hosted().count("service_account_tokens");
  const auto folder = hosted().deployment.folder();
  expect_refused(words({"--create", "--file", folder.string()}), 1, folder.string());
  expect_refused(words({"--create", "--file", (folder / "nowhere/token").string()}), 5, "nowhere");
  EXPECT_EQ(hosted().count("service_account_tokens"), before);
}

TEST_F(ServiceTokens, ADryRunShowsThePlanAndSendsNothing) {
  const auto tokens = hosted().count("service_account_tokens"),
             nonces = hosted().count("signed_request_nonces");
  const auto planned = hosted().deployment.run(words({"--create", "--overlap", "1h", "--dry-run", "--json"}));
  ASSERT_EQ(planned.status, 0) << planned.err;
  const auto reply = json::parse(planned.out);
  EXPECT_TRUE(reply.at("dry_run").as_bool());
  EXPECT_EQ(reply.at("plan").as_array().size(), 3u);
  EXPECT_TRUE(reply.at("token").is_null());
  EXPECT_EQ(hosted().count("service_account_tokens"), tokens);
  EXPECT_EQ(hosted().count("signed_request_nonces"), nonces);
}

TEST_F(ServiceTokens, ARevokedAnExpiredAndAForeignTokenAreRefused) {
  const auto issued = hosted().issue();
  const auto token = text(issued, "token");
  ASSERT_EQ(hosted().use(token).status, 201);
  EXPECT_EQ(code_of(hosted().use(token, '2')), "tenant.mismatch");
  const std::string of_it = " WHERE id = '" + text(issued, "id") + "'";
  hosted().deployment.sql("UPDATE service_account_tokens SET revoked_at = now()" + of_it);
  hosted().wait_until_refused(token);
  EXPECT_EQ(code_of(hosted().use(token)), "service_token.refused");

  const auto short_lived = hosted().issue({"--ttl", "1m"});
  hosted().deployment.sql("UPDATE service_account_tokens SET expires_at = now() WHERE id = '" +
                          text(short_lived, "id") + "'");
  EXPECT_EQ(code_of(hosted().use(text(short_lived, "token"))), "service_token.refused");
}

TEST_F(ServiceTokens, ATokenWithoutTheScopeIsRefusedThere) {
  const auto ran = hosted().deployment.run(
      words({"--account", "reader", "--scopes", "projects:read", "--create", "--json"}));
  ASSERT_EQ(ran.status, 0) << ran.out << ran.err;
  const auto refused = hosted().use(text(json::parse(ran.out), "token"));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(code_of(refused), "scope.insufficient");
}

TEST_F(ServiceTokens, ARotationEndsTheOtherTokensAfterTheOverlap) {
  const auto first = hosted().issue({"--account", "rotated"});
  const auto second = hosted().issue({"--account", "rotated", "--overlap", "1h"});
  EXPECT_EQ(second.at("rotated").as_int64(), 1);
  for (const auto* one : {&first, &second}) EXPECT_EQ(hosted().use(text(*one, "token")).status, 201);
  const auto third = hosted().issue({"--account", "rotated", "--overlap", "0m"});
  EXPECT_EQ(third.at("rotated").as_int64(), 2);
  for (const auto* one : {&first, &second}) hosted().wait_until_refused(text(*one, "token"));
  EXPECT_EQ(hosted().use(text(third, "token")).status, 201);
}

TEST_F(ServiceTokens, ASignedOrderThatWasSeenOnTheWireIsWorthNothing) {
  const auto body = order_of(kSecret, "a-nonce-of-this-test-alone");
  const auto api = hosted().deployment.environment()["API_BASE_URL"];
  ASSERT_TRUE(operate::issue_token(api, body, 20s).has_value());
  const auto again = operate::issue_token(api, body, 20s);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, "signed_request.replayed");
  EXPECT_EQ(again.error().exit, Exit::conflict);
}

TEST_F(ServiceTokens, EachRefusalOfTheApiSaysWhatToDo) {
  expect_refused(words({"--account", "unheard-of"}), 5, "--create");
  expect_refused(words({"--tenant", "nobody-here"}), 5, "--tenant");
  expect_refused(words(), 4, "providers validate",
                 {{"SERVICE_ACCOUNT_SIGNING_SECRET", std::string(40, 'x')}});
  expect_refused(words({"--create"}), 4, "AUTH_AUDIENCE", {{"AUTH_AUDIENCE", "another"}});
  hosted().issue({"--account", "narrow"});
  expect_refused(words({"--account", "narrow", "--scopes", "audit:read"}), 4, "scopes that the account has");
  expect_refused(words({"--create", "--scopes", "projects:admire"}), 1, "no address asks for");
}

TEST_F(ServiceTokens, BadInputIsRefusedBeforeAnythingIsSent) {
  const auto before = hosted().count("signed_request_nonces");
  expect_refused(words({"--ttl", "soon"}), 2, "time span");
  expect_refused(words({"--ttl", "30s"}), 2, "must be from 1 min");
  expect_refused(words({"--ttl", "400d"}), 2, "must be from 1 min");
  expect_refused(words({"--overlap", "-1h"}), 2, "time span");
  expect_refused(words({"--tenant", "Not a name"}), 2, "--tenant");
  expect_refused(words({"--account", "'; DROP TABLE users; --"}), 2, "--account");
  expect_refused(words({"--scopes", "projects"}), 2, "projects:read");
  expect_refused(words({"--scopes", ","}), 2, "--scopes");
  expect_refused(words(), 4, "SERVICE_ACCOUNT_SIGNING_SECRET", {{"SERVICE_ACCOUNT_SIGNING_SECRET", ""}});
  expect_refused(words(), 4, "SERVICE_ACCOUNT_SIGNING_SECRET", {{"SERVICE_ACCOUNT_SIGNING_SECRET", "short"}});
  EXPECT_EQ(hosted().count("signed_request_nonces"), before);
}

TEST_F(ServiceTokens, WhatAnswersInTheApisPlaceIsNamed) {
  expect_refused(words({"--api", "http://127.0.0.1:1"}), 1, "No answer from http://127.0.0.1:1");
  const auto expect_foreign = [](const std::string& head, const std::string& body) {
    const testing_support::Peer peer([&](const std::string&) {
      return "HTTP/1.1 " + head + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + body;
    });
    expect_refused(words({"--api", peer.url()}), 1, "is not the API");
  };
  expect_foreign("200 OK\r\nContent-Type: text/html", "<html>Sign in to the hotel's network</html>");
  expect_foreign("502 Bad Gateway", "");
  expect_foreign("201 Created", R"({"token":7})");
  expect_foreign("201 Created", R"(["starter_sa_"])");
  expect_foreign("302 Found\r\nLocation: https://elsewhere.example/", "");
  const testing_support::Peer silent([](const std::string&) { return std::string(); });
  expect_refused(words({"--api", silent.url(), "--timeout", "1"}), 1, "No answer from");
}

/// Rotates the signing secret step by step. `value` is what stands in its place, and `follow` lets the API
/// know of it.
void expect_rotated_without_a_gap(Hosted& hosted, std::vector<std::string> where,
                                  const std::function<std::string()>& value,
                                  const std::function<void()>& follow) {
  const auto rotate = [&](std::vector<std::string> more) {
    std::vector<std::string> line{"secrets", "rotate", "SERVICE_ACCOUNT_SIGNING_SECRET"};
    line.insert(line.end(), where.begin(), where.end());
    line.insert(line.end(), more.begin(), more.end());
    const auto ran = hosted.deployment.run(line);
    ASSERT_EQ(ran.status, 0) << ran.err;
    follow();
  };
  /// "issued", or why not.
  const auto obeyed = [&](const std::string& body) {
    const auto issued = operate::issue_token(hosted.deployment.environment()["API_BASE_URL"], body, 20s);
    return issued ? "issued" : issued.error().code;
  };
  const auto signed_with = [&](const std::string& secret) { return order_of(secret, random_secret(32)); };
  const auto old = value();
  const auto under_way = signed_with(old);  // signed before, sent in the overlap
  rotate({});
  ASSERT_TRUE(value().starts_with(old + ","));
  const auto fresh = value().substr(old.size() + 1);
  EXPECT_EQ(obeyed(signed_with(old)), "issued");
  test::wait_until("the API knows the new one", [&] { return obeyed(signed_with(fresh)) == "issued"; });
  rotate({"--step", "use"});
  ASSERT_EQ(value(), fresh + "," + old);
  EXPECT_EQ(obeyed(under_way), "issued");
  EXPECT_EQ(hosted.use(text(hosted.issue(), "token")).status, 201) << "the console signs with the new one";
  rotate({"--step", "drop", "--confirm", "SERVICE_ACCOUNT_SIGNING_SECRET"});
  ASSERT_EQ(value(), fresh);
  test::wait_until("the API has dropped the old one",
                   [&] { return obeyed(signed_with(old)) == "signed_request.proof_wrong"; });
  EXPECT_EQ(hosted.use(text(hosted.issue(), "token")).status, 201);
}

TEST(ServiceTokensWhileTheSecretIsRotated, OrdersOfBothSecretsAreObeyedUntilTheOldOneIsDroppedFromTheFile) {
  Hosted hosted({{"RATE_LIMIT_FACTOR", "1000"}});
  const auto file = hosted.deployment.folder() / "api.env";
  ASSERT_TRUE(write_file(file, "SERVICE_ACCOUNT_SIGNING_SECRET=" + std::string(kSecret) + "\n").has_value());
  const auto value = [&] { return read_env_file(file.string())->at("SERVICE_ACCOUNT_SIGNING_SECRET"); };
  expect_rotated_without_a_gap(hosted, {"--env-file", file.string()}, value, [&] {
    hosted.deployment.environment()["SERVICE_ACCOUNT_SIGNING_SECRET"] = value();
    hosted.start();
  });
}

// 001-12, 001-25: the signing secret of AWS Secrets Manager, which onboarding makes.
class ServiceTokensWithASecretManager : public ::testing::Test {};

TEST_F(ServiceTokensWithASecretManager, A001_12ConsoleAndApiReadTheSigningSecretThere) {
  const auto aws = test::AwsServer::start();
  if (!aws) GTEST_SKIP() << test::AwsServer::missing();
  auto environment = aws->environment();
  environment["SECRETS_PROVIDER"] = "aws_sm";
  environment["AWS_SM_SIGNING_SECRET_ARN"] = "starter/test/signing";
  environment["SERVICE_ACCOUNT_SIGNING_SECRET"] = "";
  Hosted hosted(environment);
  hosted.deployment.environment()["HOME"] = hosted.deployment.folder().string();
  const auto early = hosted.deployment.run(words({"--create"}));
  EXPECT_EQ(early.status, 5) << "it is not there yet: " << early.err;
  EXPECT_THAT(early.err, HasSubstr("secrets onboard"));
  const auto env_file = (hosted.deployment.folder() / "onboarded.env").string();
  ASSERT_TRUE(write_file(env_file, "").has_value());
  const auto onboarded = hosted.deployment.run(
      {"secrets", "onboard", "aws_sm", "--for", "signing", "--env-file", env_file, "--no-input"});
  ASSERT_EQ(onboarded.status, 0) << onboarded.err;
  EXPECT_EQ(hosted.use(text(hosted.issue(), "token")).status, 201);
}

TEST_F(ServiceTokensWithASecretManager, A001_12TheSigningSecretIsRotatedThereWithoutAGapOrARestart) {
  const auto aws = test::AwsServer::start();
  if (!aws) GTEST_SKIP() << test::AwsServer::missing();
  auto environment = aws->environment();
  environment["SECRETS_PROVIDER"] = "aws_sm";
  environment["AWS_SM_SIGNING_SECRET_ARN"] = "starter/test/rotated";
  environment["AWS_SM_CACHE_TTL_SECONDS"] = "1";
  environment["RATE_LIMIT_FACTOR"] = "1000";
  environment["SERVICE_ACCOUNT_SIGNING_SECRET"] = "";
  Hosted hosted(environment);
  hosted.deployment.environment()["HOME"] = hosted.deployment.folder().string();
  const auto env_file = (hosted.deployment.folder() / "onboarded.env").string();
  ASSERT_TRUE(write_file(env_file, "").has_value());
  const auto onboarded = hosted.deployment.run(
      {"secrets", "onboard", "aws_sm", "--for", "signing", "--env-file", env_file, "--no-input"});
  ASSERT_EQ(onboarded.status, 0) << onboarded.err;
  auto manager = operate::SecretManager::open(
      "aws_sm",
      [&](std::string_view name) {
        const auto found = environment.find(std::string(name));
        return found == environment.end() ? std::string() : found->second;
      },
      20s);
  ASSERT_TRUE(manager.has_value());
  const auto value = [&] { return std::string((*manager->get("starter/test/rotated"))->value.reveal()); };
  expect_rotated_without_a_gap(hosted, {"--env-file", env_file}, value, [] {});
}

TEST(ServiceTokensUnconfigured, A001_25AnApiWithAwsSmNeedsTheNameOfTheSigningSecret) {
  Deployment deployment;
  deployment.environment().insert({{"DATABASE_URL", "postgresql://a:b@127.0.0.1:1/c"},
                                   {"SECRETS_PROVIDER", "aws_sm"},
                                   {"AWS_REGION", "eu-central-1"}});
  const auto shown = deployment.run({"config", "explain", "AWS_SM_SIGNING_SECRET_ARN", "--json"});
  EXPECT_THAT(shown.out + shown.err, HasSubstr("SECRETS_PROVIDER is aws_sm"));
}

// --- without a running API: what answers is a stand-in

class IssuedToAFile : public ::testing::Test {
 protected:
  std::vector<std::string> line(const std::string& file) const {
    return words({"--api", peer.url(), "--file", file});
  }
  std::string answer() {
    ++issued;
    if (breaks) fs::create_directory(place.folder() / "nightly.token");
    const std::string body = R"({"token":"starter_sa_canary","id":"0193-token","account_id":"0193-account",)"
                             R"("expires_at":"2027-01-01T00:00:00Z","rotated":0})";
    return "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  Ran run(const std::vector<std::string>& words) const {
    return run_console(words, environment, place.folder());
  }

  Deployment place;
  std::map<std::string, std::string> environment = [&] {
    auto all = place.environment();
    all["SERVICE_ACCOUNT_SIGNING_SECRET"] = kSecret;
    return all;
  }();
  std::atomic<int> issued = 0;
  std::atomic<bool> breaks = false;
  testing_support::Peer peer{[this](const std::string&) { return answer(); }};
};

TEST_F(IssuedToAFile, WithoutAFolderInItsName) {
  const auto ran = run(line("nightly.token"));
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(*read_file(place.folder() / "nightly.token"), "starter_sa_canary\n");
}

TEST_F(IssuedToAFile, IsAskedForOnceTheFileCanBeWritten) {
  // The kernel's limit of a file's size stands for a full disk, to root as well.
  auto words = line("nightly.token");
  std::vector<std::string> all{"/bin/sh", "-c", "trap '' XFSZ; ulimit -f 0; cd \"$0\"; exec \"$@\"",
                               place.folder().string(), console_binary()};
  all.insert(all.end(), words.begin(), words.end());
  environment["XDG_STATE_HOME"] = (place.folder() / "state").string();
  const auto ran = run_process({.argv = all, .environment = environment}, 60s);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->status, 1) << ran->output;
  EXPECT_THAT(ran->output, HasSubstr("error: Cannot write nightly.token."));
  EXPECT_EQ(issued, 0);
  for (const auto& entry : fs::directory_iterator(place.folder()))
    EXPECT_THAT(entry.path().filename().string(), Not(StartsWith("nightly")));
  const auto absent = run(line("absent/nightly.token"));
  EXPECT_EQ(absent.status, 5) << absent.err;
  EXPECT_EQ(issued, 0);
  EXPECT_FALSE(fs::exists(place.folder() / "absent"));
}

TEST_F(IssuedToAFile, IsNamedWithTheWayToEndItWhenTheWriteFailsAfterAll) {
  breaks = true;
  const auto ran = run(line("nightly.token"));
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_EQ(issued, 1);
  EXPECT_THAT(ran.err,
              HasSubstr("The token 0193-token of robot in acme was issued and could not be written."));
  EXPECT_THAT(ran.err, HasSubstr("Is a directory"));
  EXPECT_THAT(ran.err, HasSubstr("\n  fix: starter-console auth tokens issue-service-account --tenant acme"));
  EXPECT_THAT(ran.err, HasSubstr(" --overlap 0m"));
  EXPECT_THAT(ran.err, Not(HasSubstr("canary"))) << "the token is no talk";
  ASSERT_FALSE(place.audit_lines().empty());
  EXPECT_EQ(json::serialize(json::parse(place.audit_lines().back()).at("done")),
            R"(["issued the token 0193-token of robot"])");
}

}  // namespace starter::console::testing
