// Each way to log in to AWS, and which of them wins.
#include "starter/providers/aws_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "starter/core/types.h"
#include "starter/net/timer.h"
#include "starter/testing/aws_server.h"
#include "starter/testing/http_peer.h"
#include "starter/testing/run.h"

namespace starter::providers {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Peer;

std::string answer(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string keys_in_json(const std::string& id, std::chrono::seconds life) {
  return R"({"Code":"Success","AccessKeyId":")" + id +
         R"(","SecretAccessKey":"k","Token":"t","Expiration":")" +
         Timestamp{std::chrono::floor<std::chrono::seconds>(Clock::system().now() + life)}.text() + "\"}";
}

class Login : public ::testing::Test {
 protected:
  Login() : variables{{"HOME", folder.path().string()}, {"AWS_EC2_METADATA_DISABLED", "true"}} {}
  void put(const std::string& name, const std::string& text) {
    const auto path = folder.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  AwsLogin& login() {
    if (!login_)
      login_.emplace(
          loop.get_executor(),
          [this](std::string_view name) {
            const auto found = variables.find(std::string(name));
            return found == variables.end() ? "" : found->second;
          },
          "eu-central-1");
    return *login_;
  }
  Result<AwsCredentials> credentials() {
    return test::await(loop, login().credentials(net::deadline_in(20s)));
  }
  std::string id() {
    const auto found = credentials();
    return found ? found->key_id
                 : std::string(found.error().type().code) + ": " + std::string(found.error().cause());
  }

  test::TemporaryFolder folder;
  std::map<std::string, std::string> variables;
  asio::io_context loop{1};
  std::optional<AwsLogin> login_;
};

TEST_F(Login, NamesEveryWayThatWasTried) {
  const auto none = credentials();
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().is(problems::secrets_log_in));
  for (const char* way :
       {"AWS_ACCESS_KEY_ID", "profile", "AWS_WEB_IDENTITY_TOKEN_FILE", "container", "instance"})
    EXPECT_THAT(std::string(none.error().cause()), HasSubstr(way));
}

TEST_F(Login, TakesTheEnvironmentFirst) {
  put(".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = x\n");
  variables["AWS_ACCESS_KEY_ID"] = "ENV";
  EXPECT_EQ(id(), "FILE") << "half a key is none";
  variables["AWS_SECRET_ACCESS_KEY"] = "y";
  login().forget();
  EXPECT_EQ(id(), "ENV");
}

TEST_F(Login, ReadsProfiles) {
  put(".aws/config",
      "# mine\n[default]\nregion = eu-west-1\n[profile ops]\naws_access_key_id=CONFIG\ns3 =\n  max_queue = "
      "1\n"
      "[profile sso]\nsso_start_url = https://x\n");
  put(".aws/credentials",
      "[ops]\n aws_access_key_id = NESTED\naws_access_key_id = OPS\naws_secret_access_key=a=b\r\n"
      "aws_session_token = t\n[other]\naws_access_key_id = OTHER\naws_secret_access_key = c\n");
  EXPECT_THAT(id(), HasSubstr("secrets.log_in")) << "a default profile with a region alone logs nobody in";
  variables["AWS_PROFILE"] = "ops";
  const auto keys = credentials();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->key_id, "OPS");
  EXPECT_EQ(keys->key.reveal(), "a=b");
  EXPECT_EQ(keys->token.reveal(), "t");
  login().forget();
  variables["AWS_PROFILE"] = "sso";
  EXPECT_THAT(id(), HasSubstr("aws configure export-credentials --profile sso"));
  variables["AWS_PROFILE"] = "absent";
  EXPECT_THAT(id(), HasSubstr("there is no profile absent"));
}

TEST_F(Login, AsksAContainersAddressWithItsToken) {
  std::string heard;
  std::optional<Peer> peer(std::in_place, [&heard](const std::string& request) {
    heard = request;
    return answer(keys_in_json("TASK", 1h));
  });
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = peer->url() + "/v1/credentials";
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "pod-token";
  EXPECT_EQ(id(), "TASK");
  EXPECT_EQ(id(), "TASK");
  EXPECT_EQ(peer->accepted, 1) << "kept while they are good";
  peer.reset();
  EXPECT_THAT(heard, HasSubstr("GET /v1/credentials "));
  EXPECT_THAT(heard, HasSubstr("authorization: pod-token"));
}

TEST_F(Login, FetchesKeysAgainBeforeTheyEnd) {
  const Peer peer([](const std::string&) { return answer(keys_in_json("TASK", 2min)); });
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = peer.url();
  EXPECT_EQ(id(), "TASK");
  EXPECT_EQ(id(), "TASK");
  EXPECT_EQ(peer.accepted, 2);
}

