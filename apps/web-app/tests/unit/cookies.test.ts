import { describe, expect, test } from "vitest";
import { cookieNames, cookieScope, mostAccessCookies, serializeCookie, SessionJar } from "@/lib/session/cookies";
import { accessToken, clock, sessionTokens } from "./support/tokens";

const https = cookieScope(new URL("https://app.example.com"));
const http = cookieScope(new URL("http://localhost:3100"));

describe("names of cookies", () => {
  test("are bound to the host over https and to the port without it", () => {
    expect(cookieNames(https).session).toBe("__Host-starter-session");
    expect(cookieNames(https).access("acme")).toBe("__Host-starter-access-acme");
    expect(cookieNames(http).session).toBe("starter-3100-session");
    expect(cookieNames(cookieScope(new URL("http://localhost"))).session).toBe("starter-80-session");
  });

  test("carry every attribute that __Host- demands", () => {
    expect(serializeCookie(https, "__Host-starter-x", "v", 60.9)).toBe("__Host-starter-x=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    expect(serializeCookie(http, "starter-3100-x", "v", -5)).toBe("starter-3100-x=v; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  });
});

describe("the jar of a session", () => {
  const jarWith = (cookies: Record<string, string>, minted = false) =>
    new SessionJar(http, Object.entries(cookies).map(([name, value]) => ({ name, value })), minted);

  test("keeps an access token per tenant", () => {
    const jar = jarWith({});
    jar.storeSession(sessionTokens("acme"), clock);
    jar.storeAccess({ ...sessionTokens("globex") }, clock);
    expect(jar.access("acme")).toBeDefined();
    expect(jar.access("globex")).toBeDefined();
    expect(jar.refreshToken).toBe("family.2.mac");
    expect(jar.setCookies.map((cookie) => cookie.split("=")[0]).sort()).toEqual([
      "starter-3100-access-acme",
      "starter-3100-access-globex",
      "starter-3100-session",
    ]);
  });

  test("shows the same request what the browser will send next", () => {
    const jar = jarWith({ theme: "dark", "starter-3100-session": "family.1.mac" });
    jar.storeSession(sessionTokens("acme"), clock);
    expect(jar.cookieHeader).toContain("theme=dark");
    expect(jar.cookieHeader).toContain("starter-3100-session=family.2.mac");
  });

  test("forgets the tenants used longest ago, so that headers stay small", () => {
    const cookies: Record<string, string> = {};
    for (let tenant = 0; tenant < 10; tenant++) {
      cookies[`starter-3100-access-t${tenant}`] = accessToken({ tenant: `t${tenant}`, secondsLeft: 100 + tenant });
    }
    const jar = jarWith(cookies);
    jar.storeAccess(sessionTokens("acme"), clock);
    const left = jar.cookieHeader.split("; ").map((cookie) => cookie.split("=")[0]);
    expect(left).toHaveLength(mostAccessCookies);
    expect(left).toContain("starter-3100-access-acme");
    expect(left).toContain("starter-3100-access-t9");
    expect(left).not.toContain("starter-3100-access-t0");
  });

  test("clearing leaves the device known and nothing else of the session", () => {
    const jar = jarWith({ "starter-3100-session": "r", "starter-3100-access-acme": "a", "starter-3100-access": "b", "starter-3100-device": "d" });
    jar.clear();
    expect(jar.cookieHeader).toBe("starter-3100-device=d");
    expect(jar.setCookies).toHaveLength(3);
    for (const cookie of jar.setCookies) expect(cookie).toContain("Max-Age=0");
  });

  test("another program's cookies are not taken for access tokens", () => {
    const jar = jarWith({ "starter-3200-access-acme": accessToken({ tenant: "acme" }) });
    expect(jar.anyAccess(clock)).toBeUndefined();
  });

  test("tells tokens the browser holds from those minted for this request", () => {
    const token = accessToken({ tenant: "acme" });
    expect(jarWith({ "starter-3100-access-acme": token }).cameFromBrowser(token)).toBe(true);
    expect(jarWith({ "starter-3100-access-acme": token }, true).cameFromBrowser(token)).toBe(false);
    const jar = jarWith({});
    jar.storeSession(sessionTokens("acme"), clock);
    expect(jar.cameFromBrowser(jar.access("acme") ?? "")).toBe(false);
  });
});
