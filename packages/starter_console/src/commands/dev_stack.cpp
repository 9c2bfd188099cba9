// ./dev up, watch, down, status: the running stack.
#include <boost/json.hpp>

#include "commands/groups.h"
#include "dev/crash_guard.h"
#include "dev/stack.h"
#include "dev/watch.h"
#include "frame/invocation.h"
#include "frame/terminal.h"
#include "system/files.h"
#include "system/ports.h"

namespace starter::console {

namespace json = boost::json;
using namespace dev;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kDocs = "docs/development.md";
constexpr std::string_view kGroup = "Every day";

Outcome<Ports> chosen_ports(const Invocation& invocation, const Workspace& workspace) {
  const auto base = CHECKED(invocation.number("--port-base", workspace.ports().base, 1024, 65000));
  return Ports{static_cast<int>(base)};
}

json::object status_json(const Workspace& workspace) {
  const auto state = State::load(workspace);
  json::array parts;
  bool all = true;
  for (const auto& facts : part_facts(workspace.ports())) {
    const auto* part = state.find(facts.name);
    const bool running = part != nullptr && is_running(part->process);
    all = all && running;
    json::object one{{"name", facts.name}, {"running", running}, {"address", facts.address},
                     {"port", facts.port}, {"pid", nullptr},     {"log", workspace.log(facts.name).string()}};
    if (running) one["pid"] = part->process.pid;
    parts.push_back(std::move(one));
  }
  const auto ports = workspace.ports();
  return {{"running", all},
          {"port_base", ports.base},
          {"parts", parts},
          {"smtp_port", ports.smtp()},
          {"credentials_file", (workspace.state() / "credentials").string()}};
}

std::string status_text(const Workspace& workspace, const Terminal& terminal) {
  const auto state = State::load(workspace);
  std::string text;
  for (const auto& facts : part_facts(workspace.ports())) {
    const auto* part = state.find(facts.name);
    const bool running = part != nullptr && is_running(part->process);
    const bool died = part != nullptr && !running;
    auto title = facts.title;
    title.resize(14, ' ');
    const auto word = terminal.paint(running ? Tone::good
                                     : died  ? Tone::bad
                                             : Tone::faint,
                                     running ? "runs   "
                                     : died  ? "died   "
                                             : "stopped");
    text += title + word + "  " + (running ? facts.address : died ? "./dev logs " + facts.name : "") + "\n";
  }
  return text;
}

std::string up_text(const Workspace& workspace, const Terminal& terminal) {
  const auto ports = workspace.ports();
  const auto local = [](int port) { return "http://localhost:" + std::to_string(port); };
  return "Web          " + terminal.paint(Tone::bold, local(ports.web())) + "\nAPI          " +
         local(ports.api()) + "\nMail         " + local(ports.mail()) + "\nCredentials  " +
         (workspace.state() / "credentials").string() +
         "\nNext: ./dev watch   ./dev logs -f   ./dev down   docs/tutorial.md\n";
}

Reply up_plan(const Workspace& workspace, const Ports& ports) {
  std::string text = "Would build build/everyday and apps/web-app where their sources changed, then start:\n";
  json::array parts;
  for (const auto& facts : part_facts(ports)) {
    if (facts.port != 0) text += "  " + facts.title + " on port " + std::to_string(facts.port) + "\n";
    parts.push_back({{"name", facts.name}, {"port", facts.port}, {"address", facts.address}});
  }
  text += "Data, logs and secrets stay in " + workspace.state().string() + ".\n";
  return {.data = {{"dry_run", true},
                   {"running", false},
                   {"port_base", ports.base},
                   {"parts", parts},
                   {"smtp_port", ports.smtp()},
                   {"credentials_file", (workspace.state() / "credentials").string()}},
          .text = text};
}

Outcome<Reply> up(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto ports = CHECKED(chosen_ports(invocation, workspace));
  if (invocation.dry_run()) return up_plan(workspace, ports);
  CHECKED(workspace.prepare());
  const auto lock = CHECKED(lock_stack(workspace, CHECKED(invocation.lock_patience())));
  const auto stack = CHECKED(Stack::open(workspace, terminal, ports));
  const auto guard = CHECKED(CrashGuard::start());
  CHECKED(bring_up(stack, {.build = !invocation.has("--no-build")}));
  auto data = status_json(workspace);
  data["dry_run"] = false;
  return Reply{.data = std::move(data), .text = up_text(workspace, terminal)};
}

Outcome<Reply> watch_stack(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  CHECKED(workspace.prepare());
  const auto stack = CHECKED(Stack::open(workspace, terminal, workspace.ports()));
  {
    const auto lock = CHECKED(lock_stack(workspace, CHECKED(invocation.lock_patience())));
    const auto guard = CHECKED(CrashGuard::start());
    CHECKED(bring_up(stack, {}));
  }  // while it watches, ./dev db and ./dev down work
  const auto part = invocation.get("part");
  CHECKED(watch(stack, {.api = part != "web", .web = part != "api"}));
  return Reply{.data = status_json(workspace)};
}

Outcome<Reply> down(const Invocation& invocation, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  const auto state = State::load(workspace);
  if (invocation.dry_run() || state.parts().empty()) {
    json::array names;
    std::string text = state.parts().empty() ? "Nothing is running." : "Would stop:";
    for (const auto& part : state.parts()) names.push_back(json::value(part.name)), text += " " + part.name;
    return Reply{.data = {{"dry_run", invocation.dry_run()}, {"stopped", names}}, .text = text};
  }
  const auto lock = CHECKED(lock_stack(workspace, CHECKED(invocation.lock_patience())));
  Supervisor supervisor(workspace, terminal);
  const auto stopped = CHECKED(supervisor.stop_all());
  std::string text = stopped.empty() ? "Nothing was running." : "Stopped:";
  for (const auto& name : stopped) text += " " + name;
  return Reply{.data = {{"dry_run", false}, {"stopped", json::value_from(stopped)}}, .text = text};
}

Outcome<Reply> status(const Invocation&, Terminal& terminal) {
  const auto workspace = CHECKED(Workspace::find());
  auto data = status_json(workspace);
  const bool running = data.at("running").as_bool();
  return Reply{.data = std::move(data),
               .text = status_text(workspace, terminal),
               .exit = running ? Exit::ok : Exit::check_failed};
}

}  // namespace

