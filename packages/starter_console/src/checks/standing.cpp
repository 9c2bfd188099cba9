#include "checks/standing.h"

#include <algorithm>

#include "checks/deployment.h"
#include "checks/doctor.h"
#include "exports/writers.h"
#include "frame/audit.h"
#include "operate/service_secrets.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"
#include "starter/providers/registry.h"

namespace starter::console::checks {

namespace fs = std::filesystem;
using namespace setup;

namespace {

constexpr std::string_view kNoClient = "keys.no_client";

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

// Who has the console alone has no API here that could be asked for its settings.
std::string command_for_this_machine() {
  return dev::Workspace::find() ? "./dev up" : "starter-console doctor";
}

// Of this machine: its doctor speaks first.
Outcome<Standing> local() {
  const auto workspace = dev::Workspace::find();
  if (!workspace) return Standing{"ready", "This machine is set up.", command_for_this_machine()};
  const auto findings = examine_clone(*workspace);
  const auto errors = std::ranges::count(findings, Severity::error, &Finding::severity);
  if (errors > 0)
    return Standing{"clone", "This clone has " + number_of(static_cast<std::size_t>(errors), "fault") + ".",
                    "starter-console doctor"};
  return Standing{"ready", "This machine is set up.", command_for_this_machine()};
}

// Before anything is exported: what doctor would refuse. Secrets that are still to be pushed are no fault,
// and neither is a secret manager that a release to come has a client for: the exports are the same.
Outcome<std::optional<Standing>> faults(const Invocation& invocation) {
  auto findings = CHECKED(examine_deployment(invocation));
  std::erase_if(findings, [](const auto& one) { return one.id == kNoClient; });
  const auto worst = std::ranges::find(findings, Severity::error, &Finding::severity);
  if (worst == findings.end()) return std::optional<Standing>();
  const auto errors = std::ranges::count(findings, Severity::error, &Finding::severity);
  return std::optional(
      Standing{"faults",
               number_of(static_cast<std::size_t>(errors), "fault") + " in the configuration: " + worst->says,
               "starter-console doctor"});
}

// --- exports

struct Exported {
  const contracts::Target* target = nullptr;
  fs::path file{};  // empty: there is none
  bool json = false;
};

std::string command_for(const contracts::Target& target) {
  return target.kind == "terraform" ? "starter-console infra terraform export --provider " + target.name
                                    : "starter-console infra " + target.kind + " export";
}

std::vector<Exported> usual_places(const contracts::Target& target) {
  const auto folder = var_folder() / "infra" / target.name;
  if (target.kind == "helm") return {{&target, folder / "values.yaml"}};
  if (target.kind == "compose") return {{&target, folder / ".env.prod"}};
  return {{&target, folder / "terraform.tfvars"}, {&target, folder / "terraform.tfvars.json", true}};
}

// The last one that was written. One's own servers are a cluster or a single one, and nobody says which
// before something is exported.
Exported last_export(const contracts::Contract& contract, const std::string& preset) {
  const auto cloud = std::ranges::find(contract.clouds, preset, &contracts::Cloud::name);
  const auto* const own = cloud == contract.clouds.end() ? nullptr : contract.target(cloud->target);
  std::vector<const contracts::Target*> targets;
  if (own != nullptr) targets.push_back(own);
  if (own == nullptr || own->kind != "terraform")
    for (const auto& target : contract.targets)
      if (target.kind != "terraform" && &target != own) targets.push_back(&target);
  Exported last{.target = own != nullptr ? own : contract.target("compose")};
  fs::file_time_type when{};
  for (const auto* target : targets) {
    for (const auto& one : usual_places(*target)) {
      std::error_code error;
      const auto written = fs::last_write_time(one.file, error);
      if (error || (!last.file.empty() && written <= when)) continue;
      last = one, when = written;
    }
  }
  return last;
}

// Of an export that may name secrets in a secret manager.
struct Compared {
  bool same = false, redacted = false, whole = false;  // as it is now; a secret left out; with all of them
};

Compared compare(const Exported& exported, const exports::Deployment& deployment, std::string written) {
  const bool terraform = exported.target->kind == "terraform";
  if (terraform) written = exports::without_extra(written, exported.json);
  const auto as_now = [&](bool secrets) {
    const exports::Form form{.json = exported.json, .secrets = secrets};
    return terraform ? exports::terraform_text(deployment, exports::Mode::filled, form)
                     : exports::helm_text(deployment, exports::Mode::filled, form);
  };
  const bool open = written == as_now(false), whole = written == as_now(true);
  const bool secret = std::ranges::any_of(deployment.inputs, [](const auto& value) { return value.secret; });
  return {.same = open || whole, .redacted = secret && !whole, .whole = whole && !open};
}

Standing outdated(const Exported& exported) {
  return {"outdated", "The export for " + exported.target->title + " is not what is set up now.",
          command_for(*exported.target) + (exported.json ? " --format json" : "")};
}

// Whether push can reach the secret manager, the target takes the references that it gives, and one of these
// secrets is among those that it takes: what logs in somewhere stays out, and what has no value here.
bool can_be_pushed(const exports::Deployment& deployment, const contracts::Provider& manager) {
  const auto& target = *deployment.target;
  if (!providers::has_client(manager.name)) return false;
  if (target.kind == "terraform" && manager.cloud != target.name) return false;
  const auto taken = operate::service_secrets(contracts::built_in());
  return std::ranges::any_of(deployment.pending, [&](const auto& name) {
    const auto has_value = [&](const auto& role) {
      const auto own = role.second.find(name);
      return own != role.second.end() && !own->second.empty();
    };
    return std::ranges::any_of(taken, [&](const auto* one) { return one->name == name; }) &&
           std::ranges::any_of(deployment.values, has_value);
  });
}

// "api_secrets: SECRET_KEY, SMTP_URL; web_secrets: WEB_TIER_SECRET".
std::string by_map(const exports::Deployment& deployment) {
  std::map<std::string, std::vector<std::string>> maps;
  for (const auto& name : deployment.pending)
    for (const auto& map : deployment.belongs_into.at(name)) maps[map].push_back(name);
  std::vector<std::string> texts;
  for (const auto& [map, names] : maps) texts.push_back(map + ": " + joined(names));
  return joined(texts, "; ");
}

// Secrets without a reference: ours to push, or the person's, with the tool that their secret manager has.
Standing references(const setup::Interview& interview, const exports::Deployment& deployment) {
  const auto& target = *deployment.target;
  const auto& names = deployment.pending;
  const auto* const manager = interview.provider_of("SECRETS_PROVIDER");
  const auto title = manager == nullptr ? std::string("the secret manager") : manager->title;
  const auto missing = number_of(names.size(), "secret") + " without a reference in " + title;
  if (manager != nullptr && can_be_pushed(deployment, *manager))
    return {"references", missing + ": " + names[0] + (names.size() > 1 ? ", ..." : "") + ".",
            "starter-console secrets push"};
  return {"references",
          missing + ". Put each value of " + places().api_file.filename().string() + " there" +
              (manager == nullptr ? "" : " with `" + manager->tool + "`") +
              ", and write into references.yaml where each is, such as \"" + target.reference_example +
              "\": " + by_map(deployment) + ".",
          wizard(" --profile " + interview.profile() + " --preset " + interview.preset() +
                 " --answers-file references.yaml")};
}

// What an API of this release would say to keys in that secret manager.
std::string warning_of(const setup::Interview& interview) {
  const auto* const keys = interview.provider_of("AUTH_KEY_STORAGE_PROVIDER");
  if (keys == nullptr || providers::has_client(keys->name)) return "";
  return " The API of this release has no client for " + keys->title +
         " and won't start with its keys there.";
}

// Refused here, an export is the command to mend.
Outcome<exports::Deployment> filled(const Interview& interview) {
  auto deployment = exports::filled(interview);
  if (!deployment && deployment.error().fix.starts_with("--"))
    deployment.error().fix.insert(0, command_for(*interview.target()) + " ");
  return deployment;
}

Outcome<Standing> of_references(const Invocation& invocation, const Exported& exported) {
  const auto& target = *exported.target;
  const auto interview = CHECKED(exports::known(invocation, target.name));
  const auto deployment = CHECKED(filled(interview));
  const auto compared = compare(exported, deployment, CHECKED(read_file(exported.file)));
  if (!compared.same) return outdated(exported);
  if (compared.redacted)
    return Standing{"secrets", "The export leaves a secret out.",
                    command_for(target) + (exported.json ? " --format json" : "") + " --include-secrets"};
  // Values of the chart may hold the secrets themselves.
  const bool needs_none = target.kind == "helm" && compared.whole;
  if (!deployment.pending.empty() && !needs_none) return references(interview, deployment);
  return Standing{
      "ready", "It is set up and exported for " + target.title + "." + warning_of(interview),
      target.kind == "terraform"
          ? "terraform -chdir=" + target.folder + " plan -var-file=" + exported.file.string()
          : "helm upgrade --install starter " + target.folder + " --values " + exported.file.string()};
}

Outcome<Standing> of_compose(const Invocation& invocation, const Exported& exported) {
  const auto& target = *exported.target;
  const auto interview = CHECKED(exports::known(invocation, target.name));
  CHECKED(filled(interview));
  if (CHECKED(read_file(exported.file)) != exports::compose_text(interview)) return outdated(exported);
  std::vector<std::string> missing;
  for (const auto& [name, value] : exports::compose_secrets(interview)) {
    const auto file = exported.file.parent_path() / "secrets" / name;
    std::error_code error;
    if (!fs::is_regular_file(file, error) || CHECKED(read_file(file)) != value) missing.push_back(name);
  }
  if (!missing.empty())
    return Standing{"secrets",
                    number_of(missing.size(), "secret") + " not in a file yet: " + missing[0] +
                        (missing.size() > 1 ? ", ..." : "") + ".",
                    command_for(target) + " --include-secrets"};
  return Standing{"ready", "It is set up and exported for " + target.title + ".",
                  "docker compose --env-file " + exported.file.string() + " -f " + target.folder +
                      "/docker-compose.prod.yml config"};
}

}  // namespace

const contracts::Target& export_target(const contracts::Contract& contract, const std::string& preset) {
  return *last_export(contract, preset).target;
}

std::string command_after_set_up(const contracts::Contract& contract, const std::string& preset) {
  return preset == "local" ? command_for_this_machine() : command_for(export_target(contract, preset));
}

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
  const auto exported = last_export(contract, given.preset);
  if (exported.file.empty())
    return Standing{"export", "It is set up for " + exported.target->title + ", and not exported yet.",
                    command_for(*exported.target)};
  return exported.target->kind == "compose" ? of_compose(invocation, exported)
                                            : of_references(invocation, exported);
}

}  // namespace starter::console::checks
