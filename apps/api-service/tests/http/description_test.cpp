// The description of the API is true: every route is in it, it holds together, and what a running service
// answers is what it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "app/composition.h"
#include "tenancy/world.h"

namespace starter::test {
namespace {

using boost::json::value;

/// As much of JSON Schema 2020-12 as the description uses. Answers what is wrong, with its place, or "".
class Validator {
 public:
  explicit Validator(const value& document) : document_(document) {}

  std::string check(const value& instance, const value& schema, const std::string& at = "") const {
    const auto& s = schema.as_object();
    for (const auto& [keyword, argument] : s) {
      static const std::set<std::string_view> known{
          "$ref",      "type",    "properties", "required", "additionalProperties",
          "items",     "anyOf",   "enum",       "format",   "minLength",
          "maxLength", "minimum", "maximum",    "pattern"};
      if (!known.contains(std::string_view(keyword)))
        return at + ": the schema uses " + std::string(keyword) + ", which this test can't check";
    }
    if (const auto* ref = s.if_contains("$ref"))
      return check(instance, resolve(std::string(ref->as_string())), at);
    if (const auto* any = s.if_contains("anyOf")) {
      for (const auto& one : any->as_array()) {
        if (check(instance, one, at).empty()) return "";
      }
      return at + " fits none of anyOf";
    }
    if (const auto* list = s.if_contains("enum")) {
      if (std::find(list->as_array().begin(), list->as_array().end(), instance) == list->as_array().end())
        return at + " is not in its enum";
    }
    const auto type = s.contains("type") ? std::string(s.at("type").as_string()) : "";
    if (type == "object") return object(instance, s, at);
    if (type == "array") {
      if (!instance.is_array()) return at + " is no array";
      for (size_t i = 0; i < instance.as_array().size(); ++i) {
        if (auto wrong = check(instance.as_array()[i], s.at("items"), at + "/" + std::to_string(i));
            !wrong.empty())
          return wrong;
      }
      return "";
    }
    if (type == "string") return text(instance, s, at);
    if (type == "integer" && !instance.is_int64() && !instance.is_uint64()) return at + " is no integer";
    if (type == "integer" && s.contains("minimum") && instance.as_int64() < s.at("minimum").as_int64())
      return at + " is too small";
    if (type == "boolean" && !instance.is_bool()) return at + " is no boolean";
    if (type == "null" && !instance.is_null()) return at + " is not null";
    if (type == "number" && !instance.is_number()) return at + " is no number";
    return "";
  }

  const value& resolve(const std::string& ref) const {
    boost::system::error_code error;
    const auto* found = document_.find_pointer(ref.substr(1), error);
    if (!found) throw std::runtime_error("nothing is at " + ref);
    return *found;
  }

 private:
  std::string object(const value& instance, const boost::json::object& s, const std::string& at) const {
    if (!instance.is_object()) return at + " is no object";
    const auto* properties = s.if_contains("properties");
    if (const auto* required = s.if_contains("required")) {
      for (const auto& name : required->as_array()) {
        if (!instance.as_object().contains(name.as_string()))
          return at + " lacks " + std::string(name.as_string());
      }
    }
    for (const auto& [name, member] : instance.as_object()) {
      const auto* described = properties ? properties->as_object().if_contains(name) : nullptr;
      if (!described && s.contains("additionalProperties") && s.at("additionalProperties") == value(false))
        return at + " has " + std::string(name);
      if (!described) continue;
      if (auto wrong = check(member, *described, at + "/" + std::string(name)); !wrong.empty()) return wrong;
    }
    return "";
  }

  static std::string text(const value& instance, const boost::json::object& s, const std::string& at) {
    if (!instance.is_string()) return at + " is no string";
    const std::string text(instance.as_string());
    const auto size = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (s.contains("minLength") && size < s.at("minLength").as_int64()) return at + " is too short";
    if (s.contains("maxLength") && size > s.at("maxLength").as_int64()) return at + " is too long";
    if (s.contains("pattern") &&
        !std::regex_search(text, std::regex(std::string(s.at("pattern").as_string()))))
      return at + " has another form";
    const auto format = s.contains("format") ? std::string(s.at("format").as_string()) : "";
    static const std::regex uuid("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        time(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"), email(".+@.+");
    if (format == "uuid" && !std::regex_match(text, uuid)) return at + " is no UUID";
    if (format == "date-time" && !std::regex_match(text, time)) return at + " is no time";
    if (format == "email" && !std::regex_match(text, email)) return at + " is no address";
    return "";
  }

