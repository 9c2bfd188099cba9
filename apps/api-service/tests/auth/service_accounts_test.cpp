// Service accounts: a token comes from a signed order, works where its scopes say, and ends when it is told
// to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/api.h"
#include "support/trials.h"

namespace starter::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace json = boost::json;

constexpr const char* kOrders = "/api/v1/auth/service-account-tokens";

std::string text(const json::value& value, const char* member) {
  return std::string(value.at(member).as_string());
}

std::string from_now(std::chrono::seconds time) {
  return Timestamp{Clock::system().now() + time}.text();
}

class ServiceAccounts : public WithApi<ServiceAccounts, 2> {
 protected:
  ServiceAccounts() : tenant(api().add_tenant("Robots")) {}

  Response order(const json::object& order) {
    return api().client().post(kOrders, api().signed_order(order));
  }
  Response read(const std::string& token, size_t replica = 0) {
    return api().client(replica).with_token(token).get("/api/v1/tenants/" + tenant.id + "/projects");
  }
  Client admin() { return api().client().with_token(tenant.owner.access_token); }
  std::string accounts() const { return "/api/v1/tenants/" + tenant.id + "/service-accounts"; }
  std::string count(const std::string& rows) { return api().sql("SELECT count(*) FROM " + rows); }
  std::string metric(const std::string& name) {
    const auto page = api().inside().get("/metrics").body;
    const auto at = page.find("\n" + name + " ");
    return at == page.npos ? std::string("none") : page.substr(at + 1, page.find('\n', at + 1) - at - 1);
  }
  std::string tokens_of_tenant() {
    return count("service_account_tokens WHERE tenant_id = " + literal(tenant.id));
  }
  /// By every thread of every replica: whichever a connection lands on, and there are two.
  void expect_refused_soon(const std::string& token) {
    for (size_t replica = 0; replica < api().replicas(); ++replica) {
      wait_until("the token is refused", [&] {
        for (int time = 0; time < 30; ++time) {
          if (read(token, replica).status != 401) return false;
        }
        return true;
      });
      EXPECT_EQ(read(token, replica).code(), "service_token.refused");
    }
  }

  TenantOf tenant;
};

TEST_F(ServiceAccounts, AnOrderedTokenIsAcceptedAndItsUseIsNoted) {
  const auto reply = order(api().token_order(tenant));
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto token = reply.text("token");
  EXPECT_THAT(token, StartsWith("starter_sa_"));
  for (size_t replica = 0; replica < api().replicas(); ++replica) {
    const auto list = read(token, replica);
    EXPECT_EQ(list.status, 200) << list.body;
  }
  const auto shown = admin().get(accounts() + "/" + reply.text("account_id") + "/tokens");
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_THAT(shown.body, Not(HasSubstr(token.substr(11))));
  const auto row = shown.json().at("items").at(0);
  EXPECT_EQ(text(row, "id"), reply.text("id"));
  EXPECT_EQ(text(row, "status"), "active");
  EXPECT_EQ(text(row, "issued_by"), "an operator of tests");
  EXPECT_TRUE(row.at("last_used_at").is_string());
  EXPECT_EQ(admin().get(accounts()).json().at("items").at(0).at("active_tokens").as_int64(), 1);
  EXPECT_EQ(count("service_account_tokens t WHERE t::text LIKE '%" + token.substr(11) + "%'"), "0")
      << "the token itself is stored nowhere";
}

