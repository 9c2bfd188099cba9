// An AWS of others (moto) on a free port, for tests of clients of AWS.
#pragma once

#include <memory>

#include "starter/testing/process.h"

namespace starter::test {

/// What tools/aws-peer installs and starts. The first `free_calls` calls are believed whoever signs them; the
/// others are checked against the users, keys and policies that those made. -1: all are believed.
class AwsServer {
 public:
  /// Nothing when it can't be installed here; missing() says why, for GTEST_SKIP.
  static std::unique_ptr<AwsServer> start(int free_calls = -1);
  static std::string missing();

  const std::string& url() const { return url_; }
  /// For a client of this server, with keys that it believes while all are.
  std::map<std::string, std::string> environment() const;
  /// One action of IAM, as it makes users and keys: "Action=CreateUser&UserName=ada". The reply's XML.
  std::string iam(const std::string& form) const;

  /// Answers nothing until resume().
  void pause();
  void resume();

 private:
  AwsServer() = default;
  TemporaryFolder folder_;
  std::string url_;
  Process process_;
};

}  // namespace starter::test