std::vector<Command> dev_stack_commands() {
  const std::vector<Field> status_fields{{"running", "boolean", "Every part runs"},
                                         {"port_base", "integer", "The first port"},
                                         {"parts", "array", "name, running, address, port, pid, log"},
                                         {"smtp_port", "integer", "Where the mail catcher takes mail"},
                                         {"credentials_file", "string", "The demo password"}};
  auto up_fields = status_fields;
  up_fields.push_back({"dry_run", "boolean", "Nothing was changed"});
  return {
      {.name = "dev up",
       .group = kGroup,
       .summary = "Build and start everything, in the background",
       .details = "Starts Postgres, Redis, the mail catcher, the API, the worker and the web application, "
                  "and returns when the API and the web "
                  "application are ready. Only what changed is built, only what changed is started anew.",
       .flags = {{"--port-base", "N", "First of the nine ports; remembered (3000)"},
                 {"--no-build", "", "Start what was built last"}},
       .examples = {{"./dev up", "From a fresh clone to a running application."},
                    {"./dev up --port-base 3100", "Beside another clone that holds the usual ports."}},
       .reply = up_fields,
       .exits = {Exit::conflict, Exit::not_found, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .run = up},
      {.name = "dev watch",
       .group = kGroup,
       .summary = "Build and serve again whenever a file is saved",
       .details = "Stays in the foreground. A source that does not compile leaves the API from before "
                  "serving and shows the first error.",
       .arguments = {{.name = "part", .summary = "Only this part", .choices = "api|web"}},
       .examples = {{"./dev watch", "API and web application."},
                    {"./dev watch web", "The web application alone."}},
       .reply = status_fields,
       .exits = {Exit::conflict, Exit::not_found, Exit::interrupted},
       .docs = kDocs,
       .locks = true,
       .run = watch_stack},
      {.name = "dev down",
       .group = kGroup,
       .summary = "Stop everything; the data stays",
       .examples = {{"./dev down", "Stop the stack."},
                    {"./dev down --dry-run", "Show what would be stopped."}},
       .reply = {{"dry_run", "boolean", "Nothing was changed"}, {"stopped", "array", "Names of the parts"}},
       .exits = {Exit::conflict, Exit::interrupted},
       .docs = kDocs,
       .writes = true,
       .locks = true,
       .run = down},
      {.name = "dev status",
       .group = kGroup,
       .summary = "Show what runs, and where",
       .examples = {{"./dev status", "One line a part."},
                    {"./dev status --field parts.api.pid", "The process id of the API."}},
       .reply = status_fields,
       .exits = {Exit::check_failed},
       .docs = kDocs,
       .run = status},
  };
}

}  // namespace starter::console
