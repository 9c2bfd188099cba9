// The first journey, over HTTP, against the real binary and a real Postgres.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "support/api.h"

namespace starter::test {
namespace {

class Journey : public testing::Test {
 protected:
  static Api& api() {
    static Api shared;
    return shared;
  }
};

// 000-06
TEST_F(Journey, FromSignUpToSignOut) {
  auto person = api().person("ada");
  const auto signed_in = api().client().with_token(person.access_token);
  const auto me = signed_in.get("/api/v1/users/me");
  EXPECT_EQ(me.status, 200) << me.body;
  EXPECT_EQ(me.text("email"), person.email);
  EXPECT_EQ(signed_in.post("/api/v1/auth/sign-out", "").status, 204);
  wait_until("the access token is refused", [&] { return signed_in.get("/api/v1/users/me").status == 401; });
  EXPECT_EQ(signed_in.get("/api/v1/users/me").code(), "session.ended");
}

TEST_F(Journey, ASecondVerificationOfTheSameMailIsRefused) {
  const std::string email = "twice@example.com";
  api().client().post(
      "/api/v1/auth/sign-up",
      R"({"email":"twice@example.com","password":"correct horse battery staple","display_name":"T"})");
  const std::string body = R"({"token":")" + api().verification_token(email) + "\"}";
  EXPECT_EQ(api().client().post("/api/v1/auth/verify", body).status, 200);
  const auto second = api().client().post("/api/v1/auth/verify", body);
  EXPECT_EQ(second.status, 400);
  EXPECT_EQ(second.code(), "token.invalid");
}

TEST_F(Journey, AKnownAddressGetsTheSameAnswerAsAnUnknownOne) {
  const auto person = api().person("known");
  const auto again = api().client().post(
      "/api/v1/auth/sign-up",
      R"({"email":")" + person.email + R"(","password":"correct horse battery staple","display_name":"X"})");
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again.body, R"({"status":"accepted"})");
  EXPECT_EQ(api().client().post("/api/v1/auth/forgot", R"({"email":"nobody@example.com"})").body,
            api().client().post("/api/v1/auth/forgot", R"({"email":")" + person.email + "\"}").body);
}

TEST_F(Journey, ATenantIsMadeReadAndRenamedUnderItsVersion) {
  const auto tenant = api().tenant("Journey GmbH");
  const auto owner = api().client().with_token(tenant.owner.access_token);
  const std::string path = "/api/v1/tenants/" + tenant.id;
  const auto read = owner.get(path);
  ASSERT_EQ(read.status, 200) << read.body;
  EXPECT_EQ(read.headers.at("etag"), "\"1\"");
  EXPECT_EQ(owner.patch(path, R"({"name":"Renamed"})").status, 428);
  const auto renamed = owner.with_header("If-Match", "\"1\"").patch(path, R"({"name":"Renamed"})");
  EXPECT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.headers.at("etag"), "\"2\"");
  EXPECT_EQ(owner.with_header("If-Match", "\"1\"").patch(path, R"({"name":"Late"})").status, 412);
  const auto events = owner.get(path + "/audit-events");
  ASSERT_EQ(events.status, 200) << events.body;
  EXPECT_EQ(events.json().at("items").at(0).at("action").as_string(), "tenant.renamed");
}

