#include "checks/deployment.h"

#include <algorithm>

#include "checks/examination.h"
#include "checks/file_mode.h"
#include "dev/workspace.h"
#include "frame/audit.h"
#include "setup/answers_file.h"
#include "setup/session.h"
#include "starter/contracts/built_in.h"
#include "system/files.h"

namespace starter::console::checks {

namespace fs = std::filesystem;

namespace {

// Whoever writes ENVIRONMENT=production means that profile.
std::string profile_of(const contracts::Contract& contract, const Said& said) {
  if (!said.profile.empty()) return said.profile;
  const auto own = said.api ? said.api->find("ENVIRONMENT") : EnvValues::const_iterator();
  for (const auto& profile : contract.profiles) {
    if (said.api && own != said.api->end() && own->second == profile.name) return profile.name;
    for (const auto* name : {"environment", "ENVIRONMENT"})
      if (const auto answer = said.answers.find(name);
          answer != said.answers.end() && answer->second == profile.name)
        return profile.name;
  }
  return "demo";
}

Outcome<setup::Interview> interview_of(const contracts::Contract& contract, const Said& said) {
  const auto profile = profile_of(contract, said);
  const auto preset = !said.preset.empty() ? said.preset : profile == "demo" ? "local" : "enterprise_custom";
  return setup::Interview::begin(contract, profile, preset);
}

// Exports hold secrets as soon as somebody asked for them.
void check_exports(std::vector<Finding>& all) {
  for (const auto* file : {"aws/terraform.tfvars", "azure/terraform.tfvars", "gcp/terraform.tfvars",
                           "aws/terraform.tfvars.json", "azure/terraform.tfvars.json",
                           "gcp/terraform.tfvars.json", "kubernetes/values.yaml", "compose/.env.prod"})
    if (auto open = open_to_others("file.mode", var_folder() / "infra" / file))
      all.push_back(std::move(*open));
}

// A file that is named must be there; the usual one may be missing.
std::optional<EnvValues> read_lines(const fs::path& path, bool named, std::vector<Finding>& all) {
  std::error_code error;
  if (!fs::exists(path, error) && !named) return std::nullopt;
  if (!fs::is_regular_file(path, error)) {
    all.push_back(found("file.unreadable", path.string() + " is no file that can be read."));
    return std::nullopt;
  }
  if (auto open = open_to_others("file.mode", path)) all.push_back(std::move(*open));
  auto lines = read_env_file(path.string());
  if (lines) return std::move(*lines);
  all.push_back(found("file.syntax", lines.error().what, lines.error().why, lines.error().fix));
  return std::nullopt;
}

void add_answers(Said& said, const setup::AnswersFile& file) {
  if (said.profile.empty()) said.profile = file.profile;
  if (said.preset.empty()) said.preset = file.preset;
  for (const auto& [name, value] : file.values) said.answers.emplace(name, value);
}

Outcome<> read_answers(const contracts::Contract& contract, const fs::path& path, Said& said) {
  add_answers(said, CHECKED(setup::parse_answers(contract, path.string(), CHECKED(read_file(path)))));
  return {};
}

// NAME_FILE of an answer: the set-up reads it, and so does this.
Outcome<> read_twins(const contracts::Contract& contract, Said& said, std::vector<Finding>& all) {
  for (auto one = said.answers.begin(); one != said.answers.end();) {
    const auto subject = setup::subject_of(contract, one->first);
    if (subject == one->first) {
      ++one;
      continue;
    }
    auto text = read_file(one->second, 64U << 10);
    if (!text)
      all.push_back(found("twin.unreadable", one->first + " names a file that can't be read.",
                          one->first + " in the answers"));
    said.answers.emplace(subject, text ? without_line_end(std::move(*text)) : "");
    one = said.answers.erase(one);
  }
  return {};
}

Outcome<Said> read_said(const Invocation& invocation, const contracts::Contract& contract,
                        std::vector<Finding>& all) {
  Said said{.profile = invocation.get("--profile"), .preset = invocation.get("--preset")};
  for (const auto& text : invocation.all("--var")) {
    const auto [name, value] =
        CHECKED(setup::parse_assignment(contract, typed_name(invocation.command()), text));
    said.answers[name] = value;
  }
  const bool by_flags = is_deployment_named(invocation);
  if (invocation.has("--answers-file")) {
    const auto path = invocation.get("--answers-file");
    CHECKED(read_answers(contract, path == "-" ? "/dev/stdin" : path, said));
  }
  const auto at = setup::places();
  std::error_code error;
  if (!by_flags && fs::exists(at.answers(), error)) CHECKED(read_answers(contract, at.answers(), said));
  if (!by_flags) check_exports(all);
  CHECKED(read_twins(contract, said, all));
  if (const auto path = invocation.get("--env-file", by_flags ? "" : at.api_file.string()); !path.empty())
    said.api = read_lines(path, by_flags, all);
  if (const auto path = invocation.get("--web-env-file", by_flags ? "" : at.web_file.string()); !path.empty())
    said.web = read_lines(path, by_flags, all);
  return said;
}

}  // namespace

Outcome<std::vector<Finding>> examine_deployment(const contracts::Contract& contract, const Said& said) {
  return Examination(contract, said, CHECKED(interview_of(contract, said))).run();
}

bool is_deployment_named(const Invocation& invocation) {
  for (const auto* flag :
       {"--env-file", "--web-env-file", "--answers-file", "--var", "--profile", "--preset"})
    if (invocation.has(flag)) return true;
  return false;
}

bool is_deployment_said(const Invocation& invocation) {
  if (is_deployment_named(invocation)) return true;
  const auto at = setup::places();
  std::error_code error;
  if (fs::exists(at.answers(), error)) {
    const auto text = read_file(at.answers());
    const auto last = text ? setup::parse_answers(contracts::built_in(), at.answers().string(), *text)
                           : Outcome<setup::AnswersFile>(setup::AnswersFile());
    // Where there is no clone, doctor has nothing else to look at on this machine.
    return !last || last->preset != "local" || !dev::Workspace::find();
  }
  return !dev::Workspace::find() && fs::exists(at.api_file, error);
}

Outcome<std::vector<Finding>> examine_deployment(const Invocation& invocation) {
  const auto& contract = contracts::built_in();
  std::vector<Finding> all;
  const auto said = CHECKED(read_said(invocation, contract, all));
  auto more = CHECKED(examine_deployment(contract, said));
  std::ranges::move(more, std::back_inserter(all));
  if (!all.empty()) return all;
  const auto interview = CHECKED(interview_of(contract, said));
  all.push_back(passed("deployment", "Nothing is wrong with this deployment's configuration.",
                       "profile " + interview.profile() + ", preset " + interview.preset()));
  return all;
}

}  // namespace starter::console::checks
