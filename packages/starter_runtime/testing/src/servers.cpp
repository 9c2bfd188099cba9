#include "starter/testing/servers.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace starter::test {
namespace {

void execute(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  const std::string error = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(error);
}

bool answers(const std::string& url) {
  return PQping(url.c_str()) == PQPING_OK;
}

}  // namespace

std::string postgres_program(const std::string& name) {
  for (int version = 18; version >= 14; --version) {
    const auto folder = "/usr/lib/postgresql/" + std::to_string(version) + "/bin/";
    if (std::filesystem::exists(folder + "postgres")) return folder + name;
  }
  throw std::runtime_error("there is no PostgreSQL server here; run ./dev tools");
}

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
  // Killed before it ends, it leaves its shared memory behind, of which a machine has 4096 pieces.
  for (int i = 0; i < 500 && process_.running(); ++i) ::usleep(10000);
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
  // Its sessions are in groups of their own and would go on, and commit, until they notice that it is gone.
  // Stopped first, it makes no new ones and hears of no death.
  process_.signal(SIGSTOP);
  const auto id = std::to_string(process_.id());
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
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
  process_ = Process(
      {.arguments = {"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--databases",
                     "1024", "--save", "", "--appendonly", "no", "--dir", folder_.path().string()},
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
