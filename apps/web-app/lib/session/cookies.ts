// The cookies of a session and the one place that names them.
//
//   session         the refresh token of the browser's family
//   access-<slug>   an access token per tenant, so that two tabs can work in two tenants
//   access          an access token of a person who belongs to no tenant yet
//   device          tells a known browser from a stranger when sign-in is throttled
//   flash           what a form without JavaScript has to show after its redirect
//
// `__Host-` binds them to this very host over https. On http (development) the browser would drop
// them, so the names carry the port instead: two clones on one machine stay apart.
import { createHash } from "node:crypto";
import { claimsOf, isFresh } from "./tokens";

export type CookieNames = { session: string; device: string; flash: string; access: (slug: string | null) => string };
export type CookieScope = { secure: boolean; port: string };
export type Cookie = { name: string; value: string };

/** Browsers send all of them with every request and servers limit a request's headers to 16 KiB. */
export const mostAccessCookies = 6;

export function cookieScope(publicUrl: URL): CookieScope {
  const secure = publicUrl.protocol === "https:";
  return { secure, port: publicUrl.port || (secure ? "443" : "80") };
}

export function cookieNames({ secure, port }: CookieScope): CookieNames {
  const prefix = secure ? "__Host-starter-" : `starter-${port}-`;
  return {
    session: `${prefix}session`,
    device: `${prefix}device`,
    flash: `${prefix}flash`,
    access: (slug) => (slug === null ? `${prefix}access` : `${prefix}access-${slug}`),
  };
}

export function serializeCookie(scope: CookieScope, name: string, value: string, maxAge: number): string {
  const parts = [`${name}=${value}`, "Path=/", `Max-Age=${Math.max(0, Math.floor(maxAge))}`, "HttpOnly", "SameSite=Lax"];
  if (scope.secure) parts.push("Secure");
  return parts.join("; ");
}

type SessionCookies = {
  access_token: string;
  access_expires_at: string;
  refresh_token: string;
  refresh_expires_at: string;
  tenant: { slug: string } | null;
  device_token: string | null;
};
type AccessCookies = Pick<SessionCookies, "access_token" | "access_expires_at" | "tenant">;

/** The session cookies of one request, and what changes in them while it is served. */
export class SessionJar {
  readonly names: CookieNames;
  readonly #scope: CookieScope;
  readonly #cookies: Map<string, string>;
  readonly #changes = new Map<string, string>();
  #minted = new Set<string>();

  constructor(scope: CookieScope, cookies: readonly Cookie[], mintedForThisRequest = false) {
    this.#scope = scope;
    this.names = cookieNames(scope);
    this.#cookies = new Map(cookies.map(({ name, value }) => [name, value]));
    if (mintedForThisRequest) this.#minted = new Set(this.#accessCookies().map(([, token]) => token));
  }

  get refreshToken(): string | undefined {
    return this.#cookies.get(this.names.session);
  }

  get deviceToken(): string | undefined {
    return this.#cookies.get(this.names.device);
  }

  access(slug: string | null): string | undefined {
    return this.#cookies.get(this.names.access(slug));
  }

  /** Any token that is still good: enough for what belongs to the person, not to a tenant. */
  anyAccess(now: number, seconds?: number): string | undefined {
    return this.#accessCookies()
      .map(([, token]) => token)
      .find((token) => isFresh(token, now, seconds));
  }

  /** Tells one set of access tokens from another without giving them away. */
  get mark(): string {
    const tokens = this.#accessCookies().map(([, token]) => token);
    return createHash("sha256").update(tokens.sort().join(" ")).digest("base64url").slice(0, 16);
  }

  /** False for a token that was issued while serving this request, so the browser cannot have it. */
  cameFromBrowser(token: string): boolean {
    return !this.#minted.has(token);
  }

  storeSession(tokens: SessionCookies, now: number): void {
    this.#set(this.names.session, tokens.refresh_token, secondsUntil(tokens.refresh_expires_at, now));
    if (tokens.device_token) this.#set(this.names.device, tokens.device_token, 400 * 86_400);
    this.storeAccess(tokens, now);
  }

  storeAccess(tokens: AccessCookies, now: number): void {
    const name = this.names.access(tokens.tenant?.slug ?? null);
    this.#minted.add(tokens.access_token);
    this.#set(name, tokens.access_token, secondsUntil(tokens.access_expires_at, now));
    const others = this.#accessCookies().filter(([other]) => other !== name);
    others.sort(([, a], [, b]) => (claimsOf(b)?.expires ?? 0) - (claimsOf(a)?.expires ?? 0));
    for (const [other] of others.slice(mostAccessCookies - 1)) this.#drop(other);
  }

  dropAccess(slug: string | null): void {
    this.#drop(this.names.access(slug));
  }

  /** Forgets the session. The device stays known: it is what keeps a throttled owner able to sign in. */
  clear(): void {
    this.#drop(this.names.session);
    for (const [name] of this.#accessCookies()) this.#drop(name);
  }

  /** Set-Cookie headers for the reply. */
  get setCookies(): string[] {
    return [...this.#changes.values()];
  }

  /** The Cookie header as the browser would send it after this reply. */
  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #accessCookies(): [string, string][] {
    const plain = this.names.access(null);
    return [...this.#cookies].filter(([name]) => name === plain || name.startsWith(`${plain}-`));
  }

  #set(name: string, value: string, maxAge: number): void {
    this.#cookies.set(name, value);
    this.#changes.set(name, serializeCookie(this.#scope, name, value, maxAge));
  }

  #drop(name: string): void {
    if (!this.#cookies.delete(name)) return;
    this.#changes.set(name, serializeCookie(this.#scope, name, "", 0));
  }
}

function secondsUntil(time: string, now: number): number {
  return (Date.parse(time) - now) / 1000;
}
