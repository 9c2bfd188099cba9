// Where secrets live outside of this program: one small interface, and what can go wrong in the words of the
// person who must mend it.
#pragma once

#include <string>
#include <vector>

#include "starter/core/clock.h"
#include "starter/core/result.h"
#include "starter/core/secret.h"
#include "starter/core/task.h"

namespace starter::providers {

struct StoredSecret {
  Secret value;
  std::string version;    // changes with each value
  std::string reference;  // by which a deployment names it: the ARN at AWS, the path of a file
};

/// A secret manager. All calls on one thread; each ends by its deadline. Names are those of the provider.
class SecretStore {
 public:
  virtual ~SecretStore() = default;

  /// Problem secret_absent when there is none, or it has no value yet.
  virtual Task<Result<StoredSecret>> get(std::string name, SteadyTime deadline) = 0;

  /// Writes only when the version is still `expected`; an empty one means that there must be no value. The
  /// new version, or the problem secret_changed, and then nothing was written.
  virtual Task<Result<std::string>> put(std::string name, Secret value, std::string expected,
                                        SteadyTime deadline) = 0;

  /// The names that begin with `prefix`, sorted.
  virtual Task<Result<std::vector<std::string>>> list(std::string prefix, SteadyTime deadline) = 0;

  /// Logs in for real and looks whether this secret may be read. False: it may, and there is none.
  virtual Task<Result<bool>> probe(std::string name, SteadyTime deadline) = 0;
};

/// The cause of each says what happened at whom, and never a value. Their status is what an API would answer.
namespace problems {
inline constexpr ProblemType secret_absent{"secret.absent", 404, "There is no such secret",
                                           "Check the name, or make the secret."};
inline constexpr ProblemType secret_changed{"secret.changed", 409,
                                            "Somebody else changed the secret at the same time",
                                            "Look at it, then run the command again."};
inline constexpr ProblemType secret_refused{"secret.refused", 422, "The secret manager refused the request",
                                            "Correct what it names."};
inline constexpr ProblemType secrets_denied{"secrets.denied", 403, "The secret manager refused access",
                                            "Grant this identity the action that is named."};
inline constexpr ProblemType secrets_log_in{"secrets.log_in", 401, "Nothing here can log in",
                                            "Set one of the ways to log in."};
inline constexpr ProblemType secrets_unreachable{
    "secrets.unreachable", 503, "The secret manager can't be reached", "Check the address and the network."};
inline constexpr ProblemType secrets_late{"secrets.timeout", 504, "The secret manager did not answer in time",
                                          "Try again, or wait longer with --timeout."};
inline constexpr ProblemType secrets_foreign{"secrets.foreign_answer", 502,
                                             "What answered is not the secret manager",
                                             "Check the address, and a proxy on the way."};
}  // namespace problems

}  // namespace starter::providers
