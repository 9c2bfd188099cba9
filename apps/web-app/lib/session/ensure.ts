// Gives a request an access token that is good for its tenant: the cookie's own, else one switched
// from another tenant's, else a refreshed one. Everything it learns goes into the jar.
import { apiClient, resultOf } from "@/lib/api/client";
import type { Client } from "@/lib/api/hop";
import type { Problem, Result, Schema } from "@/lib/api/problem";
import type { SessionJar } from "./cookies";
import { refreshOnce } from "./refresh";
import { isFresh } from "./tokens";

export type Ensured =
  /** The jar holds a token for the tenant (or, without one, any token of the person). */
  | "ready"
  /** Nobody is signed in. */
  | "anonymous"
  /** Somebody was: the session ended or was revoked; the jar is empty now. */
  | "ended"
  /** Signed in, but not a member of that tenant, or there is none. */
  | "no-tenant"
  /** The API could not be asked; the session may be fine. */
  | "unavailable";

type Options = {
  /** Do not trust the cookie's token: the API has just refused it. */
  force?: boolean;
  now?: number;
};

export async function ensureSession(jar: SessionJar, tenant: string | null, client: Client, options: Options = {}): Promise<Ensured> {
  const now = options.now ?? Date.now();
  if (!options.force) {
    const held = tenant === null ? jar.anyAccess(now) : jar.access(tenant);
    if (isFresh(held, now)) return "ready";
    if (!jar.refreshToken) return "anonymous";
    const other = jar.anyAccess(now);
    if (tenant !== null && other) {
      const switched = await switchTenant(jar, tenant, other, client);
      if (switched.ok) return store(jar, switched.value, now);
      if (switched.problem.status === 404) return gone(jar, tenant);
      if (switched.problem.status !== 401) return "unavailable";
    }
  }
  if (!jar.refreshToken) return "anonymous";
  return refresh(jar, tenant, client, now);
}

async function refresh(jar: SessionJar, tenant: string | null, client: Client, now: number): Promise<Ensured> {
  const token = jar.refreshToken;
  if (!token) return "anonymous";
  const ask = (named: string | null) => async (): Promise<Result<Schema<"SessionTokens">>> => {
    const body = { refresh_token: token, ...(named === null ? {} : { tenant: named }) };
    return resultOf(apiClient(client).POST("/api/v1/auth/refresh", { body }), client.requestId);
  };
  const first = refreshOnce(token, ask(tenant));
  let refreshed = await first.result;
  let missing = false;
  if (!refreshed.ok && refreshed.problem.status === 404) {
    // The session is fine, the tenant that was named is not: refresh without naming one. Somebody
    // else's answer speaks of their tenant, so ours is still to be asked for below.
    missing = first.mine;
    refreshed = await refreshOnce(token, ask(null)).result;
  }
  if (!refreshed.ok) {
    if (!meansNoSession(refreshed.problem)) return "unavailable";
    jar.clear();
    return "ended";
  }
  jar.storeSession(refreshed.value, now);
  if (tenant === null || refreshed.value.tenant?.slug === tenant) return "ready";
  if (missing) return gone(jar, tenant);
  // The refresh that was under way belonged to a request of another tenant.
  const switched = await switchTenant(jar, tenant, refreshed.value.access_token, client);
  if (switched.ok) return store(jar, switched.value, now);
  return switched.problem.status === 404 ? gone(jar, tenant) : "unavailable";
}

/** The session is over, or the cookie holds something that never was one: waiting would help neither. */
function meansNoSession({ status, errors }: Problem): boolean {
  return status === 401 || errors.some(({ pointer }) => pointer === "/refresh_token");
}

/** A token for it may still be held, from before the person was removed: each page would be refused and renewed in circles. */
function gone(jar: SessionJar, tenant: string): Ensured {
  jar.dropAccess(tenant);
  return "no-tenant";
}

function switchTenant(jar: SessionJar, tenant: string, accessToken: string, client: Client) {
  const api = apiClient(client, { accessToken, fromBrowser: jar.cameFromBrowser(accessToken) });
  return resultOf(api.POST("/api/v1/auth/switch", { body: { tenant } }), client.requestId);
}

function store(jar: SessionJar, tokens: Schema<"AccessToken">, now: number): Ensured {
  jar.storeAccess(tokens, now);
  return "ready";
}
