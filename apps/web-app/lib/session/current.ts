// The session of the page that is being rendered. The proxy has made sure of it; pages only read.
import "server-only";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { apiClient, resultOf, type ApiClient } from "@/lib/api/client";
import type { Client } from "@/lib/api/hop";
import type { Result } from "@/lib/api/problem";
import { returnPath } from "@/lib/http/return-path";
import { settings } from "@/lib/settings";
import { isTenantSlug } from "@/lib/tenancy/slugs";
import { cookieScope, SessionJar } from "./cookies";
import { clientOf, handOver } from "./request";
import { claimsOf } from "./tokens";

export type PersonSession = { api: ApiClient; userId: string; client: Client };
export type TenantSession = PersonSession & { slug: string; tenantId: string };

export const pageContext = cache(async () => {
  const [store, incoming] = await Promise.all([cookies(), headers()]);
  const { publicUrl, trustedProxies } = settings();
  const jar = new SessionJar(cookieScope(publicUrl), store.getAll(), incoming.has(handOver.minted));
  return { jar, client: clientOf(incoming, trustedProxies), path: incoming.get(handOver.path) ?? "/" };
});

export async function isSignedIn(): Promise<boolean> {
  return (await pageContext()).jar.refreshToken !== undefined;
}

/** For what belongs to the person: any of their tokens will do. */
export const personSession = cache(async (): Promise<PersonSession> => {
  const { jar, client, path } = await pageContext();
  const accessToken = jar.anyAccess(Date.now(), 0);
  if (!accessToken) return renew(path, jar.mark);
  return session(jar, client, accessToken);
});

/** For what belongs to a tenant. A slug the person is no member of does not exist for them. */
export const tenantSession = cache(async (slug: string): Promise<TenantSession> => {
  const { jar, client } = await pageContext();
  const accessToken = isTenantSlug(slug) ? jar.access(slug) : undefined;
  const tenantId = accessToken ? claimsOf(accessToken)?.tenantId : null;
  if (!accessToken || !tenantId) notFound();
  return { ...session(jar, client, accessToken), slug, tenantId };
});

function session(jar: SessionJar, client: Client, accessToken: string): PersonSession {
  const api = apiClient(client, { accessToken, fromBrowser: jar.cameFromBrowser(accessToken) });
  return { api, userId: claimsOf(accessToken)?.subject ?? "", client };
}

/**
 * Awaits a read. When the API no longer accepts the token (a role changed, a session was revoked), a
 * page cannot mend that itself: it sends the browser through the renewal and back.
 */
export async function read<T>(call: Parameters<typeof resultOf<T>>[0]): Promise<Result<T>> {
  const { jar, client, path } = await pageContext();
  const result = await resultOf<T>(call, client.requestId);
  if (!result.ok && result.problem.status === 401) return renew(path, jar.mark);
  return result;
}

function renew(path: string, refused: string): never {
  redirect(`/api/session/renew?next=${encodeURIComponent(returnPath(path))}&refused=${refused}`);
}
