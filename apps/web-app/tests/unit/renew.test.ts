// The way out for a page whose token was refused: several tabs may take it at once, none may circle.
import { NextRequest } from "next/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GET } from "@/app/api/session/renew/route";
import { cookieScope, SessionJar } from "@/lib/session/cookies";
import { accessToken, clock, sessionTokens } from "./support/tokens";

const scope = cookieScope(new URL("http://localhost:3000"));
let refreshes = 0;

/** A browser's cookies, as replies change them. */
class Browser {
  readonly cookies = new Map([
    ["starter-3000-session", "family.1.mac"],
    ["starter-3000-access-acme", accessToken({ tenant: "acme", id: "stale" })],
  ]);

  get mark(): string {
    return new SessionJar(scope, [...this.cookies].map(([name, value]) => ({ name, value }))).mark;
  }

  async renew(refused: string): Promise<string | null> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const reply = await GET(new NextRequest(`http://localhost:3000/api/session/renew?next=%2Facme&refused=${refused}`, { headers: { cookie } }));
    for (const line of reply.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return reply.headers.get("location");
  }
}

beforeEach(() => {
  refreshes = 0;
  vi.useFakeTimers({ now: clock, toFake: ["Date"] });
  vi.stubGlobal("fetch", async () => {
    refreshes += 1;
    return Response.json(sessionTokens("acme", 1 + refreshes));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("renewing a refused session", () => {
  test("brings a fresh token and leads back", async () => {
    const browser = new Browser();
    const stale = browser.mark;
    expect(await browser.renew(stale)).toBe("/acme");
    expect(refreshes).toBe(1);
    expect(browser.mark).not.toBe(stale);
  });

  test("a second tab with the same refused token goes back as well, without another refresh", async () => {
    const browser = new Browser();
    const stale = browser.mark;
    await browser.renew(stale);
    expect(await browser.renew(stale)).toBe("/acme");
    expect(refreshes).toBe(1);
  });

  test("stops when the fresh token is refused too", async () => {
    const browser = new Browser();
    await browser.renew(browser.mark);
    expect(await browser.renew(browser.mark)).toBe("/unavailable");
    expect(refreshes).toBe(1);
  });
});
