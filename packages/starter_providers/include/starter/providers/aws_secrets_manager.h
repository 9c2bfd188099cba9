// AWS Secrets Manager, over its JSON protocol.
//
// A write takes two calls, so that it is a compare-and-set also against programs that know nothing of it:
// PutSecretValue adds a version under a label of ours, and UpdateSecretVersionStage moves AWSCURRENT to it
// from the version that was read, which AWS refuses when AWSCURRENT is elsewhere by then. A program that dies
// in between has changed nothing that anybody reads. A first value has a version that follows from its name,
// so that of two programs that both write a first one, one is refused.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <memory>

#include "starter/providers/aws_login.h"

namespace starter::providers {

class AwsSecretsManager : public SecretStore {
 public:
  /// From AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and what AwsLogin reads. The error is a sentence about
  /// a variable.
  static std::expected<std::unique_ptr<AwsSecretsManager>, std::string> create(
      const Executor& executor, const Environment& environment);

  Task<Result<StoredSecret>> get(std::string name, SteadyTime deadline) override;
  Task<Result<std::string>> put(std::string name, Secret value, std::string expected,
                                SteadyTime deadline) override;
  Task<Result<std::vector<std::string>>> list(std::string prefix, SteadyTime deadline) override;
  Task<Result<bool>> probe(std::string name, SteadyTime deadline) override;

 private:
  AwsSecretsManager(const Executor& executor, const Environment& environment, std::string region,
                    std::string endpoint);
  Task<Result<boost::json::object>> call(std::string action, boost::json::object input, SteadyTime deadline);
  Task<Result<std::string>> put_first(std::string name, Secret value, SteadyTime deadline);
  Task<Result<std::string>> put_next(std::string name, Secret value, std::string expected,
                                     SteadyTime deadline);
  Problem problem_of(const std::string& action, const net::HttpResponse& answer) const;

  std::string region_, endpoint_;
  AwsLogin login_;
  net::HttpClient http_;
};

}  // namespace starter::providers
