// A real Postgres and a real Redis for a test, on free ports.
#pragma once

#include "starter/testing/process.h"

namespace starter::test {

/// Whether a commit waits for the disk: tests don't need it, figures do.
enum class Commits { fast, durable };

/// A cluster of its own.
class PostgresServer {
 public:
  explicit PostgresServer(Commits commits = Commits::fast);
  ~PostgresServer();

  int port() const { return port_; }
  /// As superuser.
  std::string url(const std::string& database = "postgres") const;
  std::string url_as(const std::string& user, const std::string& password,
                     const std::string& database = "postgres") const;
  /// A new empty database and its superuser URL.
  std::string create_database();

  void start();
  /// kill -9 of the whole server.
  void crash();
  void pause();
  void resume();

 private:
  TemporaryFolder folder_;
  int port_;
  Process process_;
  Commits commits_;
  int databases_ = 0;
};

class RedisServer {
 public:
  RedisServer();
  int port() const { return port_; }
  std::string url(int database = 0) const {
    return "redis://127.0.0.1:" + std::to_string(port_) + "/" + std::to_string(database);
  }
  /// An empty database of its own, so that one test's limits are not another's.
  std::string url_of_new_database() { return url(++databases_); }
  void start();
  void crash();
  void pause();
  void resume();

 private:
  TemporaryFolder folder_;
  int port_;
  Process process_;
  int databases_ = 0;
};

/// The path of a program of the server that the tests use: postgres, initdb, pg_basebackup.
std::string postgres_program(const std::string& name);

/// One of each for all tests of this process, started at first use.
PostgresServer& shared_postgres();
RedisServer& shared_redis();

}  // namespace starter::test
