#include "support/sql.h"

#include <libpq-fe.h>

#include <stdexcept>

namespace starter::test {
namespace {

using ResultPointer = std::unique_ptr<PGresult, decltype(&PQclear)>;

bool worked(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

}  // namespace

Sql::Sql(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
}

std::vector<Sql::Row> Sql::rows(const std::string& statement) {
  const ResultPointer result(PQexec(connection_.get(), statement.c_str()), PQclear);
  if (!worked(result.get())) throw std::runtime_error(statement + ": " + PQerrorMessage(connection_.get()));
  std::vector<Row> out;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    auto& columns = out.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      columns.push_back(PQgetvalue(result.get(), row, column));
    }
  }
  return out;
}

std::string Sql::value(const std::string& statement) {
  const auto found = rows(statement);
  return found.empty() || found[0].empty() ? "" : found[0][0];
}

std::string Sql::failure(const std::string& statement) {
  const ResultPointer result(PQexec(connection_.get(), statement.c_str()), PQclear);
  if (worked(result.get())) return "";
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  return state ? state : "connection lost";
}

bool Sql::alive() {
  // A server that went away is noticed by the next read, so one is made.
  const ResultPointer result(PQexec(connection_.get(), ""), PQclear);
  return PQstatus(connection_.get()) == CONNECTION_OK;
}

std::string literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? "''" : std::string(1, c));
  return out + "'";
}

}  // namespace starter::test
