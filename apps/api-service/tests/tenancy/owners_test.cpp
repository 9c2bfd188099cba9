// However two owners get in each other's way, the tenant keeps one.
#include <gtest/gtest.h>

#include "support/sql.h"
#include "support/trials.h"
#include "tenancy/world.h"

namespace starter::test {
namespace {

class Owners : public WithApi<Owners, 2> {
 protected:
  using Act = std::function<Response(Client, const std::string& self, const std::string& other)>;

  /// Both act at the same time, each on a replica of their own, again and again; after each time somebody
  /// owns it.
  void race(const std::string& what, Act first, Act second) {
    const auto tenant = api().add_tenant(what);
    const auto other = api().add_member(tenant, "other", "owner");
    Sql sql(api().superuser_url());
    const std::string members = " FROM memberships WHERE tenant_id = " + literal(tenant.id);
    int both = 0, neither = 0;
    const int tries = trials(100, 500);
    for (int i = 0; i < tries; ++i) {
      sql.run("INSERT INTO memberships (tenant_id, user_id, role) VALUES (" + literal(tenant.id) + "," +
              literal(tenant.owner.id) + ", 'owner'), (" + literal(tenant.id) + "," + literal(other.id) +
              ", 'owner') ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = 'owner' "
              "WHERE memberships.role <> 'owner'");
      const Person people[] = {tenant.owner, other};
      const std::string tokens[] = {api().sign(api().claims(people[0], tenant.id)),
                                    api().sign(api().claims(people[1], tenant.id))};
      Response replies[2];
      together(2, [&](size_t k) {
        const auto& self = people[k];
        const auto client = api().client(k).with_token(tokens[k]);
        replies[k] = (k ? second : first)(client, base(tenant) + self.id, base(tenant) + people[1 - k].id);
      });
      ASSERT_NE(sql.value("SELECT count(*)" + members + " AND role = 'owner'"), "0")
          << what << ": " << replies[0].body << replies[1].body;
      const auto done = [](const Response& reply) { return reply.status == 200 || reply.status == 204; };
      for (const auto& reply : replies) {
        ASSERT_TRUE(done(reply) || reply.status == 409 || reply.status == 404 ||
                    reply.code() == "token.stale" || reply.status == 403)
            << reply.status << " " << reply.body;
      }
      both += done(replies[0]) && done(replies[1]);
      neither += !done(replies[0]) && !done(replies[1]);
    }
    EXPECT_EQ(both, 0) << what;
    EXPECT_LT(neither, tries / 2) << what << ": one of the two should get their way";
  }
  static std::string base(const TenantOf& tenant) { return "/api/v1/tenants/" + tenant.id + "/members/"; }

  static Response demote_other(Client client, const std::string&, const std::string& other) {
    return client.patch(other, R"({"role":"viewer"})");
  }
  static Response demote_self(Client client, const std::string& self, const std::string&) {
    return client.patch(self, R"({"role":"admin"})");
  }
  static Response remove_other(Client client, const std::string&, const std::string& other) {
    return client.remove(other);
  }
  static Response leave(Client client, const std::string& self, const std::string&) {
    return client.remove(self);
  }
};

TEST_F(Owners, T4AnAdminMakesNoOwnerAndUnmakesNone) {
  const auto tenant = api().add_tenant("Owned");
  const auto second = api().add_member(tenant, "second", "owner");
  const auto admin = api().add_member(tenant, "admin", "admin");
  const auto member = api().add_member(tenant, "member", "member");
  const auto client = api().client().with_token(admin.access_token);
  const std::string invites = "/api/v1/tenants/" + tenant.id + "/invites";
  const auto roles = [&] {
    return api().sql(
        "SELECT string_agg(user_id::text || role::text, ' ' ORDER BY user_id) FROM memberships WHERE "
        "tenant_id = " +
        literal(tenant.id));
  };
  const auto before = roles();
  const std::string owner = R"({"role":"owner"})", viewer = R"({"role":"viewer"})";
  for (const auto& [what, reply] :
       {std::pair{"promotes itself", client.patch(base(tenant) + admin.id, owner)},
        {"promotes a member", client.patch(base(tenant) + member.id, owner)},
        {"demotes an owner", client.patch(base(tenant) + second.id, viewer)},
        {"removes an owner", client.remove(base(tenant) + second.id)},
        {"invites an owner", client.post(invites, R"({"email":"new@example.com","role":"owner"})")}}) {
    EXPECT_EQ(reply.status, 403) << what << reply.body;
    EXPECT_EQ(reply.code(), "role.owner_only") << what;
  }
  EXPECT_EQ(roles(), before);
  EXPECT_EQ(api().sql("SELECT count(*) FROM invites WHERE tenant_id = " + literal(tenant.id)), "0");
  // What is an admin's to do is done, so the refusals are about owners.
  EXPECT_EQ(client.patch(base(tenant) + member.id, viewer).status, 200);
  EXPECT_EQ(client.post(invites, R"({"email":"new@example.com","role":"admin"})").status, 201);
  EXPECT_EQ(client.remove(base(tenant) + member.id).status, 204);
}

TEST_F(Owners, T4TwoOwnersDemoteEachOther) {
  race("demote each other", demote_other, demote_other);
}
TEST_F(Owners, T4TwoOwnersRemoveEachOther) {
  race("remove each other", remove_other, remove_other);
}
TEST_F(Owners, T4BothOwnersLeave) {
  race("both leave", leave, leave);
}
TEST_F(Owners, T4BothOwnersStepDown) {
  race("both step down", demote_self, demote_self);
}
TEST_F(Owners, T4OneStepsDownWhileTheOtherLeaves) {
  race("step down, leave", demote_self, leave);
}

}  // namespace
}  // namespace starter::test
