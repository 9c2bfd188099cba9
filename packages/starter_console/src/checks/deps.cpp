#include "checks/deps.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "checks/kinds.h"
#include "starter/contracts/built_in.h"
#include "system/process.h"

namespace starter::console::checks {

using namespace std::chrono_literals;

namespace {

struct Tool {
  const char* name;
  std::vector<std::string> ask;
  const char* wanted;  // "" takes any
  bool needed;
  const char* why;
  const char* get;
};

struct Needs {
  const char* target;
  std::vector<Tool> tools;
  // The first that is set or there counts as a log-in.
  std::vector<const char*> variables, files;
  const char* log_in;
  const char* account;
  const char* permissions;
};

constexpr const char* kTerraform = "https://developer.hashicorp.com/terraform/install";

Tool terraform() {
  return {"terraform", {"terraform", "version"},          "1.11.0",
          true,        "plans and applies the blueprint", kTerraform};
}
Tool docker(bool needed) {
  return {"docker",
          {"docker", "--version"},
          needed ? "24.0.0" : "",
          needed,
          needed ? "runs the containers" : "builds and pushes images of your own",
          "https://docs.docker.com/engine/install/"};
}
Tool kubectl(bool needed) {
  return {"kubectl", {"kubectl", "version", "--client"}, needed ? "1.27.0" : "",
          needed,    "looks into the cluster",           "https://kubernetes.io/docs/tasks/tools/"};
}

const std::vector<Needs>& needs() {
  static const std::vector<Needs> all{
      {.target = "aws",
       .tools = {terraform(),
                 {"aws",
                  {"aws", "--version"},
                  "",
                  false,
                  "looks at tasks and logs",
                  "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"},
                 docker(false)},
       .variables = {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"},
       .files = {".aws/credentials", ".aws/config"},
       .log_in = "aws configure sso   # or export AWS_PROFILE",
       .account = "An AWS account, a certificate of ACM in the region for both public addresses, and a "
                  "bucket for the state of Terraform.",
       .permissions = "ec2, ecs, elasticloadbalancing, rds, elasticache, s3, secretsmanager, kms, logs and "
                      "cloudwatch: all; iam: create, tag and pass roles whose names begin with the project."},
      {.target = "azure",
       .tools = {terraform(),
                 {"az",
                  {"az", "version"},
                  "",
                  false,
                  "logs in and looks at logs",
                  "https://learn.microsoft.com/cli/azure/install-azure-cli"},
                 docker(false)},
       .variables = {"AZURE_CLIENT_ID"},
       .files = {".azure/azureProfile.json"},
       .log_in = "az login",
       .account = "A subscription with the providers Microsoft.App, Microsoft.DBforPostgreSQL, "
                  "Microsoft.Cache, Microsoft.KeyVault and Microsoft.Storage registered.",
       .permissions = "Contributor and Role Based Access Control Administrator on the resource group; Key "
                      "Vault Secrets Officer on a vault that exists already."},
      {.target = "gcp",
       .tools = {terraform(),
                 {"gcloud",
                  {"gcloud", "version"},
                  "",
                  false,
                  "logs in and looks at logs",
                  "https://cloud.google.com/sdk/docs/install"},
                 docker(false)},
       .variables = {"GOOGLE_APPLICATION_CREDENTIALS"},
       .files = {".config/gcloud/application_default_credentials.json"},
       .log_in = "gcloud auth application-default login",
       .account = "A Google project with billing; the blueprint enables the interfaces that it uses.",
       .permissions = "roles/editor, roles/resourcemanager.projectIamAdmin, roles/secretmanager.admin, "
                      "roles/servicenetworking.networksAdmin and roles/run.admin on the project."},
      {.target = "kubernetes",
       .tools = {{"helm",
                  {"helm", "version", "--short"},
                  "3.12.0",
                  true,
                  "installs the chart",
                  "https://helm.sh/docs/intro/install/"},
                 kubectl(true),
                 docker(false)},
       .variables = {},
       .files = {".kube/config"},
       .log_in = "kubectl config use-context NAME",
       .account = "A cluster of 1.27 or newer with an ingress controller and External Secrets; Postgres, "
                  "Redis and a secret manager that it reaches.",
       .permissions = "In the namespace: Deployments, Services, Ingresses, Jobs, ConfigMaps, "
                      "HorizontalPodAutoscalers, PodDisruptionBudgets, NetworkPolicies and ExternalSecrets."},
      {.target = "compose",
       .tools = {docker(true),
                 {"docker compose",
                  {"docker", "compose", "version"},
                  "2.20.0",
                  true,
                  "starts the parts in order",
                  "https://docs.docker.com/compose/install/linux/"}},
       .variables = {},
       .files = {},
       .log_in = "",
       .account = "A server with 2 GiB of memory, ports 80 and 443 open, and the public name pointing to it.",
       .permissions = "A user of the group docker."}};
  return all;
}

Finding judge(const Tool& tool, const Machine& machine) {
  const auto said = machine.ask(tool.ask);
  const std::string name = tool.name, wanted = tool.wanted, get = std::string("see ") + tool.get;
  const auto at_least = wanted.empty() ? std::string("any version") : wanted + " or newer";
  if (!said)
    return tool.needed
               ? found("deps.missing", name + " is missing: it " + tool.why + ".", "wanted: " + at_least, get)
               : found("deps.optional", name + " is missing: it " + tool.why + ".", "wanted: " + at_least,
                       get);
  const auto version = version_in(*said);
  const auto evidence = "found: " + (version.empty() ? "no version" : version) + ", wanted: " + at_least;
  if (version.empty()) return found("deps.unknown", name + " doesn't tell its version.", evidence);
  if (!wanted.empty() && !is_at_least(version, wanted))
    return found("deps.version", name + " is too old: it " + tool.why + ".", evidence, get);
  return passed(tool.needed ? "deps.missing" : "deps.optional", name + " " + version + " is installed.",
                evidence);
}

std::vector<int> numbers_of(std::string_view version) {
  std::vector<int> numbers;
  const auto* at = version.data();
  const auto* const end = version.data() + version.size();
  while (at < end) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) break;
    numbers.push_back(number);
    at = next < end && *next == '.' ? next + 1 : end;
  }
  return numbers;
}

}  // namespace

