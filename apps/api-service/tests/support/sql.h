// A blocking database session for tests: what they look at and break behind the service's back.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct pg_conn;

namespace starter::test {

class Sql {
 public:
  using Row = std::vector<std::string>;  // nulls are empty texts

  /// Throws with the server's message when it can't connect.
  explicit Sql(const std::string& url);

  /// Throws with the server's message when the statement fails.
  std::vector<Row> rows(const std::string& statement);
  /// The first column of the first row, or "".
  std::string value(const std::string& statement);
  void run(const std::string& statement) { rows(statement); }
  /// The SQLSTATE of a failed statement, "" when it worked.
  std::string failure(const std::string& statement);

  /// False once the server has gone.
  bool alive();

  pg_conn* handle() { return connection_.get(); }

 private:
  std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
};

/// As an SQL literal.
std::string literal(const std::string& text);

}  // namespace starter::test
