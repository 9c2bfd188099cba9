// Looks at the last build, so `npm run build` comes first; without one there is nothing to check.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const manifest = new URL(".next/prerender-manifest.json", root);

describe.skipIf(!existsSync(manifest))("the build", () => {
  test("prerenders no page: a stored page would carry no nonce", () => {
    const { routes, dynamicRoutes } = JSON.parse(readFileSync(manifest, "utf8")) as { routes: object; dynamicRoutes: object };
    // The last resort of the framework, shown without scripts when even the root layout fails.
    expect(Object.keys(routes).filter((route) => route !== "/_global-error")).toEqual([]);
    expect(dynamicRoutes).toEqual({});
  });
});

test("every page waits for its request", () => {
  expect(readFileSync(new URL("app/layout.tsx", root), "utf8")).toContain("await connection()");
});

test("the lock names no download address", () => {
  expect(readFileSync(new URL("package-lock.json", root), "utf8")).not.toMatch(/"resolved"/);
});

test("000-04: Next.js 16 with the App Router, server-rendered pages and route handlers in front of the API", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { dependencies: Record<string, string> };
  expect(dependencies["next"]).toMatch(/^16\./);
  expect(existsSync(new URL("pages", root))).toBe(false);
  expect(existsSync(new URL("app/[tenant]/page.tsx", root))).toBe(true);
  expect(existsSync(new URL("app/api/health/ready/route.ts", root))).toBe(true);
});
