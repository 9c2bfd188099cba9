// One target under examination, and the rules: each file of rules holds one idea of what makes a target
// another deployment.
#pragma once

#include "starter/contracts/conform.h"

namespace starter::contracts::conform {

struct Checking {
  const Contract& contract;
  const RenderedTarget& rendered;
  const Target& target;
  std::vector<Finding>& findings;

  void add(const std::string& code, const std::string& role, const std::string& name, const std::string& what,
           const std::string& fix) const {
    findings.push_back({code, rendered.name, role, name, what, fix});
  }

  /// The plain value that a role is given; empty for none and for a reference.
  std::string literal(const std::string& role, const std::string& name) const;
  /// How the target is to give that variable.
  const Delivery& delivery(const Variable& variable) const { return variable.targets.at(target.name); }
  bool worker_runs() const { return rendered.roles.contains("worker"); }
};

std::string literal_of(const RenderedRole& role, const std::string& name);

void check_process(const Checking& checking, const Role& role, const RenderedRole& given);  // what runs
void check_probes(const Checking& checking, const Role& role, const RenderedRole& given);   // how it is asked
void check_variables(const Checking& checking, const Role& role,
                     const RenderedRole& given);                                          // what it is given
void check_needs(const Checking& checking, const Role& role, const RenderedRole& given);  // what it lacks
void check_apart(const Checking& checking);       // inputs that two roles have different values of
void check_references(const Checking& checking);  // where its secrets are
void check_workloads(const Checking& checking);   // what runs beside the roles
void check_declared(const Checking& checking);    // what it says about itself

/// Variables that mean the same on both targets have the same value there.
void check_between(const Contract& contract, const RenderedTarget& a, const RenderedTarget& b,
                   std::vector<Finding>& findings);

}  // namespace starter::contracts::conform
