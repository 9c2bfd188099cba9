// Looks at the last build, so `npm run build` comes first; without one there is nothing to check.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const built = new URL(".next/", root);

/** KiB of scripts, as they are sent: what every page loads, and what a page may load of its own. */
const budget = { framework: 135, public: 25, inside: 60 };
const weightOf = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, built))).length, 0) / 1024;

type Entries = { entryJSFiles: Record<string, string[]> };

/** The scripts of every page with its layouts and what stands in for it when it fails, by the page's path. */
function scriptsOfPages(): Map<string, Set<string>> {
  const manifests: Record<string, Entries> = {};
  const files = readdirSync(new URL("server/app/", built), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((each) => each.endsWith("page_client-reference-manifest.js"))) {
    runInContext(readFileSync(new URL(`server/app/${file}`, built), "utf8"), createContext({ __RSC_MANIFEST: manifests }));
  }
  return new Map(Object.entries(manifests).map(([page, { entryJSFiles }]) => [page, new Set(Object.values(entryJSFiles).flat())]));
}
const manifest = new URL("prerender-manifest.json", built);

describe.skipIf(!existsSync(manifest))("the build", () => {
  test("prerenders no page: a stored page would carry no nonce", () => {
    const { routes, dynamicRoutes } = JSON.parse(readFileSync(manifest, "utf8")) as { routes: object; dynamicRoutes: object };
    // The last resort of the framework, shown without scripts when even the root layout fails.
    expect(Object.keys(routes).filter((route) => route !== "/_global-error")).toEqual([]);
    expect(dynamicRoutes).toEqual({});
  });

  test("pages stay light: the framework's scripts, and 25 KiB more in public, 60 inside", () => {
    const { rootMainFiles } = JSON.parse(readFileSync(new URL("build-manifest.json", built), "utf8")) as { rootMainFiles: string[] };
    expect(weightOf(rootMainFiles)).toBeLessThanOrEqual(budget.framework);
    const pages = scriptsOfPages();
    expect([...pages.keys()]).toEqual(expect.arrayContaining(["/page", "/(auth)/sign-in/page", "/[tenant]/page", "/account/profile/page"]));
    const heavy = [...pages].flatMap(([page, scripts]) => {
      const weight = weightOf(scripts.difference(new Set(rootMainFiles)));
      const allowed = /^\/(\[tenant\]|account|select)\//.test(page) ? budget.inside : budget.public;
      return weight > 0 && weight <= allowed ? [] : [`${page} loads ${weight.toFixed(1)} KiB of its own, ${allowed} are allowed`];
    });
    expect(heavy).toEqual([]);
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
