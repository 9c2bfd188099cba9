// Are five targets one deployment? Each adapter reads what its target really renders; check_targets()
// compares that with the contract, with what the target says about itself, and with the other targets.
#pragma once

#include <boost/json.hpp>
#include <expected>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "starter/contracts/model.h"

namespace starter::contracts {

/// How one container gets one variable.
struct Given {
  bool reference = false;
  std::string text;  // the value, or where the platform finds it
  friend bool operator==(const Given&, const Given&) = default;
};

struct RenderedRole {
  std::string image;
  std::vector<std::string> command;
  int port = 0;                               // 0: none is said
  std::map<std::string, std::string> probes;  // kind to path
  std::multimap<std::string, Given> env;      // more than once is a fault that must be seen
};

struct RenderedTarget {
  std::string name;
  std::map<std::string, RenderedRole> roles;
  std::map<std::string, RenderedRole> declared;  // what the target says about itself
  std::set<std::string> outputs;                 // of a Terraform root
};

/// The documents that an adapter reads:
///   terraform   the state of `terraform test -json -verbose` (the values of one run), or of `terraform show
///   -json` helm        `helm template`, all documents compose     `docker compose config`
/// The error is a sentence about what can't be read.
std::expected<RenderedTarget, std::string> read_target(const Target& target, const std::string& document);

/// The values of the last state in the lines that `terraform test -json -verbose` prints; the text itself if
/// it holds values already.
std::expected<boost::json::value, std::string> terraform_values(const std::string& document);

struct Finding {
  std::string code;  // stable: variable.missing, probe.path, ...
  std::string target, role, name;
  std::string what, fix;
};

std::vector<Finding> check_targets(const Contract& contract, const std::vector<RenderedTarget>& targets);

/// Every code that check_targets() may give, with one sentence.
const std::map<std::string, std::string>& finding_codes();

/// role x variable x target, for people.
std::string matrix_of(const Contract& contract, const std::vector<RenderedTarget>& targets);

}  // namespace starter::contracts
