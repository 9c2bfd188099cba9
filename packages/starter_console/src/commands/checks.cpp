// doctor and verify: what is wrong here, and what is wrong with a deployment.
#include <algorithm>
#include <boost/json.hpp>

#include "checks/deployment.h"
#include "checks/doctor.h"
#include "checks/kinds.h"
#include "checks/verify.h"
#include "commands/groups.h"
#include "frame/invocation.h"
#include "system/process.h"

namespace starter::console {

using namespace checks;

namespace {

constexpr std::string_view kDocs = "docs/ops/doctor.md";

// Of a deployment when one is named or set up here, and of the clone unless one is named.
Outcome<std::vector<Finding>> examine(const Invocation& invocation) {
  std::vector<Finding> all;
  const auto add = [&](std::vector<Finding> more) { std::ranges::move(more, std::back_inserter(all)); };
  const auto workspace = dev::Workspace::find();
  if (workspace && !is_deployment_named(invocation)) add(examine_clone(*workspace));
  if (is_deployment_said(invocation)) add(CHECKED(examine_deployment(invocation)));
  if (interrupted()) return interrupt_failure();
  if (all.empty()) all.push_back(found("local.set_up", "Neither a clone nor a deployment is here."));
  return all;
}

// Mends what can be mended without harm; the rest keeps its finding with the command to run.
Outcome<Reply> doctor(const Invocation& invocation, Terminal& terminal) {
  auto findings = CHECKED(examine(invocation));
  boost::json::array mended;
  if (invocation.has("--fix")) {
    for (const auto& one : findings) {
      if (one.severity == Severity::ok || !one.mend) continue;
      if (!invocation.dry_run()) CHECKED(one.mend());
      terminal.say((invocation.dry_run() ? "would fix: " : "fixed: ") + one.says);
      mended.push_back(boost::json::value(one.id));
    }
    if (!invocation.dry_run() && !mended.empty()) findings = CHECKED(examine(invocation));
  }
  auto reply = reply_of(findings, terminal);
  reply.changed = !mended.empty();
  if (invocation.has("--fix") && mended.empty()) reply.text = "no change\n" + reply.text;
  reply.data["fixed"] = std::move(mended);
  reply.data["dry_run"] = invocation.dry_run();
  return reply;
}

Outcome<Reply> verify(const Invocation& invocation, Terminal& terminal) {
  const auto web = CHECKED(parse_url(invocation.get("url")));
  std::optional<Url> api;
  if (invocation.has("--api")) api = CHECKED(parse_url(invocation.get("--api")));
  std::optional<sockaddr_in> names;
  if (invocation.has("--name-server")) names = parse_name_server(invocation.get("--name-server"));
  if (invocation.has("--name-server") && !names)
    return invocation.bad_value("--name-server", "must be an address, as 192.0.2.53 or 127.0.0.1:5353");
  Email sender;
  if (invocation.has("--mail-from"))
    if (const char* wrong = Email::from_text(invocation.get("--mail-from"), sender))
      return invocation.bad_value("--mail-from", wrong);
  const auto timeout = CHECKED(invocation.timeout());
  auto findings = verify_deployment(web, api, timeout);
  if (!sender.value.empty())
    std::ranges::move(verify_sender(sender, names, timeout), std::back_inserter(findings));
  return reply_of(findings, terminal);
}

}  // namespace

std::vector<Command> check_commands() {
  auto doctor_fields = finding_fields();
  doctor_fields.push_back({"fixed", "array", "Ids of what --fix mended, or would"});
  doctor_fields.push_back({"dry_run", "boolean", "Nothing was changed"});
  auto flags = setup_flags();
  flags.insert(flags.begin(), {{"--fix", "", "Mend what can be mended without harm"},
                               {"--env-file", "FILE", "Settings of the API of a deployment"},
                               {"--web-env-file", "FILE", "Settings of its web application"}});
  return {
      {.name = "doctor",
       .group = "Check",
       .summary = "Look for what is wrong with this clone or a deployment",
       .details =
           "In a clone: programs, disk, files, ports and the parts that run. With a deployment's files or "
           "answers, or after a set-up for another place: everything that the contract, the services and the "
           "platform would refuse. What this process's own environment says doesn't count. Nothing is asked "
           "over the network.",
       .flags = std::move(flags),
       .examples = {{"starter-console doctor", "Findings, the worst last, each with its fix."},
                    {"starter-console doctor --env-file api.env --web-env-file web.env",
                     "The settings of two services."},
                    {"starter-console doctor --answers-file answers.yaml", "The answers of a set-up."},
                    {"starter-console doctor --fix",
                     "File modes, folders, the state of a stack that is gone."},
                    {"starter-console doctor --field healthy", "For scripts: true or false."}},
       .reply = doctor_fields,
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = kDocs,
       .writes = true,
       .run = doctor},
      {.name = "verify",
       .group = "Check",
       .summary = "Look at a deployment from outside",
       .details =
           "Ready routes, TLS and its expiry, security headers, cookies; with --api the API and its public "
           "keys; with --mail-from whether the sender's domain lets its mail be believed (SPF, DMARC, MX).",
       .arguments = {{.name = "url",
                      .summary = "The public address of the web application",
                      .required = true}},
       .flags = {{"--api", "URL", "The address of the API"},
                 {"--mail-from", "ADDRESS", "The sender, as MAIL_FROM has it, without a name"},
                 {"--name-server", "ADDRESS", "Ask this one, such as 192.0.2.53, for --mail-from"}},
       .examples = {{"starter-console verify https://app.example.com", "The web application."},
                    {"starter-console verify https://app.example.com --mail-from no-reply@example.com",
                     "And its mail."},
                    {"starter-console verify http://localhost:3000 --api http://localhost:3001",
                     "The local stack, both parts."}},
       .reply = finding_fields(),
       .exits = {Exit::check_failed},
       .docs = "docs/ops/hosting-overview.md",
       .reaches = true,
       .run = verify},
  };
}

}  // namespace starter::console
