#include "checks/doctor.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "dev/postgres.h"
#include "dev/stack.h"
#include "dev/state.h"
#include "system/files.h"
#include "system/http.h"
#include "system/ports.h"

namespace starter::console::checks {

using namespace std::chrono_literals;
using namespace dev;

namespace {

Finding finding(std::string id, Severity severity, std::string says, std::string evidence = "",
                std::string fix = "") {
  return {std::move(id),       severity,       std::move(says),
          std::move(evidence), std::move(fix), "docs/development.md"};
}

void check_programs(std::vector<Finding>& found) {
  const std::pair<const char*, const char*> needed[] = {{"clang++-19", "clang-19"},
                                                        {"cmake", "cmake"},
                                                        {"ninja", "ninja-build"},
                                                        {"node", "nodejs"},
                                                        {"npm", "npm"},
                                                        {"psql", "postgresql-client"},
                                                        {"redis-server", "redis-server"}};
  for (const auto& [program, package] : needed) {
    const auto path = find_program(program);
    found.push_back(finding(std::string("doctor.program.") + package, path ? Severity::ok : Severity::error,
                            std::string(program) + (path ? " is installed." : " is missing."),
                            path ? path->string() : "",
                            path ? "" : "sudo apt-get install -y " + std::string(package)));
  }
}

void check_disk(const Workspace& workspace, std::vector<Finding>& found) {
  std::error_code error;
  const auto space = fs::space(workspace.root(), error);
  const auto free = error ? 0 : space.available >> 20;
  const auto severity = free < 300 ? Severity::error : free < 2048 ? Severity::warning : Severity::ok;
  found.push_back(finding("doctor.disk", severity, std::to_string(free) + " MiB of disk are free.",
                          workspace.root().string(),
                          severity == Severity::ok ? "" : "df -h '" + workspace.root().string() + "'"));
}

void check_secrets(const Workspace& workspace, std::vector<Finding>& found) {
  for (const auto* name :
       {"secrets.env", "credentials", "env/api.env", "env/worker.env", "env/web.env", "keys/keyset.json"}) {
    struct stat facts{};
    const auto path = workspace.state() / name;
    if (::stat(path.c_str(), &facts) != 0) continue;
    const bool open = (facts.st_mode & 077) != 0;
    const auto close = [path]() -> Outcome<> {
      if (::chmod(path.c_str(), 0600) != 0) return file_failure("close", path, errno);
      return {};
    };
    auto one =
        finding("doctor.secret_mode", open ? Severity::error : Severity::ok,
                path.string() + (open ? " can be read by others." : " is readable by its owner alone."), "",
                open ? "chmod 600 '" + path.string() + "'" : "");
    if (open) one.mend = close;
    found.push_back(std::move(one));
  }
}

void check_parts(const Workspace& workspace, std::vector<Finding>& found) {
  const auto state = State::load(workspace);
  if (state.parts().empty()) {
    found.push_back(finding("doctor.stack", Severity::info, "The stack is not started.", "", "./dev up"));
    return;
  }
  if (std::ranges::none_of(state.parts(), [](const RunningPart& part) { return is_running(part.process); })) {
    const auto path = workspace.state() / "state.json";
    auto one = finding("doctor.stale_state", Severity::warning, "The stack ended without ./dev down.",
                       path.string() + " names processes that are gone", "./dev down");
    one.mend = [path]() -> Outcome<> {
      std::error_code error;
      fs::remove(path, error);
      if (error) return file_failure("remove", path, error.value());
      return {};
    };
    found.push_back(std::move(one));
    return;
  }
  for (const auto& facts : part_facts(workspace.ports())) {
    const auto* part = state.find(facts.name);
    const bool running = part != nullptr && is_running(part->process);
    found.push_back(finding("doctor.part." + facts.name, running ? Severity::ok : Severity::error,
                            facts.title + (running ? " runs." : " does not run."),
                            tail_of(workspace.log(facts.name), 1),
                            running ? "" : "./dev logs " + facts.name + "   # then ./dev up"));
  }
  for (const auto& [part, url] :
       {std::pair{"api", "http://127.0.0.1:" + std::to_string(workspace.ports().api()) + "/health/ready"},
        std::pair{"web",
                  "http://127.0.0.1:" + std::to_string(workspace.ports().web()) + "/api/health/ready"}}) {
    const auto reply = http_get(url, 500ms);
    const bool ready = reply && reply->status == 200;
    found.push_back(finding(std::string("doctor.ready.") + part, ready ? Severity::ok : Severity::error,
                            std::string(part) + (ready ? " is ready." : " is not ready."),
                            reply ? reply->body.substr(0, 200) : reply.error().why,
                            ready ? "" : std::string("./dev logs ") + part));
  }
}

void check_free_ports(const Workspace& workspace, std::vector<Finding>& found) {
  if (!State::load(workspace).parts().empty()) return;
  for (const auto& facts : part_facts(workspace.ports())) {
    const auto holder = facts.port != 0 ? holder_of(facts.port) : std::nullopt;
    if (!holder) continue;
    found.push_back(finding("doctor.port", Severity::warning,
                            "Port " + std::to_string(facts.port) + " is taken.", describe(*holder),
                            "./dev up --port-base " + std::to_string(workspace.ports().base + 100)));
  }
}

}  // namespace

std::vector<Finding> examine_clone(const Workspace& workspace) {
  std::vector<Finding> found;
  check_programs(found);
  if (auto server = postgres_program("postgres", workspace.state() / "postgres"); server) {
    found.push_back(finding("doctor.postgres", Severity::ok,
                            "A Postgres server of the right version is installed.", server->string()));
  } else {
    found.push_back(finding("doctor.postgres", Severity::error, server.error().what, server.error().why,
                            server.error().fix));
  }
  check_disk(workspace, found);
  check_secrets(workspace, found);
  check_parts(workspace, found);
  check_free_ports(workspace, found);
  return found;
}

}  // namespace starter::console::checks
