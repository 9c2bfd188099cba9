// Signing keys in a secret manager: made once by replicas that start together, followed by all, and kept in
// use when what is there can't be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "starter/crypto/encoding.h"
#include "starter/net/timer.h"
#include "starter/providers/registry.h"
#include "starter/providers/stored_keyset.h"
#include "starter/testing/aws_server.h"
#include "starter/testing/run.h"
#include "support/api.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "starter/test/keyset";

std::map<std::string, std::string> in_manager(const AwsServer& aws) {
  auto out = aws.environment();
  out.insert({{"AUTH_KEY_STORAGE_BACKEND", "secret-manager"},
              {"AUTH_KEY_STORAGE_PROVIDER", "aws_sm"},
              {"AUTH_KEY_SECRET_NAME", kSecret},
              {"AWS_SM_CACHE_TTL_SECONDS", "0"}});
  return out;
}

/// The same secret as an operator sees it.
class Operator {
 public:
  explicit Operator(const AwsServer& aws) : variables_(aws.environment()) {
    store_ = *providers::open_secret_store("aws_sm", loop_.get_executor(), [this](std::string_view name) {
      const auto found = variables_.find(std::string(name));
      return found == variables_.end() ? std::string() : found->second;
    });
  }
  providers::StoredKeyset keyset() {
    const auto found = await(loop_, store_->get(kSecret, net::deadline_in(20s)));
    if (!found) throw std::runtime_error(std::string(found.error().cause()));
    return {*crypto::Keyset::parse(found->value.reveal()), found->version};
  }
  void put(const std::string& text, const std::string& expected) {
    const auto done = await(loop_, store_->put(kSecret, Secret(text), expected, net::deadline_in(20s)));
    if (!done) throw std::runtime_error(std::string(done.error().cause()));
  }
  void put(const crypto::Keyset& keyset, const std::string& expected) {
    put(std::string(keyset.serialise().reveal()), expected);
  }

 private:
  std::map<std::string, std::string> variables_;
  asio::io_context loop_{1};
  std::unique_ptr<providers::SecretStore> store_;
};

bool publishes(Api& api, size_t replica, const std::string& kid) {
  return api.client(replica).get("/.well-known/jwks.json").body.find(kid) != std::string::npos;
}

TEST(StoredKeys, A002_68ReplicasThatStartTogetherMakeOneKeysetAndFollowARotation) {
  const auto aws = AwsServer::start();
  if (!aws) GTEST_SKIP() << AwsServer::missing();
  Api api(3, in_manager(*aws));
  Operator person(*aws);
  auto [keyset, version] = person.keyset();
  const auto first = keyset.active().kid;
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(publishes(api, i, first)) << "replica " << i;

  ASSERT_EQ(keyset.publish_next(Clock::system().now(), 0s), nullptr);
  person.put(keyset, version);
  const auto second = keyset.next()->kid;
  for (size_t i = 0; i < 3; ++i)
    wait_until("replica " + std::to_string(i) + " publishes the next key",
               [&] { return publishes(api, i, second); });
  ASSERT_EQ(keyset.promote(Clock::system().now(), 16min), nullptr);
  person.put(keyset, person.keyset().version);
  const auto signs = [&](const std::string& kid) {
    api.client(0).post(
        "/api/v1/auth/sign-up",
        R"({"email":"rot@example.com","display_name":"R","password":"correct horse battery staple"})");
    return publishes(api, 0, kid);
  };
  wait_until("the new key is there", [&] { return signs(second); });

  // What can't be used leaves the last good one in force, and says so without a key.
  const auto good = std::string(keyset.serialise().reveal());
  const auto active =
      good.substr(good.find("\"active\":"), good.find(",\"next\"") - good.find("\"active\":"));
  auto twice = good;
  twice.insert(twice.find("\"active\":"), active + ",");
  person.put(twice, person.keyset().version);
  wait_until("the bad keyset was seen",
             [&] { return api.log(1).find("two active keys") != std::string::npos; });
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(publishes(api, i, second));
    EXPECT_EQ(api.client(i).get("/health/ready").status, 200);
    EXPECT_THAT(api.log(i), Not(HasSubstr(active.substr(active.find("private") + 10, 20))));
  }
}