  const value& document_;
};

class Description : public WithApi<Description> {
 protected:
  Description() : document(boost::json::parse(describe_api())), validator(document) {}

  const value& operation(const http::Route& route) {
    std::string method(http::method_text(route.method));
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return document.at("paths").at(route.pattern).at(method);
  }

  /// Holds a reply against what the operation says of its status.
  void expect_described(const http::Route& route, const Response& reply) {
    SCOPED_TRACE(std::string(route.pattern) + " " + std::to_string(reply.status) + " " +
                 reply.body.substr(0, 300));
    const auto& responses = operation(route).at("responses").as_object();
    const auto* response = responses.if_contains(std::to_string(reply.status));
    ASSERT_TRUE(response) << "a status that is not described";
    const auto* content = response->as_object().if_contains("content");
    if (!content) {
      EXPECT_TRUE(reply.body.empty());
      return;
    }
    const auto& [type, media] = *content->as_object().begin();
    EXPECT_EQ(reply.headers.at("content-type"), std::string(type));
    EXPECT_EQ(validator.check(reply.json(), media.at("schema")), "");
    if (const auto* codes = response->as_object().if_contains("x-codes")) {
      EXPECT_THAT(codes->as_array(), testing::Contains(value(reply.code())))
          << "a code that is not described";
    }
    if (response->as_object().contains("headers")) EXPECT_TRUE(reply.headers.contains("etag"));
  }

