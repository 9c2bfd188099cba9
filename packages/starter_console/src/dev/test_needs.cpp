#include "dev/test_needs.h"

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "dev/stack.h"
#include "system/files.h"
#include "system/ports.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

bool any_wants(const std::vector<Suite>& suites, std::string_view need) {
  return std::ranges::any_of(suites, [&](const Suite& suite) { return suite.wants(need); });
}

Outcome<> wait_until(const std::function<bool()>& ready, const ProcessId& process, const fs::path& log) {
  for (int i = 0; i < 1500; ++i) {
    if (ready()) return {};
    if (interrupted()) return interrupt_failure();
    if (!is_running(process)) break;
    std::this_thread::sleep_for(20ms);
  }
  return Failure{.code = "test.needs",
                 .what = "A store that the tests need did not start.",
                 .why = tail_of(log, 10),
                 .fix = "./dev doctor"};
}

}  // namespace

Outcome<std::unique_ptr<TestNeeds>> TestNeeds::start(const Workspace& workspace, const Terminal& terminal,
                                                     const std::vector<Suite>& suites,
                                                     const fs::path& folder) {
  CHECKED(make_folders(folder));
  ::chmod(folder.c_str(), 0755);
  std::unique_ptr<TestNeeds> needs(new TestNeeds(terminal, folder));
  if (any_wants(suites, "postgres") || any_wants(suites, "redis")) CHECKED(needs->start_stores(workspace));
  if (any_wants(suites, "stack")) CHECKED(needs->start_stack(workspace));
  return needs;
}

Outcome<> TestNeeds::start_stores(const Workspace& workspace) {
  const auto as = CHECKED(workspace.run_as());
  const auto stores = folder_ / "stores";
  CHECKED(make_folders(stores));
  CHECKED(give_to(as, stores));
  const Postgres postgres{.folder = stores / "postgres",
                          .sockets = Workspace(folder_, stores).sockets(),
                          .log = stores / "postgres.log",
                          .port = reserve_port_block(),
                          .password = random_secret(24),
                          .as = as,
                          .durable = false};
  CHECKED(create_cluster(postgres));
  const auto server = CHECKED(start_process(CHECKED(launch_of(postgres))));
  processes_.emplace_back(server, SIGINT);
  const int redis_port = postgres.port + 1;
  const auto redis_log = stores / "redis.log";
  const auto redis =
      CHECKED(start_process({.argv = {"redis-server", "--port", std::to_string(redis_port), "--bind",
                                      "127.0.0.1", "--save", "", "--dir", stores.string()},
                             .folder = "/",
                             .log = redis_log,
                             .as = as}));
  processes_.emplace_back(redis, SIGTERM);
  CHECKED(wait_until([&] { return run_sql(postgres, "postgres", "SELECT 1").has_value(); }, server,
                     postgres.log));
  CHECKED(wait_until([&] { return accepts(redis_port); }, redis, redis_log));
  environment_["STARTER_TEST_POSTGRES_URL"] = "postgresql://postgres:" + postgres.password +
                                              "@127.0.0.1:" + std::to_string(postgres.port) + "/postgres";
  environment_["STARTER_TEST_REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(redis_port) + "/0";
  return {};
}

Outcome<> TestNeeds::start_stack(const Workspace& workspace) {
  stack_ = std::make_unique<Workspace>(workspace.root(), folder_ / "stack");
  const Ports ports{reserve_port_block()};
  CHECKED(stack_->prepare());
  const auto stack = CHECKED(Stack::open(*stack_, terminal_, ports));
  CHECKED(bring_up(stack, {}));
  const auto local = [](int port) { return "http://localhost:" + std::to_string(port); };
  environment_["STARTER_WEB_URL"] = local(ports.web());
  environment_["STARTER_API_URL"] = local(ports.api());
  environment_["STARTER_MAIL_URL"] = local(ports.mail());
  environment_["STARTER_DEMO_PASSWORD"] = stack.secrets.at("DEMO_PASSWORD");
  return {};
}

TestNeeds::~TestNeeds() {
  if (stack_) {
    const auto stopped = Supervisor(*stack_, terminal_).stop_all();
    if (!stopped) terminal_.say(failure_text(terminal_, stopped.error()));
  }
  for (auto one = processes_.rbegin(); one != processes_.rend(); ++one)
    stop_process(one->first, one->second, 10s);
  std::error_code error;
  fs::remove_all(folder_, error);
}

}  // namespace starter::console::dev
