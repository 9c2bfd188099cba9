// The signing keys in a secret manager of others: made, rotated and shown as in a file.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "operate/secret_manager.h"
#include "starter/crypto/keyset.h"
#include "starter/providers/environment.h"
#include "starter/testing/aws_server.h"
#include "starter/testing/http_peer.h"
#include "tests/operate/deployment.h"

namespace starter::console::testing {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

constexpr const char* kSecret = "starter/test/keyset";

class StoredSigningKeys : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { aws = test::AwsServer::start(); }
  static void TearDownTestSuite() { aws.reset(); }
  void SetUp() override {
    if (!aws) GTEST_SKIP() << test::AwsServer::missing();
    use(aws->environment());
    deployment.environment()["AUTH_KEY_SECRET_NAME"] = name;
  }
  void use(const std::map<std::string, std::string>& aws_environment) {
    auto& all = deployment.environment();
    for (const auto& [variable, value] : aws_environment) all[variable] = value;
    all["AUTH_KEY_STORAGE_BACKEND"] = "secret-manager";
    all["AUTH_KEY_STORAGE_PROVIDER"] = "aws_sm";
    all["AUTH_KEY_SECRET_NAME"] = name;
    all["HOME"] = deployment.folder().string();
  }
  operate::SecretManager manager() {
    const auto& all = deployment.environment();
    auto opened = operate::SecretManager::open(
        "aws_sm",
        [all](std::string_view variable) -> std::string {
          const auto found = all.find(std::string(variable));
          return found == all.end() ? std::string() : found->second;
        },
        20s);
    if (!opened) throw std::runtime_error(opened.error().why);
    return std::move(*opened);
  }
  std::string stored() { return std::string((*manager().get(name))->value.reveal()); }
  void put(const std::string& text) {
    auto store = manager();
    const auto now = *store.get(name);
    ASSERT_TRUE(store.put(name, Secret(text), now ? now->version : "").has_value());
  }
  json::value status() { return json::parse(deployment.run({"auth", "keys", "status", "--json"}).out); }
  void expect_refused(const std::vector<std::string>& words, int exit, const std::string& says) {
    const auto refused = deployment.run(words);
    EXPECT_EQ(refused.status, exit) << refused.err;
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr(says));
    EXPECT_THAT(refused.err, HasSubstr("\n  fix: "));
  }

  static inline std::unique_ptr<test::AwsServer> aws;
  static inline int number = 0;
  const std::string name = kSecret + std::to_string(++number);
  Deployment deployment;
};

TEST_F(StoredSigningKeys, A001_13_A002_43_A002_44AreMadeOnceAndRotatedInTwoSteps) {
  expect_refused({"auth", "keys", "status"}, 5, "AUTH_KEY_SECRET_NAME names it");
  const auto planned = deployment.run({"auth", "keys", "generate", "--dry-run"});
  EXPECT_EQ(planned.status, 0) << planned.err;
  EXPECT_THAT(planned.out, HasSubstr("the secret " + name + " in aws_sm"));
  EXPECT_FALSE(*manager().get(name)) << "a dry run writes nothing";
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const auto made = stored();
  const auto again = deployment.run({"auth", "keys", "generate"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, StartsWith("no change: the secret "));
  EXPECT_EQ(stored(), made);

  const auto first = status().at("active").at("kid").as_string();
  EXPECT_EQ(status().at("storage"), "aws_sm");
  ASSERT_EQ(deployment.run({"auth", "keys", "rotate"}).status, 0);
  EXPECT_EQ(status().at("active").at("kid"), first) << "next before active";
  const auto published = stored();
  EXPECT_EQ(deployment.run({"auth", "keys", "rotate"}).status, 8) << "pending";
  EXPECT_EQ(stored(), published);

  auto keyset = crypto::Keyset::create(Clock::system().now() - 48h);
  ASSERT_EQ(keyset.publish_next(Clock::system().now() - 24h, 1s), nullptr);
  put(std::string(keyset.serialise().reveal()));
  ASSERT_EQ(deployment.run({"auth", "keys", "rotate"}).status, 0);
  EXPECT_EQ(status().at("active").at("kid").as_string(), keyset.next()->kid);
  EXPECT_EQ(status().at("retired").at(0).at("kid").as_string(), keyset.active().kid);
  EXPECT_FALSE(fs::exists(deployment.folder() / "keys")) << "nothing is left in a file";
}

TEST_F(StoredSigningKeys, AKeysetWithTwoActiveKeysIsRefused) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const auto good = stored();
  const auto active =
      good.substr(good.find("\"active\":"), good.find(",\"next\"") - good.find("\"active\":"));
  auto twice = good;
  twice.insert(twice.find("\"active\":"), active + ",");
  put(twice);
  for (const char* verb : {"status", "rotate", "generate"}) {
    expect_refused({"auth", "keys", verb}, 1, "two active keys");
    EXPECT_EQ(stored(), twice) << "as it was";
  }
}

TEST_F(StoredSigningKeys, AChangeOfSomebodyElseIsNotOverwritten) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  auto one = manager(), other = manager();
  const auto now = *one.get(name);
  ASSERT_TRUE(
      other.put(name, Secret(crypto::Keyset::create(Clock::system().now()).serialise()), now->version));
  const auto late = one.put(name, Secret("late"), now->version);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().exit, Exit::conflict);
  EXPECT_THAT(late.error().what, HasSubstr("Somebody else changed"));
}

TEST_F(StoredSigningKeys, AManagerThatRefusesStaysSilentOrAnswersAPageIsNamedInThreeLines) {
  ASSERT_EQ(deployment.run({"auth", "keys", "generate"}).status, 0);
  const auto before = stored();
  const auto strict = test::AwsServer::start(0);
  deployment.environment()["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = strict->url();
  expect_refused({"auth", "keys", "rotate"}, 4, "refused access");
  strict->pause();
  expect_refused({"auth", "keys", "rotate", "--timeout", "1"}, 1, "did not answer");
  strict->resume();
  const testing_support::Peer hotel([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: "
           "close\r\n\r\n<html>";
  });
  deployment.environment()["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = hotel.url();
  expect_refused({"auth", "keys", "rotate"}, 1, "a web page");
  for (const char* gone : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})
    deployment.environment().erase(gone);
  expect_refused({"auth", "keys", "rotate"}, 4, "Nothing here can log in");
  deployment.environment()["AUTH_KEY_STORAGE_PROVIDER"] = "vault";
  expect_refused({"auth", "keys", "rotate"}, 2, "no client");
  use(aws->environment());
  EXPECT_EQ(stored(), before);
}

}  // namespace starter::console::testing
