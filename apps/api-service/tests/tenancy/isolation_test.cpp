// Every route, every kind of stranger, another tenant's ids. A new route fails here until it has a row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "app/composition.h"
#include "tenancy/world.h"

namespace starter::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Row {
  std::string body;  // a valid one
  std::string header{}, value{};
  Role least = Role::viewer;  // where the handler asks for more than its route
};

/// What a request to each route needs. The ids in paths are put in by their names.
const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> table{
      {"GET /health", {}},
      {"GET /health/ready", {}},
      {"GET /openapi.json", {}},
      {"GET /.well-known/jwks.json", {}},
      {"POST /api/v1/auth/sign-up",
       {R"({"email":"new@example.com","password":"quiet marble lantern","display_name":"N"})"}},
      {"POST /api/v1/auth/verify", {R"({"token":"0123456789abcdef"})"}},
      {"POST /api/v1/auth/verify/resend", {R"({"email":"nobody@example.com"})"}},
      {"POST /api/v1/auth/sign-in", {R"({"email":"nobody@example.com","password":"wrong"})"}},
      {"POST /api/v1/auth/refresh", {R"({"refresh_token":"0123456789abcdef"})"}},
      {"POST /api/v1/auth/switch", {R"({"tenant":"$slug"})"}},
      {"POST /api/v1/auth/sign-out", {}},
      {"POST /api/v1/auth/sign-out-all", {}},
      {"POST /api/v1/auth/forgot", {R"({"email":"nobody@example.com"})"}},
      {"POST /api/v1/auth/reset", {R"({"token":"0123456789abcdef","password":"quiet marble lantern"})"}},
      {"POST /api/v1/auth/invites/accept", {R"({"token":"$invite_token"})"}},
      {"GET /api/v1/users/me", {}},
      {"PATCH /api/v1/users/me", {R"({"display_name":"Changed"})"}},
      {"POST /api/v1/users/me/password",
       {R"({"current_password":"wrong","new_password":"quiet marble lantern"})"}},
      {"GET /api/v1/users/me/sessions", {}},
      {"DELETE /api/v1/users/me/sessions/{session}", {}},
      {"GET /api/v1/tenants", {}},
      {"POST /api/v1/tenants", {R"({"name":"Another"})"}},
      {"GET /api/v1/tenants/{tenant}", {}},
      {"PATCH /api/v1/tenants/{tenant}", {R"({"name":"Changed"})", "If-Match", "\"1\""}},
      {"GET /api/v1/tenants/{tenant}/members", {}},
      {"PATCH /api/v1/tenants/{tenant}/members/{user}", {R"({"role":"viewer"})"}},
      {"DELETE /api/v1/tenants/{tenant}/members/{user}", {.body = "", .least = Role::admin}},
      {"GET /api/v1/tenants/{tenant}/invites", {}},
      {"POST /api/v1/tenants/{tenant}/invites", {R"({"email":"stranger@example.com"})"}},
      {"DELETE /api/v1/tenants/{tenant}/invites/{invite}", {}},
      {"GET /api/v1/tenants/{tenant}/audit-events", {}},
      {"GET /api/v1/tenants/{tenant}/service-accounts", {}},
      {"POST /api/v1/tenants/{tenant}/service-accounts",
       {R"({"name":"another","scopes":["projects:read"]})"}},
      {"DELETE /api/v1/tenants/{tenant}/service-accounts/{account}", {}},
      {"GET /api/v1/tenants/{tenant}/service-accounts/{account}/tokens", {}},
      {"DELETE /api/v1/tenants/{tenant}/service-accounts/{account}/tokens/{token}", {}},
      {"POST /api/v1/auth/service-account-tokens", {R"({"payload":"{}","proof":"0123456789abcdef"})"}},
      {"GET /api/v1/tenants/{tenant}/projects", {}},
      {"POST /api/v1/tenants/{tenant}/projects", {R"({"name":"Another"})"}},
      {"PATCH /api/v1/tenants/{tenant}/projects/{project}", {R"({"name":"Changed"})", "If-Match", "\"1\""}},
      {"POST /api/v1/tenants/{tenant}/projects/{project}/archive", {}},
  };
  return table;
}

