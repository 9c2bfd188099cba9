import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cookieScope, SessionJar } from "@/lib/session/cookies";
import { ensureSession } from "@/lib/session/ensure";
import { refreshOnce } from "@/lib/session/refresh";
import { accessToken, clock, sessionTokens } from "./support/tokens";

const scope = cookieScope(new URL("http://localhost:3000"));
const client = { ip: "", userAgent: "", requestId: "request-1", traceparent: "" };

type Handler = (path: string, body: Record<string, string>, request: Request) => Response | Promise<Response>;
let calls: string[] = [];

function api(handler: Handler): void {
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname;
    calls.push(path);
    return handler(path, (await request.json()) as Record<string, string>, request);
  });
}

const problem = (status: number, code: string) =>
  Response.json({ type: "about:blank", title: code, status, code, request_id: "r" }, { status, headers: { "content-type": "application/problem+json" } });

function jarWith(cookies: { session?: string; access?: Record<string, string> }): SessionJar {
  const list = [];
  if (cookies.session) list.push({ name: "starter-3000-session", value: cookies.session });
  for (const [slug, value] of Object.entries(cookies.access ?? {})) list.push({ name: `starter-3000-access-${slug}`, value });
  return new SessionJar(scope, list);
}

beforeEach(() => {
  calls = [];
  vi.useFakeTimers({ now: clock, toFake: ["Date"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a usable session", () => {
  test("costs nothing while the token is good", async () => {
    api(() => problem(500, "unexpected"));
    const jar = jarWith({ session: "family.1.mac", access: { acme: accessToken({ tenant: "acme", secondsLeft: 61 }) } });
    expect(await ensureSession(jar, "acme", client)).toBe("ready");
    expect(calls).toEqual([]);
  });

  test("is refreshed when less than a minute is left", async () => {
    api((_, body) => {
      expect(body).toEqual({ refresh_token: "family.1.mac", tenant: "acme" });
      return Response.json(sessionTokens("acme"));
    });
    const jar = jarWith({ session: "family.1.mac", access: { acme: accessToken({ tenant: "acme", secondsLeft: 60 }) } });
    expect(await ensureSession(jar, "acme", client)).toBe("ready");
    expect(jar.refreshToken).toBe("family.2.mac");
    expect(calls).toEqual(["/api/v1/auth/refresh"]);
  });

  test("who was removed from the tenant holds no token for it any more", async () => {
    api((_, body) => (body.tenant === "acme" ? problem(404, "not_found") : Response.json(sessionTokens(null))));
    const jar = jarWith({ session: "family.1.mac", access: { acme: accessToken({ tenant: "acme", secondsLeft: 600 }) } });
    expect(await ensureSession(jar, "acme", client, { force: true })).toBe("no-tenant");
    expect(jar.access("acme")).toBeUndefined();
    expect(jar.setCookies.some((cookie) => /access-acme=;.*Max-Age=0/i.test(cookie))).toBe(true);
    expect(jar.anyAccess(Date.now())).toBeDefined();
  });

  test("another tenant's token is switched, without rotating the family", async () => {
    api((_, __, request) => {
      expect(request.headers.get("authorization")).toMatch(/^Bearer /);
      expect(request.headers.get("x-session-confirm")).toBe("1");
      return Response.json(sessionTokens("globex"));
    });
    const jar = jarWith({ session: "family.1.mac", access: { acme: accessToken({ tenant: "acme" }) } });
    expect(await ensureSession(jar, "globex", client)).toBe("ready");
    expect(calls).toEqual(["/api/v1/auth/switch"]);
    expect(jar.refreshToken).toBe("family.1.mac");
  });

  test("64 requests at once refresh once", async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    api(async () => {
      await held;
      return Response.json(sessionTokens("acme"));
    });
    const jars = Array.from({ length: 64 }, () => jarWith({ session: "family.1.mac" }));
    const all = Promise.all(jars.map((jar) => ensureSession(jar, "acme", client)));
    answer();
    expect(new Set(await all)).toEqual(new Set(["ready"]));
    expect(calls).toEqual(["/api/v1/auth/refresh"]);
    expect(new Set(jars.map((jar) => jar.refreshToken))).toEqual(new Set(["family.2.mac"]));
  });

  test("two tabs of two tenants share the refresh; the second switches", async () => {
    api((path) => Response.json(sessionTokens(path.endsWith("switch") ? "globex" : "acme")));
    const [one, two] = [jarWith({ session: "family.1.mac" }), jarWith({ session: "family.1.mac" })];
    expect(await Promise.all([ensureSession(one, "acme", client), ensureSession(two, "globex", client)])).toEqual(["ready", "ready"]);
    expect(calls).toEqual(["/api/v1/auth/refresh", "/api/v1/auth/switch"]);
    expect(two.access("globex")).toBeDefined();
  });

  test("a tab of no tenant's does not hide the other's", async () => {
    api((path, body) => {
      if (path.endsWith("switch")) return Response.json(sessionTokens("acme"));
      return body.tenant === "nowhere" ? problem(404, "tenant.not_found") : Response.json(sessionTokens("globex"));
    });
    const [lost, found] = [jarWith({ session: "family.1.mac" }), jarWith({ session: "family.1.mac" })];
    expect(await Promise.all([ensureSession(lost, "nowhere", client), ensureSession(found, "acme", client)])).toEqual(["no-tenant", "ready"]);
    expect(found.access("acme")).toBeDefined();
  });

  test("a forged token of the same family gets its own refusal", async () => {
    api((_, body) => (body.refresh_token === "family.1.mac" ? Response.json(sessionTokens("acme")) : problem(401, "session.ended")));
    const [own, forged] = [jarWith({ session: "family.1.mac" }), jarWith({ session: "family.1.forged" })];
    expect(await Promise.all([ensureSession(own, "acme", client), ensureSession(forged, "acme", client)])).toEqual(["ready", "ended"]);
  });

  test("a foreign tenant leaves the person signed in", async () => {
    api((_, body) => (body.tenant ? problem(404, "tenant.not_found") : Response.json(sessionTokens(null))));
    const jar = jarWith({ session: "family.1.mac" });
    expect(await ensureSession(jar, "globex", client)).toBe("no-tenant");
    expect(jar.refreshToken).toBe("family.2.mac");
  });

  test.each(["session.ended", "refresh.reused"])("%s empties the jar", async (code) => {
    api(() => problem(401, code));
    const jar = jarWith({ session: "family.1.mac", access: { acme: accessToken({ tenant: "acme", secondsLeft: -1 }) } });
    expect(await ensureSession(jar, "acme", client)).toBe("ended");
    expect(jar.cookieHeader).toBe("");
  });

  test("a cookie that holds no token is no session, and waiting for the API would not make it one", async () => {
    const errors = [{ pointer: "/refresh_token", code: "too_short" }];
    api(() => Response.json({ status: 422, code: "request.invalid", request_id: "r", errors }, { status: 422 }));
    const jar = jarWith({ session: "a.1.b" });
    expect(await ensureSession(jar, null, client)).toBe("ended");
    expect(jar.setCookies.some((cookie) => /-session=;.*Max-Age=0/i.test(cookie))).toBe(true);
  });

  test.each([
    ["an API that is down", () => Promise.reject(new TypeError("fetch failed"))],
    ["an API that is failing", () => problem(503, "unavailable")],
    ["an API that dislikes the request", () => problem(422, "request.invalid")],
    ["an API that is throttling", () => problem(429, "rate.limited")],
  ])("%s signs nobody out", async (_, handler: () => Response | Promise<Response>) => {
    api(handler);
    const jar = jarWith({ session: "family.1.mac" });
    expect(await ensureSession(jar, "acme", client)).toBe("unavailable");
    expect(jar.refreshToken).toBe("family.1.mac");
    expect(jar.setCookies).toEqual([]);
  });

  test("a refused token is refreshed although it looks good", async () => {
    api(() => Response.json(sessionTokens("acme")));
    const jar = jarWith({ session: "family.1.mac", access: { acme: accessToken({ tenant: "acme" }) } });
    expect(await ensureSession(jar, "acme", client, { force: true })).toBe("ready");
    expect(calls).toEqual(["/api/v1/auth/refresh"]);
  });

  test("nobody is nobody", async () => {
    api(() => problem(500, "unexpected"));
    expect(await ensureSession(jarWith({}), "acme", client)).toBe("anonymous");
    expect(calls).toEqual([]);
  });
});

test("a failed refresh does not stand in the way of the next", async () => {
  await expect(refreshOnce("token", () => Promise.reject(new Error("gone"))).result).rejects.toThrow("gone");
  const second = refreshOnce("token", () => Promise.resolve({ ok: true, value: sessionTokens(null), etag: null } as const));
  expect(second.mine).toBe(true);
  await second.result;
});
