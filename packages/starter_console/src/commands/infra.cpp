// infra deps: what a target needs. infra terraform, helm, compose export: what was set up, as each target's
// own file of values.
#include <algorithm>
#include <boost/json.hpp>

#include "checks/deps.h"
#include "checks/standing.h"
#include "commands/groups.h"
#include "exports/writers.h"
#include "frame/audit.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "starter/contracts/built_in.h"
#include "starter/core/text.h"
#include "system/env_file.h"
#include "system/files.h"

namespace starter::console {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace exports;

namespace {

constexpr std::string_view kDocs = "docs/ops/terraform-export.md";
constexpr std::string_view kGroup = "Set up";

// --- flags

Failure wrong_extra(const std::string& why, const std::string& fix) {
  return {.code = "export.extra",
          .what = "--extra-var needs NAME=VALUE of a variable that the contract doesn't name.",
          .why = why,
          .fix = fix,
          .exit = Exit::usage,
          .docs = std::string(kDocs)};
}

Outcome<std::map<std::string, std::string>> extra_of(const Invocation& invocation) {
  std::map<std::string, std::string> all;
  const auto command = typed_name(invocation.command());
  for (const auto& text : invocation.all("--extra-var")) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    const bool is_name =
        !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::ranges::all_of(name, [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    if (equals == text.npos || !is_name)
      return wrong_extra("A name is lower-case letters, digits and _, then follows =.", command + " --help");
    if (contracts::built_in().input(name) != nullptr)
      return wrong_extra("The contract names " + name + ".", command + " --var " + name + "=VALUE");
    auto value = text.substr(equals + 1);
    if (names_a_secret(name) || holds_a_password(value))
      return wrong_extra(name + " looks like a secret, and everyone can read flags.",
                         "export TF_VAR_" + name);
    all[name] = std::move(value);
  }
  return all;
}

Mode mode_of(const Invocation& invocation) {
  const auto said = invocation.get("--mode");
  if (!said.empty()) return said == "template" ? Mode::blank : Mode::filled;
  return is_anything_said(invocation) ? Mode::filled : Mode::blank;
}

fs::path place_of(const Invocation& invocation, const fs::path& usual) {
  return invocation.has("--file") ? fs::path(invocation.get("--file")) : var_folder() / "infra" / usual;
}

// --- reply

// Then `next` knows what is left to do with the export.
bool is_set_up_here(const Invocation& invocation) {
  std::error_code error;
  return !invocation.has("--file") && fs::exists(setup::places().answers(), error);
}

struct Written {
  std::vector<NewFile> files;
  std::string format;
  Mode mode = Mode::filled;
  bool redacted = false;
  std::vector<std::string> pending;
  std::string next;
};

Outcome<Reply> write(const Invocation& invocation, Written written) {
  json::array plan, paths;
  std::string text;
  std::vector<NewFile> changed;
  const auto place = written.files.front().path.string();
  for (auto& file : written.files) {
    const bool same = CHECKED(stands_already(file));
    paths.push_back(json::value(file.path.string()));
    if (same) continue;
    plan.push_back(json::value("write " + file.path.string()));
    text += (invocation.dry_run() ? "would write " : "wrote ") + file.path.string() + "\n";
    changed.push_back(std::move(file));
  }
  if (!invocation.dry_run()) CHECKED(write_files_or_stop(changed));
  if (changed.empty()) text = "no change\n";
  if (written.redacted)
    text += "A secret is left out, and it can't be applied as it is: --include-secrets writes it.\n";
  if (!written.pending.empty()) text += "No reference yet for " + joined(written.pending) + ".\n";
  if (written.redacted || !written.pending.empty()) {
    if (is_set_up_here(invocation))
      written.next = "starter-console next";
    else if (written.redacted)
      written.next = invocation.with("--include-secrets").typed();
    else
      written.next = editor_command(place);
  }
  return Reply{.data = {{"files", std::move(paths)},
                        {"mode", written.mode == Mode::filled ? "filled" : "template"},
                        {"format", written.format},
                        {"redacted", written.redacted},
                        {"pending", json::value_from(written.pending)},
                        {"plan", std::move(plan)},
                        {"dry_run", invocation.dry_run()},
                        {"next", written.next}},
               .text = text + "Next: " + written.next,
               .changed = !changed.empty()};
}

Outcome<Deployment> deployment_of(const setup::Interview& interview, Mode mode) {
  if (mode == Mode::filled) return filled(interview);
  return blank(interview.contract(), *interview.target());
}

// --- commands

Outcome<Reply> terraform(const Invocation& invocation, Terminal&) {
  const auto provider = invocation.get("--provider");
  const auto interview = CHECKED(known(invocation, provider));
  const auto mode = mode_of(invocation);
  const auto deployment = CHECKED(deployment_of(interview, mode));
  const Form form{.json = invocation.get("--format") == "json",
                  .secrets = invocation.has("--include-secrets"),
                  .extra = CHECKED(extra_of(invocation))};
  const auto place =
      place_of(invocation, fs::path(provider) / (form.json ? "terraform.tfvars.json" : "terraform.tfvars"));
  const bool redacted =
      !form.secrets && mode == Mode::filled &&
      std::ranges::any_of(deployment.inputs, [](const auto& value) { return value.secret; });
  return write(invocation,
               {.files = {{place, terraform_text(deployment, mode, form)}},
                .format = form.json ? "json" : "hcl",
                .mode = mode,
                .redacted = redacted,
                .pending = deployment.pending,
                .next = mode == Mode::filled ? "terraform -chdir=" + deployment.target->folder +
                                                   " plan -var-file=" + fs::absolute(place).string()
                                             : "starter-console setup wizard --preset " + provider});
}

Outcome<Reply> helm(const Invocation& invocation, Terminal&) {
  const auto interview = CHECKED(known(invocation, "kubernetes"));
  const auto mode = mode_of(invocation);
  const auto deployment = CHECKED(deployment_of(interview, mode));
  const bool secrets = invocation.has("--include-secrets");
  const auto place = place_of(invocation, "kubernetes/values.yaml");
  return write(invocation,
               {.files = {{place, helm_text(deployment, mode, {.secrets = secrets})}},
                .format = "yaml",
                .mode = mode,
                .redacted = !secrets && mode == Mode::filled && !deployment.values.empty(),
                .pending = secrets ? std::vector<std::string>() : deployment.pending,
                .next = mode == Mode::filled ? "helm upgrade --install starter " + deployment.target->folder +
                                                   " --values " + fs::absolute(place).string()
                                             : "starter-console setup wizard --preset other"});
}

Outcome<Reply> compose(const Invocation& invocation, Terminal&) {
  const auto interview = CHECKED(known(invocation, "compose"));
  const auto deployment = CHECKED(filled(interview));
  const auto place = place_of(invocation, "compose/.env.prod");
  Written written{.files = {{place, compose_text(interview)}}, .format = "dotenv"};
  const auto secrets = compose_secrets(interview);
  const bool all = invocation.has("--include-secrets");
  if (all)
    for (const auto& [name, value] : secrets)
      written.files.push_back({place.parent_path() / "secrets" / name, value});
  written.redacted = !all && !secrets.empty();
  for (const auto& name : deployment.pending)
    if (!interview.settled().contains(name)) written.pending.push_back(name);
  written.next = "docker compose --env-file " + fs::absolute(place).string() +
                 " -f ops/compose/docker-compose.prod.yml config";
  return write(invocation, std::move(written));
}

// The target of --provider, or the one that was set up.
Outcome<std::string> target_of(const Invocation& invocation) {
  if (invocation.has("--provider")) return invocation.get("--provider");
  const auto at = setup::places();
  std::error_code error;
  if (fs::exists(at.answers(), error)) {
    const auto& contract = contracts::built_in();
    const auto last =
        CHECKED(setup::parse_answers(contract, at.answers().string(), CHECKED(read_file(at.answers()))));
    if (!last.preset.empty() && last.preset != "local")
      return checks::export_target(contract, last.preset).name;
  }
  return Failure{.code = "infra.no_target",
                 .what = "No target is named.",
                 .why = "Nothing is set up here for a cloud, so --provider must say which one.",
                 .fix = "starter-console infra deps --provider aws",
                 .exit = Exit::usage,
                 .docs = "docs/ops/doctor.md"};
}

Outcome<Reply> deps(const Invocation& invocation, Terminal& terminal) {
  const auto target = CHECKED(target_of(invocation));
  auto reply = checks::reply_of(checks::examine_needs(target, checks::this_machine()), terminal);
  reply.data["target"] = target;
  return reply;
}

std::vector<Flag> export_flags() {
  auto flags = setup_flags();
  flags.insert(flags.end(), {{"--env-file", "FILE", "Settings of the API (what the set-up wrote)"},
                             {"--file", "FILE", "Where to write, instead of below var/infra"},
                             {"--include-secrets", "", "Write secrets, too"}});
  return flags;
}

std::vector<Field> export_fields() {
  return {{"files", "array", "Paths of the export"},
          {"mode", "string", "template or filled"},
          {"format", "string", "hcl, json, yaml or dotenv"},
          {"redacted", "boolean", "A secret is left out"},
          {"pending", "array", "Secrets that have no reference on this target yet"},
          {"plan", "array", "Files that are written"},
          {"dry_run", "boolean", "Nothing was changed"},
          {"next", "string", "The command to run now"}};
}

}  // namespace

std::vector<Command> infra_commands() {
  auto of_terraform = export_flags(), of_helm = export_flags();
  const Flag mode{"--mode", "MODE", "Filled if anything is known, else a template", "template|filled"};
  of_helm.push_back(mode);
  of_terraform.insert(of_terraform.begin(), {.name = "--provider",
                                             .value = "NAME",
                                             .summary = "The cloud",
                                             .choices = "aws|azure|gcp",
                                             .required = true});
  of_terraform.insert(of_terraform.end(), {mode,
                                           {"--format", "FORMAT", "hcl unless json", "hcl|json"},
                                           {.name = "--extra-var",
                                            .value = "NAME=VALUE",
                                            .summary = "A variable of this root alone; may be repeated",
                                            .many = true}});
  const std::string_view details =
      "A flag wins over --answers-file, that over the last set-up, that over the env file, that over the "
      "default. "
      "Every refusal of the target is checked first, in its words.";
  auto deps_fields = checks::finding_fields();
  deps_fields.push_back({"target", "string", "What was looked at"});
  return {
      {.name = "infra deps",
       .group = kGroup,
       .summary = "List the tools and rights that a target needs",
       .details =
           "Each tool with the version that is there, the one that is wanted and where to get it; a log-in; "
           "what must exist before the first plan; what whoever deploys must be allowed. No cloud is asked.",
       .flags = {{.name = "--provider",
                  .value = "NAME",
                  .summary = "The target; without it the one that was set up",
                  .choices = "aws|azure|gcp|kubernetes|compose"}},
       .examples = {{"starter-console infra deps --provider aws", "Before the first plan."},
                    {"starter-console infra deps --provider compose --field healthy",
                     "For scripts: true or false."}},
       .reply = std::move(deps_fields),
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = "docs/ops/doctor.md",
       .run = deps},
      {.name = "infra terraform export",
       .group = kGroup,
       .summary = "Write terraform.tfvars of a cloud",
       .details = details,
       .flags = std::move(of_terraform),
       .examples = {{"starter-console infra terraform export --provider aws", "After the set-up: filled."},
                    {"starter-console infra terraform export --provider gcp --mode template",
                     "What can be said."}},
       .reply = export_fields(),
       .exits = {Exit::not_found},
       .docs = kDocs,
       .writes = true,
       .run = terraform},
      {.name = "infra helm export",
       .group = kGroup,
       .summary = "Write the values of the Helm chart",
       .details = details,
       .flags = std::move(of_helm),
       .examples = {{"starter-console infra helm export", "After the set-up: filled."},
                    {"starter-console infra helm export --mode template --dry-run",
                     "Only where it would go."}},
       .reply = export_fields(),
       .exits = {Exit::not_found},
       .docs = kDocs,
       .writes = true,
       .run = helm},
      {.name = "infra compose export",
       .group = kGroup,
       .summary = "Write .env.prod of the single server",
       .details = details,
       .flags = export_flags(),
       .examples = {{"starter-console infra compose export", "Without secrets."},
                    {"starter-console infra compose export --include-secrets", "Each in a file of its own."}},
       .reply = export_fields(),
       .exits = {Exit::not_found},
       .docs = kDocs,
       .writes = true,
       .run = compose},
  };
}

}  // namespace starter::console
