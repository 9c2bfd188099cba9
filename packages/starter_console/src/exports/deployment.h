// What an export says, whatever its form: the inputs of a target with their values, and the environment of
// its roles. Terraform, Helm and Compose are three ways of writing the same.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "frame/invocation.h"
#include "setup/interview.h"
#include "setup/session.h"

namespace starter::console::exports {

enum class Mode : uint8_t { blank, filled };

struct Value {
  const contracts::Input* input = nullptr;
  std::string text;  // empty in a template
  bool secret = false;
};

using Environment = std::map<std::string, std::string>;

struct Deployment {
  const contracts::Target* target = nullptr;
  std::string profile;
  std::vector<Value> inputs;  // no maps; in the order of the contract
  /// By role: what is carried in the open, and the references of secrets.
  std::map<std::string, Environment> env, references;
  /// By role, secrets without a reference on this target, each with its value, which may be unknown here.
  std::map<std::string, Environment> values;
  /// Needed secrets without a reference on this target, each with the maps it belongs into: "api_secrets".
  std::vector<std::string> pending;
  std::map<std::string, std::string> belongs_into;
};

/// What is known for this target: flags over --answers-file over the last set-up over --env-file. Failures
/// are those of a wrong answer.
Outcome<setup::Interview> known(const Invocation& invocation, const std::string& target);

/// Whether anything was given to this command or set up: an export is then filled unless --mode says
/// otherwise. Settings that merely lie in this folder are neither.
bool is_anything_said(const Invocation& invocation);

/// Failure export.refused holds what the blueprint would refuse, in its words.
Outcome<Deployment> filled(const setup::Interview& interview);

/// Set up for another place, and without use in this one.
bool is_left_over(const setup::Interview& interview, const contracts::Variable& variable,
                  const setup::Answer& answer);

/// All inputs of the target, without values.
Deployment blank(const contracts::Contract& contract, const contracts::Target& target);

}  // namespace starter::console::exports
