// Two tenants that must never see each other, and a way to notice when they do.
#pragma once

#include "support/api.h"
#include "support/sql.h"

namespace starter::test {

/// Stands in every text of tenant A. No reply to anybody else may hold it.
inline constexpr const char* kCanary = "canary7QhZ";

struct World {
  explicit World(Api& api) : a(api.add_tenant(std::string(kCanary) + " A")), b(api.add_tenant("Tenant B")) {
    victim = api.add_member(a, std::string(kCanary) + "-victim", "member");
    viewer = api.add_member(a, std::string(kCanary) + "-viewer", "viewer");
    member = api.add_member(a, std::string(kCanary) + "-member", "member");
    admin_of_b = api.add_member(b, "admin", "admin");
    const auto owner = api.client().with_token(a.owner.access_token);
    const auto made =
        owner.post("/api/v1/tenants/" + a.id + "/projects", std::string(R"({"name":")") + kCanary + "\"}");
    const auto asked = owner.post("/api/v1/tenants/" + a.id + "/invites",
                                  std::string(R"({"email":")") + kCanary + R"(-invited@example.com"})");
    if (made.status != 201 || asked.status != 201)
      throw std::runtime_error("no world: " + made.body + asked.body);
    project = made.text("id"), invite = asked.text("id");
    invite_token = api.invite_token(asked.text("email"));
    auto order = api.token_order(a);
    order["issued_by"] = kCanary;
    const auto issued = api.service_token(order);
    service_token = std::string(issued.at("token").as_string());
    account = std::string(issued.at("account_id").as_string()),
    account_token = std::string(issued.at("id").as_string());
  }

  TenantOf a, b;
  Person victim, viewer, member, admin_of_b;
  std::string project, invite, invite_token;
  std::string account, account_token, service_token;  // may read projects of A
};

/// Changes when any row of the tenant or of its people does.
inline std::string fingerprint(Sql& sql, const std::string& tenant) {
  static const char* kPeople = "(SELECT user_id FROM memberships WHERE tenant_id = ";
  const std::string people = kPeople + literal(tenant) + ")";
  std::string parts;
  const auto add = [&](const std::string& table, const std::string& where) {
    parts += (parts.empty() ? "" : " || ' ' || ") +
             ("coalesce((SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM " + table + " t WHERE " +
              where + "), '')");
  };
  for (const auto& row : sql.rows("SELECT attrelid::regclass FROM pg_attribute JOIN pg_class ON pg_class.oid "
                                  "= attrelid WHERE attname = 'tenant_id' "
                                  "AND relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")) {
    add(row[0], "t.tenant_id = " + literal(tenant));
  }
  add("tenants", "t.id = " + literal(tenant));
  add("users", "t.id IN " + people);
  for (const char* table : {"credentials", "families", "password_history", "password_resets"})
    add(table, "t.user_id IN " + people);
  return sql.value("SELECT " + parts);
}

}  // namespace starter::test
