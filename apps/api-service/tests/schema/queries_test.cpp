// Every query of the service against the migrated schema: what C++ says of its parameters and rows is what
// Postgres says. A column that changes its type or may be null, a parameter too many: here, and not at the
// first request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "app/composition.h"
#include "support/api.h"
#include "support/sql.h"

namespace starter::test {
namespace {

using testing::IsEmpty;

std::vector<pg::Statement> all_queries() {
  std::vector<pg::Statement> out;
  for (const auto& feature : features())
    out.insert(out.end(), feature.queries.begin(), feature.queries.end());
  return out;
}

const TypeInfo& bare(const TypeInfo& type) {
  return type.kind == Kind::optional ? *type.element : type;
}

class QueriesTest : public testing::Test {
 protected:
  static Sql& database() {
    if (!api_) api_ = std::make_unique<Api>(0), sql_ = std::make_unique<Sql>(api_->superuser_url());
    return *sql_;
  }
  static void TearDownTestSuite() { sql_.reset(), api_.reset(); }

  using Description = std::unique_ptr<PGresult, decltype(&PQclear)>;
  static Description describe(const pg::Statement& query, const std::string& name = "") {
    const std::string sql(query.sql);
    const Description prepared(PQprepare(database().handle(), name.c_str(), sql.c_str(), 0, nullptr),
                               PQclear);
    EXPECT_EQ(PQresultStatus(prepared.get()), PGRES_COMMAND_OK)
        << query.name << ": " << PQerrorMessage(database().handle());
    return {PQdescribePrepared(database().handle(), name.c_str()), PQclear};
  }

  static std::string type_name(Oid oid) {
    static std::map<Oid, std::string> known;
    auto& name = known[oid];
    if (name.empty()) name = database().value("SELECT format_type(" + std::to_string(oid) + ", NULL)");
    return name;
  }

  static std::vector<std::string> labels(const std::string& type) {
    std::vector<std::string> out;
    for (const auto& row : database().rows("SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype(" +
                                           literal(type) + ") ORDER BY enumsortorder")) {
      out.push_back(row[0]);
    }
    return out;
  }

  /// What is wrong with reading or writing Postgres type `oid` as `type`, or "".
  static std::string mismatch(const TypeInfo& type, Oid oid, bool parameter) {
    const std::string name = type_name(oid);
    const auto one_of = [&](std::initializer_list<const char*> names) {
      return std::find(names.begin(), names.end(), name) == names.end() ? "is " + name + " in Postgres"
                                                                        : std::string();
    };
    if (type.kind == Kind::array && parameter && name.ends_with("[]")) {
      const auto element = static_cast<Oid>(
          std::stoul(database().value("SELECT typelem FROM pg_type WHERE oid = " + std::to_string(oid))));
      return mismatch(bare(*type.element), element, true);
    }
    switch (type.kind) {
      case Kind::boolean:
        return one_of({"boolean"});
      case Kind::integer:
        return parameter ? one_of({"bigint", "integer"}) : one_of({"bigint", "integer", "smallint"});
      case Kind::number:
        return one_of({"double precision"});
      case Kind::raw_json:
        return one_of({"jsonb"});
      case Kind::text:
        break;
      default:
        return "has a kind that no column has";
    }
    if (&type == &type_of<Uuid>) return one_of({"uuid"});
    if (&type == &type_of<Timestamp>) return one_of({"timestamp with time zone"});
    if (&type == &type_of<Bytes>) return one_of({"bytea"});
    if (&type == &type_of<std::string>)
      return one_of({"text", "xid8"});  // JavaScript and C++ have no such number
    if (type.values.empty() || name == "text") return one_of({"text"});
    std::vector<std::string> ours(type.values.begin(), type.values.end());
    return labels(name) == ours ? "" : "has other enumerators than " + name;
  }

