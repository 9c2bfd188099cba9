// A private Postgres: data folder, start, roles. The stack has one under var/dev, the test runner a
// short-lived one.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "dev/workspace.h"

namespace starter::console::dev {

struct Postgres {
  fs::path folder;   // the data folder
  fs::path sockets;  // the folder of its Unix socket
  fs::path log;
  int port = 0;
  std::string password;  // of the superuser `postgres`
  std::optional<RunAs> as{};
  bool durable = true;  // false: no fsync, for tests
};

/// A server program (initdb, postgres) of the version that the data folder has, or the newest one.
Outcome<fs::path> postgres_program(const std::string& name, const fs::path& folder);

/// Creates the data folder when it is not there yet. It appears whole or not at all.
Outcome<> create_cluster(const Postgres& postgres);

/// How to start the server. It stops cleanly on SIGINT.
Outcome<Launch> launch_of(const Postgres& postgres);

/// Runs SQL as the superuser and returns psql's unadorned output.
Outcome<std::string> run_sql(const Postgres& postgres, const std::string& database, const std::string& sql);

/// Creates the owner role and its database when they are missing; the password is set each time.
Outcome<> create_owner(const Postgres& postgres, const std::string& role, const std::string& password,
                       const std::string& database);

}  // namespace starter::console::dev