std::string name_of(const http::Route& route) {
  return std::string(http::method_text(route.method)) + " " + std::string(route.pattern);
}

class Isolation : public WithApi<Isolation> {
 protected:
  Isolation() : world(api()), sql(api().superuser_url()) {}

  std::string fill(std::string text, const std::string& tenant) {
    const std::pair<std::string, std::string> holes[] = {{"{tenant}", tenant},
                                                         {"{user}", world.victim.id},
                                                         {"{invite}", world.invite},
                                                         {"{project}", world.project},
                                                         {"{session}", world.a.owner.session},
                                                         {"{account}", world.account},
                                                         {"{token}", world.account_token},
                                                         {"$slug", world.a.slug},
                                                         {"$invite_token", world.invite_token}};
    for (const auto& [hole, value] : holes) {
      if (const size_t at = text.find(hole); at != text.npos) text.replace(at, hole.size(), value);
    }
    return text;
  }

  Response call(const http::Route& route, const std::string& token, const std::string& tenant) {
    const Row& row = rows().at(name_of(route));
    auto client = api().client();
    if (!token.empty()) client = client.with_token(token);
    if (!row.header.empty()) client = client.with_header(row.header, row.value);
    return client.send(std::string(http::method_text(route.method)), fill(std::string(route.pattern), tenant),
                       fill(row.body, tenant));
  }

  /// Calls every route that `wanted` picks as a stranger and expects that answer, silence about A and A
  /// unchanged.
  void expect_refused(const std::string& token, int status, const std::string& code, auto wanted,
                      const std::string& tenant) {
    size_t tried = 0;
    for (const auto& route : all_routes()) {
      if (!wanted(route)) continue;
      SCOPED_TRACE(name_of(route));
      ++tried;
      const auto before = fingerprint(sql, world.a.id);
      const auto reply = call(route, token, tenant);
      EXPECT_EQ(reply.status, status) << reply.body;
      EXPECT_EQ(reply.code(), code);
      EXPECT_THAT(reply.body, Not(HasSubstr(kCanary)));
      EXPECT_EQ(fingerprint(sql, world.a.id), before);
    }
    EXPECT_GT(tried, 0u);
  }
  static bool of_tenant(const http::Route& route) { return route.of_tenant(); }
  static bool signed_in(const http::Route& route) { return route.access() != http::Access::anyone; }

  World world;
  Sql sql;
};

TEST_F(Isolation, T1EveryRouteHasARowAndEveryRowARoute) {
  std::set<std::string> routes;
  for (const auto& route : all_routes()) {
    routes.insert(name_of(route));
    ASSERT_TRUE(rows().contains(name_of(route))) << name_of(route) << " has no row in the isolation matrix";
    EXPECT_EQ(route.info.body != nullptr, !rows().at(name_of(route)).body.empty()) << name_of(route);
    const auto path = fill(std::string(route.pattern), world.a.id);
    EXPECT_EQ(path.find('{'), path.npos) << path << ": the matrix does not know that id";
  }
  for (const auto& [name, row] : rows())
    EXPECT_TRUE(routes.contains(name)) << name << " is no route any more";
}

TEST_F(Isolation, T1WithoutATokenNothingIsSaid) {
  expect_refused("", 401, "token.missing", signed_in, world.a.id);
}

TEST_F(Isolation, T1AnExpiredTokenOfTheOwnerIsRefused) {
  auto claims = api().claims(world.a.owner, world.a.id);
  claims.issued_at = claims.not_before -= std::chrono::hours(2);
  claims.expires_at -= std::chrono::hours(2);
  expect_refused(api().sign(claims), 401, "token.expired", signed_in, world.a.id);
}

TEST_F(Isolation, T1ATokenOfAnotherKeyIsRefused) {
  const auto forged = crypto::sign_access_token(api().claims(world.a.owner, world.a.id),
                                                crypto::Keyset::create(Clock::system().now()));
  expect_refused(forged, 401, "token.invalid", signed_in, world.a.id);
}

TEST_F(Isolation, T1AnAdminOfAnotherTenantIsAtTheWrongAddress) {
  expect_refused(world.admin_of_b.access_token, 409, "tenant.mismatch", of_tenant, world.a.id);
}