std::string version_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto is_digit = [&](std::size_t place) {
      return place < text.size() && text[place] >= '0' && text[place] <= '9';
    };
    if (!is_digit(at) || (at > 0 && (is_digit(at - 1) || text[at - 1] == '.'))) continue;
    auto end = at;
    int dots = 0;
    while (is_digit(end) || (end < text.size() && text[end] == '.' && is_digit(end + 1)))
      dots += text[end++] == '.';
    if (dots > 0) return std::string(text.substr(at, end - at));
    at = end;
  }
  return "";
}

bool is_at_least(std::string_view has, std::string_view wanted) {
  auto mine = numbers_of(has), least = numbers_of(wanted);
  mine.resize(std::max(mine.size(), least.size()));
  least.resize(mine.size());
  return mine >= least;
}

Machine this_machine() {
  return {.ask = [](const std::vector<std::string>& argv) -> std::optional<std::string> {
            if (!find_program(argv.front())) return std::nullopt;
            // Asked for its version, Terraform would ask its maker for a newer one, and the clouds' tools
            // tell theirs that they were used.
            const auto ran = run_process({.argv = argv,
                                          .environment = {{"CHECKPOINT_DISABLE", "1"},
                                                          {"AZURE_CORE_COLLECT_TELEMETRY", "0"},
                                                          {"CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true"}},
                                          .contained = true},
                                         5s);
            if (!ran || (ran->status != 0 && argv.size() > 1 && argv[1] == "compose")) return std::nullopt;
            return ran->output;
          },
          .is_set =
              [](const std::string& variable) {
                const char* const value = std::getenv(variable.c_str());
                return value != nullptr && *value != '\0';
              },
          .has_file =
              [](const std::string& below_home) {
                const char* const home = std::getenv("HOME");
                std::error_code error;
                return home != nullptr &&
                       std::filesystem::exists(std::filesystem::path(home) / below_home, error);
              }};
}

const std::vector<std::string>& deps_targets() {
  static const auto all = [] {
    std::vector<std::string> names;
    for (const auto& one : needs()) names.emplace_back(one.target);
    return names;
  }();
  return all;
}

std::vector<Finding> examine_needs(const std::string& target, const Machine& machine) {
  const auto& one = *std::ranges::find(needs(), target, &Needs::target);
  const auto& title = contracts::built_in().target(target)->title;
  std::vector<Finding> all;
  for (const auto& tool : one.tools) all.push_back(judge(tool, machine));
  const bool logs_in = !one.variables.empty() || !one.files.empty();
  const bool logged_in =
      std::ranges::any_of(one.variables, machine.is_set) || std::ranges::any_of(one.files, machine.has_file);
  if (logs_in)
    all.push_back(logged_in ? passed("deps.login", "There is a log-in to " + title + " on this machine.")
                            : found("deps.login", "No log-in to " + title + " was found on this machine.", "",
                                    one.log_in));
  all.push_back(found("deps.account", std::string("Before the first plan: ") + one.account));
  all.push_back(found("deps.permissions", std::string("Whoever deploys needs: ") + one.permissions));
  return all;
}

}  // namespace starter::console::checks
