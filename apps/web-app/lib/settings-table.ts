// Written by `starter-console contract render` from packages/starter_contracts/contract; change that.

/** The value in effect, its default included; "" when there is none. */
export type Lookup = (name: string) => string;

export type Variable = {
  readonly type: string;
  readonly default?: string;
  /** Of numbers; of text the least and the greatest length. */
  readonly min?: number;
  readonly max?: number;
  /** Values; schemes of a url. */
  readonly allowed?: readonly string[];
  /** How many may stand in a secret, separated by commas, while one follows another. */
  readonly values?: number;
  /** May come from the file that NAME_FILE names. */
  readonly secret?: true;
  readonly requiredWhen?: (value: Lookup) => boolean;
};

/** APP_PUBLIC_URL is not an address of this machine. */
export const hosted = (value: Lookup) => !(value("APP_PUBLIC_URL") !== "" && new RegExp("^(?:https?://(([a-z0-9-]+[.])*localhost|127([.][0-9]+)+|\\[::1\\])(:[0-9]+)?(/[A-Za-z0-9/_-]*)?)$").test(value("APP_PUBLIC_URL")));

/** What the web server reads, as it reads it. */
export const variables = {
  /** Label of the deployment, such as production; it appears in logs and relaxes nothing. */
  ENVIRONMENT: {
    type: "enum",
    default: "development",
    allowed: ["development", "test", "staging", "production"],
  },
  /** Address of the web application as people type it; links in mails, cookies and CORS follow from it. */
  APP_PUBLIC_URL: {
    type: "url",
    default: "http://localhost:3000",
    allowed: ["http", "https"],
    requiredWhen: (value: Lookup) => !["development", "test"].includes(value("ENVIRONMENT")),
  },
  /** Version that the web application's health routes tell. */
  APP_VERSION: {
    type: "string",
    default: "0.1.0",
  },
  /** Port of the process. */
  PORT: {
    type: "int",
    default: "3000",
    min: 1,
    max: 65535,
  },
  /** Address that the web server listens on. */
  HOSTNAME: {
    type: "string",
    default: "0.0.0.0",
  },
  /** How many proxies in front append to X-Forwarded-For. */
  TRUSTED_PROXIES: {
    type: "int",
    default: "0",
    min: 0,
    max: 8,
  },
  /** Key under which the web tier vouches to the API for address and user agent of its clients. */
  WEB_TIER_SECRET: {
    type: "string",
    min: 32,
    values: 2,
    secret: true,
    requiredWhen: hosted,
  },
  /** Address of the API as the web server reaches it. */
  API_BASE_URL: {
    type: "url",
    default: "http://localhost:8000",
    allowed: ["http", "https"],
    requiredWhen: (value: Lookup) => !["development", "test"].includes(value("ENVIRONMENT")),
  },
  /** Mode of Next.js. */
  NODE_ENV: {
    type: "enum",
    default: "production",
    allowed: ["development", "production", "test"],
  },
  /** Runtime of Next.js that a module is loaded in. */
  NEXT_RUNTIME: {
    type: "string",
    default: "nodejs",
  },
  /** Next.js reports nothing to its makers. */
  NEXT_TELEMETRY_DISABLED: {
    type: "bool",
    default: "true",
  },
} as const satisfies Record<string, Variable>;
