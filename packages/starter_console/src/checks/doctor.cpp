#include "checks/doctor.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "checks/deps.h"
#include "checks/file_mode.h"
#include "checks/kinds.h"
#include "dev/postgres.h"
#include "dev/settings.h"
#include "dev/stack.h"
#include "dev/state.h"
#include "starter/crypto/keyset.h"
#include "system/env_file.h"
#include "system/files.h"
#include "system/http.h"
#include "system/ports.h"

namespace starter::console::checks {

using namespace std::chrono_literals;
using namespace dev;

namespace {

std::function<Outcome<>()> removal_of(const fs::path& path) {
  return [path]() -> Outcome<> {
    std::error_code error;
    fs::remove(path, error);
    if (error) return file_failure("remove", path, error.value());
    return {};
  };
}

// --- the machine

void check_programs(const Workspace& workspace, std::vector<Finding>& all) {
  const std::pair<const char*, const char*> needed[] = {{"clang++-19", "clang-19"},
                                                        {"cmake", "cmake"},
                                                        {"ninja", "ninja-build"},
                                                        {"node", "nodejs"},
                                                        {"npm", "npm"},
                                                        {"psql", "postgresql-client"},
                                                        {"redis-server", "redis-server"}};
  const auto own_node = workspace.root() / "var/tools/node/node_modules/node/bin";
  for (const auto& [program, package] : needed) {
    auto path = find_program(program);
    std::error_code error;
    if (!path && fs::exists(own_node / program, error)) path = own_node / program;  // ./dev brings its own
    all.push_back(path ? passed("local.program", std::string(program) + " is installed.", path->string())
                       : found("local.program", std::string(program) + " is missing.", "it is not on PATH",
                               "sudo apt-get install -y " + std::string(package)));
  }
}

// The one program whose distribution package is often too old. ./dev brings its own where it must.
void check_node(const Workspace& workspace, std::vector<Finding>& all) {
  constexpr std::string_view kOldest = "22.0.0";
  std::error_code error;
  if (fs::exists(workspace.root() / "var/tools/node/node_modules/node/bin/node", error)) return;
  const auto said = this_machine().ask({"node", "--version"});
  const auto version = said ? version_in(*said) : "";
  if (!version.empty() && !is_at_least(version, kOldest))
    all.push_back(found("local.version", "node is too old.",
                        "found: " + version + ", wanted: " + std::string(kOldest) + " or newer"));
}

void check_postgres(const Workspace& workspace, std::vector<Finding>& all) {
  const auto server = postgres_program("postgres", workspace.state() / "postgres");
  all.push_back(
      server
          ? passed("local.postgres", "A Postgres server of the right version is installed.", server->string())
          : found("local.postgres", server.error().what, server.error().why, server.error().fix));
}

long available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string name, unit; file >> name;) {
    long kilobytes = 0;
    file >> kilobytes;
    if (name == "MemAvailable:") return kilobytes >> 10;
    std::getline(file, unit);
  }
  return 1L << 20;
}

void check_room(const Workspace& workspace, std::vector<Finding>& all) {
  std::error_code error;
  const auto space = fs::space(workspace.root(), error);
  const auto free = error ? 0 : space.available >> 20;
  const auto says = std::to_string(free) + " MiB of disk are free.";
  const auto where = workspace.root().string();
  all.push_back(free < 300    ? found("local.disk", says, where)
                : free < 2048 ? found("local.disk_low", says, where)
                              : passed("local.disk", says, where));
  if (const auto memory = available_memory(); memory < 1024)
    all.push_back(found("local.memory", std::to_string(memory) + " MiB of memory are available.",
                        "MemAvailable of /proc/meminfo"));
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 1024)
    all.push_back(found("local.descriptors", std::to_string(files.rlim_cur) + " files may be open at a time.",
                        "ulimit -n"));
}

// --- files of the clone

void check_mode(std::string_view id, const fs::path& path, std::vector<Finding>& all) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  auto open = open_to_others(id, path);
  all.push_back(open ? std::move(*open) : passed(id, path.string() + " is readable by its owner alone."));
}

void check_secrets(const Workspace& workspace, std::vector<Finding>& all) {
  for (const auto* name :
       {"secrets.env", "credentials", "env/api.env", "env/worker.env", "env/web.env", "keys/keyset.json"})
    check_mode("local.secret_mode", workspace.state() / name, all);
  for (const auto* name : {"apps/api-service/.env.local", "apps/web-app/.env.local"}) {
    const auto path = workspace.root() / name;
    check_mode("local.env_mode", path, all);
    if (const auto lines = read_env_file(path.string()); !lines)
      all.push_back(found("local.env_syntax", lines.error().what, lines.error().why, lines.error().fix));
  }
  if (const auto missing = missing_secrets(workspace); missing && !missing->empty()) {
    auto one = found("local.secrets_missing", missing->front() + " is missing from var/dev/secrets.env.",
                     std::to_string(missing->size()) + " of its secrets are missing");
    one.mend = [workspace]() -> Outcome<> {
      CHECKED(clone_secrets(workspace));
      return {};
    };
    all.push_back(std::move(one));
  }
  const auto keyset = workspace.state() / "keys/keyset.json";
  if (const auto text = read_file(keyset); text && !crypto::Keyset::parse(*text))
    all.push_back(
        found("local.keyset", keyset.string() + " is no key set.", "", "rm '" + keyset.string() + "'"));
}

