// A suspended tenant is closed to everybody, says so, and opens again as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/api.h"
#include "support/sql.h"

namespace starter::test {
namespace {

class Suspended : public WithApi<Suspended> {
 protected:
  void set_status(const std::string& status) {
    api().sql("UPDATE tenants SET status = " + literal(status) + " WHERE id = " + literal(tenant.id));
  }
  void refresh() {
    const auto reply =
        api().client().post("/api/v1/auth/refresh", R"({"refresh_token":")" + owner.refresh_token + "\"}");
    ASSERT_EQ(reply.status, 200) << reply.body;
    owner.access_token = reply.text("access_token");
    owner.refresh_token = reply.text("refresh_token");
    status = reply.json().at("tenant").at("status").as_string();
  }
  int read() const { return as_owner().get("/api/v1/tenants/" + tenant.id).status; }
  Client as_owner() const { return api().client().with_token(owner.access_token); }

  TenantOf tenant = api().tenant("Sleepy");
  Person& owner = tenant.owner;
  std::string status;
};

TEST_F(Suspended, T1ItsPeopleAreToldAndComeBackWhenItEnds) {
  ASSERT_EQ(read(), 200);
  set_status("suspended");
  wait_until("the token is stale", [&] { return read() == 401; });
  refresh();
  EXPECT_EQ(status, "suspended");
  const auto refused = as_owner().get("/api/v1/tenants/" + tenant.id);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "tenant.suspended");
  EXPECT_EQ(as_owner().get("/api/v1/users/me").status, 200) << "the person is not suspended";

  set_status("active");
  wait_until("the token that says suspended is stale", [&] { return read() == 401; });
  refresh();
  EXPECT_EQ(status, "active");
  EXPECT_EQ(read(), 200);
}

TEST_F(Suspended, WhoHasAnotherTenantLandsThere) {
  const auto other = as_owner().post("/api/v1/tenants", R"({"name":"Awake"})");
  ASSERT_EQ(other.status, 201) << other.body;
  api().sql("UPDATE memberships SET last_used_at = now() + interval '1 minute' WHERE tenant_id = " +
            literal(tenant.id));
  set_status("suspended");
  api().sign_in(owner);
  EXPECT_EQ(as_owner().get("/api/v1/tenants/" + other.text("id")).status, 200);
  refresh();
  EXPECT_EQ(as_owner().get("/api/v1/tenants/" + other.text("id")).status, 200);
}

}  // namespace
}  // namespace starter::test
