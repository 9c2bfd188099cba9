#include "dev/postgres.h"

#include <unistd.h>

#include <algorithm>

#include "system/files.h"

namespace starter::console::dev {

namespace {

using namespace std::chrono_literals;

std::vector<fs::path> server_folders(const fs::path& data) {
  std::vector<fs::path> folders;
  if (const auto version = read_file(data / "PG_VERSION", 16)) {
    folders.push_back(fs::path("/usr/lib/postgresql") / version->substr(0, version->find('\n')) / "bin");
    return folders;
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error))
    folders.push_back(entry.path() / "bin");
  std::ranges::sort(folders, std::greater{},
                    [](const fs::path& bin) { return std::atoi(bin.parent_path().filename().c_str()); });
  return folders;
}

std::map<std::string, std::string> client_environment(const Postgres& postgres) {
  return {{"PGHOST", postgres.sockets.string()},
          {"PGPORT", std::to_string(postgres.port)},
          {"PGUSER", "postgres"},
          {"PGPASSWORD", postgres.password},
          {"PGCONNECT_TIMEOUT", "5"},
          {"PGOPTIONS", "-c client_min_messages=warning"}};
}

}  // namespace

Outcome<fs::path> postgres_program(const std::string& name, const fs::path& folder) {
  for (const auto& candidate : server_folders(folder)) {
    if (::access((candidate / name).c_str(), X_OK) == 0) return candidate / name;
  }
  if (const auto found = find_program(name)) return *found;
  const auto version = read_file(folder / "PG_VERSION", 16);
  if (version) {
    const auto number = version->substr(0, version->find('\n'));
    return Failure{.code = "postgres.version",
                   .what = "The data in " + folder.string() + " needs Postgres " + number + ".",
                   .why = "It was made by that version, which is not installed any more.",
                   .fix = "./dev db reset   # starts afresh; or install postgresql-" + number,
                   .exit = Exit::not_found};
  }
  return Failure{.code = "postgres.missing",
                 .what = "Postgres is not installed.",
                 .why = "There is no " + name + " on this machine.",
                 .fix = "sudo apt-get install -y postgresql",
                 .exit = Exit::not_found};
}

Outcome<> create_cluster(const Postgres& postgres) {
  std::error_code error;
  if (fs::exists(postgres.folder / "PG_VERSION", error)) return {};
  const fs::path fresh = postgres.folder.string() + ".new";
  const fs::path secret = postgres.folder.string() + ".password";
  fs::remove_all(fresh, error);
  CHECKED(write_file(secret, postgres.password + "\n"));
  CHECKED(give_to(postgres.as, secret));
  Launch launch{.argv = {CHECKED(postgres_program("initdb", postgres.folder)).string(),
                         "--pgdata=" + fresh.string(), "--username=postgres", "--pwfile=" + secret.string(),
                         "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
                .environment = {{"LC_ALL", "C.UTF-8"}},
                .folder = "/",
                .as = postgres.as};
  const auto made = run_process(launch, 60s);
  fs::remove(secret, error);
  if (!made) return std::unexpected(made.error());
  if (made->status != 0) {
    return Failure{.code = "postgres.initdb",
                   .what = "Postgres could not create its data in " + postgres.folder.string() + ".",
                   .why = made->output.substr(0, made->output.find_last_not_of('\n') + 1),
                   .fix = "rm -rf '" + fresh.string() + "'   # then mend what it names and run ./dev up"};
  }
  fs::rename(fresh, postgres.folder, error);
  if (error) return file_failure("create", postgres.folder, error.value());
  return {};
}

Outcome<Launch> launch_of(const Postgres& postgres) {
  CHECKED(make_folders(postgres.sockets));
  CHECKED(give_to(postgres.as, postgres.sockets));
  Launch launch{
      .argv = {CHECKED(postgres_program("postgres", postgres.folder)).string(), "-D",
               postgres.folder.string(), "-p", std::to_string(postgres.port), "-k", postgres.sockets.string(),
               "-c", "listen_addresses=127.0.0.1", "-c", "log_min_messages=warning", "-c",
               "shared_buffers=64MB", "-c", "max_connections=200"},
      .environment = {{"LC_ALL", "C.UTF-8"}},
      .folder = "/",
      .log = postgres.log,
      .as = postgres.as};
  if (!postgres.durable) {
    for (const char* setting : {"fsync=off", "synchronous_commit=off", "full_page_writes=off"})
      launch.argv.insert(launch.argv.end(), {"-c", setting});
  }
  return launch;
}

Outcome<std::string> run_sql(const Postgres& postgres, const std::string& database, const std::string& sql) {
  // Beside the server, not on PATH: there Debian has a wrapper that takes longer to start than to ask.
  Launch launch{.argv = {CHECKED(postgres_program("psql", postgres.folder)).string(), "-X", "-q", "-A", "-t",
                         "-v", "ON_ERROR_STOP=1", "-d", database},
                .environment = client_environment(postgres),
                .folder = "/"};
  const auto ran = CHECKED(run_process(launch, 30s, sql));
  if (ran.status == 0) return ran.output;
  return Failure{.code = "postgres.sql",
                 .what = "Postgres refused a statement of the set-up.",
                 .why = ran.timed_out ? "It did not answer within 30 seconds."
                                      : ran.output.substr(0, ran.output.find('\n')),
                 .fix = "./dev logs postgres"};
}

Outcome<> create_owner(const Postgres& postgres, const std::string& role, const std::string& password,
                       const std::string& database) {
  CHECKED(run_sql(
      postgres, "postgres",
      "SELECT 'CREATE ROLE " + role + "' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '" + role +
          "') \\gexec\n" + "ALTER ROLE " + role + " LOGIN CREATEROLE CREATEDB PASSWORD '" + password +
          "';\n" + "SELECT 'CREATE DATABASE " + database + " OWNER " + role +
          "' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '" + database + "') \\gexec\n"));
  return {};
}

}  // namespace starter::console::dev
