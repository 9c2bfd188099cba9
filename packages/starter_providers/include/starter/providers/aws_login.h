// How a program proves to AWS who it is: the chain of the SDKs, without an SDK.
//
//   1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//   2. the profile AWS_PROFILE (default: default) of ~/.aws/credentials and ~/.aws/config, with role_arn too
//   3. AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE (Kubernetes)
//   4. AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI (ECS tasks, EKS pod identities)
//   5. the instance metadata service, version 2
//
// The first that is configured decides: one that fails is a problem and never a reason to be somebody else.
#pragma once

#include <map>
#include <optional>

#include "starter/net/http_client.h"
#include "starter/providers/environment.h"
#include "starter/providers/secret_store.h"
#include "starter/providers/sigv4.h"

namespace starter::providers {

class AwsLogin {
 public:
  AwsLogin(const Executor& executor, Environment environment, std::string region);

  /// Kept until five minutes before they expire. Problems: secrets_log_in names every way that was tried,
  /// secrets_denied, secrets_unreachable, secrets_late.
  Task<Result<AwsCredentials>> credentials(SteadyTime deadline);

  /// What was kept is refused by now.
  void forget() { kept_.reset(); }

 private:
  using Profile = std::map<std::string, std::string>;
  using Found = Result<std::optional<AwsCredentials>>;  // nothing: this way is not configured

  Task<Found> find(SteadyTime deadline);
  std::optional<AwsCredentials> from_environment() const;
  Task<Found> from_profile(SteadyTime deadline);
  Task<Found> from_web_identity(std::string role, std::string token_file, std::string from,
                                SteadyTime deadline);
  Task<Found> from_container(SteadyTime deadline);
  Task<Found> from_instance(SteadyTime deadline);
  Task<Found> assume_role(std::string role, AwsCredentials source, std::string from, SteadyTime deadline);
  Task<Found> ask_sts(std::string form, std::optional<AwsCredentials> signer, std::string from,
                      SteadyTime deadline);
  std::optional<Profile> profile(const std::string& name) const;
  std::string folder() const;

  Environment environment_;
  std::string region_;
  net::HttpClient outside_, link_;
  std::optional<AwsCredentials> kept_;
};

/// http is for this machine alone: what is signed would travel readable. A sentence, or empty.
std::string problem_of_endpoint(std::string_view url);

}  // namespace starter::providers
