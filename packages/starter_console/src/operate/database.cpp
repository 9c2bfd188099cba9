#include "operate/database.h"

#include <poll.h>

#include <algorithm>

#include "operate/libpq.h"
#include "system/process.h"

namespace starter::console::operate {

namespace {

std::string one_line(std::string_view text) {
  std::string out(text);
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  std::ranges::replace(out, '\n', ' ');
  return out;
}

Failure connect_failure(const std::string& setting, const std::string& said) {
  const auto has = [&](const char* words) { return said.find(words) != said.npos; };
  if (has("password authentication failed") || has("no password supplied") || has("no pg_hba.conf entry") ||
      has("does not exist")) {
    return {.code = "database.refused",
            .what = "Postgres refuses the user of " + setting + ".",
            .why = said,
            .fix = "starter-console contract show " + setting + "   # mend user, password or database in it",
            .exit = Exit::auth};
  }
  return {.code = "database.unreachable",
          .what = "Postgres can't be reached.",
          .why = said,
          .fix = "starter-console contract show " + setting +
                 "   # check host and port in it, and that Postgres is up; for a slow one --timeout"};
}

// In turns, so that Ctrl-C is seen while a server says nothing.
Outcome<> finish_connecting(PGconn* connection, const std::string& setting, std::chrono::seconds patience) {
  constexpr int kTurn = 100;  // milliseconds
  const auto end = std::chrono::steady_clock::now() + patience;
  auto state = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (interrupted()) return interrupt_failure();
    if (state == PGRES_POLLING_FAILED) return connect_failure(setting, one_line(PQerrorMessage(connection)));
    if (std::chrono::steady_clock::now() >= end) return connect_failure(setting, "timeout expired");
    pollfd socket{PQsocket(connection), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                  0};
    if (::poll(&socket, 1, kTurn) > 0) state = PQconnectPoll(connection);
  }
  return {};
}

}  // namespace

void Database::Closer::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Outcome<Database> Database::connect(const Secret& url, const std::string& setting,
                                    std::chrono::seconds patience) {
  CHECKED(load_libpq());
  const std::string text(url.reveal());
  const auto seconds = std::to_string(patience.count());
  const auto limits = "-c lock_timeout=5s -c statement_timeout=" + seconds + "s";
  const char* const names[] = {"dbname", "application_name", "options", nullptr};
  const char* const values[] = {text.c_str(), "starter-console", limits.c_str(), nullptr};
  Database database(PQconnectStartParams(names, values, 1));
  CHECKED(finish_connecting(database.connection_.get(), setting, patience));
  CHECKED(database.rows("SET client_min_messages = warning"));
  return database;
}

Outcome<std::vector<Database::Row>> Database::rows(const std::string& sql, const Parameters& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                   nullptr, nullptr, 0),
      PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return Failure{.code = "database.statement",
                   .what = "Postgres did not do what was asked.",
                   .why = one_line(PQresultErrorMessage(result.get())),
                   .fix = "starter-console release db   # when the schema is older than this console"};
  }
  std::vector<Row> rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    auto& cells = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      if (PQgetisnull(result.get(), row, column)) {
        cells.emplace_back();
      } else {
        cells.emplace_back(PQgetvalue(result.get(), row, column));
      }
    }
  }
  return rows;
}

Outcome<std::string> Database::value(const std::string& sql, const Parameters& parameters) {
  auto found = CHECKED(rows(sql, parameters));
  return found.empty() || found[0].empty() ? std::string() : found[0][0].value_or("");
}

Outcome<Transaction> Transaction::begin(Database& database) {
  CHECKED(database.rows("BEGIN"));
  return Transaction(database);
}

Outcome<> Transaction::commit() {
  if (interrupted()) return interrupt_failure();  // and it is rolled back
  CHECKED(std::exchange(database_, nullptr)->rows("COMMIT"));
  return {};
}

Transaction::~Transaction() {
  if (database_ != nullptr) static_cast<void>(database_->rows("ROLLBACK").has_value());
}

Outcome<> require_schema(Database& database, const std::vector<std::string>& tables) {
  for (const auto& table : tables) {
    const auto found = CHECKED(database.value("SELECT to_regclass($1) IS NOT NULL", {"public." + table}));
    if (found == "t") continue;
    return Failure{.code = "schema.missing",
                   .what = "The schema is not there: this database has no table " + table + ".",
                   .why = "No migration has run on it, or the URL names another database.",
                   .fix = "starter-console release db",
                   .exit = Exit::check_failed};
  }
  return {};
}

}  // namespace starter::console::operate