 private:
  static inline std::unique_ptr<Api> api_;
  static inline std::unique_ptr<Sql> sql_;
};

TEST_F(QueriesTest, EveryParameterHasTheTypeThatPostgresExpects) {
  size_t seen = 0;
  for (const auto& query : all_queries()) {
    const auto described = describe(query);
    ASSERT_EQ(static_cast<size_t>(PQnparams(described.get())), query.parameters.size()) << query.name;
    for (size_t i = 0; i < query.parameters.size(); ++i, ++seen) {
      EXPECT_EQ(mismatch(bare(*query.parameters[i]), PQparamtype(described.get(), static_cast<int>(i)), true),
                "")
          << query.name << " $" << i + 1;
    }
  }
  EXPECT_GT(seen, 60u);
}

TEST_F(QueriesTest, EveryColumnHasTheNameAndTypeOfItsMember) {
  size_t seen = 0;
  for (const auto& query : all_queries()) {
    if (!query.row) continue;
    SCOPED_TRACE(query.name);
    const auto described = describe(query);
    ASSERT_EQ(static_cast<size_t>(PQnfields(described.get())), query.row->fields.size());
    for (size_t i = 0; i < query.row->fields.size(); ++i, ++seen) {
      const auto column = static_cast<int>(i);
      const FieldInfo& field = query.row->fields[i];
      EXPECT_EQ(PQfname(described.get(), column), field.name);
      EXPECT_EQ(mismatch(bare(*field.type), PQftype(described.get(), column), false), "") << field.name;
      // A column straight from a table tells whether it may be null.
      const Oid table = PQftable(described.get(), column);
      if (table == 0 || field.type->kind == Kind::optional) continue;
      EXPECT_EQ(
          database().value("SELECT attnotnull FROM pg_attribute WHERE attrelid = " + std::to_string(table) +
                           " AND attnum = " + std::to_string(PQftablecol(described.get(), column))),
          "t")
          << field.name << " may be null, but its member is not optional";
    }
  }
  EXPECT_GT(seen, 100u);
}

TEST_F(QueriesTest, EachRoleHasTheRightsThatItsQueriesNeed) {
  for (const auto& feature : features()) {
    database().run("BEGIN; SET LOCAL ROLE " + std::string(feature.database_role));
    for (const auto& query : feature.queries) {
      std::string call = "EXPLAIN EXECUTE " + std::string(query.name);
      for (size_t i = 0; i < query.parameters.size(); ++i) call += (i ? ", NULL" : "(NULL");
      if (!query.parameters.empty()) call += ")";
      static_cast<void>(describe(query, std::string(query.name)));
      database().run("SAVEPOINT one");
      EXPECT_EQ(database().failure(call), "") << query.name;
      database().run("ROLLBACK TO one; DEALLOCATE ALL");
    }
    database().run("ROLLBACK");
  }
}

// Prepared statements are kept by name: two queries of one name would run each other's SQL.
TEST_F(QueriesTest, EveryQueryHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const auto& query : all_queries()) EXPECT_TRUE(names.insert(query.name).second) << query.name;
  EXPECT_FALSE(names.contains("transaction_open") || names.contains("scope_set"));
}

TEST_F(QueriesTest, EveryQueryOfARequestEndsBeforeTheRequestDoes) {
  for (const auto& feature : features()) {
    const bool of_requests = feature.database_role == "starter_app";
    for (const auto& query : feature.queries) {
      EXPECT_GT(query.timeout.count(), 0) << query.name;
      EXPECT_LE(query.timeout, of_requests ? std::chrono::seconds(2) : std::chrono::seconds(60))
          << query.name;
    }
  }
}

// Reads share a connection, which a statement that waits for a lock or for the disk would hold up.
TEST_F(QueriesTest, EveryQueryThatWritesOrLocksSaysSo) {
  const std::regex called(R"(entry\.(\w+)\()"), locks(R"(\bFOR (NO KEY )?(UPDATE|SHARE|KEY SHARE)\b)");
  size_t reads = 0;
  for (const auto& query : all_queries()) {
    const std::string sql(query.sql);
    bool writes = !sql.starts_with("SELECT") || std::regex_search(sql, locks);
    for (std::sregex_iterator at(sql.begin(), sql.end(), called), end; at != end; ++at) {
      writes = writes || database().value(
                             "SELECT provolatile FROM pg_proc WHERE pronamespace = 'entry'::regnamespace "
                             "AND proname = " +
                             literal((*at)[1])) == "v";
    }
    EXPECT_EQ(query.writes, writes) << query.name;
    reads += !writes;
  }
  EXPECT_GT(reads, 10u);
}

// The list of a feature is written by hand; this finds a constant that was left out of it.
TEST_F(QueriesTest, EveryQueryInTheSourcesIsInItsFeaturesList) {
  const std::filesystem::path root = STARTER_SOURCE;
  std::set<std::string> listed{"transaction_open"};  // opens a transaction, touches nothing
  for (const auto& query : all_queries()) listed.emplace(query.name);
  const std::regex declared(R"(constexpr\s+(?:pg::)?Query<)"),
      named(R"(\.name\s*=\s*(?:named<P>\()?"([a-z0-9_]+)\")");
  std::vector<std::string> missing;
  size_t found = 0;
  for (const char* folder : {"apps/api-service/src", "packages/starter_runtime/src"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const std::string source = text.str();
      for (std::sregex_iterator at(source.begin(), source.end(), declared), end; at != end; ++at, ++found) {
        std::smatch name;
        const auto from = source.begin() + at->position();
        ASSERT_TRUE(std::regex_search(from, source.end(), name, named)) << entry.path();
        if (!listed.contains(name[1])) missing.push_back(name[1]);
      }
    }
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_GE(listed.size(), found);  // a template gives one query for each of its purposes
}

}  // namespace
}  // namespace starter::test
