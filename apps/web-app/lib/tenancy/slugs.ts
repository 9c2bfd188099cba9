// Slugs of tenants are the first segment of a path, so they must never collide with a page of the
// app or with a name that a person could take for an official one. The API refuses the same list.
import list from "./reserved-slugs.json";

const reserved: ReadonlySet<string> = new Set(list);

export const isReserved = (slug: string): boolean => reserved.has(slug);

/** 2 to 48 characters, lower case, digits and inner hyphens, not reserved. */
export function isTenantSlug(segment: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])$/.test(segment) && !reserved.has(segment);
}

/** The tenant a path belongs to: /<slug>/... for pages, /api/tenants/<slug>/... for their forms. */
export function tenantOfPath(path: string): string | null {
  const [first = "", second = "", third = ""] = path.split("/").slice(1);
  const segment = first === "api" && second === "tenants" ? third : first;
  return isTenantSlug(segment) ? segment : null;
}
