// Signed requests between the programs of one deployment: the console signs, the API checks.
//
// Who can sign is whoever may read the signing secret, which is a secret of the deployment and of no person.
// It stands in a setting, or in the secret manager of SECRETS_PROVIDER; a manager that signs itself and never
// hands the secret out fits the same interface.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "starter/core/clock.h"
#include "starter/core/result.h"
#include "starter/core/task.h"
#include "starter/providers/environment.h"

namespace starter::providers {

/// Any thread; what it asks of a secret manager runs on the executor of the calling coroutine and ends by the
/// deadline. Problems are those of SecretStore, and signing_secret_unusable.
class RequestSigner {
 public:
  virtual ~RequestSigner() = default;

  /// A proof for exactly these bytes, at most 512 characters of base64url or of the manager's own alphabet.
  virtual Task<Result<std::string>> sign(std::string message, SteadyTime deadline) = 0;

  /// Whether the proof is ours for these bytes; constant time in the proof.
  virtual Task<Result<bool>> verify(std::string message, std::string proof, SteadyTime deadline) = 0;
};

namespace problems {
inline constexpr ProblemType signing_secret_unusable{
    "signing_secret.unusable", 422, "The signing secret can't be used",
    "Store one to four secrets of at least 32 bytes, separated by commas."};
}  // namespace problems

/// From SERVICE_ACCOUNT_SIGNING_SECRET, else from the manager that SECRETS_PROVIDER names. The error is a
/// sentence about the variable that is missing or wrong, never with a value.
std::expected<std::unique_ptr<RequestSigner>, std::string> open_request_signer(Environment environment);

}  // namespace starter::providers
