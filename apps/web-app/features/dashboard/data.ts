// What the dashboard counts, read once for all of its parts.
import "server-only";
import { cache } from "react";
import { mayHere } from "@/features/shell/data";
import type { Result } from "@/lib/api/problem";
import { read, tenantSession } from "@/lib/session/current";

const atMost = 100;

export const firstMembers = cache(async (slug: string) => {
  const { api, tenantId } = await tenantSession(slug);
  return read(api.GET("/api/v1/tenants/{tenant}/members", { params: { path: { tenant: tenantId }, query: { limit: atMost } } }));
});

export const firstProjects = cache(async (slug: string) => {
  const { api, tenantId } = await tenantSession(slug);
  return read(api.GET("/api/v1/tenants/{tenant}/projects", { params: { path: { tenant: tenantId }, query: { limit: atMost } } }));
});

/** Null for those who may not see invites. */
export const firstInvites = cache(async (slug: string) => {
  if (!(await mayHere(slug, "members.manage"))) return null;
  const { api, tenantId } = await tenantSession(slug);
  return read(api.GET("/api/v1/tenants/{tenant}/invites", { params: { path: { tenant: tenantId }, query: { limit: atMost } } }));
});

/** How many, or null when it is not known. `more`: the first page did not hold them all. */
export function count<T>(list: Result<{ items: T[]; next_cursor: string | null }> | null, which: (item: T) => boolean = () => true) {
  if (!list?.ok) return null;
  return { number: list.value.items.filter(which).length, more: list.value.next_cursor !== null };
}