  value document;
  Validator validator;
};

TEST_F(Description, P8EveryRouteIsThereOnceAndHoldsTogether) {
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  std::set<std::string> ids;
  size_t operations = 0;
  for (const auto& route : all_routes()) {
    SCOPED_TRACE(route.pattern);
    const auto& described = operation(route);
    EXPECT_TRUE(ids.insert(std::string(described.at("operationId").as_string())).second)
        << "two operations of one name";
    EXPECT_FALSE(described.at("summary").as_string().empty());
    EXPECT_EQ(described.as_object().contains("security"), route.access() == http::Access::anyone);
    EXPECT_EQ(described.as_object().contains("requestBody"), route.info.body != nullptr);
    std::set<std::string> holes, parameters;
    for (size_t at = route.pattern.find('{'); at != route.pattern.npos;
         at = route.pattern.find('{', at + 1)) {
      holes.emplace(route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1));
    }
    if (const auto* list = described.as_object().if_contains("parameters")) {
      for (const auto& parameter : list->as_array()) {
        if (parameter.at("in").as_string() == "path") parameters.emplace(parameter.at("name").as_string());
      }
    }
    EXPECT_EQ(holes, parameters);
    for (const auto& [status, response] : described.at("responses").as_object())
      EXPECT_FALSE(response.at("description").as_string().empty());
  }
  for (const auto& [path, item] : document.at("paths").as_object()) operations += item.as_object().size();
  EXPECT_EQ(operations, all_routes().size());
}

TEST_F(Description, P8TheLimitsThatItNamesAreInForce) {
  const auto limit = [&](const http::Route& route) { return operation(route).at("x-limit").as_object(); };
  for (const auto& route : all_routes()) {
    SCOPED_TRACE(route.pattern);
    if (route.options.any_host) {
      EXPECT_FALSE(operation(route).as_object().contains("x-limit")) << "probes have none";
      continue;
    }
    EXPECT_EQ(limit(route).at("for_each").as_string(),
              route.access() == http::Access::anyone ? "address" : "person");
    EXPECT_EQ(limit(route).contains("body_bytes"), route.info.body != nullptr);
    // The first call of an address that no test uses opens a bucket, whose size the reply tells.
    if (route.access() != http::Access::anyone || !route.info.body) continue;
    const auto client = api().client().from("127.0.8.8");
    const auto reply = client.post(std::string(route.pattern), "{}");
    EXPECT_NE(reply.status, 413);
    const int64_t body = limit(route).at("body_bytes").as_int64();
    EXPECT_EQ(client.post(std::string(route.pattern), std::string(static_cast<size_t>(body) + 1, ' ')).status,
              413);
    EXPECT_NE(client.post(std::string(route.pattern), std::string(static_cast<size_t>(body), ' ')).status,
              413);
  }
  const auto health = api().client().from("127.0.8.9").get("/openapi.json");
  EXPECT_EQ(health.headers.at("ratelimit-limit"), std::to_string(1200 * 1000)) << "times RATE_LIMIT_FACTOR";
}

TEST_F(Description, P8EveryReferenceLeadsToASchemaAndEverySchemaIsUsed) {
  const std::string text = describe_api();
  std::set<std::string> used;
  const std::regex reference(R"re("\$ref":"([^"]+)")re");
  for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at) {
    EXPECT_NO_THROW(validator.resolve((*at)[1])) << (*at)[1];
    used.insert((*at)[1]);
  }
  for (const auto& [name, schema] : document.at("components").at("schemas").as_object()) {
    EXPECT_TRUE(used.contains("#/components/schemas/" + std::string(name))) << name;
  }
  EXPECT_EQ(describe_api(), text) << "the same routes give the same bytes";
  EXPECT_EQ(api().client().get("/openapi.json").body, text);
}

// Two described types of one name would silently share a schema.
TEST_F(Description, P8TwoTypesOfOneNameAreOneType) {
  std::map<std::string_view, const TypeInfo*> known;
  const std::function<void(const TypeInfo&)> visit = [&](const TypeInfo& type) {
    if (type.element) visit(*type.element);
    if (type.name.empty()) return;
    const auto [place, added] = known.emplace(type.name, &type);
    if (!added) {
      EXPECT_EQ(place->second->fields.data(), type.fields.data()) << type.name;
      EXPECT_EQ(place->second->values.data(), type.values.data()) << type.name;
    }
    if (added)
      for (const auto& field : type.fields) visit(*field.type);
  };
  for (const auto& route : all_routes()) {
    for (const TypeInfo* type : {route.info.body, route.info.reply})
      if (type) visit(*type);
  }
}

TEST_F(Description, P8WhatTheServiceAnswersIsWhatItSays) {
  const World world(api());
  const auto owner = api().client().with_token(world.a.owner.access_token);
  const std::string base = "/api/v1/tenants/" + world.a.id;
  const auto route = [&](std::string_view name) -> http::Route {
    for (const auto& one : all_routes())
      if (one.info.operation == name) return one;
    throw std::runtime_error("no operation " + std::string(name));
  };
  auto person = api().person("described");
  const auto self = api().client().with_token(person.access_token);
  std::set<std::string> seen;
  const auto expect = [&](const std::string& name, const Response& reply, int status) {
    EXPECT_EQ(reply.status, status) << name << reply.body;
    expect_described(route(name), reply);
    seen.insert(name);
  };
  const auto matching = owner.with_header("If-Match", "\"1\"");
  const auto post = [&](const std::string& path, const std::string& body) {
    return api().client().post(path, body);
  };
  expect("read_health", owner.get("/health"), 200);
  expect("read_readiness", owner.get("/health/ready"), 200);
  expect("sign_up",
         post("/api/v1/auth/sign-up",
              R"({"email":"new@example.com","password":"quiet marble lantern","display_name":"N"})"),
         202);
  expect("sign_up", post("/api/v1/auth/sign-up", "{}"), 422);
  expect("verify_email",
         post("/api/v1/auth/verify", R"({"token":")" + api().verification_token("new@example.com") + "\"}"),
         200);
  expect("verify_email", post("/api/v1/auth/verify", R"({"token":"0123456789abcdef"})"), 400);
  expect("resend_verification", post("/api/v1/auth/verify/resend", R"({"email":"new@example.com"})"), 202);
  expect("sign_in",
         post("/api/v1/auth/sign-in", R"({"email":"new@example.com","password":"quiet marble lantern"})"),
         200);
  expect("sign_in", post("/api/v1/auth/sign-in", R"({"email":"new@example.com","password":"wrong"})"), 401);
  expect("sign_in",
         post("/api/v1/auth/sign-in",
              R"({"email":"new@example.com","password":"quiet marble lantern","tenant":"nowhere"})"),
         404);
  expect("sign_in", api().client().with_header("Content-Type", "text/plain").post("/api/v1/auth/sign-in", ""),
         415);
  expect("refresh_session",
         post("/api/v1/auth/refresh", R"({"refresh_token":")" + world.a.owner.refresh_token + "\"}"), 200);
  expect("refresh_session", post("/api/v1/auth/refresh", R"({"refresh_token":"0123456789abcdef"})"), 401);
  expect("switch_tenant", owner.post("/api/v1/auth/switch", R"({"tenant":")" + world.a.slug + "\"}"), 200);
  expect("switch_tenant", owner.post("/api/v1/auth/switch", R"({"tenant":"nowhere"})"), 404);
  expect("forgot_password", post("/api/v1/auth/forgot", R"({"email":"new@example.com"})"), 202);
  expect("reset_password",
         post("/api/v1/auth/reset", R"({"token":"0123456789abcdef","password":"quiet marble lantern"})"),
         400);
  expect("reset_password",
         post("/api/v1/auth/reset", R"({"token":")" + api().reset_token("new@example.com") +
                                        R"(","password":"another marble lantern"})"),
         204);
  expect("accept_invite",
         self.post("/api/v1/auth/invites/accept", R"({"token":")" + world.invite_token + "\"}"), 403);
  expect("accept_invite", self.post("/api/v1/auth/invites/accept", R"({"token":"0123456789abcdef"})"), 400);
  expect("read_me", owner.get("/api/v1/users/me"), 200);
  expect("read_me", api().client().get("/api/v1/users/me"), 401);
  expect("read_me", api().client().with_token("x").get("/api/v1/users/me"), 401);
  expect("update_me", owner.patch("/api/v1/users/me", R"({"display_name":"New"})"), 200);
  expect("change_password",
         self.post("/api/v1/users/me/password",
                   R"({"current_password":"wrong","new_password":"quiet marble lantern"})"),
         403);
  expect("change_password",
         self.post("/api/v1/users/me/password", R"({"current_password":")" + person.password +
                                                    R"(","new_password":"quiet marble lantern"})"),
         204);
  expect("list_sessions", owner.get("/api/v1/users/me/sessions?limit=1"), 200);
  expect("list_sessions", owner.get("/api/v1/users/me/sessions?limit=0"), 422);
  expect("revoke_session", owner.remove("/api/v1/users/me/sessions/" + world.invite), 404);
  expect("list_tenants", owner.get("/api/v1/tenants"), 200);
  expect("create_tenant", owner.post("/api/v1/tenants", R"({"name":"Another"})"), 201);
  expect("create_tenant",
         owner.post("/api/v1/tenants", R"({"name":"Another","slug":")" + world.a.slug + "\"}"), 409);
  expect("read_tenant", owner.get(base), 200);
  expect("read_tenant", self.get(base), 409);
  expect("rename_tenant", owner.patch(base, R"({"name":"B"})"), 428);
  expect("rename_tenant", matching.patch(base, R"({"name":"B"})"), 200);
  expect("rename_tenant", matching.patch(base, R"({"name":"B"})"), 412);
  expect("rename_tenant", api().client().with_token(world.viewer.access_token).patch(base, R"({"name":"B"})"),
         403);
  expect("list_members", owner.get(base + "/members?limit=2"), 200);
  expect("change_member_role", owner.patch(base + "/members/" + world.viewer.id, R"({"role":"admin"})"), 200);
  expect("change_member_role", owner.patch(base + "/members/" + world.a.owner.id, R"({"role":"admin"})"),
         409);
  expect("change_member_role", owner.patch(base + "/members/" + world.invite, R"({"role":"admin"})"), 404);
  expect("remove_member", owner.remove(base + "/members/" + world.member.id), 204);
  expect("remove_member", owner.remove(base + "/members/" + world.a.owner.id), 409);
  expect("list_invites", owner.get(base + "/invites"), 200);
  expect("create_invite", owner.post(base + "/invites", R"({"email":"a@b.example"})"), 201);
  expect("create_invite", owner.post(base + "/invites", R"({"email":"a@b.example"})"), 409);
  expect("create_invite",
         owner.with_header("Idempotency-Key", "short").post(base + "/invites", R"({"email":"b@b.example"})"),
         422);
  expect("revoke_invite", owner.remove(base + "/invites/" + world.invite), 204);
  expect("revoke_invite", owner.remove(base + "/invites/" + world.invite), 404);
  expect("list_projects", owner.get(base + "/projects"), 200);
  expect("list_projects", owner.get(base + "/projects?unknown=1"), 422);
  expect("create_project", owner.post(base + "/projects", R"({"name":"P"})"), 201);
  expect("create_project",
         owner.with_header("Idempotency-Key", "the-same-key").post(base + "/projects", R"({"name":"P"})"),
         201);
  expect("create_project",
         owner.with_header("Idempotency-Key", "the-same-key").post(base + "/projects", R"({"name":"Q"})"),
         422);
  expect("rename_project", matching.patch(base + "/projects/" + world.project, R"({"name":"P"})"), 200);
  expect("archive_project", owner.post(base + "/projects/" + world.project + "/archive", ""), 200);
  expect("rename_project",
         owner.with_header("If-Match", "\"3\"").patch(base + "/projects/" + world.project, R"({"name":"P"})"),
         409);
  expect("list_audit_events", owner.get(base + "/audit-events"), 200);
  const auto accounts = base + "/service-accounts", account = accounts + "/" + world.account;
  const auto robot = api().client().with_token(world.service_token);
  expect("list_projects", robot.get(base + "/projects"), 200);
  expect("list_members", robot.get(base + "/members"), 403);
  expect("read_me", robot.get("/api/v1/users/me"), 403);
  expect("list_service_accounts", owner.get(accounts), 200);
  expect("list_service_accounts", robot.get(accounts), 403);
  expect("create_service_account", owner.post(accounts, R"({"name":"other","scopes":["audit:read"]})"), 201);
  expect("create_service_account", owner.post(accounts, R"({"name":"other","scopes":["audit:read"]})"), 409);
  expect("create_service_account", owner.post(accounts, R"({"name":"third","scopes":["audit:x"]})"), 422);
  expect("change_service_account", owner.patch(account, "{}"), 428);
  expect("change_service_account", matching.patch(account, R"({"name":"other"})"), 409);
  expect("change_service_account", matching.patch(account, R"({"scopes":[]})"), 422);
  expect("change_service_account", matching.patch(account, R"({"name":"renamed"})"), 200);
  expect("change_service_account", matching.patch(account, R"({"name":"again"})"), 412);
  expect("change_service_account", matching.patch(accounts + "/" + world.invite, "{}"), 404);
  expect("list_service_tokens", owner.get(account + "/tokens"), 200);
  expect("list_service_tokens", owner.get(accounts + "/" + world.invite + "/tokens"), 404);
  expect("revoke_service_token", owner.remove(account + "/tokens/" + world.account_token), 204);
  expect("revoke_service_token", owner.remove(account + "/tokens/" + world.account_token), 404);
  const std::string orders = "/api/v1/auth/service-account-tokens";
  auto order = api().token_order(world.a);
  expect("issue_service_token", post(orders, api().signed_order(order)), 201);
  expect("issue_service_token", post(orders, api().signed_order(order)), 409);
  expect("issue_service_token", post(orders, api().signed_order(order, std::string(40, 'x'))), 403);
  order["nonce"] = random_token(24), order["tenant"] = "nowhere";
  expect("issue_service_token", post(orders, api().signed_order(order)), 404);
  expect("issue_service_token", post(orders, "{}"), 422);
  expect("remove_service_account", owner.remove(account), 204);
  expect("remove_service_account", owner.remove(account), 404);
  expect("sign_out", self.post("/api/v1/auth/sign-out", ""), 204);
  expect("sign_out_all", owner.post("/api/v1/auth/sign-out-all", ""), 204);
  for (const auto& one : all_routes()) {
    const std::string name(one.info.operation);
    if (one.info.reply == nullptr && one.info.status == 200) continue;  // documents of their own
    EXPECT_TRUE(seen.contains(name)) << name << " is not tried here";
  }
}

}  // namespace
}  // namespace starter::test
