#include "starter/testing/servers.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace starter::test {
namespace {

std::string postgres_program(const std::string& name) {
  for (int version = 18; version >= 14; --version) {
    const auto path = "/usr/lib/postgresql/" + std::to_string(version) + "/bin/" + name;
    if (std::filesystem::exists(path)) return path;
  }
  throw std::runtime_error("there is no PostgreSQL server here; run ./dev tools");
}

void execute(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  const std::string error = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(error);
}

/// Linux only, like the rest: /proc/PID/stat names the parent behind the name in brackets and the state.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    std::ifstream file(entry.path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const size_t behind = stat.rfind(')');
    if (behind == stat.npos || behind + 4 > stat.size()) continue;  // it has just ended
    if (std::stol(stat.substr(behind + 4)) == parent) found.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return found;
}

bool answers(const std::string& url) {
  return PQping(url.c_str()) == PQPING_OK;
}

}  // namespace

PostgresServer::PostgresServer(Commits commits) : port_(free_port()), commits_(commits) {
  const auto data = (folder_.path() / "data").string();
  const Command initialise{.arguments = {postgres_program("initdb"), "-D", data, "-U", "postgres",
                                         "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"},
                           .log = folder_.path() / "initdb.log",
                           .unprivileged = true};
  if (run(initialise) != 0)
    throw std::runtime_error("initdb failed, see " + (folder_.path() / "initdb.log").string());
  // Roles log in with passwords as they do in production; only the superuser of the tests is trusted.
  std::ofstream access(data + "/pg_hba.conf");
  access << "local all postgres trust\nhost all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 "
            "scram-sha-256\n"
            "host replication all 127.0.0.1/32 trust\n";
  access.close();
  start();
}

PostgresServer::~PostgresServer() {
  process_.signal(SIGQUIT);
  process_.kill();
}

void PostgresServer::start() {
  const Command server{
      .arguments = {postgres_program("postgres"), "-D", (folder_.path() / "data").string(), "-p",
                    std::to_string(port_), "-k", folder_.path().string(), "-h", "127.0.0.1", "-c",
                    commits_ == Commits::fast ? "fsync=off" : "fsync=on", "-c", "max_connections=200", "-c",
                    "shared_buffers=64MB", "-c", "max_wal_size=256MB"},
      .log = folder_.path() / "postgres.log",
      .unprivileged = true};
  wait_until("Postgres answers", [&] {
    // After a crash it refuses to start until the last process of its predecessor is gone.
    if (!process_.running()) process_ = Process(server);
    return answers(url());
  });
}

void PostgresServer::crash() {
  // Its children first, while it can't replace them: once the port refuses, no statement goes on anywhere.
  pause();
  for (const pid_t child : children_of(process_.id())) ::kill(child, SIGKILL);
  process_.kill();
  wait_until("Postgres is gone", [this] { return !accepts(port_); });
}
void PostgresServer::pause() {
  process_.signal(SIGSTOP);
}
void PostgresServer::resume() {
  process_.signal(SIGCONT);
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}
std::string PostgresServer::url_as(const std::string& user, const std::string& password,
                                   const std::string& database) const {
  return "postgresql://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::create_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  execute(url(), "CREATE DATABASE " + name);
  return url(name);
}

RedisServer::RedisServer() : port_(free_port()) {
  start();
}

void RedisServer::start() {
  process_ = Process({.arguments = {"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1",
                                    "--save", "", "--appendonly", "no", "--dir", folder_.path().string()},
                      .log = folder_.path() / "redis.log"});
  wait_until("Redis answers", [this] { return accepts(port_); });
}
void RedisServer::crash() {
  process_.kill();
}
void RedisServer::pause() {
  process_.signal(SIGSTOP);
}
void RedisServer::resume() {
  process_.signal(SIGCONT);
}

PostgresServer& shared_postgres() {
  static PostgresServer server;
  return server;
}
RedisServer& shared_redis() {
  static RedisServer server;
  return server;
}

}  // namespace starter::test
