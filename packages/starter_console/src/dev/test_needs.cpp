#include "dev/test_needs.h"

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "system/files.h"
#include "system/ports.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

constexpr const char* kPublicName = "app.starter.test";

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
                 .what = "Something that the tests need did not start.",
                 .why = tail_of(log, 10),
                 .fix = "./dev doctor"};
}

// A hosted service makes no keys of its own: the operator does.
Outcome<> generate_keys(const fs::path& keyset) {
  const auto ran = CHECKED(run_process({.argv = {"/proc/self/exe", "auth", "keys", "generate"},
                                        .environment = {{"AUTH_KEY_STORAGE_PATH", keyset.string()}}},
                                       30s));
  if (ran.status == 0) return {};
  return Failure{.code = "test.needs",
                 .what = "The keys " + keyset.string() + " could not be made.",
                 .why = ran.output,
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
  if (any_wants(suites, "https-stack")) CHECKED(needs->start_https_stack(workspace));
  return needs;
}

Outcome<> TestNeeds::start_stores(const Workspace& workspace) {
  const auto as = CHECKED(workspace.run_as());
  const auto stores = folder_ / "stores";
  CHECKED(make_folders(stores));
  CHECKED(give_to(as, stores));
  sockets_.push_back(Workspace(folder_, stores).sockets());
  const Postgres postgres{.folder = stores / "postgres",
                          .sockets = sockets_.back(),
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
  const auto& own = *stacks_.emplace_back(std::make_unique<Workspace>(workspace.root(), folder_ / "stack"));
  sockets_.push_back(own.sockets());
  CHECKED(own.prepare());
  const auto stack = CHECKED(Stack::open(own, terminal_, Ports{reserve_port_block()}));
  CHECKED(bring_up(stack, {}));
  tell_addresses(stack, "STARTER_");
  environment_["STARTER_DEMO_PASSWORD"] = stack.secrets.at("DEMO_PASSWORD");
  return {};
}

// As a hosted deployment: a public name, https, one proxy in front, and all the refusals that follow from
// these.
Outcome<> TestNeeds::start_https_stack(const Workspace& workspace) {
  const auto& own =
      *stacks_.emplace_back(std::make_unique<Workspace>(workspace.root(), folder_ / "https-stack"));
  sockets_.push_back(own.sockets());
  CHECKED(own.prepare());
  auto stack = CHECKED(Stack::open(own, terminal_, Ports{reserve_port_block()}));
  const int port = reserve_port_block();
  const auto address = std::string("https://") + kPublicName + ":" + std::to_string(port);
  for (auto* service : {&stack.settings.api, &stack.settings.worker, &stack.settings.web}) {
    (*service)["ENVIRONMENT"] = "production";
    (*service)["APP_PUBLIC_URL"] = address;
  }
  for (auto* service : {&stack.settings.api, &stack.settings.worker}) {
    (*service)["ALLOWED_ORIGINS"] = address;
    (*service)["AUTH_KEY_STORAGE_FILE_ALLOWED"] = "true";
    // A mail server on the same machine is refused; the catcher under this name is not seen to be one.
    (*service)["SMTP_URL"] = "smtp://0.0.0.0:" + std::to_string(stack.ports.smtp());
  }
  stack.settings.web["TRUSTED_PROXIES"] = "1";
  auto& audit_keys = stack.settings.worker["AUDIT_KEY_PATH"] = (own.state() / "keys/audit.json").string();
  CHECKED(generate_keys(audit_keys));
  CHECKED(generate_keys(stack.settings.api.at("AUTH_KEY_STORAGE_PATH")));
  CHECKED(bring_up(stack, {.build = stacks_.size() == 1, .demo = false}));
  CHECKED(start_proxy(stack, port));
  tell_addresses(stack, "STARTER_HTTPS_");
  environment_["STARTER_HTTPS_WEB_URL"] = address;
  environment_["STARTER_HTTPS_PLAIN_PORT"] = std::to_string(port + 1);
  return {};
}

Outcome<> TestNeeds::start_proxy(const Stack& stack, int port) {
  const auto folder = stack.workspace.state() / "caddy";
  CHECKED(make_folders(folder));
  CHECKED(give_to(stack.as, folder));
  const auto log = stack.workspace.log("caddy");
  const auto config = stack.workspace.web_app() / "tests/e2e/Caddyfile";
  const auto proxy =
      CHECKED(start_process({.argv = {"caddy", "run", "--adapter", "caddyfile", "--config", config.string()},
                             .environment = {{"HOME", folder.string()},
                                             {"PUBLIC_NAME", kPublicName},
                                             {"HTTPS_PORT", std::to_string(port)},
                                             {"HTTP_PORT", std::to_string(port + 1)},
                                             {"WEB_PORT", std::to_string(stack.ports.web())},
                                             {"STORAGE", folder.string()}},
                             .folder = "/",
                             .log = log,
                             .as = stack.as}));
  processes_.emplace_back(proxy, SIGTERM);
  const auto root = folder / "pki/authorities/local/root.crt";
  environment_["STARTER_HTTPS_CA"] = root.string();
  return wait_until(
      [&] {
        std::error_code error;
        return accepts(port) && accepts(port + 1) && fs::exists(root, error);
      },
      proxy, log);
}

void TestNeeds::tell_addresses(const Stack& stack, const std::string& prefix) {
  const auto local = [](int port) { return "http://localhost:" + std::to_string(port); };
  environment_[prefix + "WEB_URL"] = local(stack.ports.web());
  environment_[prefix + "API_URL"] = local(stack.ports.api());
  environment_[prefix + "MAIL_URL"] = local(stack.ports.mail());
}

TestNeeds::~TestNeeds() {
  for (const auto& stack : stacks_) {
    const auto stopped = Supervisor(*stack, terminal_).stop_all();
    if (!stopped) terminal_.say(failure_text(terminal_, stopped.error()));
  }
  for (auto one = processes_.rbegin(); one != processes_.rend(); ++one)
    stop_process(one->first, one->second, 10s);
  std::error_code error;
  for (const auto& folder : sockets_) fs::remove_all(folder, error);  // not always below the other
  fs::remove_all(folder_, error);
}

}  // namespace starter::console::dev
