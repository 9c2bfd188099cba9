// doctor and verify: what is wrong here, and what is wrong with a deployment.
#include <boost/json.hpp>

#include "checks/doctor.h"
#include "checks/verify.h"
#include "commands/groups.h"
#include "frame/invocation.h"

namespace starter::console {

using namespace checks;

namespace {

// Mends what can be mended without harm; the rest keeps its finding with the command to run.
Outcome<Reply> doctor(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(dev::Workspace::find());
  auto findings = examine_clone(workspace);
  boost::json::array mended;
  if (invocation.has("--fix")) {
    for (const auto& one : findings) {
      if (one.severity == Severity::ok || !one.mend) continue;
      if (!invocation.dry_run()) CHECKED(one.mend());
      terminal.say((invocation.dry_run() ? "would fix: " : "fixed: ") + one.says);
      mended.push_back(boost::json::value(one.id));
    }
    if (!invocation.dry_run() && !mended.empty()) findings = examine_clone(workspace);
  }
  auto reply = reply_of(findings, terminal);
  reply.changed = !mended.empty();
  reply.data["fixed"] = std::move(mended);
  reply.data["dry_run"] = invocation.dry_run();
  return reply;
}

Outcome<Reply> verify(const Invocation& invocation, Terminal& terminal) {
  const auto web = CHECKED(parse_url(invocation.get("url")));
  std::optional<Url> api;
  if (invocation.has("--api")) api = CHECKED(parse_url(invocation.get("--api")));
  return reply_of(verify_deployment(web, api, CHECKED(invocation.timeout())), terminal);
}

}  // namespace

std::vector<Command> check_commands() {
  auto doctor_fields = finding_fields();
  doctor_fields.push_back({"fixed", "array", "Ids of what --fix mended, or would"});
  doctor_fields.push_back({"dry_run", "boolean", "Nothing was changed"});
  return {
      {.name = "doctor",
       .group = "Check",
       .summary = "Look for what is wrong with this clone and its stack",
       .flags = {{"--fix", "", "Mend what can be mended without harm"}},
       .examples = {{"starter-console doctor", "Findings, the worst last, each with its fix."},
                    {"starter-console doctor --fix", "File modes, the state of a stack that is gone."},
                    {"starter-console doctor --field healthy", "For scripts: true or false."}},
       .reply = doctor_fields,
       .exits = {Exit::check_failed, Exit::not_found},
       .docs = "docs/development.md",
       .writes = true,
       .run = doctor},
      {.name = "verify",
       .group = "Check",
       .summary = "Look at a deployment from outside",
       .details = "Ready routes, TLS and its expiry, security headers, cookies and, with --api, the API and "
                  "its public keys.",
       .arguments = {{.name = "url",
                      .summary = "The public address of the web application",
                      .required = true}},
       .flags = {{"--api", "URL", "The address of the API"}},
       .examples = {{"starter-console verify https://app.example.com", "The web application."},
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
