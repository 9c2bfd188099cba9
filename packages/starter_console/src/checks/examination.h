// One examination of a deployment: what was said, how the services would read it, and what was found so far.
// The checks are in rules.cpp (what the contract and the services refuse) and in pitfalls.cpp (what only
// comes out in operation).
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "checks/deployment.h"
#include "checks/kinds.h"
#include "setup/interview.h"
#include "starter/core/range.h"

namespace starter::console::checks {

class Examination {
 public:
  Examination(const contracts::Contract& contract, const Said& said, setup::Interview interview);
  std::vector<Finding> run() &&;

 private:
  using Values = std::map<std::string, std::string, std::less<>>;

  // --- what is known
  /// As the API or its worker gets it; "" when nobody gives it a value.
  std::string api(std::string_view name) const;
  std::string web(std::string_view name) const;
  /// Of an input, of the deployment as a whole.
  std::string input(std::string_view name) const;
  bool is_given(std::string_view name) const;
  bool is_elsewhere(std::string_view name) const;  // made by the blueprint, or in a secret manager
  bool is_hosted() const;
  std::string instead_of(const contracts::Provider& other) const;

  // --- findings
  /// Nothing when something at least as bad was found about `subject`, a variable or an input.
  void report(std::string_view id, std::string_view subject, std::string says, std::string evidence = "",
              const std::string& fix = "");
  std::string canonical(std::string_view subject) const;
  std::string place_of(std::string_view name) const;

  // --- files
  Values read_lines(const EnvValues& lines, std::string_view role);
  void check_name(std::string_view name, std::string_view role);
  void check_twin(const std::string& name, const std::string& path, std::string_view secret);

  // --- rules
  void check_values();
  void check_refusals();
  void check_locked();
  void check_profile();
  void check_inputs();
  bool is_needed(const contracts::Variable& variable, std::string_view because) const;
  void check_required();
  void check_providers();
  void check_references();

  // --- pitfalls
  void check_addresses();
  void check_hosts_and_origins();
  void check_proxies();
  void check_two_services();
  void check_secrets();
  void check_database();
  void check_redis();
  void check_mail();
  void check_keys();
  void check_worker();
  void check_platform();
  void check_names();
  void check_sizes();
  void check_habits();
  void check_encoding();

  const contracts::Contract& contract_;
  const Said& said_;
  setup::Interview interview_;
  bool whole_;  // more than env files: inputs, and a place where it goes
  Values api_, web_;
  std::vector<Finding> found_;
  std::map<std::string, Severity> covered_;
};

}  // namespace starter::console::checks