TEST_F(Journey, AnInvitedPersonJoinsAndLosesRightsWithinASecond) {
  const auto tenant = api().tenant("Invitations");
  const auto member = api().member(tenant, "bob", "admin");
  const auto bob = api().client().with_token(member.access_token);
  const std::string path = "/api/v1/tenants/" + tenant.id;
  EXPECT_EQ(bob.get(path + "/members").json().at("items").as_array().size(), 2u);
  const auto owner = api().client().with_token(tenant.owner.access_token);
  EXPECT_EQ(owner.get(path + "/invites").json().at("items").at(0).at("invited_by_name"),
            owner.get("/api/v1/users/me").json().at("display_name"));
  const auto changed = owner.patch(path + "/members/" + member.id, R"({"role":"viewer"})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  wait_until("the old role is refused", [&] { return bob.get(path + "/members").code() == "token.stale"; });
}

TEST_F(Journey, TheLastOwnerStays) {
  const auto tenant = api().tenant("Last owner");
  const auto owner = api().client().with_token(tenant.owner.access_token);
  const std::string path = "/api/v1/tenants/" + tenant.id + "/members/" + tenant.owner.id;
  EXPECT_EQ(owner.patch(path, R"({"role":"member"})").code(), "tenant.last_owner");
  EXPECT_EQ(owner.remove(path).code(), "tenant.last_owner");
}

TEST_F(Journey, ARepeatedCreationUnderOneKeyHasOneEffect) {
  const auto tenant = api().tenant("Idempotency");
  const auto owner =
      api().client().with_token(tenant.owner.access_token).with_header("Idempotency-Key", "key-number-1");
  const std::string path = "/api/v1/tenants/" + tenant.id + "/projects";
  const auto first = owner.post(path, R"({"name":"Alpha"})");
  const auto second = owner.post(path, R"({"name":"Alpha"})");
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(second.headers.at("idempotency-replayed"), "true");
  EXPECT_EQ(owner.post(path, R"({"name":"Beta"})").code(), "idempotency.key_reused");
  EXPECT_EQ(api().sql("SELECT count(*) FROM projects WHERE tenant_id = '" + tenant.id + "'"), "1");
}

TEST_F(Journey, AnotherTenantsAddressIsAMismatchWhetherItExistsOrNot) {
  const auto mine = api().tenant("Mine"), other = api().tenant("Other");
  const auto owner = api().client().with_token(mine.owner.access_token);
  EXPECT_EQ(owner.get("/api/v1/tenants/" + other.id).code(), "tenant.mismatch");
  EXPECT_EQ(owner.get("/api/v1/tenants/00000000-0000-7000-8000-000000000000").code(), "tenant.mismatch");
}

TEST_F(Journey, AResetEndsEverySessionAndTheLinkWorksOnce) {
  auto person = api().person("forgetful");
  ASSERT_EQ(api().client().post("/api/v1/auth/forgot", R"({"email":")" + person.email + "\"}").status, 202);
  const std::string body =
      R"({"token":")" + api().reset_token(person.email) + R"(","password":"quiet marble lantern seven"})";
  EXPECT_EQ(api().client().post("/api/v1/auth/reset", body).status, 204);
  EXPECT_EQ(api().client().post("/api/v1/auth/reset", body).code(), "token.invalid");
  EXPECT_EQ(api()
                .client()
                .post("/api/v1/auth/refresh", R"({"refresh_token":")" + person.refresh_token + "\"}")
                .code(),
            "session.ended");
  person.password = "quiet marble lantern seven";
  api().sign_in(person);
}

TEST_F(Journey, ARefreshRotatesAndAReplayEndsTheFamily) {
  auto person = api().person("refresher");
  const auto refresh = [&](const std::string& token) {
    return api().client().post("/api/v1/auth/refresh", R"({"refresh_token":")" + token + "\"}");
  };
  const auto first = refresh(person.refresh_token);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_NE(first.text("refresh_token"), person.refresh_token);
  // Inside the grace the same successor is given again: a lost reply logs nobody out.
  EXPECT_EQ(refresh(person.refresh_token).text("refresh_token"), first.text("refresh_token"));
  // Past the grace, and after the successor came back, it is a replay.
  api().sql("UPDATE families SET rotated_at = now() - interval '1 minute', confirmed_gen = gen");
  EXPECT_EQ(refresh(person.refresh_token).code(), "refresh.reused");
  EXPECT_EQ(refresh(first.text("refresh_token")).code(), "session.ended");
}

TEST_F(Journey, StopsServingGracefullyOnSigterm) {
  Api own;
  own.process().signal(SIGTERM);
  EXPECT_EQ(own.process().wait(), 0) << own.log();
  EXPECT_THAT(own.log(), testing::HasSubstr("service.stopped"));
}

}  // namespace
}  // namespace starter::test