TEST_F(Login, GivesNoTokenToAnAddressElsewhere) {
  for (const char* host : {"example.com", "127.example.com", "127.0.0.1@example.com",
                           "localhost:80@example.com", "localhost.example.com"}) {
    variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = std::string("http://") + host + "/credentials";
    EXPECT_THAT(id(), HasSubstr("not encrypted")) << host;
    EXPECT_FALSE(problem_of_endpoint(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).empty()) << host;
  }
  for (const char* url : {"http://127.0.0.1:5000", "http://[::1]:80/", "https://example.com"})
    EXPECT_EQ(problem_of_endpoint(url), "");
}

TEST_F(Login, AContainersFailureIsNoReasonToBeSomebodyElse) {
  const Peer broken([](const std::string&) { return answer("no", "400 Bad Request"); });
  const Peer instance([](const std::string&) { return answer("token"); });
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = broken.url();
  variables["AWS_EC2_METADATA_DISABLED"] = "";
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = instance.url();
  EXPECT_THAT(id(), HasSubstr("status 400"));
  EXPECT_EQ(instance.accepted, 0);
}

TEST_F(Login, AsksTheInstanceWithASessionToken) {
  const Peer peer([](const std::string& request) {
    if (request.starts_with("PUT /latest/api/token ")) {
      return request.find("x-aws-ec2-metadata-token-ttl-seconds: ") != request.npos ? answer("session")
                                                                                    : answer("", "400 Bad");
    }
    if (request.find("x-aws-ec2-metadata-token: session\r\n") == request.npos)
      return answer("", "401 Unauthorized");
    if (request.starts_with("GET /latest/meta-data/iam/security-credentials/ ")) return answer("my-role\n");
    if (request.starts_with("GET /latest/meta-data/iam/security-credentials/my-role "))
      return answer(keys_in_json("INSTANCE", 6h));
    return answer("", "404 Not Found");
  });
  variables["AWS_EC2_METADATA_DISABLED"] = "";
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = peer.url() + "/";
  EXPECT_EQ(id(), "INSTANCE");
}

TEST_F(Login, AnswersThatAreNoKeysAreNoKeys) {
  for (const char* body : {"<html>", "{}", R"({"AccessKeyId":"A"})",
                           R"({"AccessKeyId":"A","SecretAccessKey":"B","Expiration":"soon"})"}) {
    const Peer peer([=](const std::string&) { return answer(body); });
    variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = peer.url();
    EXPECT_THAT(id(), HasSubstr("secrets.foreign_answer")) << body;
  }
}

TEST_F(Login, BecomesARoleByWebIdentityAndByProfile) {
  const auto aws = test::AwsServer::start();
  if (!aws) GTEST_SKIP() << test::AwsServer::missing();
  variables["AWS_ENDPOINT_URL_STS"] = aws->url();
  variables["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/api";
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = (folder.path() / "token").string();
  EXPECT_THAT(id(), HasSubstr("can't be read"));
  put("token", "header.claims.signature\n");
  const auto web = credentials();
  ASSERT_TRUE(web) << web.error().cause();
  EXPECT_TRUE(web->key_id.starts_with("ASIA")) << web->key_id;
  EXPECT_FALSE(web->token.empty());
  EXPECT_TRUE(web->expires);

  login().forget();
  put(".aws/credentials", "[base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n");
  put(".aws/config",
      "[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = base\n");
  variables["AWS_PROFILE"] = "deploy";
  const auto assumed = credentials();
  ASSERT_TRUE(assumed) << assumed.error().cause();
  EXPECT_TRUE(assumed->key_id.starts_with("ASIA"));
  EXPECT_NE(assumed->key_id, web->key_id);
  EXPECT_EQ(assumed->from, "the profile deploy");
}

TEST_F(Login, ARefusalOfARoleIsToldInItsOwnWordsWithoutTheToken) {
  const Peer sts([](const std::string&) {
    return answer(
        "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>No provider.</Message>"
        "</Error></ErrorResponse>",
        "400 Bad Request");
  });
  variables["AWS_ENDPOINT_URL_STS"] = sts.url();
  variables["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/api";
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = (folder.path() / "token").string();
  put("token", "the.token.itself");
  EXPECT_THAT(id(), HasSubstr("secrets.denied"));
  EXPECT_THAT(id(), HasSubstr("InvalidIdentityToken): No provider."));
  EXPECT_THAT(id(), Not(HasSubstr("the.token")));
}

}  // namespace
}  // namespace starter::providers
