// Tokens as the API shapes them; nothing in this server checks their signature.

export const clock = Date.UTC(2026, 0, 15, 12, 0, 0);

export function accessToken(claims: { tenant?: string; secondsLeft?: number; id?: string }): string {
  const { tenant, secondsLeft = 900, id = "1" } = claims;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const own = tenant ? { tenant_slug: tenant, tenant_id: `id-of-${tenant}`, roles: ["member"] } : {};
  return `${encode({ alg: "EdDSA" })}.${encode({ sub: "user", jti: id, exp: clock / 1000 + secondsLeft, ...own })}.signature`;
}

export function sessionTokens(tenant: string | null, generation = 2) {
  return {
    access_token: accessToken({ tenant: tenant ?? undefined, id: `g${generation}` }),
    access_expires_at: new Date(clock + 900_000).toISOString(),
    refresh_token: `family.${generation}.mac`,
    refresh_expires_at: new Date(clock + 30 * 86_400_000).toISOString(),
    user: { id: "user", email: "ada@example.com", display_name: "Ada", email_verified: true, created_at: new Date(clock).toISOString() },
    tenant: tenant === null ? null : { id: `id-of-${tenant}`, slug: tenant, name: tenant, role: "member" as const, status: "active" as const },
    device_token: null,
  };
}
