import { describe, expect, test, vi } from "vitest";
import { describeProblems, isLoopback, loadSettings } from "@/lib/settings";
import { variables } from "@/lib/settings-table";

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

// Not a second list: the table that is written from the deployment contract decides.
describe("settings follow the contract's table", () => {
  const { ENVIRONMENT, PORT, TRUSTED_PROXIES, WEB_TIER_SECRET } = variables;

  test("at the ends of every range", () => {
    for (const [name, { min, max }] of Object.entries({ PORT, TRUSTED_PROXIES })) {
      for (const good of [min, max]) expect(names({ [name]: `${good}` })).toEqual([]);
      for (const bad of [min - 1, max + 1]) expect(names({ [name]: `${bad}` })).toEqual([name]);
    }
    const shortest = "x".repeat(WEB_TIER_SECRET.min);
    expect(names({ WEB_TIER_SECRET: shortest })).toEqual([]);
    expect(names({ WEB_TIER_SECRET: shortest.slice(1) })).toEqual(["WEB_TIER_SECRET"]);
    expect(names({ WEB_TIER_SECRET: Array(WEB_TIER_SECRET.values).fill(shortest).join(",") })).toEqual([]);
  });

  test("in each environment that there is, as to what is required", () => {
    for (const environment of ENVIRONMENT.allowed) {
      const required = (["APP_PUBLIC_URL", "API_BASE_URL"] as const).filter((name) =>
        variables[name].requiredWhen((other) => (other === "ENVIRONMENT" ? environment : "")),
      );
      expect(names({ ENVIRONMENT: environment })).toEqual(required);
    }
  });

  test("and change with it", async () => {
    vi.resetModules();
    vi.doMock("@/lib/settings-table", () => ({
      hosted: () => true,
      variables: {
        ...variables,
        ENVIRONMENT: { ...ENVIRONMENT, allowed: ["laboratory"], default: "laboratory" },
        PORT: { ...PORT, default: "7", min: 5, max: 9 },
        APP_PUBLIC_URL: { ...variables.APP_PUBLIC_URL, default: "https://app.example.com", requiredWhen: () => false },
        API_BASE_URL: { ...variables.API_BASE_URL, default: "http://api:1", requiredWhen: () => false },
        WEB_TIER_SECRET: { ...WEB_TIER_SECRET, min: 3, values: 3, requiredWhen: () => false },
      },
    }));
    try {
      const changed = await import("@/lib/settings");
      expect(changed.loadSettings({ WEB_TIER_SECRET: "abc,def,ghi" }).settings).toMatchObject({ environment: "laboratory", port: 7, hosted: true });
      expect(changed.loadSettings({ PORT: "4" }).problems).toEqual([
        { name: "PORT", wrong: "is not a port number", fix: "use a whole number from 5 to 9" },
      ]);
    } finally {
      vi.doUnmock("@/lib/settings-table");
      vi.resetModules();
    }
  });
});
