// Who may sign for the deployment, with the secret in a setting and in a secret manager.
#include "starter/providers/request_signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "starter/net/timer.h"
#include "starter/providers/registry.h"
#include "starter/testing/aws_server.h"
#include "starter/testing/run.h"

namespace starter::providers {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using Variables = std::map<std::string, std::string>;

constexpr const char* kOne = "one-signing-secret-of-tests-0123456789";
constexpr const char* kTwo = "two-signing-secret-of-tests-0123456789";

Environment environment_of(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? "" : found->second;
  };
}

struct Signer {
  explicit Signer(const Variables& variables) {
    auto opened = open_request_signer(environment_of(variables));
    if (!opened) throw std::runtime_error(opened.error());
    signer = std::move(*opened);
  }
  std::string sign(const std::string& message) {
    auto proof = test::await(loop, signer->sign(message, net::deadline_in(20s)));
    if (!proof) throw std::runtime_error(std::string(proof.error().type().code));
    return *proof;
  }
  bool verify(const std::string& message, const std::string& proof) {
    const auto fits = test::await(loop, signer->verify(message, proof, net::deadline_in(20s)));
    if (!fits) throw std::runtime_error(std::string(fits.error().type().code));
    return *fits;
  }
  asio::io_context loop{1};
  std::unique_ptr<RequestSigner> signer;
};

TEST(RequestSigner, AProofIsForItsMessageAndItsSecretAlone) {
  Signer one({{"SERVICE_ACCOUNT_SIGNING_SECRET", kOne}}), two({{"SERVICE_ACCOUNT_SIGNING_SECRET", kTwo}});
  const auto proof = one.sign("an order");
  EXPECT_TRUE(one.verify("an order", proof));
  EXPECT_FALSE(one.verify("an order.", proof));
  EXPECT_FALSE(one.verify("", proof));
  EXPECT_FALSE(two.verify("an order", proof));
  for (size_t at = 0; at < proof.size(); ++at) {
    auto changed = proof;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(one.verify("an order", changed)) << at;
  }
  EXPECT_FALSE(one.verify("an order", proof + "A"));
  EXPECT_FALSE(one.verify("an order", ""));
}

// Computed with Python: hmac(hkdf(secret, salt=b"", info=b"starter signed request v1", 32), b"an order").
TEST(RequestSigner, TheProofIsHmacSha256UnderAKeyOfThisUse) {
  EXPECT_EQ(Signer({{"SERVICE_ACCOUNT_SIGNING_SECRET", kOne}}).sign("an order"),
            "r8j-iQSG2kwDHcBnQLfv8jj1R1xykcfsifPvIWRp6dw");
}

TEST(RequestSigner, WhileASecretIsReplacedTheFirstSignsAndBothAreBelieved) {
  Signer both({{"SERVICE_ACCOUNT_SIGNING_SECRET", std::string(kTwo) + "," + kOne}});
  Signer one({{"SERVICE_ACCOUNT_SIGNING_SECRET", kOne}}), two({{"SERVICE_ACCOUNT_SIGNING_SECRET", kTwo}});
  EXPECT_EQ(both.sign("an order"), two.sign("an order"));
  EXPECT_TRUE(both.verify("an order", one.sign("an order")));
}

TEST(RequestSigner, WhatIsMissingIsNamedAndNoValueIsShown) {
  const std::pair<Variables, std::string> cases[] = {
      {{}, "SERVICE_ACCOUNT_SIGNING_SECRET"},
      {{{"SECRETS_PROVIDER", "vault_hcp"}}, "SECRETS_PROVIDER"},
      {{{"SECRETS_PROVIDER", "aws_sm"}}, "AWS_SM_SIGNING_SECRET_ARN"},
      {{{"SERVICE_ACCOUNT_SIGNING_SECRET", "canary"}}, "at least 32 bytes"}};
  for (const auto& [variables, names] : cases) {
    const auto opened = open_request_signer(environment_of(variables));
    ASSERT_FALSE(opened.has_value());
    EXPECT_THAT(opened.error(), HasSubstr(names));
    EXPECT_THAT(opened.error(), Not(HasSubstr("canary")));
  }
}

TEST(RequestSigner, ASecretOfAwsIsFollowedWhenItChanges) {
  const auto aws = test::AwsServer::start();
  if (!aws) GTEST_SKIP() << test::AwsServer::missing();
  auto variables = aws->environment();
  variables["SECRETS_PROVIDER"] = "aws_sm";
  variables["AWS_SM_SIGNING_SECRET_ARN"] = "starter/test/request-signing";
  variables["AWS_SM_CACHE_TTL_SECONDS"] = "0";
  Signer signer(variables);
  EXPECT_THROW(signer.sign("an order"), std::runtime_error) << "there is none yet";
  asio::io_context loop{1};
  auto store = *open_secret_store("aws_sm", loop.get_executor(), environment_of(variables));
  std::string version;
  for (const auto* const secret : {kOne, kTwo}) {
    version = *test::await(
        loop, store->put("starter/test/request-signing", Secret(secret), version, net::deadline_in(20s)));
    Signer local({{"SERVICE_ACCOUNT_SIGNING_SECRET", secret}});
    EXPECT_EQ(signer.sign("an order"), local.sign("an order"));
    EXPECT_TRUE(signer.verify("an order", local.sign("an order")));
  }
  const auto unusable = test::await(
      loop, store->put("starter/test/request-signing", Secret("short"), version, net::deadline_in(20s)));
  ASSERT_TRUE(unusable.has_value());
  EXPECT_THROW(signer.sign("an order"), std::runtime_error);
}

}  // namespace
}  // namespace starter::providers
