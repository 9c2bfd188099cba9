// Deployments that the tests of doctor begin with: nothing is wrong with any of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/deployment.h"
#include "system/env_file.h"

namespace starter::console::checks {

/// Is in every value that may be secret.
constexpr const char* kCanary = "Canary7Wq2";

/// A secret as one that was drawn at random.
std::string drawn(char first);

constexpr const char* kArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:acme-a1b2c3";

/// In production, by the files of its two services.
EnvValues api_lines();
EnvValues web_lines();
Said files();

/// On AWS as the set-up knows it: inputs, no secret.
Said aws();

/// The same elsewhere, with keys in AWS, the one secret manager that every release has a client for.
Said on_gcp();
Said on_azure();
Said on_kubernetes();

/// On a developer's machine, by files.
Said at_home();

using Changes = std::map<std::string, std::string>;

/// "web.NAME" changes the web application's lines, "-" takes a line or an answer out.
Said with(Said said, const Changes& changes);

struct Outcomes {
  std::vector<std::string> codes;
  std::string text;
};

/// What doctor finds.
Outcomes examined(const Said& said);

}  // namespace starter::console::checks
