// Who is looking, and where they may go: read once per request for the shell and the pages inside it.
import "server-only";
import { cache } from "react";
import { personSession, read, tenantSession } from "@/lib/session/current";
import { may, type Act } from "@/lib/tenancy/permissions";

export const me = cache(async () => {
  const { api } = await personSession();
  return read(api.GET("/api/v1/users/me"));
});

export const tenants = cache(async () => {
  const { api } = await personSession();
  return read(api.GET("/api/v1/tenants", { params: { query: { limit: 100 } } }));
});

/** The tenant of the page as the person sees it. Null while the API cannot say. */
export const tenantSummary = cache(async (slug: string) => {
  await tenantSession(slug);
  const list = await tenants();
  return list.ok ? (list.value.items.find((tenant) => tenant.slug === slug) ?? null) : null;
});

export async function mayHere(slug: string, act: Act): Promise<boolean> {
  return may((await tenantSummary(slug))?.role, act);
}
