// The three forms of an export. Each is text and touches no file.
#pragma once

#include "exports/deployment.h"

namespace starter::console::exports {

struct Form {
  bool json = false;     // of Terraform; otherwise HCL
  bool secrets = false;  // secrets stand in it
  /// Knobs of one cloud that the contract doesn't name; a value that begins with [ or { is JSON.
  std::map<std::string, std::string> extra{};
};

/// A tfvars file. A secret that is left out stands there as something that Terraform refuses, so that a file
/// without it can't be applied by accident.
std::string terraform_text(const Deployment& deployment, Mode mode, const Form& form);

/// Such a text without the variables of its root alone.
std::string without_extra(const std::string& text, bool json);

/// Values of the chart, YAML.
std::string helm_text(const Deployment& deployment, Mode mode, const Form& form);

/// .env.prod; secrets are files of their own.
std::string compose_text(const setup::Interview& interview);
/// Name of the file, below the folder of secrets, to its text.
std::map<std::string, std::string> compose_secrets(const setup::Interview& interview);

}  // namespace starter::console::exports
