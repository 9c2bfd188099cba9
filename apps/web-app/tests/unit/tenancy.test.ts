import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sessionNeed } from "@/lib/session/policy";
import { isReserved, isTenantSlug, tenantOfPath } from "@/lib/tenancy/slugs";
import { may, roles } from "@/lib/tenancy/permissions";

const app = new URL("../../app/", import.meta.url);

/** First path segments of the app's own pages, groups unfolded. */
function segments(folder: URL): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("["))
    .flatMap((entry) => (entry.name.startsWith("(") ? segments(new URL(`${encodeURIComponent(entry.name)}/`, folder)) : [entry.name]));
}

describe("slugs", () => {
  test.each(segments(app))("the page /%s can never be a tenant", (segment) => expect(isReserved(segment)).toBe(true));

  test.each(["pricing", "status", "legal", "ops", "dev", "admin", "api", "www", "support", "well-known", "auth"])("%s is reserved", (slug) => {
    expect(isTenantSlug(slug)).toBe(false);
  });

  test.each([
    ["acme", true],
    ["ab1", true],
    ["1ab", false],
    ["a--b", false],
    ["acme-2", true],
    ["a", false],
    ["-acme", false],
    ["acme-", false],
    ["Acme", false],
    ["acme.com", false],
    ["_next", false],
    ["x".repeat(40), true],
    ["x".repeat(41), false],
  ])("%s is a slug: %s", (slug, expected) => expect(isTenantSlug(slug)).toBe(expected));

  test.each([
    ["/acme", "acme"],
    ["/acme/members", "acme"],
    ["/api/tenants/acme/projects", "acme"],
    ["/api/tenants", null],
    ["/api/auth/sign-in", null],
    ["/account/profile", null],
    ["/", null],
  ])("%s belongs to %s", (path, tenant) => expect(tenantOfPath(path)).toBe(tenant));
});

test.each([
  ["/", "none"],
  ["/sign-in", "none"],
  ["/verify", "none"],
  ["/unavailable", "none"],
  ["/api/auth/sign-in", "none"],
  ["/api/session/renew", "none"],
  ["/invite/token", "optional"],
  ["/select", "required"],
  ["/account/sessions", "required"],
  ["/acme", "required"],
  ["/acme/settings/general", "required"],
  ["/api/tenants", "required"],
  ["/api/tenants/acme/projects", "required"],
  ["/api/account/password", "required"],
  ["/api/auth/sign-out", "required"],
  ["/api/auth/sign-out-all", "required"],
  ["/api/auth/invites/accept", "required"],
] as const)("%s: a session is %s", (path, need) => expect(sessionNeed(path)).toBe(need));

test("nobody is offered more than their role", () => {
  expect(roles.filter((role) => may(role, "members.manage"))).toEqual(["owner", "admin"]);
  expect(roles.filter((role) => may(role, "content.write"))).toEqual(["owner", "admin", "member"]);
  expect(may(null, "content.write")).toBe(false);
});
