// How each part of the stack is started.
#include <csignal>

#include "dev/stack.h"
#include "system/files.h"
#include "system/http.h"
#include "system/ports.h"

namespace starter::console::dev {

using namespace std::chrono_literals;

namespace {

std::string local(int port, std::string_view path = "") {
  return "http://localhost:" + std::to_string(port) + std::string(path);
}

bool answers_200(int port, const std::string& path) {
  const auto reply = http_get("http://127.0.0.1:" + std::to_string(port) + path, 2s);
  return reply && reply->status == 200;
}

}  // namespace

std::vector<PartFacts> part_facts(const Ports& ports) {
  return {{"postgres", "Postgres", "postgresql://127.0.0.1:" + std::to_string(ports.postgres()),
           ports.postgres()},
          {"redis", "Redis", "redis://127.0.0.1:" + std::to_string(ports.redis()), ports.redis()},
          {"mail", "Mail catcher", local(ports.mail()), ports.mail()},
          {"api", "API", local(ports.api()), ports.api()},
          {"worker", "Worker", local(ports.worker_metrics(), "/metrics"), ports.worker_metrics()},
          {"web", "Web", local(ports.web()), ports.web()},
          {"log-keeper", "Log keeper", "", 0}};
}

Postgres postgres_of(const Stack& stack) {
  return {.folder = stack.workspace.state() / "postgres",
          .sockets = stack.workspace.sockets(),
          .log = stack.workspace.log("postgres"),
          .port = stack.ports.postgres(),
          .password = stack.secrets.at("POSTGRES_PASSWORD"),
          .as = stack.as};
}

Outcome<Part> postgres_part(const Stack& stack) {
  const auto postgres = postgres_of(stack);
  return Part{.name = "postgres",
              .title = "Postgres",
              .port = stack.ports.postgres(),
              .launch = CHECKED(launch_of(postgres)),
              .signal = SIGINT,
              .ready = [postgres] {
                return accepts(postgres.port) && run_sql(postgres, "postgres", "SELECT 1").has_value();
              }};
}

Outcome<Part> redis_part(const Stack& stack) {
  const auto folder = stack.workspace.state() / "redis";
  CHECKED(make_folders(folder));
  const auto config = folder / "redis.conf";
  CHECKED(write_when_changed(
      config, "bind 127.0.0.1\nport " + std::to_string(stack.ports.redis()) + "\nrequirepass " +
                  stack.secrets.at("REDIS_PASSWORD") + "\ndir " + folder.string() +
                  "\nsave 60 1\nmaxmemory 256mb\nmaxmemory-policy noeviction\ndaemonize no\n"));
  CHECKED(give_to(stack.as, folder));
  return Part{.name = "redis",
              .title = "Redis",
              .port = stack.ports.redis(),
              .launch = {.argv = {"redis-server", config.string()},
                         .folder = "/",
                         .log = stack.workspace.log("redis"),
                         .as = stack.as},
              .ready = [port = stack.ports.redis()] { return accepts(port); }};
}

Outcome<Part> mail_part(const Stack& stack) {
  const auto server = stack.workspace.mail_catcher() / "server.mjs";
  return Part{.name = "mail",
              .title = "The mail catcher",
              .port = stack.ports.mail(),
              .launch = {.argv = {"node", server.string()},
                         .environment = {{"MAIL_HTTP_PORT", std::to_string(stack.ports.mail())},
                                         {"MAIL_SMTP_PORT", std::to_string(stack.ports.smtp())},
                                         {"MAIL_FOLDER", (stack.workspace.state() / "mail").string()}},
                         .folder = stack.workspace.mail_catcher(),
                         .log = stack.workspace.log("mail"),
                         .as = stack.as},
              .ready = [port = stack.ports.mail()] { return answers_200(port, "/health"); }};
}

Part api_part(const Stack& stack) {
  return {.name = "api",
          .title = "The API",
          .port = stack.ports.api(),
          .launch = {.argv = {stack.workspace.api_binary().string(), "serve"},
                     .environment = stack.settings.api,
                     .folder = stack.workspace.state(),
                     .log = stack.workspace.log("api"),
                     .as = stack.as},
          .ready = [port = stack.ports.api()] { return answers_200(port, "/health/ready"); }};
}

// The worker serves its metrics; when they answer, it runs.
Part worker_part(const Stack& stack) {
  return {.name = "worker",
          .title = "The worker",
          .port = stack.ports.worker_metrics(),
          .launch = {.argv = {stack.workspace.api_binary().string(), "worker"},
                     .environment = stack.settings.worker,
                     .folder = stack.workspace.state(),
                     .log = stack.workspace.log("worker"),
                     .as = stack.as},
          .ready = [port = stack.ports.worker_metrics()] { return accepts(port); }};
}

Part web_part(const Stack& stack, const fs::path& server) {
  return {.name = "web",
          .title = "The web application",
          .port = stack.ports.web(),
          .launch = {.argv = {"node", server.string()},
                     .environment = stack.settings.web,
                     .folder = server.parent_path(),
                     .log = stack.workspace.log("web"),
                     .as = stack.as},
          .ready = [port = stack.ports.web()] { return answers_200(port, "/api/health/ready"); },
          .patience = 60s};
}

}  // namespace starter::console::dev
