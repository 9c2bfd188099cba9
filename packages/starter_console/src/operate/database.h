// A plain blocking session with the deployment's Postgres, as its owner: these commands run once, by hand.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frame/outcome.h"
#include "starter/core/secret.h"

struct pg_conn;

namespace starter::console::operate {

class Database {
 public:
  using Row = std::vector<std::optional<std::string>>;
  using Parameters = std::vector<std::optional<std::string>>;

  /// `setting` is the name of the variable that holds the URL, for the failures: database.unreachable, and
  /// database.refused (exit 4) when the server does not let this user in. `patience` holds for the connection
  /// and for each statement.
  static Outcome<Database> connect(const Secret& url, const std::string& setting,
                                   std::chrono::seconds patience);

  /// One statement with $1, $2 ...; failure database.statement.
  Outcome<std::vector<Row>> rows(const std::string& sql, const Parameters& parameters = {});

  /// The first column of the first row; empty when there is none or it is null.
  Outcome<std::string> value(const std::string& sql, const Parameters& parameters = {});

 private:
  struct Closer {
    void operator()(pg_conn* connection) const;
  };
  explicit Database(pg_conn* connection) : connection_(connection) {}
  std::unique_ptr<pg_conn, Closer> connection_;
};

/// BEGIN now; ROLLBACK when it is destroyed without commit().
class Transaction {
 public:
  static Outcome<Transaction> begin(Database& database);
  Outcome<> commit();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

/// Failure schema.missing unless the tables are there.
Outcome<> require_schema(Database& database, const std::vector<std::string>& tables);

}  // namespace starter::console::operate
