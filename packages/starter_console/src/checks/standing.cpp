#include "checks/standing.h"

#include <algorithm>

#include "checks/deployment.h"
#include "checks/doctor.h"
#include "exports/writers.h"
#include "frame/audit.h"
#include "starter/contracts/built_in.h"

namespace starter::console::checks {

namespace fs = std::filesystem;
using namespace setup;

namespace {

std::string wizard(const std::string& more) {
  return "starter-console setup wizard" + more;
}

std::string number_of(std::size_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

// What the last set-up left open, as of today's contract.
Outcome<std::optional<Standing>> open_questions(const contracts::Contract& contract, const Given& given) {
  auto interview = CHECKED(begin(contract, given));
  interview.accept_suggestions();
  std::string names;
  std::size_t open = 0;
  for (const auto& question : interview.questions()) {
    if (interview.answers().contains(question.name)) continue;
    if (++open <= 3) names += (names.empty() ? "" : ", ") + question.name;
  }
  const auto again = wizard(" --profile " + given.profile + " --preset " + given.preset);
  if (open > 0)
    return std::optional(Standing{
        "open", number_of(open, "answer") + " missing: " + names + (open > 3 ? ", ..." : "") + ".", again});
  if (const auto wrong = interview.objections(); !wrong.empty())
    return std::optional(Standing{"open", wrong.front().what + " " + wrong.front().fix, again});
  return std::optional<Standing>();
}

// Of this machine: its doctor speaks first.
Outcome<Standing> local() {
  const auto workspace = dev::Workspace::find();
  if (!workspace) return Standing{"ready", "This machine is set up.", "starter-console config show"};
  const auto findings = examine_clone(*workspace);
  const auto errors = std::ranges::count(findings, Severity::error, &Finding::severity);
  if (errors > 0)
    return Standing{"clone", "This clone has " + number_of(static_cast<std::size_t>(errors), "fault") + ".",
                    "starter-console doctor"};
  return Standing{"ready", "This machine is set up.", "./dev up"};
}

// Before anything is exported: what doctor would refuse. Secrets that are still to be pushed are no fault.
Outcome<std::optional<Standing>> faults(const Invocation& invocation) {
  const auto findings = CHECKED(examine_deployment(invocation));
  const auto worst = std::ranges::find(findings, Severity::error, &Finding::severity);
  if (worst == findings.end()) return std::optional<Standing>();
  const auto errors = std::ranges::count(findings, Severity::error, &Finding::severity);
  return std::optional(
      Standing{"faults",
               number_of(static_cast<std::size_t>(errors), "fault") + " in the configuration: " + worst->says,
               "starter-console doctor"});
}

Outcome<Standing> of_cloud(const Invocation& invocation, const contracts::Target& target) {
  const bool terraform = target.kind == "terraform";
  const auto file = var_folder() / "infra" / target.name / (terraform ? "terraform.tfvars" : "values.yaml");
  const std::string command = terraform ? "starter-console infra terraform export --provider " + target.name
                                        : "starter-console infra helm export";
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    return Standing{"export", "It is set up for " + target.title + ", and not exported yet.", command};
  const auto interview = CHECKED(exports::known(invocation, target.name));
  const auto deployment = CHECKED(exports::filled(interview));
  const auto written = CHECKED(read_file(file));
  const auto as_now = [&](bool secrets) {
    return terraform ? exports::terraform_text(deployment, exports::Mode::filled, {.secrets = secrets})
                     : exports::helm_text(deployment, exports::Mode::filled, {.secrets = secrets});
  };
  if (written != as_now(false) && written != as_now(true))
    return Standing{"outdated", "The export for " + target.title + " is not what is set up now.", command};
  if (written != as_now(true) && (terraform || target.kind == "helm") &&
      std::ranges::any_of(deployment.inputs, [](const auto& value) { return value.secret; }))
    return Standing{"secrets", "The export leaves a secret out.", command + " --include-secrets"};
  if (!deployment.pending.empty())
    return Standing{"references",
                    number_of(deployment.pending.size(), "secret") +
                        " without a reference in the secret manager: " + deployment.pending[0] +
                        (deployment.pending.size() > 1 ? ", ..." : "") + ".",
                    "starter-console secrets push"};
  return Standing{"ready", "It is set up and exported for " + target.title + ".",
                  terraform
                      ? "terraform -chdir=" + target.folder + " plan -var-file=" + file.string()
                      : "helm upgrade --install starter " + target.folder + " --values " + file.string()};
}

}  // namespace

Outcome<Standing> standing(const Invocation& invocation) {
  const auto& contract = contracts::built_in();
  const auto at = places();
  std::error_code error;
  if (fs::exists(at.state(), error))
    return Standing{"interrupted", "A set-up was interrupted, its answers are kept.", wizard(" --resume")};
  const auto given = CHECKED(read_given(invocation, contract, at));
  if (given.profile.empty() || given.preset.empty())
    return Standing{"nothing", "Nothing is set up.", wizard("")};
  if (auto open = CHECKED(open_questions(contract, given))) return std::move(*open);
  if (given.preset == "local") return local();
  if (auto wrong = CHECKED(faults(invocation))) return std::move(*wrong);
  const auto cloud = std::ranges::find(contract.clouds, given.preset, &contracts::Cloud::name);
  if (cloud == contract.clouds.end())
    return Standing{"ready", "It is set up for your own servers.", "starter-console infra compose export"};
  return of_cloud(invocation, *contract.target(cloud->target));
}

}  // namespace starter::console::checks
