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
  std::string text;     // the value, or where the platform finds it
  std::string holds{};  // what a reference leads to, where the document shows that as well; never printed
  friend bool operator==(const Given& a, const Given& b) {
    return a.reference == b.reference && a.text == b.text;
  }
};

struct RenderedProbe {
  std::string path;
  int port = 0;        // 0: none is said, so it is the container's own
  std::string asks{};  // the role whose port `starter-api healthcheck` knows by itself
  friend bool operator==(const RenderedProbe& a, const RenderedProbe& b) { return a.path == b.path; }
};

/// A way of giving variables that can't be read in the document.
struct Opaque {
  std::string variable;  // empty: nobody knows which
  std::string way;
};

struct RenderedRole {
  std::string image;
  std::vector<std::string> command;             // its entrypoint before it
  int port = 0;                                 // 0: none is said
  std::map<std::string, RenderedProbe> probes;  // by kind
  std::multimap<std::string, Given> env;        // more than once is a fault that must be seen
  std::vector<Opaque> opaque{};
  std::set<std::string> after{};  // containers that have ended well before it starts
  bool job = false;               // it is run at times, and ends by itself
};

/// A container that has the name of one that was read before.
struct Again {
  std::string name, where;
  RenderedRole container;
};

struct RenderedTarget {
  std::string name;
  std::map<std::string, RenderedRole> roles;  // by the name of the container, whatever it is
  std::vector<Again> again{};
  std::vector<std::string> elsewhere{};          // what runs something and is no container that can be read
  std::map<std::string, RenderedRole> declared;  // what the target says about itself
  std::vector<std::string> strange{};            // paths in that which nobody knows
  std::set<std::string> outputs;                 // of a Terraform root
};

/// Why a document can't be read, as a sentence without its subject, and the command that writes one which
/// can; empty when there is no better one than `--help`.
struct Unreadable {
  std::string why, command{};
};

/// The documents that an adapter reads:
///   terraform   the state of `terraform test -json -verbose` (the values of one run), or of `terraform show
///   -json` helm        `helm template`, all documents compose     `docker compose config`
std::expected<RenderedTarget, Unreadable> read_target(const Target& target, const std::string& document);

/// The values of the last state in the lines that `terraform test -json -verbose` prints; the text itself if
/// it holds values already.
std::expected<boost::json::value, Unreadable> terraform_values(const std::string& document);

struct Finding {
  std::string code;  // stable: variable.missing, probe.path, ...
  std::string target, role, name;
  std::string what, fix;
};

std::vector<Finding> check_targets(const Contract& contract, const std::vector<RenderedTarget>& targets);

/// What a finding says, and what puts it right, each as a sentence.
struct FindingCode {
  std::string says, fix;
};

/// Every code that check_targets() may give.
const std::map<std::string, FindingCode>& finding_codes();

/// role x variable x target, for people.
std::string matrix_of(const Contract& contract, const std::vector<RenderedTarget>& targets);

}  // namespace starter::contracts
