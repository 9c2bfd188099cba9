#include "tests/operate/deployment.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>

namespace starter::console::testing {

namespace {

constexpr const char* kPassword = "password-of-tests";

std::string query(const std::string& url, const std::string& statement) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), statement.c_str()),
                                                             PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  return status == PGRES_TUPLES_OK && PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

std::string pepper(const std::string& name) {
  return name + "-0123456789abcdef0123456789abcdef";
}

}  // namespace

Deployment::Deployment()
    : environment_{{"STARTER_ROOT", folder_.path().string()},
                   {"APP_PUBLIC_URL", "http://localhost:3000/"},
                   {"AUTH_KEY_STORAGE_PATH", (folder_ / "keys/keyset.json").string()},
                   {"AUTH_PASSWORD_PEPPER", pepper("PASSWORD")},
                   {"AUTH_REFRESH_TOKEN_PEPPER", pepper("REFRESH")},
                   {"AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER", pepper("VERIFICATION")},
                   {"AUTH_PASSWORD_RESET_TOKEN_PEPPER", pepper("RESET")},
                   {"SECRET_KEY", pepper("SECRET_KEY")}} {}

void Deployment::add_database() {
  auto& server = test::shared_postgres();
  const auto url = server.create_database();
  database_ = url.substr(url.rfind('/') + 1);
  // Roles belong to the cluster: one owner and one user for each service serve the databases of all tests.
  static const bool owner = [&] {
    query(server.url(),
          std::string("CREATE ROLE console_owner LOGIN CREATEROLE CREATEDB PASSWORD '") + kPassword + "'");
    return true;
  }();
  static_cast<void>(owner);
  query(server.url(), "ALTER DATABASE " + database_ + " OWNER TO console_owner");
  environment_["MIGRATE_DATABASE_URL"] = server.url_as("console_owner", kPassword, database_);
  environment_["DATABASE_URL"] = server.url_as("console_app", kPassword, database_);
  environment_["WORKER_DATABASE_URL"] = server.url_as("console_worker", kPassword, database_);
}

Ran Deployment::run(const std::vector<std::string>& words, std::map<std::string, std::string> more) const {
  more.insert(environment_.begin(), environment_.end());
  return run_console(words, more);
}

std::string Deployment::sql(const std::string& statement) const {
  return query(test::shared_postgres().url(database_), statement);
}

std::string Deployment::rows() const {
  return sql(
      "SELECT coalesce(string_agg(relname || ' ' || query_to_xml(format('SELECT count(*) AS n, "
      "md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '''')) AS h FROM %I.%I t', nspname, "
      "relname), false, true, '')::text, ', ' ORDER BY nspname, relname), '') FROM pg_class JOIN "
      "pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^(pg_|information_schema)' AND relkind = "
      "'r'");
}

std::vector<std::string> Deployment::audit_lines() const {
  const auto text = read_file(folder_ / "var/log/console-audit.jsonl");
  std::istringstream in(text ? *text : "");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

HttpAnswer post_json(int port, const std::string& path, const std::string& body, const std::string& bearer) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  HttpAnswer answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const auto request =
        "POST " + path +
        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n" +
        (bearer.empty() ? "" : "Authorization: Bearer " + bearer + "\r\n") +
        "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    std::string wire;
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
      char bytes[4096];
      for (ssize_t got = 0; (got = ::recv(fd, bytes, sizeof bytes, 0)) > 0;)
        wire.append(bytes, static_cast<std::size_t>(got));
    }
    if (wire.size() > 12) answer.status = std::atoi(wire.c_str() + 9);
    if (const auto end = wire.find("\r\n\r\n"); end != wire.npos) answer.body = wire.substr(end + 4);
  }
  ::close(fd);
  return answer;
}

}  // namespace starter::console::testing
