// The secrets of the services between the env file and a secret manager, and their rotation.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "frame/outcome.h"
#include "starter/contracts/model.h"

namespace starter::console::operate {

/// The secrets that a deployment hands to its containers by reference. Those that log in to a secret manager
/// itself are not among them.
std::vector<const contracts::Variable*> service_secrets(const contracts::Contract& contract);

/// One of them. Failure secrets.unknown names the nearest.
Outcome<const contracts::Variable*> service_secret(const contracts::Contract& contract,
                                                   const std::string& name);

/// Vouches for orders of service accounts' tokens. It stands apart from the others: a set-up without a secret
/// manager makes it, and a manager has it under the name that a setting says.
inline constexpr std::string_view kSigningSecret = "SERVICE_ACCOUNT_SIGNING_SECRET";

/// What can be rotated: the services' secrets that a set-up makes, and the signing secret.
std::vector<contracts::Variable> rotatable_secrets(const contracts::Contract& contract);

/// One of them. Failure secrets.not_ours where others make the value, and those of service_secret().
Outcome<contracts::Variable> rotatable_secret(const contracts::Contract& contract, const std::string& name);

/// Input of a blueprint to variable to reference: {"api_secrets": {"DATABASE_URL": "arn:..."}}.
using References = std::map<std::string, std::map<std::string, std::string>>;

/// Adds the reference under the input of every role that reads the variable.
void add_reference(References& all, const contracts::Variable& variable, const std::string& reference);

/// A rotation without a gap takes three steps, with a restart of every service after each.
enum class RotationStep {
  add,   // OLD -> OLD,NEW: everybody knows the new one, nobody uses it
  use,   // OLD,NEW -> NEW,OLD: it makes new values
  drop,  // NEW,OLD -> NEW: what the old one made ends
};

/// The value after the step. Failure secrets.step says why it can't be done, never with the value.
Outcome<std::string> rotated(const contracts::Variable& variable, const std::string& value,
                             RotationStep step);

/// What is due: add for one value, use for several.
RotationStep due_step(const std::string& value);

}  // namespace starter::console::operate
