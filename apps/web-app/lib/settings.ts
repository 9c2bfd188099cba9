// The environment of the web server, read and checked once, in one place.
//
// All problems are reported together: a person who deploys should not have to restart once per
// mistake. A problem names the variable, says what is wrong and how to mend it; it never repeats the
// value, which may be a secret pasted into the wrong line.
//
// Defaults, ranges and when something is required come from the deployment contract, as settings-table.ts has
// it; the words of a problem are here.
import { readFileSync } from "node:fs";
import { hosted as isHosted, variables, type Lookup, type Variable } from "./settings-table";

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

export type Environment = (typeof variables.ENVIRONMENT.allowed)[number];
export type SettingsProblem = { name: string; wrong: string; fix: string };
export type Loaded = { settings: Settings; problems: [] } | { settings: null; problems: SettingsProblem[] };

type Env = Readonly<Record<string, string | undefined>>;

const { ENVIRONMENT, PORT, TRUSTED_PROXIES, WEB_TIER_SECRET } = variables;
const numberWords = ["no", "one", "two", "three", "four"];

export function loadSettings(env: Env, read: (path: string) => string = (path) => readFileSync(path, "utf8")): Loaded {
  const problems: SettingsProblem[] = [];
  const problem = (name: string, wrong: string, fix: string) => problems.push({ name, wrong, fix });
  const text = (name: string) => env[name]?.trim() ?? "";

  const environment = (text("ENVIRONMENT") || ENVIRONMENT.default) as Environment;
  if (!ENVIRONMENT.allowed.includes(environment)) {
    problem("ENVIRONMENT", "is not a known environment", `use one of ${ENVIRONMENT.allowed.join(", ")}`);
  }

  const port = wholeNumber(text("PORT") || PORT.default, PORT);
  if (port === null) problem("PORT", "is not a port number", `use a whole number from ${PORT.min} to ${PORT.max}`);

  const inEffect: Lookup = (name) => text(name) || ((variables as Record<string, Variable>)[name]?.default ?? "");
  const origin = (name: "APP_PUBLIC_URL" | "API_BASE_URL", fallback: string): URL | null => {
    const { allowed, requiredWhen } = variables[name];
    const value = text(name) || (requiredWhen(inEffect) ? "" : fallback);
    if (value === "") {
      problem(name, "is missing", "set it to an origin such as https://app.example.com");
      return null;
    }
    const url = URL.canParse(value) ? new URL(value) : null;
    if (!url || !allowed.some((scheme) => url.protocol === `${scheme}:`)) {
      problem(name, `is not an ${allowed.join(" or ")} URL`, "set it to an origin such as https://app.example.com");
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

  // On another port this server is found there.
  const ownUrl = new URL(variables.APP_PUBLIC_URL.default);
  if (port !== null) ownUrl.port = String(port);
  const publicUrl = origin("APP_PUBLIC_URL", ownUrl.origin);
  const apiUrl = origin("API_BASE_URL", variables.API_BASE_URL.default);
  const hosted = publicUrl !== null && !isLoopback(publicUrl.hostname);

  if (publicUrl && hosted && publicUrl.protocol !== "https:") {
    problem("APP_PUBLIC_URL", "is http although the host is not loopback", "serve the app over https and say so here");
  }

  const secret = secretText(env, "WEB_TIER_SECRET", read, problem);
  const hopSecrets = secret.split(",").map((part) => part.trim()).filter(Boolean);
  const withPublicUrl: Lookup = (name) => (name === "APP_PUBLIC_URL" ? publicUrl?.origin ?? "" : inEffect(name));
  if (publicUrl && WEB_TIER_SECRET.requiredWhen(withPublicUrl) && hopSecrets.length === 0) {
    problem("WEB_TIER_SECRET", "is missing", "set the value that the API has, or WEB_TIER_SECRET_FILE to a file with it");
  }
  if (hopSecrets.length > WEB_TIER_SECRET.values) {
    problem("WEB_TIER_SECRET", `holds more than ${numberWords[WEB_TIER_SECRET.values]} secrets`, "keep the new one and the one being retired");
  }
  if (hopSecrets.some((part) => part.length < WEB_TIER_SECRET.min)) {
    problem("WEB_TIER_SECRET", `holds a secret shorter than ${WEB_TIER_SECRET.min} characters`, "generate one with: openssl rand -hex 32");
  }

  const trustedProxies = wholeNumber(text("TRUSTED_PROXIES") || TRUSTED_PROXIES.default, TRUSTED_PROXIES);
  if (trustedProxies === null) {
    const { min, max } = TRUSTED_PROXIES;
    problem("TRUSTED_PROXIES", "is not a number of proxies", `use ${min} to ${max}: how many proxies stand in front of this process`);
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
      version: text("APP_VERSION") || variables.APP_VERSION.default,
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
  return !isHosted(() => `http://${host}`);
}

function wholeNumber(text: string, { min, max }: { min: number; max: number }): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
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