TEST_F(Isolation, T1AnOwnerOfAnotherTenantIsAtTheWrongAddress) {
  expect_refused(world.b.owner.access_token, 409, "tenant.mismatch", of_tenant, world.a.id);
}

TEST_F(Isolation, T1AnOwnersTokenForTheirOtherTenantIsNoKeyToThisOne) {
  api().sql("INSERT INTO memberships (tenant_id, user_id, role) VALUES (" + literal(world.b.id) + "," +
            literal(world.a.owner.id) + ", 'owner')");
  expect_refused(api().sign(api().claims(world.a.owner, world.b.id)), 409, "tenant.mismatch", of_tenant,
                 world.a.id);
}

TEST_F(Isolation, T1APersonWithoutATenantIsAtTheWrongAddress) {
  expect_refused(api().add_person("nobody").access_token, 409, "tenant.mismatch", of_tenant, world.a.id);
}

TEST_F(Isolation, T1AnOwnerOfASuspendedTenantIsToldSoAndNothingElse) {
  auto claims = api().claims(world.a.owner, world.a.id);
  claims.tenant_suspended = true;
  expect_refused(api().sign(claims), 403, "tenant.suspended", of_tenant, world.a.id);
}

TEST_F(Isolation, T1AServiceTokenOfAnotherTenantIsAtTheWrongAddress) {
  const auto issued = api().service_token(api().token_order(world.b));
  expect_refused(std::string(issued.at("token").as_string()), 409, "tenant.mismatch", of_tenant, world.a.id);
}

TEST_F(Isolation, T1AnAccessTokenThatSaysItIsAServiceIsRefused) {
  auto claims = api().claims(world.a.owner, world.a.id);
  claims.use = crypto::TokenUse::service;
  expect_refused(api().sign(claims), 401, "token.invalid", signed_in, world.a.id);
}

TEST_F(Isolation, T1AServiceAccountMayCallWhatNamesItsScopeAndNothingElse) {
  auto order = api().token_order(world.a);
  for (const auto& route : all_routes()) {
    if (!signed_in(route)) continue;
    SCOPED_TRACE(name_of(route));
    const std::string scope(route.options.scope);
    const auto reply = call(route, world.service_token, world.a.id);
    EXPECT_EQ(reply.status < 300, scope == "projects:read") << reply.body;
    if (scope == "projects:read") continue;
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.code(), scope.empty() ? "person.required" : "scope.insufficient");
    if (scope.empty()) continue;
    order["account"] = "robot-" + scope.substr(0, scope.find(':')) + "-" + scope.substr(scope.find(':') + 1);
    order["scopes"] = boost::json::array{boost::json::value(scope)};
    order["nonce"] = random_token(24);
    const auto with_it = api().service_token(order);
    EXPECT_LT(call(route, std::string(with_it.at("token").as_string()), world.a.id).status, 300);
  }
}

// Whoever may grant a scope is an admin, so no scope may open what admins can't do themselves.
TEST_F(Isolation, T1NoScopeOpensWhatAnAdminMayNotDo) {
  for (const auto& route : all_routes()) {
    if (!route.options.scope.empty()) EXPECT_LE(route.options.role, Role::admin) << name_of(route);
  }
}

TEST_F(Isolation, T1ARemovedMembersTokenIsRefused) {
  const auto removed = api().add_member(world.a, "removed", "admin");
  ASSERT_EQ(api()
                .client()
                .with_token(world.a.owner.access_token)
                .remove("/api/v1/tenants/" + world.a.id + "/members/" + removed.id)
                .status,
            204);
  wait_until("the removal is known", [&] {
    return api().client().with_token(removed.access_token).get("/api/v1/tenants/" + world.a.id).status == 401;
  });
  expect_refused(removed.access_token, 401, "token.stale", of_tenant, world.a.id);
}

TEST_F(Isolation, T1AnotherTenantsIdsNameNothingInOnesOwnTenant) {
  const auto foreign_ids = [](const http::Route& route) {
    return route.of_tenant() && route.info.path_count > 0;
  };
  expect_refused(world.b.owner.access_token, 404, "not_found", foreign_ids, world.b.id);
}

