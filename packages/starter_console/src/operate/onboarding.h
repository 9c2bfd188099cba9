// What a provider still needs, out of the contract alone: a provider that nobody here has heard of is
// onboarded by its entry in providers.yaml. No terminal, no file and no network in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/outcome.h"
#include "starter/contracts/model.h"
#include "system/env_file.h"

namespace starter::console::operate {

class Onboarding {
 public:
  struct Question {
    std::string name, ask, example;
    bool secret = false, required = false;
  };

  /// What a secret manager is for: the secret that signs, and the keys of access tokens.
  static Onboarding of_secrets(const contracts::Contract& contract, const contracts::Provider& provider,
                               bool signing, bool keys);
  static Onboarding of_storage(const contracts::Contract& contract, const contracts::Provider& provider);

  /// By name or alias. Failure providers.unknown names the nearest.
  static Outcome<const contracts::Provider*> find(const std::vector<contracts::Provider>& all,
                                                  const std::string& name, const std::string& command);

  /// A value that is known, or NAME_FILE with the path of one. Later ones win.
  void know(const std::string& name, const std::string& value);

  /// The value itself; empty without one.
  std::string value(std::string_view name) const;

  /// In the order in which a person is asked.
  std::vector<Question> questions() const;

  /// "AWS_REGION", "AZURE_BLOB_ACCOUNT_URL or AZURE_BLOB_CONNECTION_STRING": what has no value and needs one.
  std::vector<std::string> missing() const;

  /// Sentences about values that can't be right; never the value.
  std::vector<std::string> objections() const;
  std::string objection(const std::string& name, const std::string& value) const;

  /// What the env file must say.
  EnvValues lines() const;

  const contracts::Provider& provider() const { return *provider_; }

  /// The secrets that are needed there, if they are: names.
  std::string signing_secret() const;
  std::string keyset_secret() const;

 private:
  Onboarding(const contracts::Contract& contract, const contracts::Provider& provider);
  bool is_needed(const std::string& name) const;

  const contracts::Contract* contract_;
  const contracts::Provider* provider_;
  bool signing_ = false, keys_ = false;
  EnvValues fixed_, values_, files_;  // what the choice itself says; values; paths of values by name
};

}  // namespace starter::console::operate
