#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/api.h"

namespace starter::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Three shared connections and two times four for transactions.
TEST(ConnectionBudget, TooFewConnectionsAreToldAtTheStart) {
  Api api(1, {{"WORKERS", "2"}, {"DATABASE_POOL_SIZE", "4"}});
  EXPECT_THAT(api.log(), Not(HasSubstr("database.connections_short")));
  api.sql("ALTER ROLE \"" + api.database() + "_app\" CONNECTION LIMIT 8");
  api.process().kill();
  api.start();
  api.wait_ready();
  wait_until("the shortage is told",
             [&] { return api.log().find("database.connections_short") != std::string::npos; });
  EXPECT_THAT(api.log(), HasSubstr("CONNECTION LIMIT"));
}

}  // namespace
}  // namespace starter::test