TEST_F(Isolation, T1AnotherPersonsSessionNamesNothing) {
  const auto session = [](const http::Route& route) {
    return route.pattern.find("{session}") != route.pattern.npos;
  };
  expect_refused(world.b.owner.access_token, 404, "not_found", session, world.b.id);
  expect_refused(world.victim.access_token, 404, "not_found", session, world.a.id);
}

TEST_F(Isolation, T1ATenantOneIsNoMemberOfCantBeSwitchedTo) {
  const auto only = [](const http::Route& route) { return route.pattern == "/api/v1/auth/switch"; };
  expect_refused(world.b.owner.access_token, 404, "tenant.not_found", only, world.b.id);
}

TEST_F(Isolation, T1AnInvitationToAnotherAddressCantBeAccepted) {
  const auto only = [](const http::Route& route) { return route.pattern == "/api/v1/auth/invites/accept"; };
  expect_refused(world.b.owner.access_token, 403, "invite.email_mismatch", only, world.b.id);
}

TEST_F(Isolation, T1WhatAStrangerMayCallSaysNothingOfTheTenant) {
  const auto before = fingerprint(sql, world.a.id);
  for (const auto& route : all_routes()) {
    if (route.of_tenant() || route.pattern.find("sign-out") != route.pattern.npos) continue;
    EXPECT_THAT(call(route, world.b.owner.access_token, world.b.id).body, Not(HasSubstr(kCanary)))
        << name_of(route);
  }
  for (const auto& route : all_routes()) {
    if (!route.of_tenant() || route.info.path_count) continue;
    EXPECT_THAT(call(route, world.b.owner.access_token, world.b.id).body, Not(HasSubstr(kCanary)))
        << name_of(route);
  }
  EXPECT_EQ(fingerprint(sql, world.a.id), before);
}

TEST_F(Isolation, T1ARoleBelowTheRoutesIsRefusedAndOneAtItIsNot) {
  const std::pair<Role, Person*> people[] = {{Role::viewer, &world.viewer}, {Role::member, &world.member}};
  for (const auto& route : all_routes()) {
    if (!route.of_tenant()) continue;
    const Role least = std::max(route.options.role, rows().at(name_of(route)).least);
    for (const auto& [role, person] : people) {
      SCOPED_TRACE(name_of(route) + " as " + std::string(enum_text(role)));
      const auto before = fingerprint(sql, world.a.id);
      const auto reply = call(route, person->access_token, world.a.id);
      if (role >= least) {
        EXPECT_LT(reply.status, 300) << reply.body;
      } else {
        EXPECT_EQ(reply.status, 403);
        EXPECT_EQ(reply.code(), "role.insufficient");
        EXPECT_THAT(reply.body, Not(HasSubstr(kCanary)));
        EXPECT_EQ(fingerprint(sql, world.a.id), before);
      }
    }
  }
}

TEST_F(Isolation, T1AnIdempotencyKeyBelongsToOnePersonInOneTenant) {
  const auto key = [&](const std::string& token) {
    return api().client().with_token(token).with_header("Idempotency-Key", "one-key-for-all");
  };
  const auto first = key(world.a.owner.access_token)
                         .post("/api/v1/tenants/" + world.a.id + "/projects", R"({"name":"Mine"})");
  ASSERT_EQ(first.status, 201) << first.body;
  const auto stranger = key(world.b.owner.access_token)
                            .post("/api/v1/tenants/" + world.b.id + "/projects", R"({"name":"Mine"})");
  EXPECT_EQ(stranger.status, 201) << stranger.body;
  EXPECT_NE(stranger.text("id"), first.text("id"));
  EXPECT_FALSE(stranger.headers.contains("idempotency-replayed"));
  const auto colleague = key(world.member.access_token)
                             .post("/api/v1/tenants/" + world.a.id + "/projects", R"({"name":"Mine"})");
  EXPECT_EQ(colleague.status, 201) << colleague.body;
  EXPECT_NE(colleague.text("id"), first.text("id"));
}

}  // namespace
}  // namespace starter::test