TEST_F(ServiceAccounts, ItsChangesStandInTheAuditLogUnderItsName) {
  const auto issued = api().service_token(api().token_order(tenant, "projects:write"));
  const auto made = api()
                        .client()
                        .with_token(text(issued, "token"))
                        .post("/api/v1/tenants/" + tenant.id + "/projects", R"({"name":"By a robot"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto log = admin().get("/api/v1/tenants/" + tenant.id + "/audit-events");
  const auto newest = log.json().at("items").at(0);
  EXPECT_EQ(text(newest, "action"), "project.created");
  EXPECT_EQ(text(newest, "actor_id"), text(issued, "account_id"));
  EXPECT_EQ(text(newest, "actor_name"), "robot");
  for (const char* action : {"service_account.created", "service_token.issued"})
    EXPECT_THAT(log.body, HasSubstr(action));
  EXPECT_EQ(
      count(
          "audit_events a JOIN audit_events b ON a.tenant_id = b.tenant_id AND a.id < b.id AND a.at > b.at + "
          "interval '2 ms' WHERE a.tenant_id = " +
          literal(tenant.id)),
      "0")
      << "whoever recorded them, ids sort by time";
}

TEST_F(ServiceAccounts, UsingATokenAsksTheDatabaseSeldomAndWritesAtMostOnceAMinute) {
  const auto issued = api().service_token(api().token_order(tenant));
  const std::string of_it = "service_account_tokens WHERE id = " + literal(text(issued, "id"));
  for (int i = 0; i < 8; ++i) ASSERT_EQ(read(text(issued, "token")).status, 200);  // each thread has read it
  const auto version = api().sql("SELECT xmin FROM " + of_it);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(read(text(issued, "token"), i % 2).status, 200);
  EXPECT_EQ(api().sql("SELECT xmin FROM " + of_it), version);
}

TEST_F(ServiceAccounts, TheSameSignedOrderIsObeyedOnce) {
  const auto body = api().signed_order(api().token_order(tenant));
  ASSERT_EQ(api().client().post(kOrders, body).status, 201);
  const auto again = api().client(1).post(kOrders, body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "signed_request.replayed");
  EXPECT_EQ(tokens_of_tenant(), "1");
}

TEST_F(ServiceAccounts, OfManyWhoSendOneOrderAtOnceOneGetsAToken) {
  for (int trial = 0; trial < trials(20, 1000); ++trial) {
    auto wanted = api().token_order(tenant);
    wanted["account"] = "racer-" + std::to_string(trial);
    const auto body = api().signed_order(wanted);
    std::atomic<int> issued = 0, replayed = 0;
    together(4, [&](size_t i) {
      const auto reply = api().client(i % 2).post(kOrders, body);
      issued += reply.status == 201;
      replayed += reply.code() == "signed_request.replayed";
    });
    ASSERT_EQ(issued, 1);
    ASSERT_EQ(replayed, 3);
  }
}

TEST_F(ServiceAccounts, AnOrderThatFailedIsUsedUpAsWell) {
  auto wanted = api().token_order(tenant);
  wanted["create"] = false;
  const auto body = api().signed_order(wanted);
  EXPECT_EQ(api().client().post(kOrders, body).code(), "service_account.unknown");
  ASSERT_EQ(order(api().token_order(tenant)).status, 201);
  EXPECT_EQ(api().client().post(kOrders, body).code(), "signed_request.replayed");
}

TEST_F(ServiceAccounts, WhatIsRefusedIssuesNothingAndNamesItsReason) {
  const auto good = api().token_order(tenant);
  const auto with = [&](const char* member, auto value) {
    auto changed = api().token_order(tenant);
    changed[member] = json::value(std::move(value));
    return changed;
  };
  EXPECT_EQ(api().client().post(kOrders, api().signed_order(good, std::string(48, 'x'))).code(),
            "signed_request.proof_wrong");
  auto body = json::parse(api().signed_order(good)).as_object();
  body["payload"] = std::string(body["payload"].as_string()) + " ";
  EXPECT_EQ(api().client().post(kOrders, json::serialize(body)).status, 201)
      << "blanks around it are no change";
  body = json::parse(api().signed_order(api().token_order(tenant))).as_object();
  auto payload = std::string(body["payload"].as_string());
  payload.replace(payload.find("projects:read"), 13, "projects:writ");
  body["payload"] = payload;
  EXPECT_EQ(api().client().post(kOrders, json::serialize(body)).code(), "signed_request.proof_wrong");
  const auto before = tokens_of_tenant();
  const std::vector<std::tuple<json::object, int, std::string>> cases{
      {with("audience", "another-api"), 403, "signed_request.wrong_audience"},
      {with("tenant", "no-such-tenant"), 404, "tenant.unknown"},
      {with("expires_at", from_now(-31s)), 403, "signed_request.not_valid_now"},
      {with("issued_at", from_now(40s)), 403, "signed_request.not_valid_now"},
      {with("expires_at", from_now(6min)), 403, "signed_request.not_valid_now"},
      {with("purpose", "delete_everything"), 422, "request.invalid"},
      {with("scopes", json::array{}), 422, "request.invalid"},
      {with("scopes", json::array{"projects:admire"}), 422, "request.invalid"},
      {with("scopes", json::array{"PROJECTS"}), 422, "request.invalid"},
      {with("scopes", json::array{"projects:write"}), 403, "service_account.scope_not_granted"},
      {with("ttl_minutes", 0), 422, "request.invalid"},
      {with("ttl_minutes", 366 * 24 * 60 + 1), 422, "request.invalid"},
      {with("nonce", "short"), 422, "request.invalid"},
      {with("account", "'; DROP TABLE users; --"), 422, "request.invalid"},
      {with("role", "owner"), 422, "request.invalid"}};
  for (const auto& [wanted, status, code] : cases) {
    const auto reply = order(wanted);
    EXPECT_EQ(reply.status, status) << json::serialize(wanted) << reply.body;
    EXPECT_EQ(reply.code(), code) << json::serialize(wanted);
  }
  EXPECT_EQ(tokens_of_tenant(), before);
}

TEST_F(ServiceAccounts, AClockThatIsALittleOffIsForgiven) {
  auto early = api().token_order(tenant);
  early["issued_at"] = from_now(20s);
  EXPECT_EQ(order(early).status, 201);
  auto late = api().token_order(tenant);
  late["issued_at"] = from_now(-2min);
  late["expires_at"] = from_now(-20s);
  EXPECT_EQ(order(late).status, 201);
  late["nonce"] = random_token(24);
  late["expires_at"] = from_now(-31s);
  EXPECT_EQ(order(late).code(), "signed_request.not_valid_now");
}

TEST_F(ServiceAccounts, ARevokedTokenIsRefusedOnEveryReplica) {
  const auto issued = api().service_token(api().token_order(tenant));
  for (size_t replica = 0; replica < 2; ++replica)
    ASSERT_EQ(read(text(issued, "token"), replica).status, 200);
  const auto address = accounts() + "/" + text(issued, "account_id") + "/tokens/" + text(issued, "id");
  ASSERT_EQ(admin().remove(address).status, 204);
  expect_refused_soon(text(issued, "token"));
  EXPECT_EQ(admin().remove(address).status, 404) << "it is over already";
}

TEST_F(ServiceAccounts, ARemovedAccountTakesItsTokensAlongAndLeavesItsNameFree) {
  const auto issued = api().service_token(api().token_order(tenant));
  const auto other = api().service_token(api().token_order(tenant));
  ASSERT_EQ(read(text(issued, "token")).status, 200);
  ASSERT_EQ(admin().remove(accounts() + "/" + text(issued, "account_id")).status, 204);
  expect_refused_soon(text(issued, "token"));
  expect_refused_soon(text(other, "token"));
  auto again = api().token_order(tenant);
  again["create"] = false;
  EXPECT_EQ(order(again).code(), "service_account.unknown");
  const auto successor = api().service_token(api().token_order(tenant));
  EXPECT_NE(text(successor, "account_id"), text(issued, "account_id"));
  EXPECT_EQ(read(text(successor, "token")).status, 200);
  EXPECT_EQ(read(text(issued, "token")).status, 401);
}

TEST_F(ServiceAccounts, AnExpiredTokenIsRefusedByWhoRemembersItAndByWhoDoesNot) {
  const auto issued = api().service_token(api().token_order(tenant));
  const std::string of_it = " WHERE id = " + literal(text(issued, "id"));
  api().sql("UPDATE service_account_tokens SET expires_at = now() + interval '1500 milliseconds'" + of_it);
  ASSERT_EQ(read(text(issued, "token")).status, 200) << "this replica remembers its end";
  expect_refused_soon(text(issued, "token"));
}

TEST_F(ServiceAccounts, ASuspendedTenantsTokensStopAndWorkAgainAfterwards) {
  const auto issued = api().service_token(api().token_order(tenant));
  ASSERT_EQ(read(text(issued, "token")).status, 200);
  api().sql("UPDATE tenants SET status = 'suspended' WHERE id = " + literal(tenant.id));
  expect_refused_soon(text(issued, "token"));
  EXPECT_EQ(order(api().token_order(tenant)).code(), "tenant.unknown");
  api().sql("UPDATE tenants SET status = 'active' WHERE id = " + literal(tenant.id));
  wait_until("the token works again", [&] { return read(text(issued, "token")).status == 200; });
}

TEST_F(ServiceAccounts, ARotationLeavesTheOldTokenForTheOverlapAndNoLonger) {
  const auto first = api().service_token(api().token_order(tenant));
  auto rotation = api().token_order(tenant);
  rotation["overlap_minutes"] = 5;
  const auto second = api().service_token(rotation);
  EXPECT_EQ(second.at("rotated").as_int64(), 1);
  for (const auto* token : {&first, &second}) EXPECT_EQ(read(text(*token, "token")).status, 200);
  EXPECT_EQ(
      api().sql(
          "SELECT expires_at BETWEEN now() + interval '4 minutes' AND now() + interval '5 minutes' FROM "
          "service_account_tokens WHERE id = " +
          literal(text(first, "id"))),
      "t");
  auto at_once = api().token_order(tenant);
  at_once["overlap_minutes"] = 0;
  const auto third = api().service_token(at_once);
  EXPECT_EQ(third.at("rotated").as_int64(), 2);
  expect_refused_soon(text(first, "token"));
  expect_refused_soon(text(second, "token"));
  EXPECT_EQ(read(text(third, "token")).status, 200);
  EXPECT_THAT(admin().get("/api/v1/tenants/" + tenant.id + "/audit-events").body,
              HasSubstr("service_token.rotated"));
}

TEST_F(ServiceAccounts, ATokenHasNoMoreThanItsAccountWasGranted) {
  const auto made = admin().post(accounts(), R"({"name":"robot","scopes":["projects:read","members:read"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto issued = api().service_token(api().token_order(tenant));
  const auto members = [&] {
    return api().client().with_token(text(issued, "token")).get("/api/v1/tenants/" + tenant.id + "/members");
  };
  EXPECT_EQ(read(text(issued, "token")).status, 200);
  EXPECT_EQ(members().code(), "scope.insufficient") << "the account has it, the token does not";
}

TEST_F(ServiceAccounts, A7AScopeThatIsTakenAwayIsRefusedToItsTokensOnEveryReplica) {
  const auto projects = "/api/v1/tenants/" + tenant.id + "/projects";
  auto wanted = api().token_order(tenant);
  wanted["scopes"] = json::array{"projects:read", "projects:write"};
  const auto issued = api().service_token(wanted);
  const auto token = text(issued, "token");
  const auto address = accounts() + "/" + text(issued, "account_id");
  const auto write = [&](size_t replica) {
    return api().client(replica).with_token(token).post(projects, R"({"name":"By a robot"})");
  };
  const auto change = [&](int version, const std::string& body) {
    return admin().with_header("If-Match", "\"" + std::to_string(version) + "\"").patch(address, body);
  };
  /// By every thread, as in expect_refused_soon, and long before one forgets what it read.
  const auto expect_soon = [&](int status, const std::string& what) {
    for (size_t replica = 0; replica < api().replicas(); ++replica) {
      wait_until(
          what,
          [&] {
            for (int time = 0; time < 30; ++time) {
              if (write(replica).status != status) return false;
            }
            return true;
          },
          5s);
    }
  };
  expect_soon(201, "every thread remembers what the token may do");
  const int changes = trials(20, 300);
  for (int version = 1; version < 2 * changes; version += 2) {
    ASSERT_EQ(change(version, R"({"scopes":["projects:read"]})").status, 200);
    expect_soon(403, "the scope is gone");
    EXPECT_EQ(write(0).code(), "scope.insufficient");
    EXPECT_EQ(read(token).status, 200) << "it keeps what was not taken";
    ASSERT_EQ(change(version + 1, R"({"scopes":["projects:read","projects:write"]})").status, 200);
    expect_soon(201, "the scope is back");
  }
  ASSERT_EQ(change(2 * changes + 1, R"({"scopes":["tenant:read"]})").status, 200);
  expect_soon(403, "no scope of it is left");
  EXPECT_EQ(read(token).code(), "scope.insufficient");
  EXPECT_EQ(api().client().with_token(token).get(accounts()).code(), "person.required")
      << "a token without scopes is no person";
  EXPECT_EQ(order(api().token_order(tenant)).code(), "service_account.scope_not_granted");
}

TEST_F(ServiceAccounts, AfterAChangeOfScopesTheDatabaseIsAskedSeldomAgain) {
  const auto issued = api().service_token(api().token_order(tenant));
  const auto address = accounts() + "/" + text(issued, "account_id");
  ASSERT_EQ(read(text(issued, "token")).status, 200);
  ASSERT_EQ(admin()
                .with_header("If-Match", "\"1\"")
                .patch(address, R"({"scopes":["projects:read","tenant:read"]})")
                .status,
            200);
  const auto told = "revocations WHERE subject = " + literal(tenant.id + "/" + text(issued, "account_id"));
  ASSERT_EQ(count(told), "1");
  const auto reads = [&] { return metric("starter_service_token_reads_total"); };
  wait_until("every thread has read it again", [&] {
    const auto before = reads();
    for (int i = 0; i < 30; ++i) EXPECT_EQ(read(text(issued, "token")).status, 200);
    return reads() == before;
  });
}

TEST_F(ServiceAccounts, AnAccountIsRenamedByWhoKnowsItsVersionAndTheLogSaysIt) {
  const auto issued = api().service_token(api().token_order(tenant));
  const auto address = accounts() + "/" + text(issued, "account_id");
  const auto change = [&](const std::string& version, const std::string& body) {
    return admin().with_header("If-Match", version).patch(address, body);
  };
  ASSERT_EQ(admin().post(accounts(), R"({"name":"other","scopes":["projects:read"]})").status, 201);
  EXPECT_EQ(admin().patch(address, R"({"name":"renamed"})").code(), "precondition.required");
  EXPECT_EQ(change("\"1\"", R"({"name":"other"})").code(), "service_account.name_taken");
  EXPECT_EQ(change("\"1\"", R"({"scopes":["projects:admire"]})").status, 422);
  EXPECT_EQ(change("\"1\"", R"({"scopes":[]})").status, 422);
  const auto same = change("\"1\"", R"({"name":"robot","scopes":["projects:read"]})");
  EXPECT_EQ(same.headers.at("etag"), "\"1\"") << "nothing was changed";
  const auto renamed = change("\"1\"", R"({"name":"renamed"})");
  ASSERT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(renamed.headers.at("etag"), "\"2\"");
  EXPECT_EQ(renamed.text("name"), "renamed");
  EXPECT_EQ(renamed.json().at("scopes"), (json::array{"projects:read"}));
  EXPECT_EQ(renamed.json().at("active_tokens").as_int64(), 1);
  EXPECT_EQ(change("\"1\"", R"({"name":"again"})").code(), "precondition.failed");
  EXPECT_EQ(read(text(issued, "token")).status, 200) << "a name is no right";
  const auto shown = admin().get(accounts()).json().at("items").at(1);
  EXPECT_EQ(text(shown, "name"), "renamed");
  EXPECT_EQ(shown.at("version").as_int64(), 2);
  const auto newest = admin().get("/api/v1/tenants/" + tenant.id + "/audit-events").json().at("items").at(0);
  EXPECT_EQ(text(newest, "action"), "service_account.changed");
  EXPECT_EQ(text(newest.at("detail"), "from"), "robot");
  EXPECT_EQ(text(newest.at("detail"), "to"), "renamed");
  ASSERT_EQ(admin().remove(address).status, 204);
  EXPECT_EQ(change("\"2\"", R"({"name":"late"})").status, 404);
}

TEST_F(ServiceAccounts, OfManyWhoChangeOneVersionOneDoes) {
  for (int trial = 0; trial < trials(20, 1000); ++trial) {
    const auto made = admin().post(
        accounts(), R"({"name":"racer-)" + std::to_string(trial) + R"(","scopes":["projects:read"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    std::atomic<int> changed = 0, late = 0;
    together(4, [&](size_t i) {
      const auto reply =
          api()
              .client(i % 2)
              .with_token(tenant.owner.access_token)
              .with_header("If-Match", "\"1\"")
              .patch(accounts() + "/" + made.text("id"),
                     i < 2 ? R"({"scopes":["tenant:read"]})" : R"({"scopes":["members:read"]})");
      changed += reply.status == 200;
      late += reply.status == 412;
    });
    ASSERT_EQ(changed, 1);
    ASSERT_EQ(late, 3);
  }
}

TEST_F(ServiceAccounts, AnAccountsNameIsTakenOnceAndItsScopesAreKnownOnes) {
  const auto body = R"({"name":"robot","scopes":["projects:read"]})";
  EXPECT_EQ(admin().post(accounts(), body).status, 201);
  EXPECT_EQ(admin().post(accounts(), body).code(), "service_account.name_taken");
  EXPECT_EQ(admin().post(accounts(), R"({"name":"other","scopes":["projects:destroy"]})").status, 422);
  EXPECT_EQ(admin().post(accounts(), R"({"name":"other","scopes":[]})").status, 422);
  EXPECT_EQ(admin().post(accounts(), R"({"name":"Not A Name","scopes":["projects:read"]})").status, 422);
}

TEST_F(ServiceAccounts, AForgedTokenCostsNoQuestionToTheDatabase) {
  const auto issued = api().service_token(api().token_order(tenant));
  const auto reads = [&] { return metric("starter_service_token_reads_total"); };
  const auto before = reads();
  ASSERT_NE(before, "none");
  const auto good = text(issued, "token");
  std::vector<std::string> forged{"starter_sa_", "starter_sa_" + std::string(64, 'A'), good + "A",
                                  good.substr(0, good.size() - 1), "starter_sa_" + std::string(4000, 'x')};
  for (size_t at = 11; at < good.size(); at += 5) {
    auto changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    forged.push_back(changed);
  }
  forged.push_back("starter_sa_" + api().refresh_token(tenant.owner.session, 0));
  for (const auto& token : forged) {
    const auto reply = read(token);
    EXPECT_EQ(reply.status, 401) << token;
    EXPECT_EQ(reply.code(), "service_token.refused") << token;
  }
  EXPECT_EQ(reads(), before);
}

TEST_F(ServiceAccounts, TwoAccountsOfOneNameInTwoTenantsHaveNothingInCommon) {
  const auto other = api().add_tenant("Elsewhere");
  const auto here = api().service_token(api().token_order(tenant));
  const auto there = api().service_token(api().token_order(other));
  EXPECT_NE(text(here, "account_id"), text(there, "account_id"));
  EXPECT_EQ(read(text(there, "token")).code(), "tenant.mismatch");
  const auto address = accounts() + "/" + text(there, "account_id");
  EXPECT_EQ(admin().get(address + "/tokens").status, 404);
  EXPECT_EQ(admin().remove(address).status, 404);
  EXPECT_EQ(admin().with_header("If-Match", "\"1\"").patch(address, R"({"name":"stolen"})").status, 404);
  EXPECT_EQ(admin().remove(address + "/tokens/" + text(there, "id")).status, 404);
  EXPECT_EQ(
      admin().remove(accounts() + "/" + text(here, "account_id") + "/tokens/" + text(there, "id")).status,
      404);
}

TEST(ServiceAccountsWithoutASecret, NoTokenIsIssuedAndTheAnswerSaysWhatToSet) {
  Api api(1, {{"SERVICE_ACCOUNT_SIGNING_SECRET", ""}});
  const auto tenant = api.add_tenant("Robots");
  const auto refused = api.client().post(kOrders, api.signed_order(api.token_order(tenant)));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.code(), "service_token.issuance_off");
  EXPECT_THAT(refused.text("detail"), HasSubstr("SERVICE_ACCOUNT_SIGNING_SECRET"));
}

TEST(ServiceAccountsWhileTheSecretIsReplaced, BothSecretsVouchUntilTheOldOneIsDropped) {
  const std::string old(48, 'o'), fresh(48, 'f');
  Api api(1, {{"SERVICE_ACCOUNT_SIGNING_SECRET", fresh + "," + old}});
  const auto tenant = api.add_tenant("Robots");
  for (const auto& secret : {old, fresh}) {
    EXPECT_EQ(api.client().post(kOrders, api.signed_order(api.token_order(tenant), secret)).status, 201);
  }
}

}  // namespace
}  // namespace starter::test
