// Tokens that work once, used by many at once.
#include <gtest/gtest.h>

#include "support/api.h"
#include "support/sql.h"
#include "support/trials.h"

namespace starter::test {
namespace {

class Once : public WithApi<Once, 2> {
 protected:
  Once() : sql(api().superuser_url()) {}

  /// How many of `callers` with the same request got `success`. The others must learn that the token is used
  /// up, or that there is too much to do.
  int winners(size_t callers, const std::string& path, const std::string& body, int success,
              const std::string& token = "") {
    std::atomic<int> won{0};
    together(callers, [&](size_t k) {
      auto client = api().client(k % api().replicas()).from("127.0.9." + std::to_string(k + 1));
      if (!token.empty()) client = client.with_token(token);
      const auto reply = client.post(path, body);
      if (reply.status == success)
        ++won;
      else
        EXPECT_TRUE(reply.code() == "token.invalid" || reply.code() == "busy" ||
                    reply.code() == "rate.limited")
            << reply.status << reply.body;
    });
    return won;
  }

  Sql sql;
};

TEST_F(Once, A4AVerificationMailMakesOneAccount) {
  const auto hash = sql.value("SELECT password_hash FROM credentials WHERE user_id = " +
                              literal(api().add_person("any").id));
  const int tries = trials(20, 200);
  for (int i = 0; i < tries; ++i) {
    const std::string email = "verify-" + std::to_string(i) + "@example.com";
    sql.run(
        "INSERT INTO sign_ups (id, email, display_name, password_hash, expires_at) VALUES "
        "(gen_random_uuid(), " +
        literal(email) + ", 'V', " + literal(hash) + ", now() + interval '1 hour')");
    ASSERT_EQ(
        winners(32, "/api/v1/auth/verify", R"({"token":")" + api().verification_token(email) + "\"}", 200),
        1);
    ASSERT_EQ(sql.value("SELECT count(*) FROM users WHERE email = " + literal(email)), "1");
  }
}

TEST_F(Once, A4AnInvitationMakesOneMembership) {
  const auto tenant = api().add_tenant("Races");
  const int tries = trials(20, 200);
  for (int i = 0; i < tries; ++i) {
    const auto guest = api().add_person("guest");
    sql.run("INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) VALUES (" +
            literal(tenant.id) + ", gen_random_uuid(), " + literal(guest.email) + ", 'admin', " +
            literal(tenant.owner.id) + ", now() + interval '1 hour')");
    const std::string body = R"({"token":")" + api().invite_token(guest.email) + "\"}";
    // The same person opening an accepted link again is answered as the first time: many 200, one effect.
    ASSERT_GE(winners(32, "/api/v1/auth/invites/accept", body, 200, guest.access_token), 1);
    ASSERT_EQ(sql.value("SELECT count(*) FROM memberships WHERE user_id = " + literal(guest.id)), "1");
    ASSERT_EQ(sql.value("SELECT role FROM memberships WHERE user_id = " + literal(guest.id)), "admin");
    ASSERT_EQ(sql.value("SELECT count(*) FROM audit_events WHERE action = 'member.joined' AND actor_id = " +
                        literal(guest.id)),
              "1");
  }
}

TEST_F(Once, A4AnAcceptedInvitationIsNotRevokedAndARevokedOneNotAccepted) {
  const auto tenant = api().add_tenant("Revoked");
  const int tries = trials(20, 200);
  for (int i = 0; i < tries; ++i) {
    const auto guest = api().add_person("guest");
    sql.run("INSERT INTO invites (tenant_id, id, email, role, invited_by, expires_at) VALUES (" +
            literal(tenant.id) + ", gen_random_uuid(), " + literal(guest.email) + ", 'admin', " +
            literal(tenant.owner.id) + ", now() + interval '1 hour')");
    const auto id = sql.value("SELECT id FROM invites WHERE email = " + literal(guest.email));
    Response replies[2];
    together(2, [&](size_t k) {
      if (k == 0)
        replies[0] = api()
                         .client(0)
                         .with_token(guest.access_token)
                         .post("/api/v1/auth/invites/accept",
                               R"({"token":")" + api().invite_token(guest.email) + "\"}");
      else
        replies[1] = api()
                         .client(1)
                         .with_token(tenant.owner.access_token)
                         .remove("/api/v1/tenants/" + tenant.id + "/invites/" + id);
    });
    ASSERT_NE(replies[0].status == 200, replies[1].status == 204) << replies[0].body << replies[1].body;
    ASSERT_EQ(sql.value("SELECT count(*) FROM memberships WHERE user_id = " + literal(guest.id)),
              replies[0].status == 200 ? "1" : "0");
  }
}

TEST_F(Once, A4AResetLinkSetsOnePassword) {
  const int tries = trials(20, 200);
  const size_t callers = static_cast<size_t>(trials(4, 32));  // each of them costs three hashes
  for (int i = 0; i < tries; ++i) {
    const auto person = api().add_person("reset");
    sql.run("INSERT INTO password_resets (id, user_id, expires_at) VALUES (gen_random_uuid(), " +
            literal(person.id) + ", now() + interval '1 hour')");
    const std::string body =
        R"({"token":")" + api().reset_token(person.email) + R"(","password":"quiet marble lantern seven"})";
    ASSERT_EQ(winners(callers, "/api/v1/auth/reset", body, 204), 1);
    ASSERT_EQ(sql.value("SELECT count(*) FROM password_history WHERE user_id = " + literal(person.id)), "1");
  }
}

TEST_F(Once, A4OneOfManyPasswordChangesWins) {
  const int tries = trials(20, 50);
  for (int i = 0; i < tries; ++i) {
    const auto person = api().add_person("change");
    std::atomic<int> won{0};
    together(6, [&](size_t k) {
      const auto reply =
          api()
              .client(k % 2)
              .from("127.0.9." + std::to_string(k + 1))
              .with_token(person.access_token)
              .post(
                  "/api/v1/users/me/password",
                  R"({"current_password":"correct horse battery staple","new_password":"quiet marble lantern )" +
                      std::string(1, static_cast<char>('a' + k)) + "\"}");
      if (reply.status == 204)
        ++won;
      else
        EXPECT_TRUE(reply.status == 409 || reply.status == 403 || reply.code() == "busy")
            << reply.status << reply.body;
    });
    EXPECT_EQ(won, 1);
  }
}

}  // namespace
}  // namespace starter::test
