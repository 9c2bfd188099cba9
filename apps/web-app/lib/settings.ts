// The environment of the web server, read and checked once, in one place.
//
// All problems are reported together: a person who deploys should not have to restart once per
// mistake. A problem names the variable, says what is wrong and how to mend it; it never repeats the
// value, which may be a secret pasted into the wrong line.
import { readFileSync } from "node:fs";

export type Settings = {
  /** Origin the browser sees, without a trailing slash. */
  publicUrl: URL;
  /** Origin of the API as this process reaches it. */
  apiUrl: URL;
  /** Keys of the signed hop to the API; the first signs. Empty: the hop is not signed. */
  hopSecrets: string[];
  environment: Environment;
  /** Anything but loopback is hosted, whatever `environment` says; all refusals apply then. */
  hosted: boolean;
  /** True when the browser speaks https: decides cookie names and HSTS. */
  secure: boolean;
  port: number;
  /** How many reverse proxies in front append to X-Forwarded-For; 0 ignores the header. */
  trustedProxies: number;
  version: string;
};

export type Environment = "development" | "test" | "staging" | "production";
export type SettingsProblem = { name: string; wrong: string; fix: string };
export type Loaded = { settings: Settings; problems: [] } | { settings: null; problems: SettingsProblem[] };

type Env = Readonly<Record<string, string | undefined>>;

const environments: readonly Environment[] = ["development", "test", "staging", "production"];
const shortestSecret = 32;

export function loadSettings(env: Env, read: (path: string) => string = (path) => readFileSync(path, "utf8")): Loaded {
  const problems: SettingsProblem[] = [];
  const problem = (name: string, wrong: string, fix: string) => problems.push({ name, wrong, fix });
  const text = (name: string) => env[name]?.trim() ?? "";

  const environment = (text("ENVIRONMENT") || "development") as Environment;
  if (!environments.includes(environment)) {
    problem("ENVIRONMENT", "is not a known environment", `use one of ${environments.join(", ")}`);
  }

  const port = wholeNumber(text("PORT") || "3000", 1, 65535);
  if (port === null) problem("PORT", "is not a port number", "use a whole number from 1 to 65535");

  const development = environment === "development" || environment === "test";
  const origin = (name: string, fallback: string): URL | null => {
    const value = text(name) || (development ? fallback : "");
    if (value === "") {
      problem(name, "is missing", "set it to an origin such as https://app.example.com");
      return null;
    }
    const url = URL.canParse(value) ? new URL(value) : null;
    if (!url || !/^https?:$/.test(url.protocol)) {
      problem(name, "is not an http or https URL", "set it to an origin such as https://app.example.com");
      return null;
    }
    if (url.username || url.password) {
      problem(name, "contains credentials", "remove the part before @");
      return null;
    }
    if (url.pathname !== "/" || url.search || url.hash) {
      problem(name, "has a path, query or fragment", "give the origin alone: scheme, host and port");
      return null;
    }
    return url;
  };

  const publicUrl = origin("APP_PUBLIC_URL", `http://localhost:${port ?? 3000}`);
  const apiUrl = origin("API_BASE_URL", "http://localhost:8000");
  const hosted = publicUrl !== null && !isLoopback(publicUrl.hostname);

  if (publicUrl && hosted && publicUrl.protocol !== "https:") {
    problem("APP_PUBLIC_URL", "is http although the host is not loopback", "serve the app over https and say so here");
  }

  const secret = secretText(env, "WEB_TIER_SECRET", read, problem);
  const hopSecrets = secret.split(",").map((part) => part.trim()).filter(Boolean);
  if (hosted && hopSecrets.length === 0) {
    problem("WEB_TIER_SECRET", "is missing", "set the value that the API has, or WEB_TIER_SECRET_FILE to a file with it");
  }
  if (hopSecrets.length > 2) {
    problem("WEB_TIER_SECRET", "holds more than two secrets", "keep the new one and the one being retired");
  }
  if (hopSecrets.some((part) => part.length < shortestSecret)) {
    problem("WEB_TIER_SECRET", `holds a secret shorter than ${shortestSecret} characters`, "generate one with: openssl rand -hex 32");
  }

  const trustedProxies = wholeNumber(text("TRUSTED_PROXIES") || "0", 0, 8);
  if (trustedProxies === null) {
    problem("TRUSTED_PROXIES", "is not a number of proxies", "use 0 to 8: how many proxies stand in front of this process");
  }

  if (problems.length > 0 || !publicUrl || !apiUrl || port === null || trustedProxies === null) {
    return { settings: null, problems };
  }
  return {
    problems: [],
    settings: {
      publicUrl,
      apiUrl,
      hopSecrets,
      environment,
      hosted,
      secure: publicUrl.protocol === "https:",
      port,
      trustedProxies,
      version: text("APP_VERSION") || "0.1.0",
    },
  };
}

/** Every secret has a twin NAME_FILE, because files are how orchestrators hand secrets over. */
function secretText(
  env: Env,
  name: string,
  read: (path: string) => string,
  problem: (name: string, wrong: string, fix: string) => unknown,
): string {
  const direct = env[name]?.trim() ?? "";
  const path = env[`${name}_FILE`]?.trim() ?? "";
  if (direct && path) {
    problem(name, `is set together with ${name}_FILE`, "keep one of the two");
    return "";
  }
  if (!path) return direct;
  try {
    return read(path).trim();
  } catch {
    problem(`${name}_FILE`, "names a file that cannot be read", "check the path and that this user may read it");
    return "";
  }
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function wholeNumber(text: string, least: number, most: number): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

export function describeProblems(problems: readonly SettingsProblem[]): string {
  const lines = problems.map((each) => `  ${each.name} ${each.wrong}: ${each.fix}`);
  return ["The web server cannot start with this environment:", ...lines].join("\n");
}

let loaded: Settings | undefined;

/** The settings of this process. Throws with all problems; instrumentation.ts calls it at start. */
export function settings(): Settings {
  if (loaded) return loaded;
  const result = loadSettings(process.env);
  if (!result.settings) throw new Error(describeProblems(result.problems));
  return (loaded = result.settings);
}
