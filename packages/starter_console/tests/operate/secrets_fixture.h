// An operator whose secret manager is a stand-in for AWS.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>

#include "starter/testing/aws_server.h"
#include "tests/setup/operator.h"

namespace starter::console::testing {

class Secrets : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { aws = test::AwsServer::start(); }
  static void TearDownTestSuite() { aws.reset(); }
  void SetUp() override {
    if (!aws) GTEST_SKIP() << test::AwsServer::missing();
    environment = aws->environment();
    environment.erase("AWS_REGION");
  }
  Ran run(std::vector<std::string> words) const { return someone.run(words, environment); }
  std::vector<std::string> onboard(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"secrets",
                                   "onboard",
                                   "aws_sm",
                                   "--var",
                                   "AWS_REGION=eu-central-1",
                                   "--var",
                                   "AWS_SM_SIGNING_SECRET_ARN=" + id + "/signing",
                                   "--var",
                                   "AUTH_KEY_SECRET_NAME=" + id + "/keyset"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void expect_refused(const std::vector<std::string>& words, int exit, const std::string& says) const {
    const auto before = someone.files();
    const auto refused = run(words);
    EXPECT_EQ(refused.status, exit) << refused.err;
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 3) << refused.err;
    EXPECT_THAT(refused.err, ::testing::HasSubstr(says));
    EXPECT_THAT(refused.err, ::testing::HasSubstr("\n  fix: "));
    EXPECT_EQ(someone.files(), before);
  }

  static inline std::unique_ptr<test::AwsServer> aws;
  static inline int number = 0;
  const std::string id = "starter/" + std::to_string(++number);
  std::map<std::string, std::string> environment;
  Operator someone;
};

}  // namespace starter::console::testing