// Another replica signs with a key that this one would ask for in an hour.
TEST(StoredKeys, A5AKeyThatATokenNamesIsLookedForAtOnce) {
  const auto aws = AwsServer::start();
  if (!aws) GTEST_SKIP() << AwsServer::missing();
  auto variables = in_manager(*aws);
  variables["AWS_SM_CACHE_TTL_SECONDS"] = "3600";
  Api api(1, std::move(variables));
  Operator person(*aws);
  auto [keyset, version] = person.keyset();
  ASSERT_EQ(keyset.publish_next(Clock::system().now(), 0s), nullptr);
  ASSERT_EQ(keyset.promote(Clock::system().now(), 16min), nullptr);
  person.put(keyset, version);
  const auto someone = api.add_person("someone");
  const auto token = crypto::sign_access_token(api.claims(someone), keyset);
  const auto status = [&] { return api.client().with_token(token).get("/api/v1/users/me").status; };
  EXPECT_EQ(status(), 401);
  wait_until("the new key is known", [&] { return status() == 200; });
}

TEST(StoredKeys, TheServiceGoesOnWhileTheManagerIsAway) {
  const auto aws = AwsServer::start();
  if (!aws) GTEST_SKIP() << AwsServer::missing();
  Api api(1, in_manager(*aws));
  aws->pause();
  wait_until("its absence was seen",
             [&] { return api.log().find("did not answer in time") != std::string::npos; });
  EXPECT_EQ(api.client().get("/health/ready").status, 200);
  aws->resume();
}

/// What `serve` prints when it refuses to start.
std::string refusal(std::map<std::string, std::string> environment) {
  TemporaryFolder folder;
  const auto log = folder.path() / "serve.log";
  auto all = service_environment("none", shared_postgres());
  environment.merge(all);
  EXPECT_NE(run({.arguments = {api_binary(), "serve"}, .environment = environment, .log = log}), 0);
  std::ifstream file(log);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(StoredKeys, A001_33ManualSettingsThatAreMissingAreNamedAtTheStart) {
  const auto said = refusal({{"AUTH_KEY_STORAGE_BACKEND", "secret-manager"}});
  EXPECT_THAT(said, HasSubstr("AUTH_KEY_STORAGE_PROVIDER is required when AUTH_KEY_STORAGE_BACKEND"));
  EXPECT_THAT(said, HasSubstr("AUTH_KEY_SECRET_NAME is required when AUTH_KEY_STORAGE_BACKEND"));
  const auto without_region = refusal({{"AUTH_KEY_STORAGE_BACKEND", "secret-manager"},
                                       {"AUTH_KEY_STORAGE_PROVIDER", "aws_sm"},
                                       {"AUTH_KEY_SECRET_NAME", "x"}});
  EXPECT_THAT(without_region, HasSubstr("AWS_REGION is required when AUTH_KEY_STORAGE_PROVIDER is aws_sm"));
}

TEST(StoredKeys, A003_37ShortNamesMeanTheirProviders) {
  for (const auto& [name, meant] :
       {std::pair{"vault", "no client"}, {"infisical", "no client"}, {"nonsense", "one of"}}) {
    const auto said = refusal({{"AUTH_KEY_STORAGE_BACKEND", "secret-manager"},
                               {"AUTH_KEY_STORAGE_PROVIDER", name},
                               {"AUTH_KEY_SECRET_NAME", "x"}});
    EXPECT_THAT(said, HasSubstr("AUTH_KEY_STORAGE_PROVIDER"));
    EXPECT_THAT(said, HasSubstr(meant)) << name;
  }
}

TEST(StoredKeys, AManagerThatRefusesIsNamedAtTheStart) {
  const auto aws = AwsServer::start(0);
  if (!aws) GTEST_SKIP() << AwsServer::missing();
  const auto said = refusal(in_manager(*aws));
  EXPECT_THAT(said, HasSubstr(kSecret));
  EXPECT_THAT(said, HasSubstr("refused access"));
  EXPECT_THAT(said, Not(HasSubstr("wJalrXUtnFEMI")));
}

}  // namespace
}  // namespace starter::test
