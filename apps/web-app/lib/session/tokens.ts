// What this server reads from an access token. Nothing here verifies a signature: the API does, on
// every call. The claims only schedule refreshes and pick the tenant of a path.

export type Claims = { expires: number; subject: string; tenantId: string | null; tenantSlug: string | null; roles: string[] };

/** The claims of a JWT, or null for anything that is not one. `expires` is in seconds. */
export function claimsOf(token: string): Claims | null {
  const payload = token.split(".")[1];
  if (!payload) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return null;
    const { exp, sub, tenant_id, tenant_slug, roles } = claims as Record<string, unknown>;
    if (typeof exp !== "number" || typeof sub !== "string") return null;
    return {
      expires: exp,
      subject: sub,
      tenantId: typeof tenant_id === "string" ? tenant_id : null,
      tenantSlug: typeof tenant_slug === "string" ? tenant_slug : null,
      roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [],
    };
  } catch {
    return null;
  }
}

/** A token this close to its end is refreshed before it is used. */
export const refreshMargin = 60;

/** Good for at least `seconds` more. */
export function isFresh(token: string | undefined, now: number, seconds = refreshMargin): token is string {
  const claims = token ? claimsOf(token) : null;
  return claims !== null && claims.expires - now / 1000 > seconds;
}
