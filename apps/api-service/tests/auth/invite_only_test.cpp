// SIGNUP_ACCESS_POLICY=invite_only: an account is made by an invitation that admits its address, and by
// nothing else.
#include <gtest/gtest.h>

#include "starter/core/types.h"
#include "support/api.h"
#include "support/sql.h"

namespace starter::test {
namespace {

class InviteOnly : public testing::Test {
 protected:
  static Api& api() {
    static auto shared =
        std::make_unique<Api>(1, std::map<std::string, std::string>{{"SIGNUP_ACCESS_POLICY", "invite_only"}});
    return *shared;
  }

  /// The token of a new invitation to this address.
  std::string invited(const std::string& email) {
    const auto reply =
        api()
            .client()
            .with_token(tenant.owner.access_token)
            .post("/api/v1/tenants/" + tenant.id + "/invites", R"({"email":")" + email + "\"}");
    EXPECT_EQ(reply.status, 201) << reply.body;
    return api().invite_token(email);
  }

  Response sign_up(const std::string& email, const std::string& invite) {
    return api().client().post("/api/v1/auth/sign-up",
                               R"({"email":")" + email +
                                   R"(","password":"quiet marble lantern","display_name":"N")" +
                                   (invite.empty() ? "" : R"(,"invite_token":")" + invite + "\"") + "}");
  }

  Response verify(const std::string& email) {
    return api().client().post("/api/v1/auth/verify",
                               R"({"token":")" + api().verification_token(email) + "\"}");
  }

  std::string accounts(const std::string& email) {
    return api().sql("SELECT count(*) FROM users WHERE email = " + literal(email));
  }

  /// Signs up, opens the mail, and finds no account.
  void expect_no_account(const std::string& email, const std::string& invite) {
    ASSERT_EQ(sign_up(email, invite).status, 202) << "the answer says nothing about the invitation";
    const auto verified = verify(email);
    EXPECT_EQ(verified.status, 400) << verified.body;
    EXPECT_EQ(verified.code(), "token.invalid");
    EXPECT_EQ(accounts(email), "0");
    const auto signed_in = api().client().post(
        "/api/v1/auth/sign-in", R"({"email":")" + email + R"(","password":"quiet marble lantern"})");
    EXPECT_EQ(signed_in.status, 401);
  }

  TenantOf tenant = api().add_tenant("Closed");
};

TEST_F(InviteOnly, WithoutAnInvitationNobodySignsUp) {
  const auto reply = sign_up("stranger@example.com", "");
  EXPECT_EQ(reply.status, 403) << reply.body;
  EXPECT_EQ(reply.code(), "sign_up.invite_required");
}

TEST_F(InviteOnly, TheInvitedAddressJoins) {
  ASSERT_EQ(sign_up("right@example.com", invited("right@example.com")).status, 202);
  ASSERT_EQ(verify("right@example.com").status, 200);
  EXPECT_EQ(api().sql("SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = "
                      "'right@example.com' AND m.tenant_id = " +
                      literal(tenant.id)),
            "1");
}

TEST_F(InviteOnly, AnotherAddressDoesNotJoinByIt) {
  const auto token = invited("meant@example.com");
  expect_no_account("other@example.com", token);
  ASSERT_EQ(sign_up("meant@example.com", token).status, 202) << "it is still there for whom it was meant for";
  EXPECT_EQ(verify("meant@example.com").status, 200);
}

TEST_F(InviteOnly, ARevokedInvitationMakesNoAccount) {
  const auto token = invited("revoked@example.com");
  api().sql("UPDATE invites SET revoked_at = now() WHERE email = 'revoked@example.com'");
  expect_no_account("revoked@example.com", token);
}

TEST_F(InviteOnly, AnInvitationThatIsRevokedBeforeTheMailIsOpenedMakesNoAccount) {
  ASSERT_EQ(sign_up("late@example.com", invited("late@example.com")).status, 202);
  api().sql("UPDATE invites SET revoked_at = now() WHERE email = 'late@example.com'");
  EXPECT_EQ(verify("late@example.com").status, 400);
  EXPECT_EQ(accounts("late@example.com"), "0");
}

TEST_F(InviteOnly, AnExpiredInvitationMakesNoAccount) {
  const auto token = invited("expired@example.com");
  api().sql(
      "UPDATE invites SET expires_at = now() - interval '1 second' WHERE email = 'expired@example.com'");
  expect_no_account("expired@example.com", token);
}

TEST_F(InviteOnly, AUsedInvitationMakesNoAccount) {
  const auto token = invited("used@example.com");
  api().sql("UPDATE invites SET accepted_at = now() WHERE email = 'used@example.com'");
  expect_no_account("used@example.com", token);
}

TEST_F(InviteOnly, ASignUpFromBeforeThePolicyMakesNoAccount) {
  api().sql(
      "INSERT INTO sign_ups (id, email, display_name, password_hash, expires_at) VALUES (gen_random_uuid(), "
      "'before@example.com', 'N', 'x', now() + interval '1 hour')");
  EXPECT_EQ(verify("before@example.com").status, 400);
  EXPECT_EQ(accounts("before@example.com"), "0");
}

}  // namespace
}  // namespace starter::test
