#include "dev/stack.h"

#include <unistd.h>

#include "dev/builder.h"
#include "system/files.h"
#include "system/ports.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

constexpr auto kMigratePatience = 5min;

// All ports are looked at before anything is built or started.
Outcome<> check_ports(const Stack& stack, const State& state) {
  const std::pair<const char*, int> wanted[] = {{"postgres", stack.ports.postgres()},
                                                {"redis", stack.ports.redis()},
                                                {"mail", stack.ports.mail()},
                                                {"mail", stack.ports.smtp()},
                                                {"api", stack.ports.api()},
                                                {"api", stack.ports.metrics()},
                                                {"worker", stack.ports.worker_metrics()},
                                                {"web", stack.ports.web()}};
  for (const auto& [name, port] : wanted) {
    const auto* ours = state.find(name);
    if (ours != nullptr && is_running(ours->process)) continue;
    const auto holder = holder_of(port);
    if (!holder) continue;
    return Failure{.code = "dev.port_busy",
                   .what = "Port " + std::to_string(port) + " is taken (the stack's " + name + ").",
                   .why = "It is held by " + describe(*holder) + ".",
                   .fix = "./dev up --port-base " + std::to_string(stack.ports.base + 100),
                   .exit = Exit::conflict};
  }
  return {};
}

// A stack on other ports is stopped first: its parts would hold the same data folders.
Outcome<> stop_when_moved(const Stack& stack, Supervisor& supervisor) {
  const auto* postgres = supervisor.state().find("postgres");
  if (postgres == nullptr || postgres->port == stack.ports.postgres()) return {};
  CHECKED(supervisor.stop_all());
  return {};
}

Outcome<> start_log_keeper(const Stack& stack, Supervisor& supervisor) {
  char self[4096] = {};
  if (::readlink("/proc/self/exe", self, sizeof self - 1) <= 0) return {};
  const Part keeper{.name = "log-keeper",
                    .title = "The log keeper",
                    .launch = {.argv = {self, "dev", "keep-logs"},
                               .environment = {{"STARTER_ROOT", stack.workspace.root().string()}},
                               .folder = "/"},
                    .ready = [] { return true; }};
  return supervisor.ensure(keeper);
}

Outcome<> bring_up_steps(const Stack& stack, const UpChoices& choices, Supervisor& supervisor) {
  constexpr int kSteps = 6;
  int number = 0;
  const auto step = [&](std::string_view what) { stack.terminal.step(++number, kSteps, what); };
  step("Build");
  if (choices.build) CHECKED(build_targets(stack.workspace, stack.terminal, "everyday", {"starter-api"}));
  const auto server = choices.build ? CHECKED(build_web(stack.workspace, stack.terminal))
                                    : CHECKED(built_web_server(stack.workspace));
  step("Postgres, Redis, mail");
  CHECKED(start_stores(stack, supervisor));
  if (choices.build)
    CHECKED(install_node_modules(stack.workspace, stack.terminal, stack.workspace.mail_catcher()));
  CHECKED(supervisor.ensure(CHECKED(mail_part(stack))));
  step("Schema and demo data");
  CHECKED(run_api(stack, {"migrate"}));
  if (choices.demo) CHECKED(run_api(stack, {"seed", "--demo"}));
  step("API");
  CHECKED(supervisor.ensure(api_part(stack)));
  step("Worker");
  CHECKED(supervisor.ensure(worker_part(stack)));
  step("Web");
  CHECKED(supervisor.ensure(web_part(stack, server)));
  return start_log_keeper(stack, supervisor);
}

}  // namespace

Outcome<Stack> Stack::open(const Workspace& workspace, const Terminal& terminal, Ports ports) {
  auto secrets = CHECKED(clone_secrets(workspace));
  auto settings = service_settings(workspace, ports, secrets);
  auto as = CHECKED(workspace.run_as());
  return Stack{workspace, terminal, ports, std::move(secrets), std::move(settings), std::move(as)};
}

Outcome<> start_stores(const Stack& stack, Supervisor& supervisor) {
  const auto postgres = postgres_of(stack);
  CHECKED(create_cluster(postgres));
  CHECKED(supervisor.ensure(CHECKED(postgres_part(stack))));
  CHECKED(create_owner(postgres, "starter_owner", stack.secrets.at("OWNER_PASSWORD"), "starter"));
  return supervisor.ensure(CHECKED(redis_part(stack)));
}

Outcome<> run_api(const Stack& stack, const std::vector<std::string>& arguments) {
  Launch launch{.argv = {stack.workspace.api_binary().string()},
                .environment = stack.settings.api,
                .folder = stack.workspace.state(),
                .log = stack.workspace.log(arguments.at(0)),
                .as = stack.as};
  launch.argv.insert(launch.argv.end(), arguments.begin(), arguments.end());
  launch.environment["DEMO_PASSWORD"] = stack.secrets.at("DEMO_PASSWORD");
  CHECKED(write_file(launch.log, "", 0644));
  const auto ran = CHECKED(run_process(launch, kMigratePatience));
  if (interrupted()) return interrupt_failure();
  if (ran.status == 0) return {};
  return Failure{.code = "dev." + arguments[0] + "_failed",
                 .what = "starter-api " + arguments[0] +
                         (ran.timed_out ? " did not end in time."
                                        : " failed with exit status " + std::to_string(ran.status) + "."),
                 .why = "The last lines of " + launch.log.string() + ":\n" + tail_of(launch.log, 15),
                 .fix = "./dev logs " + arguments[0]};
}

Outcome<> bring_up(const Stack& stack, const UpChoices& choices) {
  watch_interrupts();
  Supervisor supervisor(stack.workspace, stack.terminal);
  CHECKED(stop_when_moved(stack, supervisor));
  CHECKED(check_ports(stack, supervisor.state()));
  CHECKED(stack.workspace.remember(stack.ports));
  CHECKED(write_settings(stack.workspace, stack.settings, stack.secrets));
  CHECKED(give_to(stack.as, stack.workspace.state()));
  auto done = bring_up_steps(stack, choices, supervisor);
  if (!done) supervisor.undo();
  // Ctrl-C ends the programs that a step runs, too, and the step says so as if they had failed.
  if (!done && interrupted()) return interrupt_failure();
  return done;
}

}  // namespace starter::console::dev
