import { describe, expect, test } from "vitest";
import { describeProblems, isLoopback, loadSettings } from "@/lib/settings";

const secret = "0123456789abcdef0123456789abcdef";
const hosted = {
  ENVIRONMENT: "production",
  APP_PUBLIC_URL: "https://app.example.com",
  API_BASE_URL: "http://api:8080",
  WEB_TIER_SECRET: secret,
};
const names = (env: Record<string, string>) => loadSettings(env).problems.map((problem) => problem.name);

describe("settings", () => {
  test("development needs nothing", () => {
    const { settings } = loadSettings({});
    expect(settings).toMatchObject({ environment: "development", hosted: false, secure: false, hopSecrets: [], trustedProxies: 0 });
    expect(settings?.publicUrl.origin).toBe("http://localhost:3000");
  });

  test("a complete hosted environment is accepted", () => {
    expect(loadSettings(hosted).settings).toMatchObject({ hosted: true, secure: true, hopSecrets: [secret] });
  });

  test("all problems are reported at once", () => {
    const env = { ENVIRONMENT: "prod", APP_PUBLIC_URL: "app.example.com", API_BASE_URL: "ftp://api", PORT: "0", TRUSTED_PROXIES: "many" };
    expect(names(env)).toEqual(["ENVIRONMENT", "PORT", "APP_PUBLIC_URL", "API_BASE_URL", "TRUSTED_PROXIES"]);
  });

  test("hosted is what is not loopback, whatever the environment says", () => {
    expect(names({ ENVIRONMENT: "development", APP_PUBLIC_URL: "http://app.example.com" })).toEqual(["APP_PUBLIC_URL", "WEB_TIER_SECRET"]);
  });

  test("production has no default addresses", () => {
    expect(names({ ENVIRONMENT: "production" })).toEqual(["APP_PUBLIC_URL", "API_BASE_URL"]);
  });

  test.each(["https://app.example.com/path", "https://app.example.com/?q=1", "https://user:pw@app.example.com"])(
    "%s is more than an origin",
    (APP_PUBLIC_URL) => expect(names({ ...hosted, APP_PUBLIC_URL })).toEqual(["APP_PUBLIC_URL"]),
  );

  test("two secrets may overlap while one is retired, three may not", () => {
    expect(loadSettings({ ...hosted, WEB_TIER_SECRET: `${secret}, ${secret}x` }).settings?.hopSecrets).toEqual([secret, `${secret}x`]);
    expect(names({ ...hosted, WEB_TIER_SECRET: [secret, secret, secret].join(",") })).toEqual(["WEB_TIER_SECRET"]);
  });

  test("a secret may stand in a file instead, and only instead", () => {
    const rest = { ...hosted, WEB_TIER_SECRET: "" };
    const read = (path: string) => {
      if (path !== "/run/secrets/web") throw new Error("ENOENT");
      return `${secret}\n`;
    };
    expect(loadSettings({ ...rest, WEB_TIER_SECRET_FILE: "/run/secrets/web" }, read).settings?.hopSecrets).toEqual([secret]);
    expect(loadSettings({ ...rest, WEB_TIER_SECRET_FILE: "/nowhere" }, read).problems.map(({ name }) => name)).toContain("WEB_TIER_SECRET_FILE");
    expect(loadSettings({ ...hosted, WEB_TIER_SECRET_FILE: "/run/secrets/web" }, read).problems.map(({ name }) => name)).toContain("WEB_TIER_SECRET");
  });

  test("no value is ever repeated", () => {
    const canary = "canary-7f3a";
    const { problems } = loadSettings({
      ENVIRONMENT: canary,
      APP_PUBLIC_URL: canary,
      API_BASE_URL: `ftp://${canary}`,
      WEB_TIER_SECRET: canary,
      PORT: canary,
      TRUSTED_PROXIES: canary,
    });
    expect(problems).toHaveLength(6);
    expect(describeProblems(problems)).not.toContain(canary);
  });

  test.each([
    ["localhost", true],
    ["app.localhost", true],
    ["127.0.0.1", true],
    ["127.1.2.3", true],
    ["[::1]", true],
    ["127.0.0.1.example.com", false],
    ["localhost.example.com", false],
    ["10.0.0.1", false],
  ])("%s is loopback: %s", (host, expected) => expect(isLoopback(host)).toBe(expected));
});