void check_folders(const Workspace& workspace, std::vector<Finding>& all) {
  std::error_code error;
  if (!fs::exists(workspace.state(), error)) return;  // nothing was started here yet
  if (::access(workspace.state().c_str(), W_OK) != 0) {
    all.push_back(found("local.folder", workspace.state().string() + " can't be written.", "",
                        "sudo chown -R \"$(id -un)\" '" + workspace.state().string() + "'"));
    return;
  }
  for (const auto* name : {"logs", "env", "keys", "mail"}) {
    if (fs::exists(workspace.state() / name, error)) continue;
    auto one = found("local.folder_missing", (workspace.state() / name).string() + " is missing.");
    one.mend = [workspace] { return workspace.prepare(); };
    all.push_back(std::move(one));
    return;  // prepare() makes all of them
  }
}

/// False when it is damaged: nobody knows then which ports are this clone's.
bool check_port_base(const Workspace& workspace, std::vector<Finding>& all) {
  const auto path = workspace.state() / "port-base";
  const auto text = read_file(path, 16);
  int base = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), base);
  std::error_code error;
  if (!fs::exists(path, error) || (base >= 1024 && base <= 65000)) return true;
  auto one = found("local.port_base", path.string() + " holds no port.");
  one.mend = removal_of(path);
  all.push_back(std::move(one));
  return false;
}

// --- what runs

bool runs(const State& state) {
  return std::ranges::any_of(state.parts(), [](const RunningPart& part) { return is_running(part.process); });
}

// Postgres believes its file as long as a process of that number lives, whoever that is by now.
void check_stale_pid(const Workspace& workspace, std::vector<Finding>& all) {
  const auto path = workspace.state() / "postgres/postmaster.pid";
  std::ifstream file(path);
  pid_t pid = 0;
  if (!(file >> pid) || runs(State::load(workspace))) return;
  std::string program;
  std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> program;
  if (program.starts_with("postgres")) return;
  auto one = found("local.stale_pid", path.string() + " names a process that is no Postgres.",
                   "process " + std::to_string(pid) + (program.empty() ? " is gone" : " is " + program));
  one.mend = removal_of(path);
  all.push_back(std::move(one));
}

bool check_state(const Workspace& workspace, const State& state, std::vector<Finding>& all) {
  const auto path = workspace.state() / "state.json";
  std::error_code error;
  if (state.parts().empty()) {
    const auto text = read_file(path, 1U << 20);
    if (text && text->find("\"parts\"") == std::string::npos) {
      auto one = found("local.state", path.string() + " can't be read.");
      one.mend = removal_of(path);
      all.push_back(std::move(one));
    } else {
      all.push_back(found("local.stack", "The stack is not started."));
    }
    return false;
  }
  if (runs(state)) return true;
  auto one = found("local.stale_state", "The stack ended without ./dev down.",
                   path.string() + " names processes that are gone");
  one.mend = removal_of(path);
  all.push_back(std::move(one));
  return false;
}

void check_parts(const Workspace& workspace, const State& state, std::vector<Finding>& all) {
  for (const auto& facts : part_facts(workspace.ports())) {
    const auto* part = state.find(facts.name);
    if (part != nullptr && is_running(part->process))
      all.push_back(passed("local.part", facts.title + " runs."));
    else
      all.push_back(found("local.part", facts.title + " does not run.", tail_of(workspace.log(facts.name), 1),
                          "./dev logs " + facts.name + "   # then ./dev up"));
  }
  const auto ports = workspace.ports();
  const std::pair<const char*, std::string> routes[] = {
      {"api", "http://127.0.0.1:" + std::to_string(ports.api()) + "/health/ready"},
      {"web", "http://127.0.0.1:" + std::to_string(ports.web()) + "/api/health/ready"}};
  for (const auto& [part, url] : routes) {
    const auto reply = http_get(url, 500ms);
    if (reply && reply->status == 200)
      all.push_back(passed("local.ready", std::string(part) + " is ready."));
    else
      all.push_back(found("local.ready", std::string(part) + " is not ready.",
                          reply ? reply->body.substr(0, 200) : reply.error().why,
                          std::string("./dev logs ") + part));
  }
}

void check_ports(const Workspace& workspace, std::vector<Finding>& all) {
  for (const auto& facts : part_facts(workspace.ports())) {
    const auto holder = facts.port != 0 ? holder_of(facts.port) : std::nullopt;
    if (!holder) continue;
    all.push_back(found("local.port", "Port " + std::to_string(facts.port) + " is taken.", describe(*holder),
                        "./dev up --port-base " + std::to_string(workspace.ports().base + 100)));
  }
}

void check_packages(const Workspace& workspace, std::vector<Finding>& all) {
  std::error_code error;
  const auto folder = workspace.web_app();
  if (fs::exists(folder / "package.json", error) && !fs::exists(folder / "node_modules", error))
    all.push_back(found("local.packages", "The web application's packages are not installed."));
}

}  // namespace

std::vector<Finding> examine_clone(const Workspace& workspace) {
  std::vector<Finding> all;
  check_programs(workspace, all);
  check_node(workspace, all);
  check_postgres(workspace, all);
  check_room(workspace, all);
  check_folders(workspace, all);
  check_secrets(workspace, all);
  check_packages(workspace, all);
  const bool ports_known = check_port_base(workspace, all);
  check_stale_pid(workspace, all);
  const auto state = State::load(workspace);
  if (check_state(workspace, state, all))
    check_parts(workspace, state, all);
  else if (state.parts().empty() && ports_known)
    check_ports(workspace, all);
  return all;
}

}  // namespace starter::console::checks
