// A body may set what its type names and nothing else: no column of any table gets in as an extra member.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/composition.h"
#include "app/services/service_accounts/types.h"
#include "tenancy/world.h"

namespace starter::test {
namespace {

std::string body_of(const TypeInfo& type) {
  std::string out = "{";
  for (const auto& field : type.fields) {
    if (!field.required) continue;
    std::string value = "\"a quiet marble lantern\"";
    if (field.name == "email") value = "\"somebody@example.com\"";
    if (!field.type->values.empty()) value = "\"" + std::string(field.type->values.front()) + "\"";
    if (field.type == &type_of<service_accounts::Scopes>) value = R"(["projects:read"])";
    if (field.type == &type_of<Slug>) value = "\"a-slug\"";
    out += (out.size() > 1 ? ",\"" : "\"") + std::string(field.name) + "\":" + value;
  }
  return out + "}";
}

class MassAssignmentTest : public WithApi<MassAssignmentTest> {};

TEST_F(MassAssignmentTest, T3NoColumnOfAnyTableIsAcceptedBesideTheFieldsOfABody) {
  const World world(api());
  Sql sql(api().superuser_url());
  std::vector<std::string> columns;
  for (const auto& row :
       sql.rows("SELECT DISTINCT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relkind "
                "= 'r' "
                "AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped ORDER BY 1")) {
    columns.push_back(row[0]);
  }
  for (const char* other : {"roles", "is_admin", "admin", "owner", "scope", "sub", "sid", "tenant",
                            "__proto__", "constructor", "ID", "Role"}) {
    columns.emplace_back(other);
  }
  ASSERT_GT(columns.size(), 60u);
  const auto before = fingerprint(sql, world.a.id);
  const auto all = sql.value(
      "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM sign_ups) + (SELECT count(*) FROM jobs)");
  size_t tried = 0;
  for (const auto& route : all_routes()) {
    if (!route.info.body) continue;
    std::string path(route.pattern);
    for (const auto& [hole, value] : {std::pair{"{tenant}", world.a.id},
                                      {"{user}", world.victim.id},
                                      {"{project}", world.project},
                                      {"{account}", world.account}}) {
      if (const size_t at = path.find(hole); at != path.npos)
        path.replace(at, std::string_view(hole).size(), value);
    }
    std::set<std::string_view> known;
    for (const auto& field : route.info.body->fields) known.insert(field.name);
    for (const auto& column : columns) {
      if (known.contains(column)) continue;
      for (const char* value : {"true", "\"owner\"", "null"}) {
        std::string body = body_of(*route.info.body);
        body.insert(body.size() - 1, (body.size() > 2 ? ",\"" : "\"") + column + "\":" + value);
        // Each from another address: limits are not what is asked about.
        const auto reply =
            api()
                .client()
                .with_token(world.a.owner.access_token)
                .with_header("If-Match", "\"1\"")
                .from("127.0." + std::to_string(1 + tried / 200) + "." + std::to_string(1 + tried % 200))
                .send(std::string(http::method_text(route.method)), path, body);
        ++tried;
        ASSERT_EQ(reply.status, 422) << route.pattern << " " << body << " " << reply.body;
        ASSERT_EQ(reply.code(), "request.invalid");
        ASSERT_EQ(reply.json().at("errors").at(0).at("code").as_string(), "unknown") << reply.body;
      }
    }
  }
  EXPECT_GT(tried, 1000u);
  EXPECT_EQ(fingerprint(sql, world.a.id), before);
  EXPECT_EQ(sql.value("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM sign_ups) + (SELECT "
                      "count(*) FROM jobs)"),
            all);
}

}  // namespace
}  // namespace starter::test
